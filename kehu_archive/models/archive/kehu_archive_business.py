from odoo import api, fields, models
from odoo.fields import Domain


class KehuArchive(models.Model):
    """What was bought, invoiced and complained about, counted live (R07, R45).

    Nothing is typed again: the numbers come from the documents, and each reader is
    told of those only that he may open.
    """

    _inherit = "kehu.archive"

    # === FIELDS === #

    order_count = fields.Integer(
        string="Orders",
        compute="_compute_order_count",
        help="Confirmed orders of the customer and its contacts that you may read.",
    )
    invoice_count = fields.Integer(
        string="Invoices",
        compute="_compute_invoice_count",
        help="Posted invoices and refunds of the customer that you may read.",
    )
    complaint_count = fields.Integer(
        string="Number of Complaints",
        compute="_compute_complaint_count",
        help="All complaints of the customer.",
    )
    open_complaint_count = fields.Integer(
        string="Open Complaints",
        compute="_compute_complaint_count",
        help="Complaints that are not settled yet.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_order_count(self):
        self.order_count = 0
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return
        customers = self._get_contact_customers()
        counts = dict.fromkeys(self.partner_id.ids, 0)
        for contact, count in orders._read_group(
            self._get_order_domain(list(customers)), ["partner_id"], ["__count"]
        ):
            counts[customers[contact.id]] += count
        for archive in self:
            archive.order_count = counts.get(archive.partner_id.id, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_invoice_count(self):
        self.invoice_count = 0
        invoices = self.env["account.move"]
        if not invoices.has_access("read"):
            return
        counts = {
            customer.id: count
            for customer, count in invoices._read_group(
                self._get_invoice_domain(), ["commercial_partner_id"], ["__count"]
            )
        }
        for archive in self:
            archive.invoice_count = counts.get(archive.partner_id.id, 0)

    @api.depends("service_ids.kind", "service_ids.state")
    @api.depends_context("uid")
    def _compute_complaint_count(self):
        self.complaint_count = self.open_complaint_count = 0
        complaints = self.env["kehu.service.record"]
        if not complaints.has_access("read"):
            return
        for archive, state, count in complaints._read_group(
            self._get_complaint_domain(), ["archive_id", "state"], ["__count"]
        ):
            archive.complaint_count += count
            if state == "open":
                archive.open_complaint_count += count

    # === ACTIONS === #

    def action_view_orders(self):
        """Open the confirmed orders of the customer and its contacts."""
        return self._get_documents_action(
            "sale.action_orders",
            self._get_order_domain(list(self._get_contact_customers())),
        )

    def action_view_invoices(self):
        """Open the posted invoices and refunds of the customer."""
        return self._get_documents_action(
            "account.action_move_out_invoice_type", self._get_invoice_domain()
        )

    def action_view_complaints(self):
        """Open the complaints of the customer."""
        action = self._get_documents_action(
            "kehu_archive.kehu_service_record_action", self._get_complaint_domain()
        )
        action["context"] = {
            "default_archive_id": self[:1].id,
            "default_kind": "complaint",
            "search_default_open": 1,
        }
        return action

    @api.model
    def _get_documents_action(self, xmlid, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action.update(domain=list(domain), context={"create": False})
        return action

    # === BUSINESS METHODS === #

    def _get_contact_customers(self):
        """Return the contacts of the customers, themselves included.

        :return: {contact id: id of its customer}
        :rtype: dict[int, int]
        """
        # sudo: which contact belongs to which customer; the documents are asked for
        # with the reader's own rights.
        contacts_sudo = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("commercial_partner_id", "in", self.partner_id.ids)],
                ["commercial_partner_id"],
            )
        )
        return {
            contact.id: contact.commercial_partner_id.id for contact in contacts_sudo
        }

    @api.model
    def _get_order_domain(self, contact_ids):
        return Domain("state", "=", "sale") & Domain("partner_id", "in", contact_ids)

    def _get_invoice_domain(self):
        return (
            Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            & Domain("commercial_partner_id", "in", self.partner_id.ids)
        )

    def _get_complaint_domain(self):
        return Domain("kind", "=", "complaint") & Domain("archive_id", "in", self.ids)
