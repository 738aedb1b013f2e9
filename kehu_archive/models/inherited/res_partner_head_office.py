from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """Head office and branches; who is invoiced and whose credit is used (R72-R74)."""

    _inherit = "res.partner"

    head_office_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        tracking=True,
        domain="[('archive_id', '!=', False), ('head_office_id', '=', False), "
        "('id', '!=', id)]",
        help="The topmost company that the customer belongs to: another archived "
        "customer without a head office of its own. Type its code and press Tab.",
        prefetch="kehu_identity",
    )
    head_office_relation = fields.Selection(
        [("branch", "Branch"), ("subsidiary", "Subsidiary"), ("store", "Store")],
        help="A branch is the same legal person as its head office, a subsidiary is "
        "not. Both may have a tax number of their own.",
        prefetch="kehu_card",
    )
    branch_ids = fields.One2many(
        "res.partner",
        "head_office_id",
        string="Branches",
        help="Customers whose head office this customer is.",
    )
    invoicing_partner_id = fields.Many2one(
        "res.partner",
        string="Invoiced Party",
        index="btree_not_null",
        domain="[('archive_id', '!=', False)]",
        help="Who receives the invoices. Empty: the head office's choice, else the "
        "customer itself.",
        prefetch="kehu_card",
    )
    credit_partner_id = fields.Many2one(
        "res.partner",
        string="Credit Party",
        index="btree_not_null",
        domain="[('archive_id', '!=', False)]",
        help="Whose credit is used. Empty: the head office's choice, else the customer "
        "itself.",
        prefetch="kehu_card",
    )

    @api.constrains("head_office_id", "company_id", "archive_id")
    def _check_head_office(self):
        for branch in self.filtered(lambda partner: partner.head_office_id):
            # sudo: the check also holds for a head office the user may not open.
            office_sudo = branch.head_office_id.sudo()
            # Locks the head office's row: a parallel transaction that is giving it a
            # head office of its own fails, is retried, and then sees this branch.
            office_sudo.lock_for_update(allow_referencing=True)
            if reason := branch._get_head_office_fault(office_sudo):
                raise ValidationError(reason)
        for office in self.filtered(lambda partner: partner.head_office_id):
            if office.sudo().with_context(active_test=False).branch_ids:
                raise ValidationError(
                    self.env._(
                        "%(name)s is the head office of other customers and can have "
                        "none of its own.",
                        name=office.display_name,
                    )
                )

    def _get_head_office_fault(self, office_sudo):
        """Say what keeps ``office_sudo`` from being the head office of self (R72).

        :return: a translated sentence, or False
        """
        self.ensure_one()
        if office_sudo.id == self.id:
            return self.env._(
                "%(name)s cannot be its own head office: leave it empty.",
                name=self.display_name,
            )
        if not office_sudo.archive_id:
            return self.env._(
                "%(name)s is not registered as a customer yet: register the head "
                "office first.",
                name=office_sudo.display_name,
            )
        if office_sudo.head_office_id:
            return self.env._(
                "%(name)s belongs to %(office)s: choose the topmost company.",
                name=office_sudo.display_name,
                office=office_sudo.head_office_id.display_name,
            )
        if (
            office_sudo.company_id
            and self.company_id
            and office_sudo.company_id != self.company_id
        ):
            return self.env._(
                "%(name)s is a customer of another company.",
                name=office_sudo.display_name,
            )
        return False
