from odoo import api, fields, models


class KehuLoan(models.Model):
    """Who has an original, and who waits for it, the oldest first (R11)."""

    _inherit = "kehu.loan"

    queue_position = fields.Integer(
        compute="_compute_queue_position",
        help="Place among those who wait for the same original; 0: does not wait.",
    )
    holder_id = fields.Many2one(
        "res.users",
        compute="_compute_holder_id",
        help="Who has the original at this moment.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "medium", "archive_id")
    def _compute_holder_id(self):
        holders = self._get_holders()
        for loan in self:
            loan.holder_id = holders.get(loan.archive_id.id)

    @api.depends("state", "medium", "decided_at")
    def _compute_queue_position(self):
        waiting = self._get_queues()
        for loan in self:
            queue = waiting.get(loan.archive_id.id, [])
            number = loan._origin.id
            loan.queue_position = queue.index(number) + 1 if number in queue else 0

    # === BUSINESS METHODS === #

    def _get_holders(self):
        """Who has the originals of these archives now.

        :return: {archive id: user}
        :rtype: dict
        """
        # sudo: whoever waits for an original has to know whom to ask.
        lent_sudo = self.sudo().search(
            [
                ("archive_id", "in", self.archive_id.ids),
                ("state", "=", "lent"),
                ("medium", "=", "original"),
            ]
        )
        return {
            loan.archive_id.id: loan.borrower_id.sudo(self.env.su) for loan in lent_sudo
        }

    def _get_queues(self):
        """Approved requests for the originals of these archives, the oldest first.

        :return: {archive id: [loan ids]}
        :rtype: dict[int, list[int]]
        """
        # sudo: the place in the queue counts requests that one may not read.
        waiting_sudo = self.sudo().search(
            [
                ("archive_id", "in", self.archive_id.ids),
                ("state", "=", "approved"),
                ("medium", "=", "original"),
                ("date_end", ">", fields.Datetime.now()),
            ],
            order="decided_at, id",
        )
        return {
            archive.id: loans.ids
            for archive, loans in waiting_sudo.grouped("archive_id").items()
        }

    def _tell_next_in_queue(self):
        """Tell whoever waits longest that the original is back."""
        for ids in self._get_queues().values():
            # sudo: the next reader is another user, whose request one may not read.
            following_sudo = self.sudo().browse(ids[0])
            following_sudo._tell(
                following_sudo.borrower_id,
                "mail_activity_loan_available",
                self.env._("The original is back: it can be collected now."),
            )
