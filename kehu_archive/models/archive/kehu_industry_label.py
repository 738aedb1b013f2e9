from odoo import api, fields, models
from odoo.tools import ormcache

from ...registration.folding import fold_label


class KehuIndustryLabel(models.Model):
    """One of the 20 industries printed on the registration form, and its code (R85).

    The form's words are older than the national classification: two labels may share
    one code, and 其他 (other) has none. What was written on the form stays on the
    customer as text; the label only finds the industry for it.
    """

    _name = "kehu.industry.label"
    _description = "Industry on the Form"
    _order = "sequence, id"

    name = fields.Char(
        required=True, help="The industry in the words of the registration form."
    )
    sequence = fields.Integer(default=100, help="Position of the label on the form.")
    industry_id = fields.Many2one(
        comodel_name="res.partner.industry",
        domain="[('code', '!=', False)]",
        index="btree_not_null",
        ondelete="restrict",
        help="The industry of the national classification that the label stands for; "
        "empty when the label does not tell.",
    )
    synonyms = fields.Text(
        help="Other words for the label, one per line. They are recognised when a form "
        "is read.",
    )
    active = fields.Boolean(
        default=True, help="A label that is archived is not recognised any more."
    )

    _name_uniq = models.UniqueIndex("(name)", "This label is already on the form.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        labels = super().create(vals_list)
        self.env.registry.clear_cache()
        return labels

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def resolve_text(self, text):
        """Find the industry that free words name; the words are kept as they are (R75).

        Knows the form's labels and their synonyms, and the codes and names of the
        national classification, whatever commas and blanks stand between the words.

        :param str text: the words as written on the form or typed
        :return: ``{"text", "label_id", "label", "industry_id", "code", "name"}``; ids
            and words that were not found are ``False``
        :rtype: dict
        """
        label = self.browse(self._get_label_ids().get(fold_label(text)))
        industry = label.industry_id
        if not label and fold_label(text):
            industry = self._find_industry(text)
            label = self._find_label(industry)
        return {
            "text": text or "",
            "label_id": label.id,
            "label": label.name,
            "industry_id": industry.id,
            "code": industry.code,
            "name": industry.name,
        }

    @api.model
    def _find_industry(self, text):
        """Return the one industry with that code or name, or none.

        Divisions may bear the name of their section (教育): the section comes first.
        """
        Industry = self.env["res.partner.industry"].with_context(active_test=False)
        return Industry._find_resolved(text)[:1]

    @api.model
    def _find_label(self, industry):
        """Return the first label for an industry or for what it is part of."""
        while industry:
            if label := self.search([("industry_id", "=", industry.id)], limit=1):
                return label
            industry = industry.parent_id
        return self.browse()

    @api.model
    @ormcache()
    def _get_label_ids(self):
        """Return the id of each label by its folded words; labels before synonyms."""
        ids = {}
        rows = self.sudo().with_context(active_test=True)
        labels = rows.search_fetch([], ["name", "synonyms"])
        for label in labels:
            ids[fold_label(label.name)] = label.id
        for label in labels:
            for synonym in (label.synonyms or "").splitlines():
                if folded := fold_label(synonym):
                    ids.setdefault(folded, label.id)
        return ids
