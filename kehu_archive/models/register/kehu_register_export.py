from odoo import api, fields, models


class KehuRegisterExport(models.Model):
    """Notes each register that left the system: who, when, how many rows (R103)."""

    _name = "kehu.register.export"
    _description = "Exported Register"
    _order = "exported_at desc, id desc"
    _rec_name = "exported_at"

    user_id = fields.Many2one(
        "res.users", readonly=True, required=True, help="Who took the register."
    )
    exported_at = fields.Datetime(
        readonly=True, required=True, help="When it was exported."
    )
    row_count = fields.Integer(
        string="Rows", readonly=True, help="How many customers it lists."
    )
    selection = fields.Text(
        readonly=True,
        help="Which archives were asked for, as a search; empty means all that the "
        "user could read.",
    )

    @api.model
    def _note(self, row_count, domain=()):
        """Note one register taken by the present user.

        :param int row_count: rows of the register
        :param domain: what was asked for
        """
        # sudo: nobody writes these notes by hand.
        return self.sudo().create(
            {
                "user_id": self.env.uid,
                "exported_at": fields.Datetime.now(),
                "row_count": row_count,
                "selection": str(list(domain)) if domain else False,
            }
        )
