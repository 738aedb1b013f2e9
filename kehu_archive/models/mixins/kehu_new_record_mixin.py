from odoo import models
from odoo.orm.registry import TriggerTree
from odoo.tools import ormcache

_BACK_LINKS = ("many2one", "many2one_reference")


class KehuNewRecordMixin(models.AbstractModel):
    """What a new record sets off is worked out once, not for each new record.

    At each creation Odoo merges what depends on any field of the model, and then passes
    over all that is reached by a link to the record: nobody links to it yet. Both are
    the same for every record, and take longer the more fields there are.
    """

    _name = "kehu.new.record.mixin"
    _description = "Cheap Creation"

    def _modified(self, fields, create):
        if not create or len(fields) < len(self._fields):
            return super()._modified(fields, create)

        def is_due(field):
            # As in Odoo: what is not stored matters as far as somebody has read it.
            return (field.compute and field.store) or field._get_all_cache_ids(self.env)

        tree = TriggerTree.merge([self._kehu_get_creation_tree()], is_due)
        if not tree:
            return ()
        return (
            self.sudo().with_context(active_test=False)._modified_triggers(tree, create)
        )

    @ormcache()
    def _kehu_get_creation_tree(self):
        """Return what depends on the fields of a record to which nobody links yet.

        :rtype: TriggerTree
        """
        whole = self.pool.get_trigger_tree(self._fields.values())
        kept = TriggerTree(whole.root)
        for link, subtree in whole.items():
            if link.type not in _BACK_LINKS:
                kept[link] = subtree
        return kept
