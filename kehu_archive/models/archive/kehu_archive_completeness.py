from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from ...registration import definition


class KehuArchive(models.Model):
    """How complete an archive is, what is missing, and what does not apply (R91)."""

    _inherit = "kehu.archive"

    # === FIELDS === #

    completeness = fields.Integer(
        compute="_compute_completeness",
        store=True,
        aggregator="avg",
        help="Share of the facts asked for on the form that are filled in, do not "
        "apply, or were refused, in percent.",
    )
    missing_facts = fields.Text(
        compute="_compute_completeness",
        store=True,
        help="Keys of the facts not filled in yet, each between commas.",
    )
    na_facts = fields.Text(
        compute="_compute_completeness",
        store=True,
        help="Keys of the facts that do not apply (无), each between commas.",
    )
    refused_facts = fields.Text(
        compute="_compute_completeness",
        store=True,
        help="Keys of the facts that the customer refused, each between commas.",
    )
    missing_fact = fields.Char(
        string="Not Filled",
        compute="_compute_fact_search",
        search="_search_missing_fact",
        help="Search archives in which a fact is not filled in yet.",
    )
    na_fact = fields.Char(
        string="Not Applicable",
        compute="_compute_fact_search",
        search="_search_na_fact",
        help="Search archives in which a fact was marked as not applicable (无).",
    )
    refused_fact = fields.Char(
        string="Refused",
        compute="_compute_fact_search",
        search="_search_refused_fact",
        help="Search archives in which the customer refused a fact.",
    )

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_completeness_depends())
    def _compute_completeness(self):
        for archive in self:
            archive.update(self._prepare_completeness_vals(archive._get_fact_states()))

    @api.model
    def _prepare_completeness_vals(self, states):
        """Return what follows from the states of the counted facts.

        :param dict states: {key: filled, na, refused or missing}
        """
        keys = {"missing": [], "na": [], "refused": [], "filled": []}
        for key, state in states.items():
            keys[state].append(key)
        settled = len(states) - len(keys["missing"])
        return {
            "completeness": 100 * settled // len(states) if states else 100,
            "missing_facts": self._join_fact_keys(keys["missing"]),
            "na_facts": self._join_fact_keys(keys["na"]),
            "refused_facts": self._join_fact_keys(keys["refused"]),
        }

    @api.model
    def _join_fact_keys(self, keys):
        """Keys between commas, so that a search for ``,key,`` meets whole keys only."""
        return f",{','.join(keys)}," if keys else False

    def _compute_fact_search(self):
        """The three fields are for searching only."""
        self.missing_fact = self.na_fact = self.refused_fact = False

    @api.model
    def _get_completeness_depends(self):
        """Every path that the completeness reads, as the definition lists them."""
        keys = {
            field.key for field in definition.FIELDS.values() if field.required
        } | set(self._get_required_lists())
        return sorted(
            keys | {"partner_id.customer_nature", "fact_ids.key", "fact_ids.state"}
        )

    @api.model
    def _get_required_lists(self):
        """Lists with room on page 1: empty, they are as missing as an empty fact."""
        return [
            section.rows_key
            for section in definition.SECTIONS
            if section.rows_key and section.page_rows
        ]

    # === SEARCH METHODS === #

    def _search_missing_fact(self, operator, value):
        return self._search_fact_list("missing_facts", operator, value)

    def _search_na_fact(self, operator, value):
        return self._search_fact_list("na_facts", operator, value)

    def _search_refused_fact(self, operator, value):
        return self._search_fact_list("refused_facts", operator, value)

    @api.model
    def _search_fact_list(self, fname, operator, value):
        """Find archives in whose list of keys ``fname`` a fact stands.

        :param str fname: the stored list of keys
        :param str operator: ``in`` for whole names, the ``like`` family for parts
        :param value: a name, a part of one, or a set of names; False means none
        """
        if operator.startswith("not") or operator in ("!=", "<>"):
            return NotImplemented
        if operator not in ("in", "=", "like", "ilike", "=like", "=ilike"):
            raise UserError(
                self.env._("Search for a fact by a part of its name on the form.")
            )
        texts = list(value) if operator == "in" else [value]
        domains = [
            Domain(fname, "like", escape_psql(f",{key},"))
            for key in self._find_fact_keys([text for text in texts if text])
        ]
        if False in texts:
            domains.append(Domain(fname, "=", False))
        return Domain.OR(domains)

    @api.model
    def _find_fact_keys(self, texts):
        """Keys whose label, in the user's language or on the form, holds a text."""
        words = [str(text).strip("%").lower() for text in texts]
        return [
            key
            for key, label in self._get_fact_labels().items()
            if any(
                word in label.lower()
                or word in self._get_form_label(key)
                or word == key
                for word in words
            )
        ]

    # === BUSINESS METHODS === #

    def _get_fact_states(self):
        """Return the state of each fact that completeness counts for this customer.

        :return: {key: filled, na, refused or missing}, in the order of the form
        :rtype: dict[str, str]
        """
        self.ensure_one()
        marked = {fact.key: fact.state for fact in self.fact_ids}
        return {
            key: "filled" if self._has_fact(key) else marked.get(key, "missing")
            for key in self._get_counted_keys(self.partner_id.customer_nature)
        }

    @api.model
    def _get_counted_keys(self, customer_nature):
        """Keys of the facts and lists that completeness counts for that nature."""
        return [
            *definition.required_keys(customer_nature),
            *self._get_required_lists(),
        ]

    def _has_fact(self, key):
        """Whether the fact ``key`` has a value; a settled party always has one."""
        field = definition.FIELDS.get(key)
        if field and field.kind == "party":
            return True
        record = self
        *path, name = key.split(".")
        for step in path:
            record = record[step][:1]
        return bool(record[name])

    @api.model
    def _get_fact_labels(self):
        """Labels of all facts in the user's language: those of the model's fields.

        :return: {key: label}
        :rtype: dict[str, str]
        """
        return {
            key: self._get_fact_field(key)._description_string(self.env)
            for key in [*definition.FIELDS, *self._get_required_lists()]
        }

    @api.model
    def _get_form_label(self, key):
        if key in definition.ROW_SECTIONS:
            return definition.ROW_SECTIONS[key].label
        return definition.FIELDS[key].label

    @api.model
    def _get_fact_field(self, key):
        """Return the ORM field that a key of the definition leads to."""
        model = self
        *path, name = key.split(".")
        for step in path:
            model = self.env[model._fields[step].comodel_name]
        return model._fields[name]

    def _get_missing_labels(self):
        self.ensure_one()
        labels = self._get_fact_labels()
        return [
            labels[key]
            for key, state in self._get_fact_states().items()
            if state == "missing"
        ]

    def get_gaps(self):
        """Return what the panel of gaps shows: each counted fact with its state.

        :return: [{"key", "field", "page", "label", "state"}] in form order; ``page`` is
            the page of the form view that holds the field
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        labels = self._get_fact_labels()
        pages = self._get_form_pages()
        return [
            {
                "key": key,
                "field": self._get_form_field_name(key),
                "page": pages.get(self._get_form_field_name(key), ""),
                "label": labels[key],
                "state": state,
            }
            for key, state in self._get_fact_states().items()
        ]

    @api.model
    def _get_form_pages(self):
        """Tell on which page of the form view each field is, extensions included.

        :return: {field name: page name}
        :rtype: dict[str, str]
        """
        arch = etree.fromstring(self.get_view(view_type="form")["arch"])
        return {
            node.get("name"): page.get("name")
            for page in arch.iter("page")
            for node in page.iter("field")
        }

    @api.model
    def _get_form_field_name(self, key):
        """Name of the field in the archive's form that fills the fact ``key``."""
        if key.startswith("partner_id.bank_ids."):
            return "card_bank_ids"
        return key.replace("partner_id.", "card_")

    def set_fact_state(self, key, state, reason=None):
        """Mark a fact as not applicable or refused, or take the mark back.

        :param str key: a key of the form's definition
        :param str state: "na", "refused", or "missing" to take the mark back
        :param str reason: why, optional
        :raise UserError: when the form does not ask for ``key``
        """
        self._check_kept()
        if key not in self._get_fact_labels() or state not in (
            "na",
            "refused",
            "missing",
        ):
            raise UserError(
                self.env._("The registration form has no fact “%(key)s”.", key=key)
            )
        marks = self.fact_ids.filtered(lambda fact: fact.key == key)
        if state == "missing":
            marks.unlink()
            return
        marks.write({"state": state, "reason": reason or False})
        self.env["kehu.archive.fact"].create(
            [
                {
                    "archive_id": archive.id,
                    "key": key,
                    "state": state,
                    "reason": reason or False,
                }
                for archive in self - marks.archive_id
            ]
        )

    def _get_signed_content(self):
        """Everything that the filler signs: all facts and lines, in plain values."""
        self.ensure_one()
        content = {
            key: self._get_plain_value(self, key)
            for key, field in definition.FIELDS.items()
            if not field.readonly and field.on_form
        }
        for rows_key, section in definition.ROW_SECTIONS.items():
            names = [field.key.partition(".")[2] for field in section.fields]
            content[rows_key] = [
                [self._get_plain_value(line, name) for name in names]
                for line in self[rows_key].sorted("id")
            ]
        content["facts"] = sorted((fact.key, fact.state) for fact in self.fact_ids)
        return content

    @api.model
    def _get_plain_value(self, record, path):
        *steps, name = path.split(".")
        for step in steps:
            record = record[step][:1]
        if name not in record._fields:
            return None
        value = record[name]
        if isinstance(value, models.BaseModel):
            return value.ids
        return str(value) if value else None
