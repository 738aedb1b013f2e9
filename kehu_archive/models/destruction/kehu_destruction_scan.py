from odoo import fields, models

from ..mixins.kehu_trace_field import TraceMany2one


class KehuDestructionScan(models.Model):
    """The proof of a destruction: what was looked at, what was found (R19, N4).

    Every text, JSON and binary column of every table is read, and every file of the
    filestore, for everything that the destroyed archives said.
    """

    _name = "kehu.destruction.scan"
    _description = "Absence Scan After a Destruction"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"
    _rec_name = "made_at"

    destruction_id = TraceMany2one(
        "kehu.destruction",
        required=True,
        index=True,
        help="The list whose archives were looked for.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        help="The company that kept the archives.",
    )
    made_at = fields.Datetime(required=True, help="When the scan ended.")
    duration = fields.Float(string="Seconds", help="How long it took.")
    value_count = fields.Integer(
        string="Values", help="Distinct destroyed values that were looked for."
    )
    word_count = fields.Integer(
        string="Common Words",
        help="Values that the software itself says, and that prove nothing.",
    )
    table_count = fields.Integer(string="Tables", help="Tables that were read.")
    column_count = fields.Integer(
        string="Columns", help="Text, JSON and binary columns that were read."
    )
    row_count = fields.Integer(string="Rows", help="Rows that were read.")
    file_count = fields.Integer(
        string="Files", help="Files of the filestore that were read."
    )
    min_width = fields.Integer(
        string="Shortest Value",
        help="Values of less width are said of everybody and were not looked for; a "
        "Chinese character counts as two.",
    )
    unread_files = fields.Text(
        string="Files Not Opened",
        help="Packed files and PDF that could not be opened: damaged, locked with a "
        "password, too big.",
    )
    vacuumed = fields.Text(
        string="Tables Vacuumed",
        help="Tables whose dead rows were given up to the database afterwards.",
    )
    columns = fields.Text(
        string="Columns Read", help="Every column that was read, table by table."
    )
    result = fields.Selection(
        [
            ("clean", "Nothing Found"),
            ("remnants", "Something Found"),
            ("incomplete", "Could Not Look for Everything"),
        ],
        required=True,
        help="What the scan found.",
    )
    not_covered = fields.Text(help="What the scan cannot see, and until when.")
    finding_ids = fields.One2many(
        "kehu.destruction.finding", "scan_id", help="Where something was found."
    )
    digest = fields.Char(
        help="SHA-256 over the register's entries of the list and this result: the "
        "digest of the certificate."
    )


class KehuDestructionFinding(models.Model):
    """One column in which a destroyed value was found."""

    _name = "kehu.destruction.finding"
    _description = "Finding of an Absence Scan"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id"
    _rec_name = "place"

    scan_id = fields.Many2one(
        "kehu.destruction.scan",
        required=True,
        ondelete="restrict",
        index=True,
        help="The scan.",
    )
    place = fields.Char(
        string="Found In", required=True, help="Table and column, or file."
    )
    row_count = fields.Integer(string="Rows", help="In how many rows.")
    samples = fields.Char(help="Ids of some of these rows.")
    kind = fields.Selection(
        [
            ("removed", "Passing Copy, Removed"),
            ("other", "Said of Another Customer"),
            ("left", "To Be Looked At"),
        ],
        required=True,
        help="Passing copies (queues, logs, uploads, dialogs) are removed at once. "
        "What another customer's archive says stays.",
    )
