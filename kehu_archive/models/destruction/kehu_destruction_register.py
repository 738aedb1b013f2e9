from odoo import fields, models

from ..mixins.kehu_trace_field import TraceMany2one


class KehuDestructionRegister(models.Model):
    """The permanent register of destroyed archives: nobody changes or removes a row.

    Written in the transaction that destroys the archive: there is never one without
    the other (R24). It says which archive it was, not what stood in it.
    """

    _name = "kehu.destruction.register"
    _description = "Register of Destroyed Archives"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"
    _rec_name = "archive_number"

    number = fields.Char(
        string="List Number",
        required=True,
        index=True,
        help="Number of the destruction list.",
    )
    sequence = fields.Integer(required=True, help="Place in the list.")
    destruction_id = TraceMany2one(
        "kehu.destruction", required=True, help="The procedure it went through."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        index=True,
        help="The company that kept the archive.",
    )
    archive_id = TraceMany2one(
        "kehu.archive",
        required=True,
        index=True,
        help="What is left of the archive: number, dates and digests.",
    )
    archive_number = fields.Char(
        required=True, index=True, help="The archive's number (档号)."
    )
    customer_code = fields.Char(help="Code of the customer.")
    title = fields.Char(required=True, help="Title of the archive.")
    item_count = fields.Integer(string="Items", help="Pieces in the catalogue.")
    page_count = fields.Integer(string="Pages", help="Pages of all pieces.")
    year_from = fields.Integer(help="Year of the oldest piece.")
    year_to = fields.Integer(help="Year of the latest piece.")
    due_on = fields.Date(
        string="Retention Due", help="Until when it had to be kept (应保管期限)."
    )
    kept_years = fields.Float(
        string="Years Kept", help="How long it was kept (已保管期限)."
    )
    reason = fields.Text(required=True, help="Why it was destroyed.")
    legal_basis = fields.Text(required=True, help="The rule that allowed it.")
    requester_id = fields.Many2one(
        "res.users",
        string="Applied By",
        required=True,
        ondelete="restrict",
        help="Who applied.",
    )
    approver_id = fields.Many2one(
        "res.users",
        string="Approved By",
        required=True,
        ondelete="restrict",
        help="Who approved.",
    )
    verified_by = fields.Char(required=True, help="The people who verified it.")
    executor_id = fields.Many2one(
        "res.users",
        string="Destroyed By",
        required=True,
        ondelete="restrict",
        help="Who destroyed it.",
    )
    witness_id = fields.Many2one(
        "res.users",
        string="Witnessed By",
        required=True,
        ondelete="restrict",
        help="Who witnessed it.",
    )
    destroyed_at = fields.Datetime(
        required=True, index=True, help="When it was destroyed."
    )
    method = fields.Char(required=True, help="How it was destroyed.")
    digest = fields.Char(
        required=True, help="SHA-256 of the archive before its destruction."
    )
    chain_count = fields.Integer(
        string="Ledger Events", help="Length of its chain in the ledger."
    )
    chain_digest = fields.Char(
        string="Ledger Digest", help="Digest of the last event of its chain."
    )
    file_count = fields.Integer(string="Files", help="Files that were destroyed.")
    kept_file_count = fields.Integer(
        string="Files Kept",
        help="Files that stayed because another record owns them.",
    )

    _archive_once = models.UniqueIndex("(archive_id)", "An archive is destroyed once.")
    _place_once = models.UniqueIndex(
        "(company_id, number, sequence)", "A place in a list is taken once."
    )
    _people_apart = models.Constraint(
        "CHECK (requester_id != approver_id AND executor_id NOT IN (requester_id, "
        "approver_id, witness_id) AND witness_id NOT IN (requester_id, approver_id))",
        "Applicant, approver, executor and witness are four people.",
    )
