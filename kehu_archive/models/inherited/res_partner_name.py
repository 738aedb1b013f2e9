from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.modules.db import FunctionStatus

from ...registration.width import display_width

MAX_NAME_WIDTH = 98
MAX_SHORT_NAME_WIDTH = 60


def _get_trigram_index(registry):
    """Return the index that finds a part of a short name, where the database can."""
    if not registry.has_trigram:
        return ""
    column = "short_name"
    if registry.has_unaccent == FunctionStatus.INDEXABLE:
        column = registry.unaccent(column)
    return f"USING gin ({column} gin_trgm_ops) WHERE short_name IS NOT NULL"


class ResPartner(models.Model):
    """Full name for invoices and print, short name for screens (R64-R67)."""

    _inherit = "res.partner"

    # Adds the short name to what core searches by.
    _rec_names_search = [
        "complete_name",
        "short_name",
        "email",
        "ref",
        "vat",
        "company_registry",
    ]

    short_name = fields.Char(
        tracking=True,
        help="Shown on the screens of orders, deliveries and invoices instead of the "
        "full name. At most 30 Chinese characters or 60 letters.",
    )

    # Odoo's own trigram index would also note each partner that has no short name, at
    # each write of it.
    _kehu_short_name_trigram_idx = models.Index(_get_trigram_index)

    @api.constrains("name", "archive_id")
    def _check_name_width(self):
        for partner in self.filtered("archive_id"):
            self._check_width(
                partner.name, MAX_NAME_WIDTH, self._fields["name"], partner
            )

    @api.constrains("short_name", "archive_id")
    def _check_short_name_width(self):
        for partner in self.filtered("archive_id"):
            self._check_width(
                partner.short_name,
                MAX_SHORT_NAME_WIDTH,
                self._fields["short_name"],
                partner,
            )

    def _check_width(self, text, limit, field, partner):
        """Refuse a text wider than ``limit``, a Chinese character counting two.

        :raise ValidationError: naming the customer, the field, width and limit
        """
        width = display_width(text or "")
        if width > limit:
            raise ValidationError(
                self.env._(
                    "%(field)s of %(customer)s is too long: %(width)s characters wide, "
                    "at most %(limit)s (a Chinese character counts as two).",
                    field=field._description_string(self.env),
                    customer=partner.ref or partner.name,
                    width=width,
                    limit=limit,
                )
            )

    @api.depends(
        "short_name",
        "archive_id",
        "commercial_partner_id.short_name",
        "commercial_partner_id.archive_id",
    )
    @api.depends_context("kehu_full_name", "kehu_posted_names")
    def _compute_display_name(self):  # pylint: disable=missing-return
        """Show the short name of archived customers; print their full name.

        ``kehu_full_name`` in the context asks for the full name (printing), and
        ``kehu_posted_names``, pairs of partner id and name, for names as they were
        when an invoice was posted.
        """
        super()._compute_display_name()
        posted = dict(self.env.context.get("kehu_posted_names") or ())
        full = self.env.context.get("kehu_full_name")
        for partner in self:
            # sudo: a contact shows the name of its company, readable or not, as in
            # Odoo's own display name.
            company_sudo = partner.sudo().commercial_partner_id
            shown = posted.get(company_sudo.id) or (
                not full and company_sudo.archive_id and company_sudo.short_name
            )
            name = company_sudo.name
            if shown and name and (partner.display_name or "").startswith(name):
                partner.display_name = shown + partner.display_name[len(name) :]
