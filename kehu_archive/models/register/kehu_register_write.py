import psycopg2
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...registration import definition, register, sizing
from ...registration.kinds import print_value
from .register_overrides import MAKING, WRITING, is_ours_alone
from .register_row import CODE

_BANK = "partner_id.bank_ids"
_QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "active_test": False,
}
_NOTHING = {}
# Every customer has a code, and a party: itself, unless it says otherwise.
_ALWAYS = frozenset(
    {CODE, *(key for key, fact in register.FIELDS.items() if fact.kind == "party")}
)
# The form's facts by model and field.
_FACT_OF = {
    (key.rpartition(".")[0], key.rpartition(".")[2]): key
    for key, fact in definition.FIELDS.items()
    if not fact.readonly
}
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
    """Writes planned rows: what creating and writing one by one does, for all at once.

    One statement for the columns of all records; constraints, rules and the stored
    computed fields of every module follow, once for the set. What rows of a register
    settle themselves is not computed again.
    """

    _inherit = "kehu.register.loader"

    @api.model
    def _write_rows(self, rows):
        """Write the planned rows, or refuse those that the database refuses.

        :param rows: planned :class:`~.register_row.RegisterRow`
        """
        rows = [row for row in rows if row.outcome in ("create", "update")]
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                self._create_rows([row for row in rows if row.outcome == "create"])
                self._update_rows([row for row in rows if row.outcome == "update"])
                self.env.flush_all()
        except (UserError, psycopg2.IntegrityError, psycopg2.DataError) as error:
            # Something that no check of ours foresaw, another module's perhaps: the
            # sound rows are taken, the one at fault is found by halving.
            if len(rows) == 1:
                self._refuse_at_last(rows[0], error)
                return
            middle = len(rows) // 2
            self._write_rows(rows[:middle])
            self._write_rows(rows[middle:])

    @api.model
    def _refresh_statistics(self, added):
        """Let the database know that its tables have grown, when they have doubled.

        It chose its ways of checking references when they were small: reading a whole
        table for each row is right for ten customers and ruinous for ten thousand.

        :param int added: customers made since the last time
        :return: whether it knows now
        :rtype: bool
        """
        self.env.cr.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'kehu_archive'::regclass"
        )
        (known,) = self.env.cr.fetchone()
        if added <= known:
            return False
        self.env.cr.execute("ANALYZE res_partner, kehu_archive")
        return True

    @api.model
    def _refuse_at_last(self, row, error):
        row.outcome = "refused"
        if row.vals and not isinstance(error, UserError):
            row.refuse(
                self.env._("The row contradicts a customer that exists already.")
            )
        else:
            row.refuse(str(error))
        row.archive_id = 0

    # === NEW CUSTOMERS === #

    @api.model
    def _create_rows(self, rows):
        """Make the customers of some rows, their accounts and their draft archives."""
        if not rows:
            return
        partners = self.env["res.partner"].with_context(**_QUIET)
        archives = self.env["kehu.archive"].with_context(**_QUIET)
        if is_ours_alone(partners, MAKING) and is_ours_alone(archives, MAKING):
            self._insert_rows(rows, partners, archives)
        else:
            self._make_rows(rows, partners, archives)
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
        counted, sources, data = {}, {}, []
        for row in rows:
            filled = tuple(self._get_fact_keys(row)[0])
            if filled not in sources:
                sources[filled] = dict.fromkeys(filled, source)
            states = self._get_fact_states(row, counted)
            data.append(
                {
                    **row.vals[""],
                    **model._prepare_completeness_vals(states),
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
            (row.vals[_BANK], row.partner_id)
            for row in rows
            if row.vals[_BANK].get("acc_number")
        ]
        if not named:
            return
        banks = self._get_banks({vals.get("bank_id") for vals, _partner in named})
        # sudo: a rep notes the account of the own customer, as on the form; whether
        # we pay to it stays with accounting.
        accounts_sudo = self.env["res.partner.bank"].sudo()
        accounts_sudo.with_context(**_QUIET, kehu_fact_source="import").create(
            [
                {
                    "acc_number": vals["acc_number"],
                    "bank_id": banks.get(vals.get("bank_id")),
                    "partner_id": partner_id,
                }
                for vals, partner_id in named
            ]
        )

    @api.model
    def _get_banks(self, names):
        """Return ``{name: id}`` of banks, making those that are not there yet."""
        names = {name for name in names if name}
        # sudo: names of banks are common knowledge.
        banks_sudo = self.env["res.bank"].sudo()
        found = {
            bank.name: bank.id
            for bank in banks_sudo.search([("name", "in", list(names))])
        }
        new = sorted(names - found.keys())
        made = banks_sudo.create([{"name": name} for name in new])
        return {**found, **dict(zip(new, made.ids, strict=True))}

    @api.model
    def _get_archive_defaults(self, model, cards):
        """Return what the archives of new rows have in common, and have from the card.

        :param cards: the columns of the customers
        """
        company = self.env.company
        defaults = self._get_stored_defaults(model)
        defaults.update(
            company_id=company.id,
            filing_deadline=model._get_filing_deadline(
                defaults["registered_at"], company.kehu_filing_days, company.kehu_tz
            ),
        )
        return defaults

    @api.model
    def _prepare_archives(self, rows, cards, model):
        """Say what the archives of new rows hold."""
        source = {
            "source": "import",
            "on": str(model._get_company_today()),
            "by": self.env.uid,
        }
        teams, counted, sources, data = {}, {}, {}, []
        for row, card in zip(rows, cards, strict=True):
            user_id = card["user_id"]
            if user_id not in teams:
                # sudo: a rep need not be able to read the team of a colleague.
                user_sudo = self.env["res.users"].sudo().browse(user_id)
                teams[user_id] = user_sudo.sale_team_id.id
            filled = tuple(self._get_fact_keys(row)[0])
            if filled not in sources:
                sources[filled] = dict.fromkeys(filled, source)
            data.append(
                {
                    **row.vals[""],
                    **model._prepare_completeness_vals(
                        self._get_fact_states(row, counted)
                    ),
                    **{f"card_{name}": card.get(name, False) for name in _ON_ARCHIVE},
                    "fact_sources": sources[filled],
                    "partner_id": row.partner_id,
                    "user_id": user_id,
                    "team_id": teams[user_id],
                }
            )
        return data

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
    def _write_marks(self, rows):
        """Note what does not apply and what was refused (R91)."""
        vals_list = [
            {"archive_id": row.archive_id, "key": key, "state": state}
            for row in rows
            for key, state in row.marks.items()
            if state != "missing"
        ]
        self.env["kehu.archive.fact"].create(vals_list)

    @api.model
    def _get_fact_keys(self, row):
        """Return the keys of the facts that a row fills, and that it clears."""
        keys = [
            (key, value)
            for path, vals in row.vals.items()
            for name, value in vals.items()
            if (key := _FACT_OF.get((path, name)))
        ]
        return (
            [key for key, value in keys if value],
            [key for key, value in keys if not value],
        )

    @api.model
    def _note_sources(self, rows):
        """Note that the facts of the rows were imported (R04)."""
        keys = {row.archive_id: self._get_fact_keys(row) for row in rows}
        self.env["kehu.archive"]._note_sources_of(
            {archive_id: facts for archive_id, facts in keys.items() if any(facts)},
            source="import",
        )

    # === CHANGED CUSTOMERS === #

    @api.model
    def _update_rows(self, rows):
        """Write what rows change, and note old and new values where they belong."""
        if not rows:
            return
        archives = self.env["kehu.archive"].with_context(**_QUIET)
        partners = self.env["res.partner"].with_context(**_QUIET)
        for row in rows:
            for name, value in row.vals["partner_id"].items():
                if value == "self":
                    row.vals["partner_id"][name] = row.partner_id
        self._check_keeper_changes(rows, partners)
        led = self._get_customers_with_contacts(rows)
        plain = {r.partner_id: r.vals["partner_id"] for r in rows if r not in led}
        self._write_columns(partners, plain)
        for row in led:
            # Odoo hands the address and tax number on to contacts, one by one.
            partners.browse(row.partner_id).write(row.vals["partner_id"])
        self._write_columns(archives, {row.archive_id: row.vals[""] for row in rows})
        for row in rows:
            archive = archives.browse(row.archive_id)
            if any(row.vals[_BANK].values()):
                self._write_account(archive, row.vals[_BANK])
            for key, state in row.marks.items():
                archive.set_fact_state(key, state)
        self._note_sources(rows)
        self._log_changes(rows)

    @api.model
    def _check_keeper_changes(self, rows, partners):
        moved = {}
        for row in rows:
            if "user_id" in row.vals["partner_id"]:
                user_id = row.vals["partner_id"]["user_id"]
                moved.setdefault(user_id, []).append(row.partner_id)
        for user_id, ids in moved.items():
            partners.browse(ids)._kehu_check_keeper_change(user_id)

    @api.model
    def _get_customers_with_contacts(self, rows):
        ids = [row.partner_id for row in rows]
        # sudo: contacts follow their company, readable or not.
        parents = self.env["res.partner"].sudo().with_context(active_test=False)
        groups = parents._read_group([("parent_id", "in", ids)], ["parent_id"])
        parent_ids = {parent.id for (parent,) in groups}
        return [row for row in rows if row.partner_id in parent_ids]

    @api.model
    def _write_columns(self, model, vals_by_id):
        """Write columns of many records at once, with all that follows from them.

        :param vals_by_id: ``{id: {field: value}}``, the fields may differ
        """
        vals_by_id = {key: vals for key, vals in vals_by_id.items() if vals}
        records = model.browse(vals_by_id)
        if not records:
            return
        records.check_access("write")
        names = {name for vals in vals_by_id.values() for name in vals}
        for name in names:
            model._check_field_access(model._fields[name], "write")
        records.env.flush_all()
        now = {"write_uid": self.env.uid, "write_date": self.env.cr.now()}
        records._write_multi(
            [
                {
                    name: model._fields[name].convert_to_column_insert(value, record)
                    for name, value in {**vals_by_id[record.id], **now}.items()
                }
                for record in records
            ]
        )
        records.invalidate_recordset([*names, *now], flush=False)
        records.modified(names)
        records._validate_fields(names)
        # As the ORM does: nobody writes records away from the own reach unseen.
        records.check_access("write")

    @api.model
    def _write_account(self, archive, vals):
        vals = dict(vals)
        if "bank_id" in vals:
            vals["bank_id"] = self._get_banks({vals["bank_id"]}).get(vals["bank_id"])
        archive._write_form_bank(vals)

    @api.model
    def _log_changes(self, rows):
        """Keep the old values: the card's with the customer, the rest in the archive.

        The chatter of a customer is open to more people than the archive (R39).
        """
        cards, contents = {}, {}
        for row in rows:
            for key, old, new in row.changes:
                on_card = key.startswith("partner_id.") and not key.startswith(_BANK)
                target = cards if on_card else contents
                record_id = row.partner_id if on_card else row.archive_id
                target.setdefault(record_id, []).append(self._describe(key, old, new))
        for model, lines in (("res.partner", cards), ("kehu.archive", contents)):
            self.env[model].browse(lines)._message_log_batch(
                {
                    record_id: Markup("<ul>%s</ul>") % Markup().join(texts)
                    for record_id, texts in lines.items()
                }
            )

    @api.model
    def _describe(self, key, old, new):
        fact = register.FIELDS[key]
        return Markup("<li>%s: %s → %s</li>") % (
            fact.label,
            print_value(fact, old) or "－",
            print_value(fact, new),
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
