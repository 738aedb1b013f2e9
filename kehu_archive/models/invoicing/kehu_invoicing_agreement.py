from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class KehuInvoicingAgreement(models.Model):
    """The paper by which another legal person receives a customer's invoices (N9).

    Tax law looks at the tax number: an invoice to somebody else than who ordered needs
    an agreement of the two that can be shown.
    """

    _name = "kehu.invoicing.agreement"
    _description = "Invoicing Agreement"
    _order = "date_from desc, id desc"
    _rec_name = "document_name"

    customer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('archive_id', '!=', False)]",
        help="Who orders and is not invoiced itself.",
    )
    party_id = fields.Many2one(
        "res.partner",
        string="Invoiced Party",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('archive_id', '!=', False)]",
        help="Who receives the invoices instead.",
    )
    document = fields.Binary(
        string="Agreement Document",
        required=True,
        attachment=True,
        help="The signed agreement as a scan.",
    )
    document_name = fields.Char(
        required=True,
        default=lambda self: self.env._("Invoicing agreement"),
        help="Name of the file.",
    )
    date_from = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="First day on which the agreement holds.",
    )
    date_to = fields.Date(
        help="Last day on which it holds. Empty: until further notice."
    )
    note = fields.Text(help="Anything to remember about the agreement.")

    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "An agreement does not end before it begins.",
    )

    @api.constrains("customer_id", "party_id")
    def _check_parties(self):
        for agreement in self:
            if agreement.customer_id == agreement.party_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s needs no agreement with itself.",
                        name=agreement.customer_id.display_name,
                    )
                )

    @api.model
    def _get_agreed(self, customers, day):
        """Return the pairs for which an agreement holds on a day.

        :param res.partner customers: who orders
        :param datetime.date day: when the invoice is made
        :return: ``{(customer id, invoiced party id)}``
        :rtype: set[tuple[int, int]]
        """
        domain = Domain("customer_id", "in", customers.ids) & Domain(
            "date_from", "<=", day
        )
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        # sudo: that a paper exists is all that is asked; who invoices may not read it.
        groups = self.sudo()._read_group(domain, ["customer_id", "party_id"])
        return {(customer.id, party.id) for customer, party in groups}
