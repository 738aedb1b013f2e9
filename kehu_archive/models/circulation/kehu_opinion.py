from odoo import api, fields, models
from odoo.exceptions import UserError

# The list of the archive that each kind lands in, as its own kinds are called.
_RECORD_KINDS = {"complaint": "complaint", "opinion": "satisfaction"}


class KehuOpinion(models.Model):
    """What any colleague heard a customer say: dropped in, read by the keepers (R114).

    Whoever writes one may not read it again, nor the archive; it lands in the service
    records of the archive and its keeper is told.
    """

    _name = "kehu.opinion"
    _description = "Opinion or Complaint of a Customer"
    _order = "id desc"
    _rec_name = "text"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        help="Whose opinion it is.",
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The archive that it landed in.",
    )
    kind = fields.Selection(
        [("opinion", "Opinion"), ("complaint", "Complaint")],
        default="opinion",
        required=True,
        help="A complaint stays open until the keeper settles it.",
    )
    text = fields.Text(required=True, help="What the customer said, in their words.")
    user_id = fields.Many2one(
        "res.users",
        string="Heard By",
        readonly=True,
        default=lambda self: self.env.user,
        help="Who heard it.",
    )
    record_id = fields.Many2one(
        "kehu.service.record",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The service record that it became.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        given = ("partner_id", "kind", "text")
        opinions_sudo = self.browse().sudo()
        for vals in vals_list:
            opinion_vals = {name: vals[name] for name in given if name in vals}
            archive_sudo = self._get_target_archive(opinion_vals.get("partner_id"))
            opinion_vals["archive_id"] = archive_sudo.id
            opinion = super().create([opinion_vals])
            # sudo: whoever drops an opinion in has no rights on the archive.
            opinion.sudo()._file_in(archive_sudo)
            opinions_sudo |= opinion.sudo()
        return self.browse(opinions_sudo.ids)

    @api.model
    def _get_target_archive(self, partner_id):
        """Return the open archive of a customer, in sudo.

        :raise UserError: when there is none
        """
        # sudo: that a customer has an archive is no secret; nothing of it is told.
        partner_sudo = self.env["res.partner"].sudo().browse(partner_id).exists()
        archive_sudo = partner_sudo.commercial_partner_id.archive_id
        if not archive_sudo or archive_sudo.state in ("closed", "destroyed"):
            raise UserError(
                self.env._(
                    "%(customer)s has no open archive that this could be kept in.",
                    customer=partner_sudo.name or "",
                )
            )
        return archive_sudo

    def _file_in(self, archive):
        """Make the service record and tell the keeper."""
        self.ensure_one()
        self.record_id = archive.env["kehu.service.record"].create(
            {
                "archive_id": archive.id,
                "kind": _RECORD_KINDS[self.kind],
                "description": self.text,
                "state": "open" if self.kind == "complaint" else "closed",
                "result": False,
            }
        )
        archive._notify_keeper(
            lambda env: env._("%(name)s heard from the customer", name=env.user.name),
            self.text,
        )
