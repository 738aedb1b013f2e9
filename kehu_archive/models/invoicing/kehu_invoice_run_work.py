from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare

from ...wording import comma
from .run_plan import RunPlan

# So many orders are looked at and kept together.
_ORDERS = 500


class KehuInvoiceRun(models.Model):
    """The work of a run: preview, drafts party by party, posting invoice by invoice.

    In the background each piece is kept as soon as it is done: a run that was cut off
    goes on with what is left, and invoices nothing twice.
    """

    _inherit = "kehu.invoice.run"

    # === PREVIEW === #

    def _preview_orders(self, orders):
        """Say of the lines and deliveries of some orders whether they are invoiced.

        :param sale.order orders: some of those that the run speaks of
        """
        self.ensure_one()
        rows_model = self.env["kehu.invoice.run.line"]
        # sudo: rows are written by the preview alone; it has read as the user.
        rows_model.sudo().create(rows_model._prepare_rows(self, orders))

    def _get_orders_to_preview(self):
        """Return the orders of which no row tells yet, in portions to be kept.

        :rtype: list[sale.order]
        """
        self.ensure_one()
        groups = self.env["kehu.invoice.run.line"]._read_group(
            [("run_id", "=", self.id)], ["order_id"]
        )
        orders = self._find_orders() - self.env["sale.order"].union(
            *[order for (order,) in groups]
        )
        return [
            orders[start : start + _ORDERS] for start in range(0, len(orders), _ORDERS)
        ]

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
        others = rows.filtered(
            lambda row: (
                row.order_id.kehu_invoiced_party_id != row.party_id
                or row.currency_id != row.order_id.currency_id
                or row.currency_id.compare_amounts(
                    row.amount, row._get_worth(row.order_line_id, row.quantity)
                )
            )
        )
        changed |= others.order_line_id
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
    def _cron_preview(self):
        """Preview large runs, some orders at a time, and keep what was found of each."""
        runs = self._get_all_in("previewing")
        todo = [
            (run, orders) for run in runs for orders in run._get_orders_to_preview()
        ]
        if self._do_one_by_one(
            "previewing", todo, lambda run, orders: run._preview_orders(orders)
        ):
            self._finish("previewing", runs, lambda run: "preview")

    @api.model
    def _cron_make_drafts(self):
        """Make the drafts of large runs, party by party, and keep each when made."""
        runs = self._get_all_in("drafting")
        todo = [(run, party) for run in runs for party in run._get_pending_parties()]
        if self._do_one_by_one(
            "drafting", todo, lambda run, party: run._make_drafts(party)
        ):
            self._finish("drafting", runs, lambda run: "drafted")

    @api.model
    def _cron_post_drafts(self):
        """Post the drafts of large runs, one by one, and keep each when posted.

        A run with invoices that cannot be posted returns to where it was and says why.
        """
        runs = self._get_all_in("posting")
        todo = [
            (run, move)
            for run in runs
            for move in run.move_ids.sorted("id")
            if move.state == "draft"
        ]
        if self._do_one_by_one(
            "posting", todo, lambda run, move: run._post_draft(move)
        ):
            self._finish(
                "posting",
                runs,
                lambda run: "drafted" if run.post_fault else "posted",
            )

    @api.model
    def _get_all_in(self, state):
        """Return the runs in a state, each as whoever started its work: with those
        rights, in that language.

        :rtype: list[kehu.invoice.run]
        """
        runs = []
        for run in self.search([("state", "=", state)]):
            user = run.write_uid
            runs.append(
                run.with_user(user)
                .with_company(run.company_id)
                .with_context(lang=user.lang, allowed_company_ids=run.company_id.ids)
            )
        return runs

    @api.model
    def _do_one_by_one(self, state, todo, do):
        """Call ``do(run, records)`` for each pair and commit after each.

        Whoever takes a run back waits for the piece that is being done; nothing is done
        for a run that was taken back.

        :param str state: of the runs, as long as they are worked on
        :param list todo: pairs of run and records
        :return: whether nothing is left; else the cron job is called again
        :rtype: bool
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(todo))
        is_left = False
        for number, (run, records) in enumerate(todo, 1):
            run.invalidate_recordset(["state"])
            if not run.try_lock_for_update(allow_referencing=True):
                is_left = True
                continue
            if run.state == state:
                do(run, records.with_env(run.env))
                run._touch()
            if not cron._commit_progress(1) and number < len(todo):
                return False
        return not is_left

    def _touch(self):
        """Write the run as it is: whoever waits to take it back looks at it anew.

        A lock alone would let him go on with what he saw before, and the drafts made
        since would stay behind.
        """
        self.env.cr.execute(
            "UPDATE kehu_invoice_run SET state = state WHERE id = ANY(%s)", [self.ids]
        )

    @api.model
    def _finish(self, state, runs, find_target):
        """Move runs on whose work is done, but those that were taken back meanwhile.

        :param str state: of the runs, as long as they are worked on
        :param list runs: of :meth:`_get_all_in`
        :param find_target: says of a run which state comes next
        """
        for run in runs:
            run.invalidate_recordset(["state"])
            if run.state == state:
                run._set_state(find_target(run))

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
