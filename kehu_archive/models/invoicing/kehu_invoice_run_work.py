from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare

from ...wording import comma
from .run_plan import RunPlan


class KehuInvoiceRun(models.Model):
    """The work of a run: drafts party by party, posting invoice by invoice.

    In the background each piece is kept as soon as it is done: a run that was cut off
    goes on with what is left, and invoices nothing twice.
    """

    _inherit = "kehu.invoice.run"

    # === DRAFTS === #

    def _get_pending(self):
        """Return which rows are still to be invoiced.

        :rtype: odoo.fields.Domain
        """
        return (
            Domain("run_id", "=", self.id)
            & Domain("result", "=", "in")
            & Domain("move_id", "=", False)
        )

    def _get_pending_parties(self):
        """Return the parties whose invoices are still to be made."""
        groups = self.env["kehu.invoice.run.line"]._read_group(
            self._get_pending(), ["party_id"]
        )
        return self.env["res.partner"].union(*[party for (party,) in groups])

    def _make_drafts(self, party):
        """Make the draft invoices of one party, or note why that cannot be done.

        :param res.partner party: who is invoiced
        """
        self.ensure_one()
        rows = self.env["kehu.invoice.run.line"].search(
            self._get_pending() & Domain("party_id", "=", party.id), order="id"
        )
        try:
            with self.env.cr.savepoint():
                moves = self._invoice_rows(rows)
        except UserError as error:
            rows.sudo()._set_reason("error", str(error))
            return
        invoiced = {
            line.id: move for move in moves for line in move.line_ids.sale_line_ids
        }
        for move, made in rows.grouped(
            lambda row: invoiced.get(row.order_line_id.id)
        ).items():
            if move:
                made.sudo().move_id = move
            else:
                made.sudo()._set_reason("error", self.env._("Nothing to invoice."))

    def _invoice_rows(self, rows):
        """Invoice the rows of one party through Odoo's own invoicing.

        :rtype: account.move
        :raise UserError: naming order lines that are no longer as previewed
        """
        orders = rows.order_id
        orders._kehu_lock_for_invoicing()
        quantities = {}
        for row in rows:
            line = row.order_line_id
            quantities[line.id] = quantities.get(line.id, 0.0) + row.quantity
        self._check_unchanged(rows, quantities)
        plan = RunPlan(self.id, self.invoice_date, quantities)
        return orders.with_context(kehu_run_plan=plan)._create_invoices(final=True)

    def _check_unchanged(self, rows, quantities):
        """:raise UserError: naming order lines that are no longer as previewed"""
        changed = self.env["sale.order.line"]
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for line in rows.order_line_id:
            wanted, left = quantities[line.id], line.qty_to_invoice
            if (
                wanted * left <= 0
                or float_compare(abs(wanted), abs(left), precision_digits=digits) > 0
                or line.order_id.state != "sale"
            ):
                changed |= line
        strangers = rows.filtered(
            lambda row: row.order_id.kehu_invoiced_party_id != row.party_id
        )
        changed |= strangers.order_line_id
        if changed:
            raise UserError(
                self.env._(
                    "Changed since the preview: %(lines)s. Preview again.",
                    lines=comma(self.env).join(
                        f"{line.order_id.name} {line.name}" for line in changed[:10]
                    ),
                )
            )

    # === IN THE BACKGROUND === #

    @api.model
    def _cron_make_drafts(self):
        """Make the drafts of large runs, party by party, and keep each when made."""
        runs = self.search([("state", "=", "drafting")])
        todo = [(run, party) for run in runs for party in run._get_pending_parties()]
        if self._do_one_by_one(todo, lambda run, party: run._make_drafts(party)):
            runs._set_state("drafted")

    @api.model
    def _cron_post_drafts(self):
        """Post the drafts of large runs, one by one, and keep each when posted.

        A run with invoices that cannot be posted returns to where it was and says why.
        """
        runs = self.search([("state", "=", "posting")])
        drafts = self.env["account.move"].search(
            [("kehu_run_id", "in", runs.ids), ("state", "=", "draft")], order="id"
        )
        todo = [(move.kehu_run_id, move) for move in drafts]
        if self._do_one_by_one(todo, lambda run, move: run._post_draft(move)):
            for run in runs:
                run._set_state("drafted" if run.post_fault else "posted")

    @api.model
    def _do_one_by_one(self, todo, do):
        """Call ``do(run, record)`` for each pair and commit after each.

        :param list todo: pairs of run and record
        :return: whether nothing is left; else the cron job is called again
        :rtype: bool
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(todo))
        for number, (run, record) in enumerate(todo, 1):
            # As whoever started the run: with those rights, in that language.
            user = run.write_uid
            run = run.with_user(user).with_company(run.company_id)
            run = run.with_context(
                lang=user.lang, allowed_company_ids=run.company_id.ids
            )
            do(run, record.with_env(run.env))
            if not cron._commit_progress(1) and number < len(todo):
                return False
        return True

    def _post_draft(self, move):
        """Post one invoice, or note why that cannot be done."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                move.action_post()
        except UserError as error:
            reason = " ".join(str(error).split())
            party = move.partner_id.display_name
            fault = " ".join(filter(None, (move.display_name, party, reason)))
            self._write_protected(
                {"post_fault": "\n".join(filter(None, (self.post_fault, fault)))}
            )
