from odoo import api, fields, models
from odoo.exceptions import ValidationError

LICENCE = "20_licence"


class KehuArchive(models.Model):
    """A new legal representative is proved by a scan of the licence (R77).

    A change on a filed archive is taken, so that nobody works with an old name, but
    counts as unverified until a licence with its scan is linked to it. The next change
    needs a scan of its own.
    """

    _inherit = "kehu.archive"

    legal_rep_changed_at = fields.Datetime(
        string="Legal Representative Changed",
        readonly=True,
        copy=False,
        help="When the legal representative was last changed after filing.",
    )
    legal_rep_evidence_id = fields.Many2one(
        "kehu.archive.item",
        string="Licence as Evidence",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        domain="[('archive_id', '=', id), ('category', '=', '20_licence'), "
        "('attachment_ids', '!=', False)]",
        help="The scanned business licence that names the new legal representative.",
    )
    legal_rep_unverified = fields.Boolean(
        string="Legal Representative Unverified",
        compute="_compute_legal_rep_unverified",
        help="Changed after filing, and no scan of the licence proves it yet.",
    )
    legal_principal_id = fields.Many2one(
        "kehu.principal",
        string="Person",
        compute="_compute_legal_principal_id",
        help="The principal of the archive who is the legal representative.",
    )

    @api.depends(
        "legal_rep_changed_at",
        "legal_rep_evidence_id.category",
        "legal_rep_evidence_id.attachment_ids",
    )
    def _compute_legal_rep_unverified(self):
        for archive in self:
            evidence = archive.legal_rep_evidence_id
            archive.legal_rep_unverified = bool(
                archive.legal_rep_changed_at
                and not (evidence.category == LICENCE and evidence.attachment_ids)
            )

    @api.depends(
        "partner_id.legal_representative", "principal_ids.name", "principal_ids.role"
    )
    def _compute_legal_principal_id(self):
        for archive in self:
            name = archive.partner_id.legal_representative
            archive.legal_principal_id = archive.principal_ids.filtered(
                lambda person, name=name: person.role == "legal" and person.name == name
            )[:1]

    @api.constrains("legal_rep_evidence_id")
    def _check_legal_rep_evidence(self):
        for archive in self.filtered("legal_rep_evidence_id"):
            evidence = archive.legal_rep_evidence_id
            if (
                evidence.archive_id != archive
                or evidence.category != LICENCE
                or not evidence.attachment_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(item)s proves nothing here: choose a licence of this "
                        "archive that has its scan attached.",
                        item=evidence.title,
                    )
                )

    def action_add_legal_principal(self):
        """Make the legal representative one of the persons of the archive."""
        self.check_access("write")
        self.env["kehu.principal"].create(
            [
                {
                    "archive_id": archive.id,
                    "name": archive.partner_id.legal_representative,
                    "role": "legal",
                }
                for archive in self
                if archive.partner_id.legal_representative
                and not archive.legal_principal_id
            ]
        )

    def _note_legal_rep_change(self):
        """Ask for evidence again: the legal representative was changed."""
        if not self:
            return
        self._write_protected(
            {
                "legal_rep_changed_at": fields.Datetime.now(),
                "legal_rep_evidence_id": False,
            }
        )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"legal_rep_changed_at"}

    def _get_merge_excluded_fields(self):
        return super()._get_merge_excluded_fields() | {
            "legal_rep_changed_at",
            "legal_rep_evidence_id",
        }
