from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, Query

from ...registration import register
from ...registration.values import MARKERS, ValueState

# Who takes archives out as files, with the rights that they have on each.
READERS = (
    "kehu_archive.group_kehu_rep",
    "kehu_archive.group_kehu_archivist",
    "kehu_archive.group_kehu_auditor",
)
_FETCH = 1000
_CURSOR = SQL.identifier("kehu_register")
_WITHHELD = MARKERS[ValueState.WITHHELD]
_MARKS_SQL = SQL(
    """(SELECT jsonb_object_agg(fact.key, fact.state)
          FROM kehu_archive_fact fact WHERE fact.archive_id = archive.id)"""
)
_DAY_ZERO = "1899-12-30"


class KehuArchive(models.Model):
    """The register: every archive the user may read as one row, straight from SQL.

    Written for a hundred thousand rows: one query that keeps the user's record rules
    of archives, customers and bank accounts, read through a server-side cursor.
    """

    _inherit = "kehu.archive"

    # === BUSINESS METHODS === #

    @api.model
    def _write_register(self, stream, domain=(), max_rows=register.MAX_SHEET_ROWS):
        """Write the register of the archives of a domain as a workbook.

        :param stream: binary file to write to
        :param domain: which archives; all that the user may read by default
        :param int max_rows: rows of one sheet
        :return: number of rows
        :rtype: int
        :raise AccessError: when the user may not export
        """
        self._check_may_export()
        fields = self._get_register_columns()
        rows = self._iter_register(fields, domain)
        return register.write_register(
            stream,
            ((row[1:-1], row[-1]) for row in rows),
            fields,
            max_rows,
            self.env.context.get("kehu_mark") or "",
        )

    @api.model
    def _check_may_export(self):
        """An export is an export, whichever button starts it (Odoo's own right)."""
        if not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(
                self.env._("You may not export: ask an administrator for the right.")
            )
        # A grant opens archives to other employees, for reading on the screen only.
        if not self.env.su and not any(map(self.env.user.has_group, READERS)):
            raise AccessError(self.env._("You may not take the register."))
        self.check_access("read")

    @api.model
    def _get_register_columns(self):
        """Columns of the register, without fields that the user may not read."""
        return tuple(
            field
            for field in register.columns()
            if self._may_access_path(field.key, "read")
        )

    @api.model
    def _may_access_path(self, path, operation="write"):
        """Whether the user has the field at the end of a path, for an operation."""
        model = self
        *steps, name = path.split(".")
        for step in steps:
            if not model._has_field_access(model._fields[step], "read"):
                return False
            model = self.env[model._fields[step].comodel_name]
        return model._has_field_access(model._fields[name], operation)

    @api.model
    def _iter_register(self, fields, domain=()):
        """Yield the rows of the register, in the order of the customer codes.

        :param fields: columns, :class:`~..registration.definition.Field` each
        :param domain: which archives
        :return: iterator of ``(archive id, content per column…, marks or None)``
        """
        # A Chinese document in every language of the screen.
        model = self.with_context(lang=self._get_form_lang(), active_test=False)
        sql = model._get_register_sql(fields, list(domain))
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", _CURSOR, sql))
        try:
            while True:
                cr.execute(SQL("FETCH %s FROM %s", SQL(str(_FETCH)), _CURSOR))
                rows = cr.fetchall()
                yield from rows
                if len(rows) < _FETCH:
                    break
        finally:
            cr.execute(SQL("CLOSE %s", _CURSOR))

    @api.model
    def _iter_register_of(self, fields, partner_ids):
        """Yield what the register would say of some customers, registered or not.

        :param fields: columns
        :param partner_ids: customers; those that the user may not read are left out
        :return: iterator of ``(partner id, content per column…, marks or None)``
        """
        model = self.with_context(lang=self._get_form_lang(), active_test=False)
        self.env.flush_all()
        partners = model.env["res.partner"]._search([("id", "in", partner_ids)])
        query = Query(self.env, "partner", SQL.identifier("res_partner"))
        query.add_where(SQL("partner.id IN %s", partners.subselect()))
        archives = model._search([])
        query.add_join(
            "LEFT JOIN",
            "archive",
            "kehu_archive",
            SQL(
                "archive.id = partner.archive_id AND archive.id IN %s",
                archives.subselect(),
            ),
        )
        builder = RegisterSql(model, query)
        contents = [builder.content(field) for field in fields]
        return iter(
            self.env.execute_query(
                query.select(SQL("partner.id"), *contents, _MARKS_SQL)
            )
        )

    # === SQL === #

    @api.model
    def _get_register_sql(self, fields, domain):
        """Return the query of the register, with the user's record rules."""
        archives = self._search(domain)
        query = Query(self.env, "archive", SQL.identifier(self._table))
        query.add_where(SQL("archive.id IN %s", archives.subselect()))
        self._join_readable_customers(query)
        builder = RegisterSql(self, query)
        contents = [builder.content(field) for field in fields]
        # Sorted by code as bytes: fast, and the same in every locale.
        query._order = SQL('partner.ref COLLATE "C", archive.id')
        return query.select(SQL("archive.id"), *contents, _MARKS_SQL)

    @api.model
    def _join_readable_customers(self, query):
        """Join the customers that the user may read; rows of others fall out."""
        partners = self.env["res.partner"]._search([])
        query.add_join(
            "JOIN",
            "partner",
            "res_partner",
            SQL("partner.id = archive.partner_id"),
        )
        if partners.where_clause:
            query.add_where(SQL("partner.id IN %s", partners.subselect()))


class RegisterSql:
    """Turns the columns of a register into SQL over one query."""

    def __init__(self, model, query):
        """Keep the tools.

        :param model: ``kehu.archive`` in the language of the document
        :param query: the query, with the aliases ``archive`` and ``partner``
        """
        self.env = model.env
        self.query = query
        self.models = {
            "": (model, "archive"),
            "partner_id": (self.env["res.partner"], "partner"),
        }

    def content(self, field):
        """Return the SQL of a column's content; NULL where there is nothing to say."""
        path, _dot, name = field.key.rpartition(".")
        if path == "partner_id.bank_ids":
            return self._bank(name)
        if path == "team_id":
            return self._record("archive", "team_id", "crm_team", name)
        model, alias = self.models[path]
        orm_field = model._fields[name]
        column = model._field_to_sql(alias, name, self.query)
        if orm_field.type == "many2one":
            return self._many2one(field, model, alias, name, column)
        if orm_field.type == "datetime":
            return self._day(self._local_day(column))
        if orm_field.type == "date":
            return self._day(column)
        if orm_field.type == "float":
            return SQL("NULLIF(%s, 0)::float8", column)
        if orm_field.type == "integer":
            return column if field.readonly else SQL("NULLIF(%s, 0)", column)
        return SQL("NULLIF(%s, '')", column)

    # === KINDS OF COLUMNS === #

    def _day(self, column):
        return SQL("(%s - %s::date)", column, _DAY_ZERO)

    def _local_day(self, column):
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            column,
            self.env.user.tz or "Asia/Shanghai",
        )

    def _many2one(self, field, model, alias, name, column):
        comodel = self.env[model._fields[name].comodel_name]
        if comodel._name == "res.partner":
            return self._customer(field, alias, name)
        if comodel._name == "res.users":
            return self._user(alias, name)
        other = self.query.left_join(alias, name, comodel._table, "id", name)
        if field.kind == "selection":
            return comodel._field_to_sql(other, "form_option", self.query)
        label = comodel._field_to_sql(other, "name", self.query)
        if "code" in comodel._fields and field.kind in ("code", "char"):
            if comodel._name in ("res.country", "res.country.state"):
                return label
            code = comodel._field_to_sql(other, "code", self.query)
            return SQL("NULLIF(CONCAT_WS(' ', %s, %s), '')", code, label)
        return label

    def _user(self, alias, name):
        """Names of colleagues stand on every archive, as in Odoo's own lists."""
        user = self.query.left_join(alias, name, "res_users", "id", name)
        person = self.query.left_join(user, "partner_id", "res_partner", "id", "person")
        return SQL.identifier(person, "name")

    def _record(self, alias, name, table, user_name):
        team = self.query.left_join(alias, name, table, "id", f"{name}_of")
        return self._user(team, user_name)

    def _customer(self, field, alias, name):
        """Code and short name of another customer, or 未授权 under its rules."""
        other = f"{alias}__{name}"
        column = SQL.identifier(alias, name)
        partners = self.env["res.partner"]._search([])
        table = partners.subselect(
            *(
                SQL.identifier(partners.table, fname)
                for fname in ("id", "ref", "short_name", "name")
            )
        )
        self.query.add_join(
            "LEFT JOIN",
            other,
            table,
            SQL("%s = %s", SQL.identifier(other, "id"), column),
        )
        words = SQL(
            """CASE WHEN %(column)s IS NULL THEN NULL
                    WHEN %(other)s.id IS NULL THEN %(withheld)s
                    ELSE CONCAT_WS(' ', %(other)s.ref,
                        COALESCE(NULLIF(%(other)s.short_name, ''), %(other)s.name))
                    END""",
            column=column,
            other=SQL.identifier(other),
            withheld=_WITHHELD,
        )
        if field.kind != "party":
            return words
        return SQL(
            """CASE WHEN %(party)s IS NULL AND partner.head_office_id IS NULL
                    THEN '本户'
                    WHEN %(party)s = partner.id THEN '本户'
                    WHEN %(party)s = partner.head_office_id THEN '总公司'
                    ELSE %(words)s END""",
            party=column,
            words=words,
        )

    def _bank(self, name):
        """The default account is the first one, as on the form."""
        alias = "bank"
        if alias not in self.query._joins:
            self._join_bank(alias)
        return SQL.identifier(alias, name)

    def _join_bank(self, alias):
        accounts = self.env["res.partner.bank"].with_context(active_test=True)
        if not accounts.has_access("read"):
            table = SQL(
                "(SELECT %(no)s AS acc_number, %(no)s AS bank_id)", no=_WITHHELD
            )
            self.query.add_join("LEFT JOIN", alias, table, SQL("TRUE"))
            return
        query = accounts._search([], order="sequence, id", limit=1)
        query.add_where(
            SQL("%s = partner.id", SQL.identifier(query.table, "partner_id"))
        )
        bank = query.left_join(query.table, "bank_id", "res_bank", "id", "bank_id")
        table = query.subselect(
            SQL("%s AS acc_number", SQL.identifier(query.table, "acc_number")),
            SQL("%s AS bank_id", SQL.identifier(bank, "name")),
        )
        self.query.add_join("LEFT JOIN", alias, SQL("LATERAL %s", table), SQL("TRUE"))
