from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

#: What a caller of public methods and reports states the reason with.
REASON_KEY = "kehu_reason"
_REASON_LENGTH = 500


class KehuRelease(models.Model):
    """One act of printing or exporting: who, when, what, why, under which number.

    Never changed nor removed (R16, R103). The copies of single archives that came of
    it are tracked one by one until they are back or destroyed.
    """

    _name = "kehu.release"
    _description = "Print or Export"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"

    name = fields.Char(
        string="Number",
        required=True,
        help="Stands on every page or in the file's name.",
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="restrict",
        index=True,
        help="Who printed or exported.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        help="The company in which the user worked.",
    )
    taken_at = fields.Datetime(
        string="Time",
        required=True,
        index=True,
        help="When it was printed or exported.",
    )
    kind = fields.Selection(
        [
            ("form", "Registration Form"),
            ("report", "Printed Report"),
            ("register", "Customer Register"),
            ("export", "Export of a List"),
            ("evidence", "Evidence of Protection"),
        ],
        required=True,
        help="What was printed or exported.",
    )
    what = fields.Char(help="Name of the report, or of the list with its columns.")
    reason = fields.Char(help="Why; empty for what the system takes out by itself.")
    archive_count = fields.Integer(
        string="Archives", help="How many archives it told of."
    )
    selection = fields.Text(
        help="Which archives of the register were asked for, as a search; empty means "
        "all that the user could read."
    )
    copy_ids = fields.One2many(
        "kehu.archive.copy", "release_id", help="The numbered copies that came of it."
    )

    _user_day_idx = models.Index("(user_id, taken_at)")

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def is_reason_needed(self):
        """Whether printing and exporting ask the present user for a reason.

        :rtype: bool
        """
        # sudo: users may not read all of their company.
        return self.env.company.sudo().kehu_release_reason

    @api.model
    def _check_reason(self, reason):
        """Refuse to print or export without a reason (R103).

        :param str reason: what the user gave
        :return: the reason, trimmed
        :rtype: str
        :raise UserError: without one, when the company asks for it
        """
        reason = str(reason or "").strip()[:_REASON_LENGTH]
        if not reason and self.is_reason_needed():
            raise UserError(
                self.env._(
                    "Say what the copy is for before you print or export from "
                    "customer archives."
                )
            )
        return reason

    @api.model
    def _take_out(
        self,
        kind,
        what,
        reason,
        archives=None,
        domain=None,
        count=None,
        facts=None,
    ):
        """Register that something leaves, before it does.

        :param str kind: a key of :attr:`kind`
        :param str what: name of the report or list
        :param str reason: checked already; empty for programs
        :param archives: the archives, each of which gets a numbered copy
        :param domain: the search, for a register, which counts no copies
        :param int count: number of archives, for a register
        :param dict facts: what the ledger is to say beside the number of the copy
        :return: number of the act, {archive id: number of its copy}
        :rtype: tuple[str, dict[int, int]]
        :raise UserError: beyond the limit of the day, when the company blocks it
        """
        if self.env.cr.readonly:
            # Reports run in read-only transactions, perhaps on a replica.
            with self.env.registry.cursor() as cr:
                writing = self.with_env(self.env(cr=cr))
                if archives is not None:
                    archives = archives.with_env(writing.env)
                return writing._take_out(
                    kind, what, reason, archives, domain, count, facts
                )
        count = len(archives) if archives is not None else count
        self._check_limit(count)
        # sudo: numbers are drawn for everybody.
        name = self.env["ir.sequence"].sudo().next_by_code("kehu.release")
        release = self._append(
            [
                {
                    "name": name,
                    "user_id": self.env.uid,
                    "company_id": self.env.company.id,
                    "taken_at": fields.Datetime.now(),
                    "kind": kind,
                    "what": what,
                    "reason": reason or False,
                    "archive_count": count,
                    "selection": str(list(domain)) if domain else False,
                }
            ]
        )
        numbers = {}
        if archives:
            copies = self.env["kehu.archive.copy"].with_context(
                kehu_release_id=release.id
            )
            numbers = copies._note_copies(
                archives, "export" if kind == "export" else "print", facts
            )
        return name, numbers

    @api.model
    def _get_mark(self, name):
        """Return the words of the watermark: user, time, number.

        :param str name: number of the act
        :rtype: str
        """
        when = format_datetime(
            self.env, fields.Datetime.now(), dt_format="yyyy-MM-dd HH:mm"
        )
        return f"{self.env.user.name} {when} {name}"
