from odoo import api, models

from ...registration import register, sizing
from .register_overrides import MAKING, is_ours_alone
from .register_row import BANK, CODE, QUIET

_NOTHING = {}
# Every customer has a code, and a party: itself, unless it says otherwise.
_ALWAYS = frozenset(
    {CODE, *(key for key, fact in register.FIELDS.items() if fact.kind == "party")}
)
# Facts of the card that lists of archives are searched and grouped by.
_ON_ARCHIVE = (
    "customer_class_id",
    "region_id",
    "industry_id",
    "customer_category",
    "credit_grade",
    "size_class",
)
_SIZED = {"industry_id", "employee_count", "annual_revenue", "total_assets"}
# Computed columns of a new customer that a row of a register settles itself.
_SETTLED = (
    "commercial_partner_id",
    "commercial_company_name",
    "complete_name",
    "partner_share",
    "lang",
    "user_id",
    "size_class",
    "company_registry",
    "properties",
    # Thumbnails of a picture that no row has.
    "image_1024",
    "image_512",
    "image_256",
    "image_128",
)


class KehuRegisterLoader(models.AbstractModel):
    """Makes new customers with their archives, all of a thousand rows at once.

    What rows of a register settle themselves is not computed again.
    """

    _inherit = "kehu.register.loader"

    @api.model
    def _create_rows(self, rows):
        """Make the customers of some rows, their accounts and their draft archives."""
        if not rows:
            return
        partners = self.env["res.partner"].with_context(**QUIET)
        archives = self.env["kehu.archive"].with_context(**QUIET)
        if is_ours_alone(partners, MAKING) and is_ours_alone(archives, MAKING):
            self._insert_rows(rows, partners, archives)
        else:
            self._make_rows(rows, partners)
        self._create_accounts(rows)
        self._write_marks(rows)

    @api.model
    def _insert_rows(self, rows, partners, archives):
        """Make customers and archives in one statement."""
        partners.check_access("create")
        archives.check_access("create")
        for ids, name in (
            (self._reserve_ids(partners, len(rows)), "partner_id"),
            (self._reserve_ids(archives, len(rows)), "archive_id"),
        ):
            for row, record_id in zip(rows, ids, strict=True):
                setattr(row, name, record_id)
        cards = self._get_card_columns(rows, partners)
        contents = self._get_content_columns(rows, archives, cards)
        self._insert(
            (partners.browse(row.partner_id for row in rows), cards, _SETTLED),
            (archives.browse(row.archive_id for row in rows), contents, ()),
        )

    @api.model
    def _get_card_columns(self, rows, model):
        """Return the columns of the customers of new rows."""
        defaults = {
            **self._get_stored_defaults(model),
            "partner_share": True,
            # Nobody bought from us before being there.
            "lifecycle": "future",
        }
        lacking = [row for row in rows if not row.vals["partner_id"].get("ref")]
        codes = dict(zip(lacking, model._draw_codes(len(lacking)), strict=True))
        sizes = _Sizes(self.env, defaults)
        data = []
        for row in rows:
            vals = dict(row.vals["partner_id"])
            if row in codes:
                vals["ref"] = codes[row]
            for name in ("invoicing_partner_id", "credit_partner_id"):
                if vals.get(name) == "self":
                    vals[name] = row.partner_id
            nature = vals.get("customer_nature", defaults.get("customer_nature"))
            vals.update(
                archive_id=row.archive_id,
                is_company=nature != "individual",
                commercial_partner_id=row.partner_id,
                commercial_company_name=vals["name"] if nature != "individual" else "",
                complete_name=vals["name"],
                size_class=sizes.classify(vals),
            )
            data.append(vals)
        columns = self._get_columns(model, data, defaults)
        self._compute_ahead(model, columns, _SETTLED)
        return columns

    @api.model
    def _get_content_columns(self, rows, model, cards):
        """Return the columns of the archives of new rows.

        :param cards: the columns of the customers
        """
        company = self.env.company
        defaults = self._get_stored_defaults(model)
        defaults["filing_deadline"] = model._get_filing_deadline(
            defaults["registered_at"], company.kehu_filing_days, company.kehu_tz
        )
        source = {
            "source": "import",
            "on": str(model._get_company_today()),
            "by": self.env.uid,
        }
        counted, sources, scores, data = {}, {}, {}, []
        for row in rows:
            filled = tuple(self._get_fact_keys(row)[0])
            if filled not in sources:
                sources[filled] = dict.fromkeys(filled, source)
            nature = row.get("partner_id.customer_nature").raw
            # Rows that say as much are as complete.
            said = (nature, filled, tuple(row.marks.items()))
            if said not in scores:
                states = self._get_fact_states(row, counted)
                scores[said] = model._prepare_completeness_vals(states)
            data.append(
                {
                    **row.vals[""],
                    **scores[said],
                    "fact_sources": sources[filled],
                    "partner_id": row.partner_id,
                }
            )
        columns = self._get_columns(model, data, defaults)
        users = cards["user_id"]
        # sudo: a rep need not be able to read the team of a colleague.
        users_sudo = self.env["res.users"].sudo().browse(set(users))
        teams = {user.id: user.sale_team_id.id or None for user in users_sudo}
        nothing = [None] * len(rows)
        columns.update(
            user_id=users,
            team_id=[teams[user_id] for user_id in users],
            company_id=[
                company_id or company.id
                for company_id in cards.get("company_id", nothing)
            ],
            **{f"card_{name}": cards.get(name, nothing) for name in _ON_ARCHIVE},
        )
        return columns

    @api.model
    def _get_fact_states(self, row, counted):
        """Return the state of each counted fact of a new customer, as the archive does.

        :param dict counted: ``{nature: what is counted}``, filled as natures turn up
        :return: ``{key: filled, na, refused or missing}``
        """
        nature = row.get("partner_id.customer_nature").raw
        if nature not in counted:
            counted[nature] = [
                (key, *key.rpartition(".")[::2])
                for key in self.env["kehu.archive"]._get_counted_keys(nature)
            ]
        return {
            key: "filled"
            if key in _ALWAYS or row.vals.get(path, _NOTHING).get(name)
            else row.marks.get(key, "missing")
            for key, path, name in counted[nature]
        }

    @api.model
    def _create_accounts(self, rows):
        """Note the accounts of new customers, with banks that are new as well."""
        named = [
            (row.vals[BANK], row.partner_id)
            for row in rows
            if row.vals[BANK].get("acc_number")
        ]
        if not named:
            return
        banks = self._get_banks({vals.get("bank_id") for vals, _partner in named})
        # sudo: a rep notes the account of the own customer, as on the form; whether
        # we pay to it stays with accounting.
        accounts_sudo = self.env["res.partner.bank"].sudo()
        accounts_sudo.with_context(**QUIET, kehu_fact_source="import").create(
            [
                {
                    "acc_number": vals["acc_number"],
                    "bank_id": banks.get(vals.get("bank_id")),
                    "partner_id": partner_id,
                }
                for vals, partner_id in named
            ]
        )


class _Sizes:
    """Tells the size class of new customers; each industry's rule is asked for once."""

    def __init__(self, env, defaults):
        self._industries = env["res.partner.industry"]
        self._defaults = defaults
        self._rules = {}

    def classify(self, vals):
        """Return the size class that a card's figures make, or False."""
        figures = {**self._defaults, **vals} if self._defaults.keys() & _SIZED else vals
        industry_id = figures.get("industry_id")
        if not industry_id:
            return False
        if industry_id not in self._rules:
            industry = self._industries.browse(industry_id)
            self._rules[industry_id] = industry._get_size_rule()
        return sizing.classify(
            self._rules[industry_id],
            figures.get("employee_count", 0),
            figures.get("annual_revenue", 0.0),
            figures.get("total_assets", 0.0),
        )[0]
