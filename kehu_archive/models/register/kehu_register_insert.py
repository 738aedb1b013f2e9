import json

from odoo import api, models
from odoo.fields import Domain
from odoo.orm.identifiers import NewId
from odoo.tools import SQL

from .register_overrides import ASKING, is_known_module, is_ours, is_ours_alone

# Their values cannot be told apart by hashing, and are dear to read for the database.
_UNHASHABLE = frozenset({"json", "properties"})
# What the cache holds is what the column takes.
_ALIKE = frozenset({"integer", "float", "boolean", "many2one"})
# Constraints of ours that the plan has checked for each row, with the cell's name.
_SETTLED_CHECKS = frozenset(
    {
        "_check_customer_code",
        "_check_name_width",
        "_check_short_name_width",
        "_check_one_customer_one_archive",
        "_check_partner_is_commercial_entity",
    }
)


class KehuRegisterLoader(models.AbstractModel):
    """Inserts customers and archives that name each other, in one statement.

    Works on columns, ``{field: [value of each record]}`` in the format of the ORM's
    cache. What follows from the values is done as the ORM does it, but for the whole
    set: computed fields, constraints, rules.
    """

    _inherit = "kehu.register.loader"

    @api.model
    def _reserve_ids(self, model, count):
        """Take ids that nobody else will get.

        :rtype: list[int]
        """
        self.env.cr.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            [f"{model._table}_id_seq", count],
        )
        return [line[0] for line in self.env.cr.fetchall()]

    @api.model
    def _get_stored_defaults(self, model):
        """Return the defaults of the columns of a model, asked for once."""
        names = [
            name
            for name, field in model._fields.items()
            if field.store and field.column_type and not field.company_dependent
        ]
        return {
            name: value
            for name, value in model.default_get(names).items()
            if name in names
        }

    @api.model
    def _get_columns(self, model, vals_list, defaults):
        """Turn values of records into columns, each different value converted once.

        :param list[dict] vals_list: what to write
        :param dict defaults: what the records have where they do not say otherwise
        """
        names = dict.fromkeys(name for vals in vals_list for name in vals)
        columns = {
            name: [model._fields[name].convert_to_cache(value, model)] * len(vals_list)
            for name, value in defaults.items()
            if name not in names
        }
        for name in names:
            convert = model._fields[name].convert_to_cache
            default = defaults.get(name, False)
            values = [vals.get(name, default) for vals in vals_list]
            if model._fields[name].type in _UNHASHABLE:
                # Records that say the same share one and the same object.
                known = {id(value): value for value in values}
                known = {key: convert(value, model) for key, value in known.items()}
                columns[name] = [known[id(value)] for value in values]
                continue
            known = {value: convert(value, model) for value in set(values)}
            columns[name] = [known[value] for value in values]
        return columns

    @api.model
    def _compute_ahead(self, model, columns, settled):
        """Add what Odoo's own modules compute from the columns, before the insert.

        One insert of all columns: a second write would keep some forty indexes of
        partners twice. Fields of other modules may look at the record in the database:
        they are computed when it is there.

        :param columns: as from :meth:`_get_columns`; added to
        :param settled: computed fields that are not to be computed
        """
        missing = [
            name
            for name in self._get_computed(model, {*columns, *settled})
            if is_known_module(model._fields[name]._module)
        ]
        # The same means by which the ORM computes before it creates.
        count = len(next(iter(columns.values())))
        drafts = model.browse(NewId() for _number in range(count))
        needed = self._get_dependencies(model, missing)
        # Records that are only thought of ask for the default of each field they lack.
        needed |= {
            name
            for name, field in model._fields.items()
            if field.type == "many2one" and field.store and not field.compute
        }
        nothing = [None] * count
        for name in needed:
            field = model._fields[name]
            if name in columns or (field.store and not field.compute):
                field._insert_cache(drafts, columns.get(name, nothing))
        for name in missing:
            # What follows from the same values everywhere is the same everywhere.
            read = self._get_dependencies(model, [name])
            same = read and not any(
                len(set(map(id, columns[other]))) > 1 for other in read & columns.keys()
            )
            some = drafts[:1] if same else drafts
            some.mapped(name)
            cache = model._fields[name]._get_cache(drafts.env)
            values = [cache[draft_id] for draft_id in some._ids]
            columns[name] = values * count if same else values
        for name in needed.union(missing):
            model._fields[name]._invalidate_cache(drafts.env, drafts._ids)

    @api.model
    def _get_dependencies(self, model, names):
        """Return the names of the model's fields that some computed fields read."""
        found, queue = set(), list(names)
        while queue:
            paths = model.pool.field_depends[model._fields[queue.pop()]]
            new = {path.partition(".")[0] for path in paths} - found
            found |= new
            queue += new
        return found

    @api.model
    def _get_computed(self, model, settled):
        """Return the names of stored computed columns that nothing settles."""
        return [
            name
            for name, field in model._fields.items()
            if field.store
            and field.compute
            and field.column_type
            and name not in settled
        ]

    @api.model
    def _insert(self, *sets):
        """Insert records of several models that may name each other.

        :param sets: ``(records, columns, settled)`` each: records of reserved ids,
            their columns, and the names of computed fields that are not to be computed.
            ``create`` was checked for the models.
        """
        for records, columns, _settled in sets:
            by, at = [self.env.uid] * len(records), [self.env.cr.now()] * len(records)
            columns.update(create_uid=by, create_date=at, write_uid=by, write_date=at)
        *first, last = [
            self._get_insert(records, columns) for records, columns, _settled in sets
        ]
        # References are checked when the whole statement is done.
        heads = [
            SQL("%s AS (%s)", SQL.identifier(f"set_{number}"), insert)
            for number, insert in enumerate(first)
        ]
        self.env.cr.execute(SQL("WITH %s %s", SQL(", ").join(heads), last))
        for records, columns, _settled in sets:
            # Nobody has to read what is known.
            for name, values in columns.items():
                records._fields[name]._insert_cache(records, values)
        self._let_follow(sets)

    @api.model
    def _get_insert(self, records, columns):
        """Return the statement that inserts records.

        What is the same in all rows stands in it once; the rest goes in as one JSON
        text, which both sides read far faster than a list of ten thousand values.
        """
        sources, varying = {}, {"id": records._ids}
        types = {"id": SQL("int4")}
        for name, values in columns.items():
            field = records._fields[name]
            sql_type = SQL(field.column_type[0])
            known, column = self._convert_column(field, records, values)
            if len(known) == 1:
                sources[name] = SQL("%s::%s", known[0], sql_type)
                continue
            # Short names: they stand in every row.
            short = f"c{len(varying)}"
            sources[name] = SQL.identifier("new", short)
            varying[short], types[short] = column, sql_type
            if field.type in _UNHASHABLE:
                # Few different ones: each stands there once, the rows have its place.
                types[short] = SQL("int4")
                sources[name] = SQL("(%s::%s[])[%s]", known, sql_type, sources[name])
        sources["id"] = SQL.identifier("new", "id")
        rows = [
            dict(zip(varying, line, strict=True))
            for line in zip(*varying.values(), strict=True)
        ]
        return SQL(
            "INSERT INTO %s (%s) SELECT %s FROM json_to_recordset(%s) AS new(%s)",
            SQL.identifier(records._table),
            SQL(", ").join(map(SQL.identifier, sources)),
            SQL(", ").join(sources.values()),
            json.dumps(rows, default=str, ensure_ascii=False),
            SQL(", ").join(
                SQL("%s %s", SQL.identifier(name), sql_type)
                for name, sql_type in types.items()
            ),
        )

    @api.model
    def _convert_column(self, field, records, values):
        """Convert the values of a column for SQL, each different one once.

        :return: ``(different values, value of each record)``; for values of JSON their
            places among the different ones, from 1
        """
        convert = field.convert_to_column_insert
        if field.type in _ALIKE:
            return list(set(values)), values
        if field.type not in _UNHASHABLE:
            known = {value: convert(value, records) for value in set(values)}
            return list(known.values()), [known[value] for value in values]
        different = {id(value): value for value in values}
        places = {key: place for place, key in enumerate(different, 1)}
        return (
            [convert(value, records) for value in different.values()],
            [places[id(value)] for value in values],
        )

    @api.model
    def _let_follow(self, sets):
        """Do for inserted records what the ORM does for made ones: compute, check."""
        settled_fields = [
            (
                [
                    field
                    for name, field in records._fields.items()
                    if field.store
                    and field.compute
                    and (name in columns or name in settled)
                ],
                records,
            )
            for records, columns, settled in sets
        ]
        with self.env.protecting(settled_fields):
            for records, columns, settled in sets:
                records.modified([*columns], create=True)
                for name in self._get_computed(records, {*columns, *settled}):
                    self.env.add_to_compute(records._fields[name], records)
        for records, columns, _settled in sets:
            self._validate_unsettled(records, columns)
            self._get_unlike(records, columns).check_access("create")

    @api.model
    def _get_unlike(self, records, columns):
        """Return one of all records that say the same where the rules of access look.

        A rule decides by the values that its domain names; of thousands of rows most
        are alike to it.
        """
        domain = self.env["ir.rule"]._compute_domain(records._name, "create")
        names = {
            condition.field_expr.partition(".")[0]
            for condition in Domain(domain).iter_conditions()
        }
        # What the insert did not name is empty in all of them, unless computed.
        unknown = [
            field
            for name in names - columns.keys()
            if (field := records._fields[name]).compute or not field.column_type
        ]
        if unknown or not is_ours_alone(records, ASKING):
            return records
        nothing = [None] * len(records)
        looks = [columns.get(name, nothing) for name in names] or [nothing]
        different = dict(zip(zip(*looks, strict=True), records._ids, strict=True))
        return records.browse(different.values())

    @api.model
    def _validate_unsettled(self, records, names):
        """Run the constraints on some fields, but for those that planning settled."""
        # sudo: as the ORM runs them.
        records_sudo = records.sudo()
        settled = _SETTLED_CHECKS
        if "head_office_id" not in names:
            settled |= {"_check_head_office"}
        for check in records._constraint_methods:
            if check.__name__ in settled and is_ours(check):
                continue
            if not set(check._constrains).isdisjoint(names):
                check(records_sudo)
