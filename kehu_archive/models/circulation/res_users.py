from odoo import fields, models


class ResUsers(models.Model):
    """What a colleague who leaves still holds, in one place (N10)."""

    _inherit = "res.users"

    kehu_open_loan_count = fields.Integer(
        compute="_compute_kehu_holdings",
        help="Archives consulted or borrowed and not given back yet.",
    )
    kehu_copy_count = fields.Integer(
        compute="_compute_kehu_holdings",
        help="Numbered copies of archives that the user made.",
    )

    def _compute_kehu_holdings(self):
        # sudo: how many is no content; the lists behind it follow the rules.
        loans = dict(
            self.env["kehu.loan"]
            .sudo()
            ._read_group(
                [
                    ("borrower_id", "in", self.ids),
                    ("state", "in", ("submitted", "approved", "lent")),
                ],
                ["borrower_id"],
                ["__count"],
            )
        )
        copies = dict(
            self.env["kehu.archive.copy"]
            .sudo()
            ._read_group([("user_id", "in", self.ids)], ["user_id"], ["__count"])
        )
        for user in self:
            user.kehu_open_loan_count = loans.get(user.sudo(), 0)
            user.kehu_copy_count = copies.get(user.sudo(), 0)

    def action_view_kehu_loans(self):
        """Open what these users hold or wait for."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_loan_action_holders"
        )
        action["domain"] = [
            ("borrower_id", "in", self.ids),
            ("state", "in", ("submitted", "approved", "lent")),
        ]
        return action

    def action_view_kehu_copies(self):
        """Open the copies that these users made."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_copy_action"
        )
        action["domain"] = [("user_id", "in", self.ids)]
        return action
