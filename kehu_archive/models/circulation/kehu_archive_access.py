from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...wording import comma
from .personal_lines import PersonalLines
from .sections import FACT_SECTIONS, SECTIONS

# Whoever fetches rows into the cache holds this very object: the cache is shared with
# superuser code and must hold the true values. RPC cannot forge it.
_UNMASKED = object()


class KehuArchive(models.Model):
    """Who keeps an archive in his own right, and what a grant opens to others.

    The record rule decides whether an archive can be opened at all; it compares with
    the time of each query. This class narrows a grant down to its sections: what is
    not granted reads as empty, and can be neither searched, grouped nor sorted by.
    """

    _inherit = "kehu.archive"

    loan_ids = PersonalLines(
        "kehu.loan",
        "archive_id",
        person="borrower_id",
        help="Consultations and loans of the archive.",
    )
    section_request_ids = PersonalLines(
        "kehu.section.request",
        "archive_id",
        person="user_id",
        help="Sections that colleagues were asked to fill in.",
    )
    loan_count = fields.Integer(
        compute="_compute_loan_count", help="Number of requests in the register."
    )
    holder_id = fields.Many2one(
        "res.users",
        string="Original With",
        compute="_compute_holder_id",
        help="Who has the paper original at this moment.",
    )
    opened_by_grant = fields.Boolean(
        compute="_compute_opened_by_grant",
        help="The present user reads the archive by a grant, not in his own right.",
    )
    open_sections = fields.Char(
        compute="_compute_opened_by_grant",
        help="Keys of the sections that are open to the present user.",
    )

    # === COMPUTE METHODS === #

    @api.depends("loan_ids")
    def _compute_loan_count(self):
        counts = dict(
            self.env["kehu.loan"]._read_group(
                [("archive_id", "in", self.ids)], ["archive_id"], ["__count"]
            )
        )
        for archive in self:
            archive.loan_count = counts.get(archive, 0)

    @api.depends("loan_ids.state")
    def _compute_holder_id(self):
        # sudo: where the paper is, whoever reads the archive may know.
        holders = dict(
            self.env["kehu.loan"]
            .sudo()
            ._read_group(
                [
                    ("archive_id", "in", self.ids),
                    ("state", "=", "lent"),
                    ("medium", "=", "original"),
                ],
                ["archive_id"],
                ["borrower_id:recordset"],
            )
        )
        for archive in self:
            archive.holder_id = holders.get(archive.sudo())

    @api.depends_context("uid")
    def _compute_opened_by_grant(self):
        own = self._filtered_own()
        granted = (self - own)._get_granted_sections()
        for archive in self:
            archive.opened_by_grant = archive not in own
            codes = SECTIONS if archive in own else granted[archive._origin.id]
            archive.open_sections = f",{','.join(sorted(codes))},"

    # === OWN RIGHT AND GRANTS === #

    @api.model
    def _get_own_domain(self):
        """Archives that the present user reads in his own right: those he keeps, those
        of the teams he leads, all for the archive room and auditors.

        Repeats the role rules of ``kehu_archive_security.xml``; an add-on that opens
        archives to more people extends both.
        """
        user = self.env.user
        if self.env.su or user.has_groups(
            "kehu_archive.group_kehu_archivist,kehu_archive.group_kehu_auditor"
        ):
            return Domain.TRUE
        domain = Domain.FALSE
        if user.has_group("kehu_archive.group_kehu_rep"):
            domain |= Domain("user_id", "=", user.id)
        if user.has_group("kehu_archive.group_kehu_manager"):
            domain |= Domain("team_id.user_id", "=", user.id)
        return domain

    def _filtered_own(self):
        """Return those of ``self`` that the user reads in his own right."""
        domain = self._get_own_domain()
        if domain.is_true() or not self:
            return self
        # sudo: only tells which records are meant; nothing is read for the caller.
        own = self.sudo().filtered_domain(domain).with_env(self.env)
        return own | self.filtered(lambda archive: not archive._origin)

    def _filtered_kept(self):
        """Whoever was asked for one section writes its facts, and takes no steps."""
        return super()._filtered_kept()._filtered_own()

    @api.model
    def _get_running_domain(self, section=None):
        """Loans that open archives to the present user at this second.

        :param str section: only those that open this section
        """
        domain = (
            Domain("borrower_id", "=", self.env.uid)
            & Domain("grants_access", "=", True)
            & Domain("date_start", "<=", "now")
            & Domain("date_end", ">", "now")
        )
        return domain & Domain("section_ids.code", "=", section) if section else domain

    @api.model
    def _get_asked_domain(self, section=None):
        """Open requests to the present user to fill a section in."""
        domain = Domain("user_id", "=", self.env.uid) & Domain("state", "=", "open")
        return domain & Domain("section_id.code", "=", section) if section else domain

    def _get_granted_sections(self):
        """What is open to the present user beside his own right, at this second.

        :return: {archive id: codes of sections}
        :rtype: dict[int, set[str]]
        """
        granted = {archive_id: set() for archive_id in self.ids}
        of_these = Domain("archive_id", "in", self.ids)
        # sudo: one's own grants; nothing of the archive is read.
        for loan in (
            self.env["kehu.loan"].sudo().search(self._get_running_domain() & of_these)
        ):
            granted[loan.archive_id.id] |= set(loan.section_ids.mapped("code"))
        for asked in (
            self.env["kehu.section.request"]
            .sudo()
            .search(self._get_asked_domain() & of_these)
        ):
            granted[asked.archive_id.id].add(asked.section_id.code)
        return granted

    def _get_masked_facts(self):
        """Single facts that are closed to the present user.

        :return: {archive id: names of fields}
        :rtype: dict[int, set[str]]
        """
        foreign = self - self._filtered_own()
        return {
            archive_id: {
                name for name, section in FACT_SECTIONS.items() if section not in codes
            }
            for archive_id, codes in foreign._get_granted_sections().items()
        }

    def _check_own(self):
        """Refuse what a grant does not carry: printing, exporting, copying (R10).

        :raise AccessError: naming the archives that are open by a grant only
        """
        if foreign := self - self._filtered_own():
            raise AccessError(
                self.env._(
                    "Granted for reading on the screen only, not for printing, "
                    "exporting or copying: %(archives)s",
                    archives=comma(self.env).join(
                        foreign.sudo().mapped("display_name")
                    ),
                )
            )

    def _check_may_copy_out(self):
        """Refuse a printed or exported form to whoever may only consult.

        A running loan of an *electronic copy* is the one grant that allows it; what
        was not granted prints as 未授权.

        :raise AccessError: naming the archives
        """
        foreign = self - self._filtered_own()
        # sudo: one's own grants.
        copies_sudo = (
            self.env["kehu.loan"]
            .sudo()
            .search(
                self._get_running_domain()
                & Domain("archive_id", "in", foreign.ids)
                & Domain("medium", "=", "copy")
            )
        )
        (foreign - self.browse(copies_sudo.archive_id.ids))._check_own()

    # === ACTIONS === #

    def action_view_loans(self):
        """Open the register of this archive."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_loan_action"
        )
        action["domain"] = [("archive_id", "in", self.ids)]
        action["context"] = {"default_archive_id": self[:1].id}
        return action

    def _get_ask_action(self):
        """Return the dialog that asks a colleague to fill a section in."""
        self._check_kept()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_section_request_action_new"
        )
        action["context"] = {"default_archive_id": self[:1].id}
        return action

    # === WHAT IS NOT GRANTED IS NOT THERE === #

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if self.env.su or not FACT_SECTIONS.keys() & set(fnames):
            return rows
        masked = self._get_masked_facts()
        for row in rows:
            for name in masked.get(row["id"], set()) & row.keys():
                row[name] = False
        return rows

    def _fetch_query(self, query, fields):
        unmasked = self.with_context(kehu_unmasked=_UNMASKED)
        fetched = super(KehuArchive, unmasked)._fetch_query(query, fields)
        return fetched.with_env(self.env)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Searching, sorting, grouping and summing see what reading sees."""
        sql = super()._field_to_sql(alias, field_expr, query)
        name = field_expr.partition(".")[0]
        if (
            name not in FACT_SECTIONS
            or self.env.su
            or self.env.context.get("kehu_unmasked") is _UNMASKED
        ):
            return sql
        readable = self._get_own_domain()
        if readable.is_true():
            return sql
        if section := FACT_SECTIONS[name]:
            readable |= Domain("loan_ids", "any", self._get_running_domain(section))
            readable |= Domain(
                "section_request_ids", "any", self._get_asked_domain(section)
            )
        # sudo: tells which rows the column shows; the rows are the rules' business.
        open_rows = self.sudo().with_context(active_test=False)._search(readable)
        return SQL(
            "(CASE WHEN %s IN %s THEN %s END)",
            SQL.identifier(alias, "id"),
            open_rows.subselect(),
            sql,
        )

    def onchange(self, values, field_names, fields_spec):
        """A form is not a way round: closed facts are not answered here either."""
        if self and not self.env.su:
            closed = set.union(set(), *self._get_masked_facts().values())
            fields_spec = {
                name: spec for name, spec in fields_spec.items() if name not in closed
            }
        return super().onchange(values, field_names, fields_spec)

    def export_data(self, fields_to_export):
        self._check_own()
        return super().export_data(fields_to_export)

    # === FILLING A SECTION IN === #

    def write(self, vals):
        if not self.env.su and not self._in_transition():
            self._check_only_asked_facts(vals)
        return super().write(vals)

    def _check_only_asked_facts(self, vals):
        """Whoever was asked to fill a section in writes that section, nothing else.

        :raise AccessError: naming the fields
        """
        foreign = self - self._filtered_own()
        if not foreign:
            return
        # sudo: one's own requests.
        asked_sudo = (
            self.env["kehu.section.request"]
            .sudo()
            .search(self._get_asked_domain() & Domain("archive_id", "in", foreign.ids))
        )
        codes = {
            archive.id: set(asked.section_id.mapped("code"))
            for archive, asked in asked_sudo.grouped("archive_id").items()
        }
        for archive in foreign:
            open_codes = codes.get(archive.id, set())
            allowed = {
                name for name, section in FACT_SECTIONS.items() if section in open_codes
            } | {
                name
                for name, field in self._fields.items()
                if field.type == "one2many"
                and any(
                    field.comodel_name in SECTIONS[code].lists for code in open_codes
                )
            }
            if closed := vals.keys() - allowed:
                raise AccessError(
                    self.env._(
                        "Not yours to change in %(archive)s: %(fields)s",
                        archive=archive.sudo().display_name,
                        fields=comma(self.env).join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(closed & self._fields.keys())
                        ),
                    )
                )
