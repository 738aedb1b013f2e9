import psycopg2
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...registration import register, sizing
from ...registration.kinds import print_value
from .register_row import CODE

_BANK = "partner_id.bank_ids"
_QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "active_test": False,
}
_NOTHING = {}
# Every customer has a code, and a party: itself, unless it says otherwise.
_ALWAYS = frozenset(
    {CODE, *(key for key, fact in register.FIELDS.items() if fact.kind == "party")}
)
# Computed columns of a new customer that a row of a register settles itself.
_SETTLED = (
    "commercial_partner_id",
    "commercial_company_name",
    "complete_name",
    "partner_share",
    "lang",
    "user_id",
    "size_class",
    "company_registry",
    "properties",
    # Thumbnails of a picture that no row has.
    "image_1024",
    "image_512",
    "image_256",
    "image_128",
)


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
        rows = [row for row in rows if row.outcome in ("create", "update")]
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                self._create_rows([row for row in rows if row.outcome == "create"])
                self._update_rows([row for row in rows if row.outcome == "update"])
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
    def _refresh_statistics(self):
        """Let the database know that its tables have grown.

        It chose its ways of checking references when they were small: reading a whole
        table for each row is right for ten customers and ruinous for ten thousand.
        """
        self.env.cr.execute("ANALYZE res_partner, kehu_archive")

    @api.model
    def _refuse_at_last(self, row, error):
        row.outcome = "refused"
        if row.vals and not isinstance(error, UserError):
            row.refuse(
                self.env._("The row contradicts a customer that exists already.")
            )
        else:
            row.refuse(str(error))
        row.archive_id = 0

    # === NEW CUSTOMERS === #

    @api.model
    def _create_rows(self, rows):
        """Make the customers of some rows, their accounts and their draft archives."""
        if not rows:
            return
        partners = self._create_customers(rows)
        self._create_accounts(rows, partners)
        archives = self._create_archives(rows, partners)
        archives._link_customers()
        for row, archive in zip(rows, archives, strict=True):
            row.archive_id, row.partner_id = archive.id, archive.partner_id.id
        self._write_marks(rows)
        self._note_sources(rows)

    @api.model
    def _create_customers(self, rows):
        model = self.env["res.partner"].with_context(**_QUIET)
        model.check_access("create")
        defaults = self._get_stored_defaults(model)
        lacking = [row for row in rows if not row.vals["partner_id"].get("ref")]
        codes = dict(zip(lacking, model._draw_codes(len(lacking)), strict=True))
        self.env.cr.execute(
            "SELECT nextval('res_partner_id_seq') FROM generate_series(1, %s)",
            [len(rows)],
        )
        ids = [line[0] for line in self.env.cr.fetchall()]
        data = []
        for row, partner_id in zip(rows, ids, strict=True):
            vals = {**defaults, **row.vals["partner_id"]}
            if row in codes:
                vals["ref"] = codes[row]
            for name in ("invoicing_partner_id", "credit_partner_id"):
                if vals.get(name) == "self":
                    vals[name] = partner_id
            is_company = vals.get("customer_nature") != "individual"
            vals.update(
                id=partner_id,
                is_company=is_company,
                commercial_partner_id=partner_id,
                commercial_company_name=vals["name"] if is_company else False,
                complete_name=vals["name"],
                partner_share=True,
                # Nobody bought from us before being there.
                lifecycle="future",
                size_class=self._get_size_class(vals),
            )
            data.append(vals)
        return self._insert(model, data, _SETTLED)

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
    def _insert(self, model, vals_list, settled):
        """Insert records in one statement, with all that follows from them.

        What other modules compute from the values is computed, constraints and rules
        are checked, as the ORM does, but for the whole set.

        :param model: model to insert into; ``create`` was checked for it
        :param list[dict] vals_list: stored columns of each record
        :param settled: computed fields that the values settle
        :return: the records, in order
        """
        now = self.env.cr.now()
        log = {
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }
        names = sorted({name for vals in vals_list for name in vals} | log.keys())
        names = [name for name in names if model._fields[name].column_type]
        columns = [
            self._convert_column(
                model, name, [vals.get(name, log.get(name)) for vals in vals_list]
            )
            for name in names
        ]
        rows = list(zip(*columns, strict=True))
        ids = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL(", ").join(rows),
            )
        )
        records = model.browse(row[0] for row in ids)
        protected = [model._fields[name] for name in settled]
        with self.env.protecting(protected, records):
            records.modified(names, create=True)
            for name, field in model._fields.items():
                if field.store and field.compute and name not in names:
                    self.env.add_to_compute(field, records)
        for field in protected:
            self.env.remove_to_compute(field, records)
        records._validate_fields(names)
        records.check_access("create")
        return records

    @api.model
    def _convert_column(self, model, name, values):
        """Return values as SQL takes them; each different one is converted once."""
        convert = model._fields[name].convert_to_column_insert
        known = {value: convert(value, model) for value in set(values)}
        return [known[value] for value in values]

    @api.model
    def _get_size_class(self, vals):
        industry = self.env["res.partner.industry"].browse(vals.get("industry_id"))
        if not industry:
            return False
        return sizing.classify(
            industry._get_size_rule(),
            vals.get("employee_count", 0),
            vals.get("annual_revenue", 0.0),
            vals.get("total_assets", 0.0),
        )[0]

    @api.model
    def _create_accounts(self, rows, partners):
        """Note the accounts of new customers, with banks that are new as well."""
        named = [
            (row.vals[_BANK], partner)
            for row, partner in zip(rows, partners, strict=True)
            if row.vals[_BANK].get("acc_number")
        ]
        if not named:
            return
        banks = self._get_banks({vals.get("bank_id") for vals, _partner in named})
        # sudo: a rep notes the account of the own customer, as on the form; whether
        # we pay to it stays with accounting.
        self.env["res.partner.bank"].sudo().with_context(**_QUIET).create(
            [
                {
                    "acc_number": vals["acc_number"],
                    "bank_id": banks.get(vals.get("bank_id")),
                    "partner_id": partner.id,
                }
                for vals, partner in named
            ]
        )

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
    def _create_archives(self, rows, partners):
        model = self.env["kehu.archive"].with_context(**_QUIET)
        model.check_access("create")
        defaults = self._get_stored_defaults(model)
        company = self.env.company
        defaults["filing_deadline"] = model._get_filing_deadline(
            defaults["registered_at"], company.kehu_filing_days, company.kehu_tz
        )
        teams, counted, data = {}, {}, []
        for row, partner in zip(rows, partners, strict=True):
            card = row.vals["partner_id"]
            user_id = card["user_id"]
            if user_id not in teams:
                # sudo: a rep need not be able to read the team of a colleague.
                user_sudo = self.env["res.users"].sudo().browse(user_id)
                teams[user_id] = user_sudo.sale_team_id.id
            vals = {
                **defaults,
                **row.vals[""],
                **model._prepare_completeness_vals(self._get_fact_states(row, counted)),
                **{
                    f"card_{name}": card.get(name) or False
                    for name in (
                        "customer_class_id",
                        "region_id",
                        "industry_id",
                        "customer_category",
                        "credit_grade",
                    )
                },
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": user_id,
                "team_id": teams[user_id],
            }
            data.append(vals)
        settled = [name for name in data[0] if model._fields[name].compute]
        return self._insert(model, data, settled)

    @api.model
    def _get_fact_states(self, row, counted):
        """Return the state of each counted fact of a new customer, as the archive does.

        :param dict counted: ``{nature: what is counted}``, filled as natures turn up
        :return: ``{key: filled, na, refused or missing}``
        """
        nature = row.get("partner_id.customer_nature").raw
        if nature not in counted:
            counted[nature] = [
                (key, *key.rpartition(".")[::2])
                for key in self.env["kehu.archive"]._get_counted_keys(nature)
            ]
        return {
            key: "filled"
            if key in _ALWAYS or row.vals.get(path, _NOTHING).get(name)
            else row.marks.get(key, "missing")
            for key, path, name in counted[nature]
        }

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
    def _note_sources(self, rows):
        """Note that the facts of the rows were imported (R04)."""
        archives = self.env["kehu.archive"]
        keys = {}
        for row in rows:
            filled, cleared = [], []
            for path, vals in row.vals.items():
                prefix = f"{path}." if path else ""
                some_filled, some_cleared = archives._split_fact_keys(vals, prefix)
                filled += some_filled
                cleared += some_cleared
            if filled or cleared:
                keys[row.archive_id] = (filled, cleared)
        archives._note_sources_of(keys, source="import")

    # === CHANGED CUSTOMERS === #

    @api.model
    def _update_rows(self, rows):
        """Write what rows change, and note old and new values where they belong."""
        if not rows:
            return
        archives = self.env["kehu.archive"].with_context(**_QUIET)
        partners = self.env["res.partner"].with_context(**_QUIET)
        for row in rows:
            for name, value in row.vals["partner_id"].items():
                if value == "self":
                    row.vals["partner_id"][name] = row.partner_id
        self._check_keeper_changes(rows, partners)
        led = self._get_customers_with_contacts(rows)
        plain = {r.partner_id: r.vals["partner_id"] for r in rows if r not in led}
        self._write_columns(partners, plain)
        for row in led:
            # Odoo hands the address and tax number on to contacts, one by one.
            partners.browse(row.partner_id).write(row.vals["partner_id"])
        self._write_columns(archives, {row.archive_id: row.vals[""] for row in rows})
        for row in rows:
            archive = archives.browse(row.archive_id)
            if any(row.vals[_BANK].values()):
                self._write_account(archive, row.vals[_BANK])
            for key, state in row.marks.items():
                archive.set_fact_state(key, state)
        self._note_sources(rows)
        self._log_changes(rows)

    @api.model
    def _check_keeper_changes(self, rows, partners):
        moved = {}
        for row in rows:
            if "user_id" in row.vals["partner_id"]:
                user_id = row.vals["partner_id"]["user_id"]
                moved.setdefault(user_id, []).append(row.partner_id)
        for user_id, ids in moved.items():
            partners.browse(ids)._kehu_check_keeper_change(user_id)

    @api.model
    def _get_customers_with_contacts(self, rows):
        ids = [row.partner_id for row in rows]
        # sudo: contacts follow their company, readable or not.
        parents = self.env["res.partner"].sudo().with_context(active_test=False)
        groups = parents._read_group([("parent_id", "in", ids)], ["parent_id"])
        parent_ids = {parent.id for (parent,) in groups}
        return [row for row in rows if row.partner_id in parent_ids]

    @api.model
    def _write_columns(self, model, vals_by_id):
        """Write columns of many records at once, with all that follows from them.

        :param vals_by_id: ``{id: {field: value}}``, the fields may differ
        """
        vals_by_id = {key: vals for key, vals in vals_by_id.items() if vals}
        records = model.browse(vals_by_id)
        if not records:
            return
        records.check_access("write")
        names = {name for vals in vals_by_id.values() for name in vals}
        for name in names:
            model._check_field_access(model._fields[name], "write")
        records.env.flush_all()
        now = {"write_uid": self.env.uid, "write_date": self.env.cr.now()}
        records._write_multi(
            [
                {
                    name: model._fields[name].convert_to_column_insert(value, record)
                    for name, value in {**vals_by_id[record.id], **now}.items()
                }
                for record in records
            ]
        )
        records.invalidate_recordset([*names, *now], flush=False)
        records.modified(names)
        records._validate_fields(names)
        # As the ORM does: nobody writes records away from the own reach unseen.
        records.check_access("write")

    @api.model
    def _write_account(self, archive, vals):
        vals = dict(vals)
        if "bank_id" in vals:
            vals["bank_id"] = self._get_banks({vals["bank_id"]}).get(vals["bank_id"])
        archive._write_form_bank(vals)

    @api.model
    def _log_changes(self, rows):
        """Keep the old values: the card's with the customer, the rest in the archive.

        The chatter of a customer is open to more people than the archive (R39).
        """
        cards, contents = {}, {}
        for row in rows:
            for key, old, new in row.changes:
                on_card = key.startswith("partner_id.") and not key.startswith(_BANK)
                target = cards if on_card else contents
                record_id = row.partner_id if on_card else row.archive_id
                target.setdefault(record_id, []).append(self._describe(key, old, new))
        for model, lines in (("res.partner", cards), ("kehu.archive", contents)):
            self.env[model].browse(lines)._message_log_batch(
                {
                    record_id: Markup("<ul>%s</ul>") % Markup().join(texts)
                    for record_id, texts in lines.items()
                }
            )

    @api.model
    def _describe(self, key, old, new):
        fact = register.FIELDS[key]
        return Markup("<li>%s: %s → %s</li>") % (
            fact.label,
            print_value(fact, old) or "－",
            print_value(fact, new),
        )
