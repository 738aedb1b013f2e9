from odoo import api, fields, models


class KehuArchiveCopy(models.Model):
    """One printed or exported copy of an archive: who has it, under which number.

    Numbers run from 1 without gaps for each archive; the footer of the form shows
    them (R103).
    """

    _name = "kehu.archive.copy"
    _description = "Copy of an Archive"
    _order = "archive_id, number desc"
    _rec_name = "number"

    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="cascade",
        index=True,
        help="The archive that was copied.",
    )
    number = fields.Integer(required=True, help="Number of the copy, from 1.")
    user_id = fields.Many2one("res.users", required=True, help="Who made the copy.")
    printed_at = fields.Datetime(required=True, help="When it was made.")
    kind = fields.Selection(
        [("print", "Printed Form"), ("export", "Export")],
        required=True,
        help="How the copy left the system.",
    )

    _number_uniq = models.UniqueIndex(
        "(archive_id, number)", "The copy number is already in use."
    )

    @api.model
    def _note_copies(self, archives, kind, facts=None):
        """Note one copy of each archive, for the present user.

        :param archives: readable ``kehu.archive`` records
        :param str kind: ``print`` or ``export``
        :param dict facts: further facts of the act, for whoever logs it
        :return: {archive id: number of the copy}
        :rtype: dict[int, int]
        """
        # sudo: nobody writes copies by hand.
        copies_sudo = self.sudo()
        # Two prints at once: the second waits, is retried, and counts on.
        self.env.cr.execute(
            "SELECT id FROM kehu_archive WHERE id = ANY(%s) ORDER BY id "
            "FOR NO KEY UPDATE",
            [archives.ids],
        )
        last = dict(
            copies_sudo._read_group(
                [("archive_id", "in", archives.ids)], ["archive_id"], ["number:max"]
            )
        )
        numbers = {archive.id: last.get(archive.sudo(), 0) + 1 for archive in archives}
        copies_sudo.create(
            [
                {
                    "archive_id": archive_id,
                    "number": number,
                    "user_id": self.env.uid,
                    "printed_at": fields.Datetime.now(),
                    "kind": kind,
                }
                for archive_id, number in numbers.items()
            ]
        )
        return numbers
