import csv
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import file_open
from odoo.tools.sql import escape_psql

from ...registration.folding import fold_code, fold_text
from ...wording import comma

# The longest code of any table, like a customer code (R63).
CODE_SIZE = 20

_LIKE_OPERATORS = ("like", "ilike", "=like", "=ilike")


class KehuCodedMixin(models.AbstractModel):
    """A tree of codes that records are classified by and people know by heart.

    What a table of codes promises (R69-R71, R75):

    * a code is unique, also among retired rows, and is one code in full width or
      half width, capital or small letters (R62);
    * typing a code finds the row before any row that merely has it in its name;
    * :meth:`resolve_code` turns a typed code or name into one row, or into a message
      that says why not; nothing ever creates a row on the way;
    * a code that went out of use is archived, not deleted, and still resolves.

    The concrete model brings ``name``, ``parent_id`` and ``parent_path``. A model whose
    rows come from a published standard names its file in ``_reference_file`` and turns
    a line of it into values in :meth:`_prepare_reference_values`.
    """

    _name = "kehu.coded.mixin"
    _description = "Coded Tree"

    #: CSV file of the rows that we ship, below the module; ``None`` for user data.
    _reference_file = None
    #: External ids of the shipped rows are this word, ``_`` and the code.
    _reference_prefix = None
    #: A name that matches no row is refused where Odoo offers to create one.
    _refuse_name_create = True

    code = fields.Char(
        size=CODE_SIZE,
        copy=False,
        help="Code of this row: unique, at most 20 characters. Full-width and small "
        "letters are stored as half-width capitals.",
    )
    active = fields.Boolean(
        default=True,
        help="A row that went out of use is archived: it is no longer offered, but its "
        "code still resolves on old documents.",
    )
    reference_values = fields.Json(
        copy=False,
        help="The values that the shipped code table gave this row when it was last "
        "loaded. Fields that were changed since are left alone by updates.",
    )

    _code_uniq = models.UniqueIndex("(code)", "This code is already in use.")

    # === COMPUTE METHODS === #

    @api.depends(lambda self: ["code", *filter(None, [self._rec_name])])
    @api.depends_context("formatted_display_name", "kehu_show_code")
    def _compute_display_name(self):
        """Show the name alone; where one picks, the code and the place as well."""
        super()._compute_display_name()
        formatted = self.env.context.get("formatted_display_name")
        if not formatted and not self.env.context.get("kehu_show_code"):
            return
        for record in self.filtered("code"):
            record.display_name = f"{record.code} {record.display_name or ''}"
            hint = formatted and record._get_display_hint()
            if hint:
                record.display_name += f" --{hint}--"

    @api.model
    def _search_display_name(self, operator, value):
        if operator == "in":
            domain = super()._search_display_name(operator, value)
            codes = [fold_code(item) for item in value if isinstance(item, str)]
            return Domain(domain) | Domain("code", "in", codes)
        if operator in _LIKE_OPERATORS and isinstance(value, str) and value:
            text = fold_text(value)
            domain = super()._search_display_name(operator, text)
            return Domain(domain) | self._get_code_prefix_domain(text.strip("%"))
        return super()._search_display_name(operator, value)

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A row of a code table cannot be below itself.")
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._fold_code_value(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._fold_code_value(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reference(self):
        """Rows of a shipped table are retired, not deleted: old papers name them."""
        if shipped := self.filtered("reference_values"):
            raise UserError(
                self.env._(
                    "%(names)s: a row of a shipped code table cannot be deleted. "
                    "Archive it instead, and it is no longer offered.",
                    names=comma(self.env).join(shipped.mapped("display_name")),
                )
            )

    @api.model
    def name_create(self, name):
        """Refuse to make a row from a bare name: an unknown code is an error (R69)."""
        if not self._refuse_name_create:
            return super().name_create(name)
        raise UserError(self._get_unknown_message(name))

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Find rows by what was typed: its very code, then longer codes, then names."""
        code = fold_code(name)
        if not code or operator not in ("ilike", "like"):
            return super().name_search(name, domain, operator, limit)
        scope = Domain(domain or Domain.TRUE)
        records = self.browse()
        for step in (
            Domain("code", "=", code),
            self._get_code_prefix_domain(code),
            Domain("display_name", operator, name),
        ):
            rest = limit and limit - len(records)
            if limit and not rest:
                break
            step &= scope & Domain("id", "not in", records.ids)
            records += self.search_fetch(step, ["display_name"], limit=rest)
        return [(record.id, record.display_name) for record in records]

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def resolve_code(self, text):
        """Turn a typed code or name into one row, retired rows included (R69, R70).

        :param str text: what was typed: a code in any width and case, or a full name
        :return: ``{"id", "code", "name", "retired"}``, or ``{"error": message}`` in the
            user's language; ``{}`` for an empty text
        :rtype: dict
        """
        if not fold_code(text):
            return {}
        records = self.with_context(active_test=False)._find_resolved(text)
        if not records:
            return {"error": self._get_unknown_message(text)}
        if len(records) > 1:
            return {"error": self._get_ambiguous_message(text, records)}
        return records._prepare_resolved_values()

    def _find_resolved(self, text):
        """Return the rows that a typed text means; several when it is ambiguous.

        Override to know more words for a row. Called with ``active_test=False``.

        :param str text: what was typed, not empty
        """
        if record := self.search(Domain("code", "=", fold_code(text))):
            return record
        records = self.search(self._get_named_domain(text))
        return records.filtered("active") or records

    def _prepare_resolved_values(self):
        self.ensure_one()
        return {
            "id": self.id,
            "code": self.code,
            "name": self.display_name,
            "retired": not self.active,
        }

    def _get_display_hint(self):
        """Return words that tell rows of one name apart in a picker, or nothing."""
        self.ensure_one()
        return ""

    @api.model
    def _get_panel_domain(self):
        """Rows that search panels offer although no record has them yet.

        Override where the table is too long for that: the rows that are used, and what
        they belong to, are offered in any case.
        """
        return Domain.TRUE

    @api.model
    def _get_unknown_message(self, text):
        return self.env._(
            "%(table)s: there is no code or name “%(text)s”.",
            table=self._get_table_label(),
            text=fold_text(text),
        )

    @api.model
    def _get_ambiguous_message(self, text, records):
        shown = records.with_context(kehu_show_code=True)[:5]
        return self.env._(
            "%(table)s: “%(text)s” is the name of several rows. Type the code: "
            "%(codes)s.",
            table=self._get_table_label(),
            text=fold_text(text),
            codes=comma(self.env).join(shown.mapped("display_name")),
        )

    @api.model
    def _get_table_label(self):
        # The translated name of the model: sudo, as users may not read ir.model.
        return self.env["ir.model"].sudo()._get(self._name).name

    @api.model
    def _get_code_prefix_domain(self, text):
        prefix = escape_psql(fold_code(text))
        return Domain("code", "=like", f"{prefix}%") if prefix else Domain.FALSE

    @api.model
    def _get_named_domain(self, text):
        # A row without a code, such as Odoo's own industries, classifies nothing.
        name = escape_psql(fold_text(text))
        return Domain("code", "!=", False) & Domain("name", "=ilike", name)

    @api.model
    def _fold_code_value(self, vals):
        if "code" not in vals:
            return vals
        return {**vals, "code": fold_code(vals["code"]) or False}

    # === REFERENCE DATA === #

    @api.model
    def _load_reference(self):
        """Insert or refresh the rows of the shipped table, set-based.

        Called on every install and update. A field that somebody changed since the last
        load keeps its value; a row added by hand under a shipped code keeps its values
        and takes the missing ones.
        """
        with file_open(f"kehu_archive/{self._reference_file}", "r") as lines:
            rows = self._prepare_reference_values(list(csv.DictReader(lines)))
        self.flush_model()
        self._upsert_reference_rows(rows)
        self._link_reference_parents(rows)
        self._parent_store_compute()
        self._name_reference_rows(rows)
        self.invalidate_model()

    @api.model
    def _prepare_reference_values(self, lines):
        """Turn the lines of the shipped table into values for SQL.

        :param list[dict] lines: the lines of the file, by column title
        :return: dicts with the columns to fill and, optionally, ``parent_code``;
            translated fields as ``{language: text}``
        :rtype: list[dict]
        """
        raise NotImplementedError

    @api.model
    def _upsert_reference_rows(self, rows):
        """Write the rows in one statement; see :meth:`_load_reference` for who wins."""
        fnames = [fname for fname in rows[0] if fname in self._fields]
        names = [SQL.identifier(fname) for fname in fnames]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(table)s AS row (
                    %(columns)s, reference_values,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT %(columns)s, values_json,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM jsonb_array_elements(%(rows)s) AS values_json,
                       jsonb_to_record(values_json) AS line(%(definitions)s)
                ON CONFLICT (code) DO UPDATE
                   SET %(assignments)s, reference_values = excluded.reference_values
                 WHERE row.reference_values IS DISTINCT FROM excluded.reference_values
                """,
                table=SQL.identifier(self._table),
                columns=SQL(", ").join(names),
                uid=self.env.uid,
                rows=json.dumps(rows),
                definitions=SQL(", ").join(
                    SQL("%s %s", name, SQL(self._fields[fname].column_type[0]))
                    for fname, name in zip(fnames, names, strict=True)
                ),
                assignments=SQL(", ").join(
                    SQL(
                        """%(name)s = CASE
                            WHEN to_jsonb(row.%(name)s) IS NOT DISTINCT FROM
                                 NULLIF(row.reference_values->%(key)s, 'null')
                            THEN excluded.%(name)s ELSE row.%(name)s END""",
                        name=name,
                        key=fname,
                    )
                    for fname, name in zip(fnames, names, strict=True)
                    if fname != "code"
                ),
            )
        )

    @api.model
    def _link_reference_parents(self, rows):
        """Hang rows without a parent below the one that the table names."""
        if "parent_code" not in rows[0]:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s AS row
                   SET parent_id = parent.id
                  FROM %(table)s AS parent
                 WHERE row.parent_id IS NULL
                   AND row.reference_values->>'parent_code' = parent.code
                """,
                table=SQL.identifier(self._table),
            )
        )

    @api.model
    def _name_reference_rows(self, rows):
        """Give the rows external ids, so that data files can name them.

        They are ``noupdate``: otherwise an update, which does not find them in a data
        file, would delete them.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
                SELECT 'kehu_archive', %(prefix)s || '_' || lower(row.code),
                       %(model)s, row.id, TRUE
                  FROM %(table)s AS row
                 WHERE row.code = ANY(%(codes)s)
                ON CONFLICT (module, name) DO NOTHING
                """,
                prefix=self._reference_prefix,
                model=self._name,
                table=SQL.identifier(self._table),
                codes=[row["code"] for row in rows],
            )
        )
