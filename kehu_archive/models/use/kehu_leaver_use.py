from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

_DAYS = 90
# What of the ledger is use of an archive, in the order of the columns.
_USES = ("read", "print", "export", "disclose", "loan_emergency", "refuse")
_MOST = 200


class KehuLeaver(models.Model):
    """What a leaver looked at and took out lately, as the ledger has it (N10).

    The ledger's own rules decide what is told to whom: auditors and the archive room
    learn all of it, leaders of teams what concerns the archives of their teams.
    """

    _inherit = "kehu.leaver"

    use_count = fields.Integer(
        string="Used in 90 Days",
        compute="_compute_use",
        help="How often the leaver read the sensitive layer, printed, exported, "
        "disclosed or was refused within 90 days, as far as you may know.",
    )
    use_table = fields.Html(
        string="Use in 90 Days",
        compute="_compute_use",
        sanitize=False,
        help="Per archive what the leaver did with it, the latest first.",
    )

    @api.depends("user_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_use(self):
        for leaver in self:
            rows = leaver._get_use_rows()
            leaver.use_count = sum(sum(counts.values()) for _a, counts, _t in rows)
            leaver.use_table = leaver._render_use(rows)

    def _get_use_rows(self):
        """Return what the leaver did with which archive, in one query.

        :return: [(archive id, {action: how often}, time of the last)], the latest first
        :rtype: list[tuple]
        """
        self.ensure_one()
        events = self.env["kehu.event"]
        if not self.user_id or not events.has_access("read"):
            return []
        since = fields.Datetime.subtract(fields.Datetime.now(), days=_DAYS)
        found = {}
        for archive, action, count, last in events._read_group(
            [
                ("user_id", "=", self.user_id.id),
                ("at", ">=", since),
                ("action", "in", _USES),
            ],
            ["archive_id", "action"],
            ["__count", "at:max"],
        ):
            counts, latest = found.get(archive.id, ({}, last))
            found[archive.id] = ({**counts, action: count}, max(latest, last))
        rows = [(number, counts, last) for number, (counts, last) in found.items()]
        return sorted(rows, key=lambda row: (row[2], row[0]), reverse=True)

    def _render_use(self, rows):
        """Return the rows as a table.

        :param list rows: of :meth:`_get_use_rows`
        :rtype: markupsafe.Markup
        """
        labels = dict(
            self.env["kehu.event"]._fields["action"]._description_selection(self.env)
        )
        # sudo: whoever may read the event may know which archive it tells of.
        archives_sudo = self.env["kehu.archive"].sudo()
        shown = archives_sudo.browse([row[0] for row in rows[:_MOST]]).exists()
        names = {archive.id: archive.display_name for archive in shown}
        head = [
            self.env._("Archive"),
            *(labels[action] for action in _USES),
            self.env._("Last"),
        ]
        body = [
            [
                names.get(number, f"#{number}"),
                *(counts.get(action, "") for action in _USES),
                format_datetime(self.env, last),
            ]
            for number, counts, last in rows[:_MOST]
        ]
        if not body:
            return Markup("<p class='text-muted'>%s</p>") % self.env._(
                "Nothing in the ledger that you may know of."
            )
        return Markup(
            "<div class='table-responsive'><table class='table table-sm'>"
            "<thead>%s</thead><tbody>%s</tbody></table></div>"
        ) % (
            self._render_row(head, "th"),
            Markup().join(self._render_row(row, "td") for row in body),
        )

    @api.model
    def _render_row(self, cells, tag):
        cell = Markup(f"<{tag}>%s</{tag}>")
        return Markup("<tr>%s</tr>") % Markup().join(cell % text for text in cells)
