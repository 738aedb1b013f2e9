from odoo import api, models
from odoo.tools import ormcache


class MailActivity(models.Model):
    """Tasks that the module gives are worded in the language of whoever has them.

    At night the system gives them, and its language is nobody's.
    """

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        ours = self._kehu_get_type_ids()
        return super().create(
            [
                self._kehu_word_for_user(vals)
                if vals.get("activity_type_id") in ours and vals.get("user_id")
                else vals
                for vals in vals_list
            ]
        )

    @api.model
    def _kehu_word_for_user(self, vals):
        """Return the values with the type's own summary in the user's language."""
        activity_type = self.env["mail.activity.type"].browse(vals["activity_type_id"])
        if vals.get("summary") not in (None, False, "", activity_type.summary):
            return vals
        # sudo: the language of a colleague.
        lang = self.env["res.users"].sudo().browse(vals["user_id"]).lang
        return {**vals, "summary": activity_type.with_context(lang=lang).summary}

    @api.model
    @ormcache()
    def _kehu_get_type_ids(self):
        """Return the types of activity that come with the module.

        :rtype: frozenset[int]
        """
        # sudo: names of records are nobody's secret.
        names_sudo = self.env["ir.model.data"].sudo()
        found = names_sudo.search(
            [("module", "=", "kehu_archive"), ("model", "=", "mail.activity.type")]
        )
        return frozenset(found.mapped("res_id"))
