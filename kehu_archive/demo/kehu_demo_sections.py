import base64
from pathlib import PurePath

from odoo import api, models
from odoo.tools import file_open

# (file, model) of the sections whose lines are plain values.
_PLAIN_SECTIONS = [
    ("needs", "kehu.need"),
    ("services", "kehu.service.record"),
    ("comparisons", "kehu.competitor.comparison"),
    ("notes", "kehu.archive.note"),
]


class KehuDemo(models.AbstractModel):
    """The dated lines of the archives: people, needs, service, notes, catalogue."""

    _inherit = "kehu.demo"

    @api.model
    def _load_sections(self):
        for name, model in _PLAIN_SECTIONS:
            self.env[model].create(
                [self._prepare_vals(row) for row in self._read_rows(name)]
            )
        self._load_principals()
        self._load_items()

    @api.model
    def _load_principals(self):
        """People, each with the answer that lets us keep their traits, or not."""
        Principal = self.env["kehu.principal"]
        traits = Principal._get_trait_fields()
        for row in self._read_rows("principals"):
            decision = row.pop("consent")
            decided_ago = row.pop("decided_days_ago", None)
            known = {name: row.pop(name) for name in traits if name in row}
            principal = Principal.create(self._prepare_vals(row))
            if decision == "none":
                continue
            granted = list(known) if decision == "partial" else traits
            answers = {"refused": {"refused": traits}}.get(
                decision,
                {
                    "granted": granted,
                    "refused": [name for name in traits if name not in granted],
                },
            )
            for answer, items in answers.items():
                principal._record_consent(items, answer, note="面谈时书面答复")
            principal.consent_ids.decided_on = self._days_ago(int(decided_ago))
            principal.write(known)

    @api.model
    def _load_items(self):
        """The catalogue, some pieces with a file."""
        for row in self._read_rows("items"):
            file = row.pop("file", None)
            item = self.env["kehu.archive.item"].create(self._prepare_vals(row))
            if not file:
                continue
            with file_open(f"kehu_archive/demo/files/{file}", "rb") as stream:
                content = stream.read()
            item.attachment_ids = self.env["ir.attachment"].create(
                {
                    "name": item.title + PurePath(file).suffix,
                    "datas": base64.b64encode(content),
                    "res_model": item._name,
                    "res_id": item.id,
                }
            )

    @api.model
    def _load_cooperations(self, orders):
        """Projects, linked to the order whose invoices say what they brought.

        :param dict orders: {customer: its orders by date}; without business the
            projects stay without an order
        """
        vals_list = []
        for row in self._read_rows("cooperations"):
            place = row.pop("order", None)
            vals = self._prepare_vals(row)
            archive = self.env["kehu.archive"].browse(vals["archive_id"])
            made = orders.get(archive.partner_id)
            if place and made:
                vals["order_id"] = made[int(place) - 1].id
            vals_list.append(vals)
        self.env["kehu.cooperation"].create(vals_list)
