from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    kehu_deputy_id = fields.Many2one(
        "res.users",
        string="Deputy for Archives",
        index="btree_not_null",
        help="Decides on consultations and loans of the team's archives beside its "
        "leader, and on the leader's own requests.",
    )
