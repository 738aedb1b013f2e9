from odoo import api, fields, models


class KehuConsent(models.Model):
    """What one person has allowed or refused for one item of the personal layer."""

    _name = "kehu.consent"
    _description = "Consent of a Principal"
    _order = "principal_id, item"

    principal_id = fields.Many2one(
        "kehu.principal",
        required=True,
        ondelete="cascade",
        index=True,
        help="The person who answered.",
    )
    archive_id = fields.Many2one(
        related="principal_id.archive_id",
        store=True,
        ondelete="cascade",
        index=True,
        help="The archive that the person belongs to.",
    )
    item = fields.Selection(
        string="Consent To",
        selection="_selection_item",
        required=True,
        help="What may be kept, or not.",
    )
    decision = fields.Selection(
        [("granted", "Granted"), ("refused", "Refused")],
        string="Person's Answer",
        required=True,
        help="The person's answer. After a refusal nobody asks again.",
    )
    decided_on = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="The day of the answer.",
    )
    recorded_by_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        help="Who wrote the answer down.",
    )
    note = fields.Char(help="How the answer was given: signed form, mail, in person.")

    _item_uniq = models.UniqueIndex(
        "(principal_id, item)", "The person has already answered for this item."
    )

    @api.model
    def _selection_item(self):
        principal = self.env["kehu.principal"]
        return [
            (name, principal._fields[name]._description_string(self.env))
            for name in principal._get_trait_fields()
        ]

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create(vals_list)
        consents.archive_id._check_content_is_open()
        consents._clear_refused()
        return consents

    def write(self, vals):
        self.archive_id._check_content_is_open()
        result = super().write(vals)
        if "principal_id" in vals:
            # Rules are asked before the write: ask again where the answer went to.
            self.flush_recordset(["archive_id"])
            self.archive_id._check_content_is_open()
            self.check_access("write")
        self._clear_refused()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.archive_id._check_content_is_open()
        self._clear_refused(also_granted=True)

    def _clear_refused(self, also_granted=False):
        """Remove at once what the person no longer allows us to keep."""
        for principal, consents in self.grouped("principal_id").items():
            refused = {
                consent.item
                for consent in consents
                if also_granted or consent.decision == "refused"
            }
            if not refused:
                continue
            # sudo: the cipher is out of reach for users; the consent they may write
            # decides what stays in it.
            principal_sudo = principal.sudo()
            traits = principal_sudo._read_traits()
            if refused & traits.keys():
                principal_sudo._write_traits(
                    {k: value for k, value in traits.items() if k not in refused}
                )
                principal.invalidate_recordset(principal._get_trait_fields())
