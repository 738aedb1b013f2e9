from odoo import api, fields, models
from odoo.tools import format_datetime


class KehuScan(models.AbstractModel):
    """What the screen shows of the thing that was scanned, and what can be done."""

    _inherit = "kehu.scan"

    # === CARDS === #

    @api.model
    def _is_archivist(self):
        return self.env.user.has_group("kehu_archive.group_kehu_archivist")

    @api.model
    def _prepare_card(self, record):
        """Describe a record and what the user may do with it.

        :return: model, id, title, lines of label and value, badges, actions
        :rtype: dict
        """
        prepare = {
            "kehu.archive": self._prepare_archive_card,
            "kehu.cabinet": self._prepare_cabinet_card,
            "kehu.place": self._prepare_place_card,
        }[record._name]
        return {"model": record._name, "id": record.id, **prepare(record)}

    @api.model
    def _prepare_archive_card(self, archive):
        states = dict(archive._fields["state"]._description_selection(self.env))
        levels = dict(
            archive._fields["confidentiality"]._description_selection(self.env)
        )
        lent = self._get_lent_loan(archive)
        waiting = self._get_next_loan(archive)
        lines = [
            (self.env._("Customer"), archive.partner_id.display_name),
            (self.env._("Where it lies"), archive.place_path or self.env._("No place")),
        ]
        badges = [
            {"text": states[archive.state], "kind": "info"},
            {"text": levels[archive.confidentiality], "kind": "secondary"},
        ]
        if lent:
            due = format_datetime(self.env, lent.date_end)
            lines.append((self.env._("Lent to"), lent.borrower_id.sudo().name))
            lines.append((self.env._("Due"), due))
            late = lent.date_end <= fields.Datetime.now()
            badges.append(
                {
                    "text": self.env._("Overdue") if late else self.env._("Lent"),
                    "kind": "danger" if late else "warning",
                }
            )
        elif waiting and self._is_archivist():
            lines.append((self.env._("Waits for it"), waiting.borrower_id.sudo().name))
        if archive.is_missing:
            badges.append({"text": self.env._("Missing"), "kind": "danger"})
        return {
            "title": archive.name or self.env._("No number yet"),
            "lines": [{"label": label, "value": value} for label, value in lines],
            "badges": badges,
            "actions": self._get_archive_actions(archive, lent, waiting),
        }

    @api.model
    def _get_archive_actions(self, archive, lent, waiting):
        """Names of what the user may do with a file; the screen makes buttons of them.

        :rtype: list[str]
        """
        if not self._is_archivist():
            return ["open"]
        actions = []
        if lent:
            actions.append("take_back")
        elif waiting:
            actions.append("lend")
        if self.env["kehu.stocktake"]._get_running(archive.cabinet_id):
            actions.append("count")
        return [*actions, "relocate", "open"]

    @api.model
    def _prepare_cabinet_card(self, cabinet):
        badges = []
        if cabinet.is_inspection_overdue:
            badges.append({"text": self.env._("Inspection overdue"), "kind": "danger"})
        actions = ["content"]
        if self._is_archivist():
            actions.append("inspect")
            if self.env["kehu.stocktake"]._get_running(cabinet):
                actions.append("count")
        return {
            "title": cabinet.display_name,
            "lines": [
                {"label": self.env._("Location"), "value": cabinet.location or ""},
                {
                    "label": self.env._("Paper Files"),
                    "value": self._format_filling(cabinet),
                },
            ],
            "badges": badges,
            "actions": actions,
        }

    @api.model
    def _prepare_place_card(self, place):
        return {
            "title": place.display_name,
            "lines": [
                {
                    "label": self.env._("Cabinet"),
                    "value": place.cabinet_id.display_name,
                },
                {
                    "label": self.env._("Paper Files"),
                    "value": self._format_filling(place),
                },
            ],
            "badges": [],
            "actions": ["content"],
        }

    @api.model
    def _format_filling(self, where):
        if where.capacity:
            return f"{where.archive_count} / {where.capacity}"
        return str(where.archive_count)

    @api.model
    def _get_lent_loan(self, archive):
        """The loan by which the original is out, if any."""
        # sudo: where the paper is, whoever keeps the archive may know.
        return (
            self.env["kehu.loan"]
            .sudo()
            .search(
                [
                    ("archive_id", "=", archive.id),
                    ("state", "=", "lent"),
                    ("medium", "=", "original"),
                ],
                limit=1,
            )
            .sudo(self.env.su)
        )

    @api.model
    def _get_next_loan(self, archive):
        """The approved request for the original that is next in the queue."""
        # sudo: the queue counts requests that one may not read.
        loan = (
            self.env["kehu.loan"]
            .sudo()
            .search(
                [
                    ("archive_id", "=", archive.id),
                    ("state", "=", "approved"),
                    ("medium", "=", "original"),
                    ("date_end", ">", fields.Datetime.now()),
                ],
                order="decided_at, id",
                limit=1,
            )
        )
        return loan.sudo(self.env.su)
