from odoo import fields, models

DEFAULT_COOLING_DAYS = 7
DEFAULT_BACKUP_DAYS = 30


class ResCompany(models.Model):
    """The company's rules for destroying archives."""

    _inherit = "res.company"

    kehu_cooling_days = fields.Integer(
        string="Cooling-off (Days)",
        default=DEFAULT_COOLING_DAYS,
        help="Days between verification and execution in which anybody who takes part "
        "can cancel. 0: none.",
    )
    kehu_backup_days = fields.Integer(
        string="Backups Kept (Days)",
        default=DEFAULT_BACKUP_DAYS,
        help="How long backups of the database are kept. Until then destroyed content "
        "is still in them; a task reminds of destroying them.",
    )
    kehu_destruction_legal_id = fields.Many2one(
        "res.users",
        string="Legal Department Signs",
        help="Who countersigns destructions for the legal department. Empty: nobody.",
    )
    kehu_destruction_finance_id = fields.Many2one(
        "res.users",
        string="Finance Department Signs",
        help="Who countersigns destructions for the finance department. Empty: nobody.",
    )
    kehu_notice_version = fields.Char(
        string="Privacy Notice",
        default="1.0",
        help="Version of the notice that persons are given before they consent.",
    )
