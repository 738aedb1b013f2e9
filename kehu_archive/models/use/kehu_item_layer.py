from odoo import api, fields, models
from odoo.fields import Domain

_ITEM = "kehu.archive.item"
# Reading of what is marked sensitive is granted with the sensitive section.
_SENSITIVE_SECTION = "traits"


class KehuArchiveItem(models.Model):
    """Items marked sensitive belong to the sensitive layer: who reads them (R14, R83).

    They do not exist for others, by whichever path: list, search, group-by, export,
    name, files. Only the number in the catalogue counts them.
    """

    _inherit = "kehu.archive.item"

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "company")
    def _compute_position(self):  # pylint: disable=missing-return
        """All readers count the same pieces: the number stands on the paper, too."""
        super()._compute_position()
        closed = self.archive_id._get_closed_items_sudo().grouped("archive_id")
        for item in self:
            others = closed.get(item.archive_id._origin.sudo(), ())
            key = item._get_order_key()
            item.position += sum(other._get_order_key() < key for other in others)

    # === BUSINESS METHODS === #

    @api.model
    def _get_layer_domain(self):
        """Return which items the present user may read, within the archive's rules.

        Nothing sensitive before the undertaking is signed. After that those of one's
        own archives, those one made oneself, and those of a running grant of the
        sensitive section.

        :rtype: odoo.fields.Domain
        """
        plain = Domain("sensitive", "=", False)
        if self.env["kehu.undertaking"]._is_open():
            return plain
        archives = self.env["kehu.archive"]
        own = archives._get_own_domain()
        if own.is_true():
            return own
        granted = Domain(
            "loan_ids", "any", archives._get_running_domain(_SENSITIVE_SECTION)
        )
        return (
            plain
            | Domain("create_uid", "=", self.env.uid)
            | Domain("archive_id", "any", own | granted)
        )


class IrRule(models.Model):
    """Record rules of items end where the sensitive layer begins.

    Not a stored rule: whether the undertaking is signed changes by the second, and
    values in stored rules are cached.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        if model_name == _ITEM and mode != "create" and not self.env.su:
            return domain & self.env[_ITEM]._get_layer_domain()
        return domain


class KehuArchive(models.Model):
    """The catalogue says where something is closed to its reader."""

    _inherit = "kehu.archive"

    closed_item_count = fields.Integer(
        string="Items Closed to You",
        compute="_compute_closed_item_count",
        help="Items marked sensitive that the present user may not read.",
    )

    @api.depends("item_ids.sensitive")
    @api.depends_context("uid", "company")
    def _compute_closed_item_count(self):
        closed = self._get_closed_items_sudo().grouped("archive_id")
        for archive in self:
            items = closed.get(archive._origin.sudo(), ())
            archive.closed_item_count = len(items)

    def _get_closed_items_sudo(self):
        """Return the sensitive items of archives that the user may not read, in sudo."""
        items = self.env[_ITEM]
        sensitive = Domain("archive_id", "in", self.ids) & Domain(
            "sensitive", "=", True
        )
        # sudo: how many there are, and which numbers they have.
        closed_sudo = items.sudo().search(sensitive)
        return (
            closed_sudo - items.search(sensitive).sudo() if closed_sudo else closed_sudo
        )

    def _get_catalogue_lines(self):
        """Return what the printed catalogue says, line by line.

        What is closed to the reader is a line without words. What an item marked
        sensitive says does not go on paper unless its disclosure is running; noted as
        used.

        :return: [(number, item in sudo, is its title closed, is its note closed)]
        :rtype: list[tuple]
        """
        self.ensure_one()
        # sudo: every piece has its line; words of closed ones are left out.
        items_sudo = self.env[_ITEM].sudo().search([("archive_id", "=", self.id)])
        closed = self._get_closed_items_sudo()
        undisclosed = closed.browse()
        disclosures = self.env["kehu.disclosure"]
        if disclosures._is_needed():
            noted = items_sudo.filtered(lambda item: item.sensitive and item.note)
            running = disclosures._find_running(self, ("paper",))
            running.filtered(lambda told: told.item_ids & noted - closed)._note_use()
            undisclosed = noted - running.item_ids
        return [
            (number, item, item in closed, item in closed | undisclosed)
            for number, item in enumerate(items_sudo, start=1)
        ]
