from odoo import fields, models

DEFAULT_COOLING_DAYS = 7
DEFAULT_BACKUP_DAYS = 30
# The law says “in time”; supervisors take fifteen days for it.
DEFAULT_REQUEST_DAYS = 15
DEFAULT_LINK_DAYS = 14


class ResCompany(models.Model):
    """The company's rules for destroying archives."""

    _inherit = "res.company"

    kehu_cooling_days = fields.Integer(
        string="Cooling-off (Days)",
        default=DEFAULT_COOLING_DAYS,
        help="Days between verification and execution in which anybody who takes part "
        "can cancel. 0: none.",
        prefetch="kehu_settings",
    )
    kehu_backup_days = fields.Integer(
        string="Backups Kept (Days)",
        default=DEFAULT_BACKUP_DAYS,
        help="How long backups of the database are kept. Until then destroyed content "
        "is still in them; a task reminds of destroying them.",
        prefetch="kehu_settings",
    )
    kehu_destruction_legal_id = fields.Many2one(
        "res.users",
        string="Legal Department Signs",
        help="Who countersigns destructions for the legal department. Empty: nobody.",
        prefetch="kehu_settings",
    )
    kehu_destruction_finance_id = fields.Many2one(
        "res.users",
        string="Finance Department Signs",
        help="Who countersigns destructions for the finance department. Empty: nobody.",
        prefetch="kehu_settings",
    )
    kehu_notice_version = fields.Char(
        string="Privacy Notice",
        default="1.0",
        help="Version of the notice that persons are given before they consent.",
        prefetch="kehu_settings",
    )
    kehu_days_access = fields.Integer(
        string="Seeing and Copying (Days)",
        default=DEFAULT_REQUEST_DAYS,
        help="Days within which such a request of a person is answered.",
        prefetch="kehu_settings",
    )
    kehu_days_correct = fields.Integer(
        string="Correcting (Days)",
        default=DEFAULT_REQUEST_DAYS,
        help="Days within which such a request of a person is answered.",
        prefetch="kehu_settings",
    )
    kehu_days_delete = fields.Integer(
        string="Deleting (Days)",
        default=DEFAULT_REQUEST_DAYS,
        help="Days within which such a request of a person is answered.",
        prefetch="kehu_settings",
    )
    kehu_days_restrict = fields.Integer(
        string="Restricting (Days)",
        default=DEFAULT_REQUEST_DAYS,
        help="Days within which such a request of a person is answered.",
        prefetch="kehu_settings",
    )
    kehu_person_link_days = fields.Integer(
        string="Persons' Links (Days)",
        default=DEFAULT_LINK_DAYS,
        help="Days after which the link ends that a person is given.",
        prefetch="kehu_settings",
    )

    _kehu_days_positive = models.Constraint(
        "CHECK (kehu_days_access > 0 AND kehu_days_correct > 0 "
        "AND kehu_days_delete > 0 AND kehu_days_restrict > 0 "
        "AND kehu_person_link_days > 0)",
        "Requests of persons and their links have at least one day.",
    )

    def _get_request_days(self, kind):
        """Days within which a request of a person is answered.

        :param str kind: ``access``, ``correct``, ``delete`` or ``restrict``
        :rtype: int
        """
        self.ensure_one()
        return self[f"kehu_days_{kind}"] if kind else DEFAULT_REQUEST_DAYS
