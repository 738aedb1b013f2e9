from odoo import api, fields, models

from ..wording import comma


class KehuLoanStep(models.TransientModel):
    """Asks for what a step needs: the reason, the signature, the count, the new end."""

    _name = "kehu.loan.step"
    _description = "Step of a Loan"

    loan_ids = fields.Many2many(
        "kehu.loan", required=True, help="The loans that the step is taken for."
    )
    step = fields.Selection(
        [
            ("refuse", "Refuse"),
            ("lend", "Lend"),
            ("return", "Take Back"),
            ("renew", "Renew"),
            ("review", "Review"),
        ],
        required=True,
        help="What is going to happen.",
    )
    reason = fields.Text(help="Told to whoever asked.")
    signature = fields.Char(
        string="Signed By",
        compute="_compute_signature",
        store=True,
        readonly=False,
        help="Whoever takes or brings the archive writes his or her name here.",
    )
    pages = fields.Integer(
        string="Pages Counted",
        compute="_compute_signature",
        store=True,
        readonly=False,
        help="Pages of the paper file, counted together.",
    )
    pages_out = fields.Integer(
        compute="_compute_pages_out", help="Pages counted at the hand-over."
    )
    condition = fields.Selection(
        [("good", "Good"), ("damaged", "Damaged"), ("incomplete", "Incomplete")],
        default="good",
        help="What the check at the return finds.",
    )
    damage = fields.Char(help="What is damaged or missing.")
    date_end = fields.Datetime(
        string="New End",
        default=lambda self: self.env["kehu.loan"]._default_date_end(),
        help="The new end of the period.",
    )
    outcome = fields.Selection(
        [("justified", "Justified"), ("not_justified", "Not Justified")],
        default="justified",
        help="What the review found.",
    )
    waiting = fields.Char(
        compute="_compute_waiting", help="Who waits for the original."
    )

    @api.depends("loan_ids")
    def _compute_signature(self):
        for wizard in self:
            loans = wizard.loan_ids
            borrowers = loans.borrower_id
            wizard.signature = borrowers.name if len(borrowers) == 1 else False
            # sudo: the archive room counts the pages of what it hands over.
            items_sudo = loans.sudo().archive_id.item_ids.filtered(
                lambda item: item.medium in ("paper", "both")
            )
            wizard.pages = sum(loans.mapped("lent_pages")) or sum(
                items_sudo.mapped("pages")
            )

    @api.depends("loan_ids")
    def _compute_pages_out(self):
        for wizard in self:
            wizard.pages_out = sum(wizard.loan_ids.mapped("lent_pages"))

    @api.depends("loan_ids")
    def _compute_waiting(self):
        for wizard in self:
            own = wizard.loan_ids.ids
            # sudo: names of those who wait, nothing else.
            waiting_sudo = (
                self.env["kehu.loan"]
                .sudo()
                .browse(
                    loan_id
                    for queue in wizard.loan_ids._get_queues().values()
                    for loan_id in queue
                    if loan_id not in own
                )
            )
            wizard.waiting = comma(self.env).join(
                waiting_sudo.borrower_id.mapped("name")
            )

    def action_confirm(self):
        """Take the step for all loans, or for none."""
        self.ensure_one()
        loans = self.loan_ids
        steps = {
            "refuse": lambda: loans.action_refuse(self.reason),
            "lend": lambda: loans.action_lend(self.signature, self.pages),
            "return": lambda: loans.action_return(
                self.signature, self.pages, self.condition, self.damage
            ),
            "renew": lambda: loans.action_renew(self.date_end),
            "review": lambda: loans.action_review(self.outcome, self.reason),
        }
        steps[self.step]()
        return {"type": "ir.actions.act_window_close"}
