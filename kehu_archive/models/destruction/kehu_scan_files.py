from pathlib import Path

from odoo import api, models
from odoo.tools import config

from ...wording import comma
from .file_texts import read_texts


class KehuShredder(models.AbstractModel):
    """Looks for what was destroyed in every file of the filestore."""

    _inherit = "kehu.shredder"

    @api.model
    def _scan_files(self, needles):
        """Look for values in every file of the filestore.

        Files that no row refers to, and uploads of dialogs, are removed at once.

        :return: how many files were read, findings as (place, kind), and the files
            that could not be opened
        :rtype: tuple[int, list, list]
        """
        root = Path(config.filestore(self.env.cr.dbname))
        count, findings, unread = 0, [], []
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if not path.is_file() or path.parent.name == "checklist":
                continue
            count += 1
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                # Collected by the server meanwhile.
                continue
            closed = []
            if self._find_in_file(needles, content, closed):
                findings.append(self._judge_file(path, root))
            if closed:
                unread.append(f"{self._get_file_place(path, root)}: {closed[0]}")
        return count, findings, unread

    @api.model
    def _find_in_file(self, needles, content, unread):
        """Return the values that a file says.

        :param Needles needles: the values
        :param bytes content: the file
        :param list unread: what could not be opened is added
        :rtype: set[str]
        """
        if not needles.values:
            return set()
        return set().union(*map(needles.find, read_texts(content, unread)))

    @api.model
    def _get_file_owners(self, name):
        self.env.cr.execute(
            "SELECT id, name, res_model FROM ir_attachment WHERE store_fname = %s",
            [name],
        )
        return self.env.cr.fetchall()

    @api.model
    def _get_file_place(self, path, root):
        """Say which file it is, with the titles that attachments give it."""
        name = str(path.relative_to(root))
        titles = comma(self.env).join(
            title or "" for _id, title, _model in self._get_file_owners(name)
        )
        return f"filestore/{name} {titles}".strip()

    @api.model
    def _judge_file(self, path, root):
        """Say what a file with a destroyed value is; remove it when it is passing."""
        owners = self._get_file_owners(str(path.relative_to(root)))
        place = self._get_file_place(path, root)
        passing = all(self._is_passing(model) for _id, _title, model in owners)
        if not passing:
            return place, "left"
        # sudo: what a dialog left behind is nobody's.
        self.env["ir.attachment"].sudo().browse(row[0] for row in owners).unlink()
        path.unlink(missing_ok=True)
        return place, "removed"
