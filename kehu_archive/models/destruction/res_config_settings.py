from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_cooling_days = fields.Integer(
        related="company_id.kehu_cooling_days",
        readonly=False,
        help="Days between verification and execution in which anybody who takes part "
        "can cancel. 0: none.",
    )
    kehu_backup_days = fields.Integer(
        related="company_id.kehu_backup_days",
        readonly=False,
        help="How long backups of the database are kept.",
    )
    kehu_destruction_legal_id = fields.Many2one(
        related="company_id.kehu_destruction_legal_id",
        readonly=False,
        help="Who countersigns destructions for the legal department. Empty: nobody.",
    )
    kehu_destruction_finance_id = fields.Many2one(
        related="company_id.kehu_destruction_finance_id",
        readonly=False,
        help="Who countersigns destructions for the finance department. Empty: nobody.",
    )
    kehu_notice_version = fields.Char(
        related="company_id.kehu_notice_version",
        readonly=False,
        help="Version of the notice that persons are given before they consent.",
    )
    kehu_days_access = fields.Integer(
        related="company_id.kehu_days_access",
        readonly=False,
        help="Days within which such a request of a person is answered.",
    )
    kehu_days_correct = fields.Integer(
        related="company_id.kehu_days_correct",
        readonly=False,
        help="Days within which such a request of a person is answered.",
    )
    kehu_days_delete = fields.Integer(
        related="company_id.kehu_days_delete",
        readonly=False,
        help="Days within which such a request of a person is answered.",
    )
    kehu_days_restrict = fields.Integer(
        related="company_id.kehu_days_restrict",
        readonly=False,
        help="Days within which such a request of a person is answered.",
    )
    kehu_person_link_days = fields.Integer(
        related="company_id.kehu_person_link_days",
        readonly=False,
        help="Days after which the link ends that a person is given.",
    )
