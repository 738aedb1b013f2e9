import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from ...registration import definition

# Who writes the rows of an outcome, in this order.
_WRITERS = {
    "create": "_create_rows",
    "register": "_register_rows",
    "update": "_update_rows",
}
# The form's facts by model and field.
_FACT_OF = {
    (key.rpartition(".")[0], key.rpartition(".")[2]): key
    for key, fact in definition.FIELDS.items()
    if not fact.readonly
}


class KehuRegisterLoader(models.AbstractModel):
    """Writes planned rows: what creating and writing one by one does, for all at once.

    One statement for the columns of all records; constraints, rules and the stored
    computed fields of every module follow, once for the set. What rows of a register
    settle themselves is not computed again.
    """

    _inherit = "kehu.register.loader"

    @api.model
    def _write_rows(self, rows):
        """Write the planned rows, or refuse those that the database refuses.

        :param rows: planned :class:`~.register_row.RegisterRow`
        """
        rows = [row for row in rows if row.outcome in _WRITERS]
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                for outcome, writer in _WRITERS.items():
                    some = [row for row in rows if row.outcome == outcome]
                    getattr(self, writer)(some)
                self.env["res.partner"].browse(
                    row.partner_id
                    for row in rows
                    if row.vals["partner_id"].get("credit_grade")
                )._kehu_follow_grade()
                self.env.flush_all()
        except (UserError, psycopg2.IntegrityError, psycopg2.DataError) as error:
            # Something that no check of ours foresaw, another module's perhaps: the
            # sound rows are taken, the one at fault is found by halving.
            if len(rows) == 1:
                self._refuse_at_last(rows[0], error)
                return
            middle = len(rows) // 2
            self._write_rows(rows[:middle])
            self._write_rows(rows[middle:])

    @api.model
    def _refresh_statistics(self, added):
        """Let the database know that its tables have grown, when they have doubled.

        It chose its ways of checking references when they were small: reading a whole
        table for each row is right for ten customers and ruinous for ten thousand.

        :param int added: customers made since the last time
        :return: whether it knows now
        :rtype: bool
        """
        self.env.cr.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'kehu_archive'::regclass"
        )
        (known,) = self.env.cr.fetchone()
        if added <= known:
            return False
        self.env.cr.execute("ANALYZE res_partner, kehu_archive")
        return True

    # === WHAT ALL ROWS HAVE IN COMMON === #

    @api.model
    def _get_banks(self, names):
        """Return ``{name: id}`` of banks, making those that are not there yet."""
        names = {name for name in names if name}
        # sudo: names of banks are common knowledge.
        banks_sudo = self.env["res.bank"].sudo()
        found = {
            bank.name: bank.id
            for bank in banks_sudo.search([("name", "in", list(names))])
        }
        new = sorted(names - found.keys())
        made = banks_sudo.create([{"name": name} for name in new])
        return {**found, **dict(zip(new, made.ids, strict=True))}

    @api.model
    def _write_marks(self, rows):
        """Note what does not apply and what was refused (R91)."""
        vals_list = [
            {"archive_id": row.archive_id, "key": key, "state": state}
            for row in rows
            for key, state in row.marks.items()
            if state != "missing"
        ]
        self.env["kehu.archive.fact"].create(vals_list)

    @api.model
    def _get_fact_keys(self, row):
        """Return the keys of the facts that a row fills, and that it clears."""
        keys = [
            (key, value)
            for path, vals in row.vals.items()
            for name, value in vals.items()
            if (key := _FACT_OF.get((path, name)))
        ]
        return (
            [key for key, value in keys if value],
            [key for key, value in keys if not value],
        )

    @api.model
    def _note_sources(self, rows):
        """Note that the facts of the rows were imported (R04)."""
        keys = {row.archive_id: self._get_fact_keys(row) for row in rows}
        self.env["kehu.archive"]._note_sources_of(
            {archive_id: facts for archive_id, facts in keys.items() if any(facts)},
            source="import",
        )
