from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...wording import comma
from ..inherited.res_company import DEFAULT_TZ

# More rows than these are invoiced and posted in the background,
_AT_ONCE = 1500
# and more order lines than these are looked at there.
_PREVIEWED_AT_ONCE = 5000
_CLOSING_DAYS = 10


class KehuInvoiceRun(models.Model):
    """Invoices the deliveries of a period to head offices (R73, N9).

    The preview says of each order line or delivery whether it goes onto an invoice and
    why. Invoices are made from the preview as it stands, by Odoo's own invoicing; what
    has changed since then is refused and named, never invoiced unseen. A run can be
    taken back with one click as long as nothing is posted.
    """

    _name = "kehu.invoice.run"
    _description = "Month-end Invoicing"
    _inherit = ["kehu.transition.mixin"]
    _order = "id desc"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index=True,
        help="Number of the run.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        required=True,
        index=True,
        help="The company that invoices.",
    )
    date_from = fields.Date(
        required=True,
        default=lambda self: self._default_period()[0],
        help="First day of the period. What was left over before it is invoiced too.",
    )
    date_to = fields.Date(
        required=True,
        default=lambda self: self._default_period()[1],
        help="Last day of the period. What was delivered later waits for the next run.",
    )
    invoice_date = fields.Date(
        required=True,
        default=lambda self: min(
            self._default_period()[1], fields.Date.context_today(self)
        ),
        help="The date of the invoices.",
    )
    head_office_ids = fields.Many2many(
        "res.partner",
        string="Head Offices",
        domain="[('archive_id', '!=', False), ('head_office_id', '=', False)]",
        help="Whose branches are invoiced. Empty: all head offices.",
    )
    state = fields.Selection(
        [
            ("draft", "Planned"),
            ("previewing", "Being Previewed"),
            ("preview", "Previewed"),
            ("drafting", "Making Drafts"),
            ("drafted", "Drafts Made"),
            ("posting", "Being Posted"),
            ("posted", "Posted"),
            ("cancelled", "Taken Back"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Where the run stands.",
    )
    line_ids = fields.One2many(
        "kehu.invoice.run.line",
        "run_id",
        string="Preview",
        help="Each order line or delivery, in or out, with its reason.",
    )
    move_ids = fields.One2many(
        "account.move", "kehu_run_id", string="Invoices", help="Invoices of the run."
    )
    move_count = fields.Integer(
        string="Number of Invoices",
        compute="_compute_counts",
        help="How many invoices the run has made.",
    )
    posted_count = fields.Integer(
        string="Invoices Posted",
        compute="_compute_counts",
        help="How many of the run's invoices are posted.",
    )
    in_count = fields.Integer(
        string="In", compute="_compute_counts", help="Rows that are invoiced."
    )
    out_count = fields.Integer(
        string="Out", compute="_compute_counts", help="Rows that are not invoiced."
    )
    row_count = fields.Integer(
        string="Rows", compute="_compute_counts", help="Rows of the preview."
    )
    error_count = fields.Integer(
        string="Failed",
        compute="_compute_counts",
        help="Rows whose invoice could not be made.",
    )

    post_fault = fields.Text(
        string="Not Posted",
        readonly=True,
        copy=False,
        help="Invoices that could not be posted in the background, and why.",
    )

    _period = models.Constraint(
        "CHECK (date_to >= date_from)", "A period does not end before it begins."
    )

    # === COMPUTE AND DEFAULTS === #

    @api.model
    def _default_period(self):
        """The month that is being closed: in its first days, the month before."""
        today = fields.Date.context_today(self)
        month = today.replace(day=1)
        if today.day <= _CLOSING_DAYS:
            month = (month - timedelta(days=1)).replace(day=1)
        return month, fields.Date.end_of(month, "month")

    @api.depends("line_ids.result", "line_ids.reason", "move_ids.state")
    def _compute_counts(self):
        rows = self.env["kehu.invoice.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "result", "reason"], ["__count"]
        )
        counts = {}
        for run, result, reason, count in rows:
            for key in (result, reason):
                counts[run.id, key] = counts.get((run.id, key), 0) + count
        moves = self.env["account.move"]._read_group(
            [("kehu_run_id", "in", self.ids)], ["kehu_run_id", "state"], ["__count"]
        )
        for run in self:
            run.in_count = counts.get((run.id, "in"), 0)
            run.out_count = counts.get((run.id, "out"), 0)
            run.row_count = run.in_count + run.out_count
            run.error_count = counts.get((run.id, "error"), 0)
            of_run = {state: count for at, state, count in moves if at == run._origin}
            run.move_count = sum(of_run.values())
            run.posted_count = of_run.get("posted", 0)

    @api.constrains("head_office_ids")
    def _check_head_offices(self):
        for run in self:
            if below := run.head_office_ids.filtered("head_office_id"):
                raise ValidationError(
                    self.env._(
                        "%(names)s: choose the head office instead.",
                        names=comma(self.env).join(below.mapped("display_name")),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("name"):
                vals["name"] = self.env["ir.sequence"].next_by_code("kehu.invoice.run")
        return super().create(vals_list)

    def write(self, vals):
        if (
            vals.keys() & {"date_from", "date_to", "invoice_date", "head_office_ids"}
            and not self._in_transition()
        ):
            self._check_in_states({"draft", "preview", "cancelled"})
        if "company_id" in vals and not self._in_transition():
            # The preview and the invoices are those of the company.
            self._check_in_states({"draft", "cancelled"})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_invoices(self):
        self._check_in_states({"draft", "preview", "cancelled"})

    @api.model
    def _get_state_sources(self):
        return {
            "draft": {"preview", "cancelled"},
            "previewing": {"draft", "preview", "cancelled"},
            "preview": {"draft", "previewing", "preview", "cancelled"},
            "drafting": {"preview"},
            "drafted": {"preview", "drafting", "posting"},
            "posting": {"drafted"},
            "posted": {"drafted", "posting"},
            "cancelled": {"previewing", "preview", "drafting", "drafted"},
        }

    # === ACTIONS === #

    def action_preview(self):
        """List what the run would invoice, and what not, with reasons (N9); of many
        order lines in the background.
        """
        self.check_access("write")
        self._check_in_states({"draft", "preview", "cancelled"})
        # sudo: rows are written by the preview alone.
        self.sudo().line_ids.unlink()
        found = {run: run._find_orders() for run in self}
        large = self.filtered(
            lambda run: (
                self.env["sale.order.line"].search_count(
                    [("order_id", "in", found[run].ids)]
                )
                > _PREVIEWED_AT_ONCE
            )
        )
        if large:
            large._set_state("previewing")
            self.env.ref("kehu_archive.cron_preview_invoicing")._trigger()
        for run in self - large:
            run._preview_orders(found[run])
        (self - large)._set_state("preview")

    def action_create_drafts(self):
        """Make the draft invoices; of many rows in the background.

        :raise UserError: when the preview holds nothing to invoice
        """
        self.check_access("write")
        self._check_in_states({"preview"})
        for run in self:
            if not run.in_count:
                raise UserError(
                    self.env._("%(run)s: there is nothing to invoice.", run=run.name)
                )
        if large := self._get_large():
            large._set_state("drafting")
            self.env.ref("kehu_archive.cron_make_invoice_drafts")._trigger()
        for run in self - large:
            for party in run._get_pending_parties():
                run._make_drafts(party)
            run._set_state("drafted")
        return self.action_view_invoices() if not large else None

    def action_post(self):
        """Post the drafts of the run; of many rows in the background."""
        self.check_access("write")
        self._check_in_states({"drafted"})
        if large := self._get_large():
            large._set_state("posting", {"post_fault": False})
            self.env.ref("kehu_archive.cron_post_invoice_drafts")._trigger()
        if small := self - large:
            small.move_ids.filtered(lambda move: move.state == "draft").action_post()
            small._set_state("posted", {"post_fault": False})

    def _get_large(self):
        """Return the runs that nobody should wait for in front of a screen."""
        return self.filtered(lambda run: run.in_count > _AT_ONCE)

    def action_cancel(self):
        """Take the run back: its drafts go, their order lines can be invoiced again.

        :raise UserError: naming invoices that are posted; those are reversed
        """
        self._check_can_move("cancelled")
        posted = self.move_ids.filtered(lambda move: move.state == "posted")
        if posted:
            raise UserError(
                self.env._(
                    "Posted already: %(moves)s. Reverse them with credit notes.",
                    moves=comma(self.env).join(posted.mapped("name")),
                )
            )
        self.move_ids.unlink()
        self._set_state("cancelled")

    def action_view_invoices(self):
        """Open the invoices of the run."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "domain": [("kehu_run_id", "in", self.ids)],
            "context": {"default_move_type": "out_invoice"},
        }

    def action_view_lines(self):
        """Open the preview, by party and invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_invoice_run_line_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)]}

    # === WHAT AND WHOM === #

    def _find_orders(self):
        """Return the orders that the preview speaks of.

        Those of the period, and whatever older ones have left to invoice or deliver.

        :rtype: sale.order
        """
        self.ensure_one()
        start, end = self._get_bounds()
        customers = self._get_customers(self._get_parties())
        in_period = Domain("date_order", ">=", start) & Domain("date_order", "<", end)
        open_orders = Domain("state", "=", "sale") & Domain(
            "invoice_status", "!=", "invoiced"
        )
        return (
            self.env["sale.order"]
            .with_company(self.company_id)
            .search(
                Domain("company_id", "=", self.company_id.id)
                & Domain("partner_id.commercial_partner_id", "in", customers.ids)
                & Domain("state", "in", ("draft", "sent", "sale"))
                & (in_period | open_orders),
                order="id",
            )
        )

    def _get_bounds(self):
        """The period as moments, in the company's own time zone."""
        zone = pytz.timezone(self.company_id.kehu_tz or DEFAULT_TZ)
        days = (self.date_from, fields.Date.add(self.date_to, days=1))
        return [
            zone.localize(fields.Datetime.to_datetime(day))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in days
        ]

    def _get_parties(self):
        """Return who is invoiced: the chosen head offices, or all there are.

        :rtype: res.partner
        """
        self.ensure_one()
        if self.head_office_ids:
            offices = self.head_office_ids
            return offices | offices.invoicing_partner_id
        # What was sold before a branch was archived in Odoo is invoiced all the same.
        Partner = self.env["res.partner"].with_context(active_test=False)
        of_company = Domain("company_id", "in", [False, self.company_id.id])
        groups = Partner._read_group(
            of_company & Domain("head_office_id", "!=", False), ["head_office_id"]
        )
        offices = Partner.union(*[office for (office,) in groups])
        groups = Partner._read_group(
            of_company & Domain("invoicing_partner_id", "!=", False),
            ["invoicing_partner_id"],
        )
        return offices.union(*[party for (party,) in groups])

    def _get_customers(self, parties):
        """Return who may have ordered what is invoiced to ``parties``.

        :rtype: res.partner
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        offices = parties | Partner.search(
            [("invoicing_partner_id", "in", parties.ids)]
        )
        return offices | Partner.search([("head_office_id", "in", offices.ids)])
