from odoo import api, fields, models


class KehuArchiveFact(models.Model):
    """Says of one fact that it does not apply (无) or that it was refused (R91).

    A fact without such a row is filled when it has a value, else not filled yet.
    """

    _name = "kehu.archive.fact"
    _description = "State of a Fact"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "key"
    _rec_name = "key"

    key = fields.Char(
        required=True, index=True, help="The fact, as the form's definition names it."
    )
    label = fields.Char(
        compute="_compute_label", help="The fact, as printed on the form."
    )
    state = fields.Selection(
        [("na", "Not Applicable"), ("refused", "Refused")],
        default="na",
        required=True,
        help="Not applicable counts as complete and prints as 无.",
    )
    reason = fields.Char(help="Why it does not apply, or who refused it.")

    _key_uniq = models.UniqueIndex("(archive_id, key)", "A fact has one state.")

    @api.depends("key")
    def _compute_label(self):
        labels = self.env["kehu.archive"]._get_fact_labels()
        for fact in self:
            fact.label = labels.get(fact.key, fact.key)
