from odoo import fields, models


class KehuBlindAsk(models.TransientModel):
    """Asks whether a customer is taken; tells yes or no and whom to ask (R15, R92)."""

    _name = "kehu.blind.ask"
    _description = "Is This Customer Taken?"

    question = fields.Char(
        help="The whole name or short name, tax number, customer code or telephone "
        "number of the customer."
    )
    answer = fields.Char(readonly=True, help="Yes or no, and whom to ask.")
    is_taken = fields.Boolean(
        string="Taken", readonly=True, help="Whether the customer is taken."
    )

    def action_ask(self):
        """Ask; the question is registered and counts towards the hour's limit."""
        self.ensure_one()
        told_sudo = self.env["kehu.blind.question"]._answer(self.question).sudo()
        self.is_taken = told_sudo.is_taken
        if told_sudo.is_taken:
            self.answer = self.env._(
                "Yes, this customer is taken. Please ask %(keeper)s.",
                keeper=told_sudo.keeper_name,
            )
        else:
            self.answer = self.env._("No, nobody keeps this customer so far.")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Is This Customer Taken?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
