from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Business with customers whose archive is not filed (R61).

    Each company decides (``kehu_unfiled_policy``): off, warn (a banner and a note on
    the document) or block (orders are not confirmed, invoices not posted, deliveries
    not validated).

    Never bound are private persons who were not registered, our own companies and
    colleagues, and refunds. Where nobody of the company acts (a customer signs or pays
    online, a scheduled job posts), block only warns: the customer's deal stands, and
    the note tells the salesperson.
    """

    _inherit = "res.partner"

    def _kehu_get_filing_faults(self):
        """Say of each customer without a filed archive what has to be done.

        :return: {customer: translated sentence}
        :rtype: dict
        """
        faults = {}
        # sudo: where the archive stands is asked for everybody who sells; nothing else
        # of it is told.
        for customer_sudo in self.sudo().commercial_partner_id:
            archive_sudo = customer_sudo.archive_id
            if archive_sudo.state == "filed" or not customer_sudo._kehu_is_bound():
                continue
            name = customer_sudo.with_context(kehu_full_name=True).display_name
            faults[customer_sudo.sudo(False)] = {
                False: self.env._(
                    "%(customer)s is not registered: register it as a customer, and "
                    "have its archive filed.",
                    customer=name,
                ),
                "draft": self.env._(
                    "The archive of %(customer)s is still being filled in: complete "
                    "it, and hand it in to the archive room.",
                    customer=name,
                ),
                "submitted": self.env._(
                    "The archive of %(customer)s was handed in: the archive room has "
                    "to receive and file it.",
                    customer=name,
                ),
            }.get(
                archive_sudo.state,
                self.env._(
                    "The archive of %(customer)s is closed: have it reopened first.",
                    customer=name,
                ),
            )
        return faults

    def _kehu_is_bound(self):
        """Whether a customer has to have an archive where the company demands it."""
        self.ensure_one()
        return bool(self.archive_id) or (self.is_company and self._kehu_is_customer())

    @api.model
    def _kehu_pass_filing_gate(self, documents, customer_of):
        """Let documents pass, pass with a note, or not at all.

        :param documents: orders, invoices or deliveries about to take effect
        :param customer_of: function that returns the customer of a document
        :raise UserError: naming each document that is blocked, its customer and what
            to do
        """
        watched = documents.filtered(
            lambda doc: doc.company_id.sudo().kehu_unfiled_policy in ("warn", "block")
        )
        if not watched:
            return
        customers = {doc: customer_of(doc) for doc in watched}
        faults = self.union(*customers.values())._kehu_get_filing_faults()
        reasons = {
            doc: faults[customer.commercial_partner_id]
            for doc, customer in customers.items()
            if customer.commercial_partner_id in faults
        }
        user = self.env.user
        somebody_acts = user._is_internal() and not user._is_superuser()
        if blocked := [
            f"{doc.display_name}: {reason}"
            for doc, reason in reasons.items()
            if somebody_acts and doc.company_id.sudo().kehu_unfiled_policy == "block"
        ]:
            raise UserError("\n".join(blocked))
        if reasons:
            # sudo: the note is the system's; a customer who signs online writes none.
            documents.filtered(reasons.get).sudo()._message_log_batch(
                bodies={doc.id: reason for doc, reason in reasons.items()}
            )

    @api.model
    def _kehu_get_filing_warnings(self, documents, customer_of):
        """Return what the banner on each document says, under either policy.

        :return: {document: sentence or False}
        """
        customers = {
            doc: customer_of(doc)
            for doc in documents
            if doc.company_id.sudo().kehu_unfiled_policy in ("warn", "block")
        }
        faults = self.union(*customers.values())._kehu_get_filing_faults()
        return {
            doc: doc in customers
            and faults.get(customers[doc].commercial_partner_id, False)
            for doc in documents
        }
