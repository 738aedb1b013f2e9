from odoo import fields, models
from odoo.exceptions import UserError


class KehuDestructionStep(models.TransientModel):
    """Asks for what a step of a destruction is kept with: a reason, a confirmation."""

    _name = "kehu.destruction.step"
    _description = "Step of a Destruction"

    destruction_ids = fields.Many2many(
        "kehu.destruction", required=True, help="The lists that the step is taken for."
    )
    step = fields.Selection(
        [
            ("refuse", "Refuse"),
            ("cancel", "Cancel"),
            ("verify", "Verify"),
            ("execute", "Destroy"),
        ],
        required=True,
        help="What is going to happen.",
    )
    reason = fields.Text(help="Kept with the list, for everybody who took part.")
    paper_seen = fields.Boolean(
        string="I Have Looked Through the Paper Files",
        help="Each paper file of the list lay there, complete.",
    )
    doubt_line_ids = fields.Many2many(
        "kehu.destruction.line",
        string="Not as Registered",
        domain="[('destruction_id', 'in', destruction_ids), ('state', '=', 'open')]",
        help="Archives in which a piece is missing, or is another than the register "
        "says.",
    )
    finding = fields.Char(
        string="What Does Not Fit", help="Kept with the list; the list stands still."
    )
    numbers = fields.Char(
        compute="_compute_numbers", help="Numbers of the lists that are destroyed."
    )
    confirmation = fields.Char(
        string="Type the List Number",
        help="Typed by hand, so that nobody destroys by a slip of the mouse.",
    )

    def _compute_numbers(self):
        for step in self:
            step.numbers = ", ".join(
                step.destruction_ids.mapped(lambda one: one.number or one.name)
            )

    def action_confirm(self):
        """Take the step for all lists, or for none.

        :return: what the screen does next
        :raise UserError: without a reason, or when the typed number is not the list's
        """
        self.ensure_one()
        lists, notice = self.destruction_ids, None
        if self.step == "execute" and (self.confirmation or "").strip() != self.numbers:
            raise UserError(
                self.env._(
                    "Type %(numbers)s to destroy the archives of this list for good.",
                    numbers=self.numbers,
                )
            )
        if self.step == "cancel" and not (self.reason or "").strip():
            raise UserError(self.env._("Say why the destruction is cancelled."))
        if self.step == "refuse":
            lists.action_refuse(self.reason)
        elif self.step == "cancel":
            lists.action_cancel(self.reason)
        elif self.step == "verify":
            notice = self._verify()
        else:
            notice = lists.action_execute()
        if isinstance(notice, dict):
            return notice
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _verify(self):
        """Report what the user saw not to fit, or verify the lists."""
        if self.doubt_line_ids or (self.finding or "").strip():
            return self.doubt_line_ids.destruction_id.action_report_mismatch(
                self.doubt_line_ids.ids, self.finding
            )
        return self.destruction_ids.action_verify(self.paper_seen)
