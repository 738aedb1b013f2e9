import json

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...registration.folding import fold_code
from ...registration.width import display_width
from ...wording import comma
from .res_partner_code import MAX_CODE_LENGTH
from .res_partner_name import MAX_NAME_WIDTH, MAX_SHORT_NAME_WIDTH


class ResPartner(models.Model):
    """Registering customers: one customer, one archive (R43, R92)."""

    _inherit = "res.partner"

    def action_register_customer(self):
        """Register the customer by hand and open its archive."""
        archives = self._kehu_register()
        if len(archives) == 1:
            return archives.partner_id.action_view_archive()
        return archives._get_records_action(name=self.env._("Customer Archives"))

    def _kehu_register(self):
        """Make the missing draft archives of the customers behind ``self``.

        Contacts count for their company. Safe to call again and in parallel: the
        unique index on the archive's customer lets one transaction win.

        :return: the archives of all of them, old and new
        :rtype: kehu.archive
        :raise UserError: naming what stands against the registration of a customer
        """
        customers = self.commercial_partner_id
        missing = customers.filtered(lambda partner: not partner.archive_id)
        if missing:
            self.env["kehu.archive"].create(
                [{"partner_id": partner.id} for partner in missing]
            )
        return customers.archive_id

    def _kehu_register_automatically(self):
        """Register the customers of a new quotation or a converted lead.

        Nobody's sale stops for the archive: a customer that cannot be registered yet
        stays as it is, with a note on its own page saying why.
        """
        company = self.env.company
        if not company.kehu_auto_register:
            return
        missing = self.commercial_partner_id.filtered(
            lambda partner: not partner.archive_id and partner._kehu_is_customer()
        )
        if not missing:
            return
        obstacles = missing._kehu_get_registration_obstacles()
        # sudo: a colleague who may sell need not be allowed to write archives.
        (missing - missing.browse(obstacles)).sudo()._kehu_register()
        for partner in missing.browse(obstacles):
            partner.sudo()._message_log(
                body=self.env._(
                    "Not registered as a customer yet: %(reason)s",
                    reason=obstacles[partner.id],
                )
            )

    def _kehu_is_customer(self):
        """Tell customers from our own companies and colleagues."""
        self.ensure_one()
        # sudo: whether a partner is one of our companies or users is no secret here.
        partner_sudo = self.sudo()
        return not (
            partner_sudo.ref_company_ids
            or partner_sudo.user_ids.filtered(lambda user: user._is_internal())
        )

    def _kehu_check_registrable(self):
        """:raise UserError: naming each customer and what stands against it"""
        if obstacles := self._kehu_get_registration_obstacles():
            raise UserError("\n".join(obstacles.values()))

    def _kehu_get_registration_obstacles(self):
        """Say for each customer what stands against registering it.

        :return: {partner id: a translated sentence}, only for those with an obstacle
        :rtype: dict[int, str]
        """
        obstacles = {}
        duplicates = self._kehu_find_registered_duplicates()
        taken_codes = self.filtered("ref")._find_taken_codes()
        for partner in self:
            if twin := duplicates.get(partner.id):
                obstacles[partner.id] = self._kehu_describe_duplicate(
                    partner.name, *twin
                )
            elif display_width(partner.name or "") > MAX_NAME_WIDTH:
                obstacles[partner.id] = self.env._(
                    "The name of %(name)s is wider than %(max)s characters.",
                    name=partner.name,
                    max=MAX_NAME_WIDTH,
                )
            elif display_width(partner.short_name or "") > MAX_SHORT_NAME_WIDTH:
                obstacles[partner.id] = self.env._(
                    "The short name of %(name)s is wider than %(max)s characters.",
                    name=partner.name,
                    max=MAX_SHORT_NAME_WIDTH,
                )
            elif partner.ref and (
                len(partner.ref) > MAX_CODE_LENGTH
                or not fold_code(partner.ref).isascii()
                or not fold_code(partner.ref).isalnum()
            ):
                obstacles[partner.id] = self.env._(
                    "The reference %(code)s of %(name)s cannot be a customer code: at "
                    "most %(max)s digits or letters.",
                    code=partner.ref,
                    name=partner.name,
                    max=MAX_CODE_LENGTH,
                )
            elif partner.ref in taken_codes:
                obstacles[partner.id] = self.env._(
                    "The customer code %(code)s of %(name)s is already in use.",
                    code=partner.ref,
                    name=partner.name,
                )
        return obstacles

    def _kehu_find_registered_duplicates(self):
        """Find archived customers that are the same customer as those of ``self``.

        Same is: the same tax number; where one of the two has none, the same folded
        name in the same region. Two tax numbers are two legal persons, whatever their
        names. Branches and subsidiaries may share the tax number of their head office
        (R92).

        :return: {partner id: (id, customer code) of the registered twin}
        :rtype: dict[int, tuple[int, str]]
        """
        # sudo: the comparison is across all customers anyway.
        partners_sudo = self.sudo().filtered(lambda rec: isinstance(rec.id, int))
        return self._kehu_find_twins(
            [
                {
                    "key": partner.id,
                    "id": partner.id,
                    "name": partner.name or "",
                    "vat": partner.vat or "",
                    "region_id": partner.region_id.id or 0,
                    "head_office_id": partner.head_office_id.id or 0,
                }
                for partner in partners_sudo
            ]
        )

    @api.model
    def _kehu_find_twins(self, customers):
        """Find the archived customers that some values describe, in one query.

        :param list[dict] customers: key, id (0 for a new one), name, vat, region_id and
            head_office_id of each
        :return: {key: (id, customer code) of the registered twin}
        :rtype: dict[int, tuple[int, str]]
        """
        if not customers:
            return {}
        self.env["res.partner"].flush_model(
            ["vat", "name", "region_id", "archive_id", "head_office_id", "ref"]
        )
        if len(customers) == 1 and not self._kehu_has_namesake(customers[0]):
            return {}
        # Two joins, each with an index of its own: an OR between them has none. LATERAL
        # with OFFSET keeps to the indexes; else the whole table is folded for each
        # thousand rows of a register as long as the planner thinks it small.
        rows = self.env.execute_query(
            SQL(
                """
                WITH new AS (
                    SELECT key, id, region_id, head_office_id,
                           NULLIF(upper(normalize(name, NFKC)), '') AS name,
                           -- Odoo writes a slash for "has none".
                           NULLIF(NULLIF(upper(normalize(vat, NFKC)), ''), '/') AS vat
                      FROM jsonb_to_recordset(%s)
                        AS new(key int, id int, name text, vat text,
                               region_id int, head_office_id int)
                ), pair AS (
                    SELECT new.*, twin.id AS twin_id, twin.ref,
                           twin.head_office_id AS twin_office_id
                      FROM new, LATERAL (
                           SELECT id, ref, head_office_id FROM res_partner
                            WHERE archive_id IS NOT NULL
                              AND upper(normalize(vat, NFKC)) = new.vat
                           OFFSET 0) twin
                       -- Branches of one head office may all use its tax number.
                     WHERE new.vat IS NOT NULL
                       AND (new.head_office_id = 0
                            OR twin.head_office_id IS DISTINCT FROM new.head_office_id)
                 UNION ALL
                    SELECT new.*, twin.id, twin.ref, twin.head_office_id
                      FROM new, LATERAL (
                           SELECT id, ref, head_office_id, region_id, vat
                             FROM res_partner
                            WHERE archive_id IS NOT NULL
                              AND upper(normalize(name, NFKC)) = new.name
                           OFFSET 0) twin
                     WHERE COALESCE(twin.region_id, 0) = new.region_id
                       AND (new.vat IS NULL
                            OR COALESCE(upper(normalize(twin.vat, NFKC)), '')
                               IN ('', '/', new.vat))
                )
                SELECT DISTINCT ON (key) key, twin_id, ref FROM pair
                 WHERE twin_id != id
                   AND twin_id != head_office_id
                   AND COALESCE(twin_office_id, -1) != id
                 ORDER BY key, ref
                """,
                json.dumps(customers),
            )
        )
        return {key: (twin_id, code) for key, twin_id, code in rows}

    @api.model
    def _kehu_has_namesake(self, customer):
        """Say whether an archived customer has this name or tax number at all.

        Almost none has, and this is found out faster than which one it is.

        :param dict customer: as for :meth:`_kehu_find_twins`
        :rtype: bool
        """
        same = SQL(" OR ").join(
            SQL(
                "upper(normalize(%s, NFKC)) = upper(normalize(%s, NFKC))",
                SQL.identifier(name),
                customer[name],
            )
            for name in ("name", "vat")
            if customer[name]
        )
        if not same:
            return False
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT id FROM res_partner
                        WHERE archive_id IS NOT NULL AND id != %s AND (%s)""",
                    customer["id"],
                    same,
                )
            )
        )

    @api.constrains("vat", "name", "region_id", "head_office_id")
    def _check_one_customer_one_archive(self):
        """A registered customer does not become another one by a change (R92)."""
        customers = self.filtered("archive_id")
        duplicates = customers._kehu_find_registered_duplicates()
        for customer in customers.browse(duplicates):
            raise ValidationError(
                self._kehu_describe_duplicate(customer.name, *duplicates[customer.id])
            )

    @api.model
    def _kehu_describe_duplicate(self, name, twin_id, code):
        """Say that a customer is registered already, under which code, and whom to ask.

        :param str name: the customer that is to be registered
        :param int twin_id: the registered one
        :param str code: its customer code
        :rtype: str
        """
        # sudo: only the name of the person to ask leaves here.
        twin_sudo = self.env["res.partner"].sudo().browse(twin_id)
        return self.env._(
            "%(name)s is registered already, with customer code %(code)s. One customer "
            "has one archive: ask %(keeper)s, merge the two, or correct the tax number, "
            "name or region.",
            name=name,
            code=code,
            keeper=twin_sudo._kehu_get_keeper_name(),
        )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        # sudo: whether an archive was handed in decides, readable or not.
        archives_sudo = self.sudo().archive_id
        if kept := archives_sudo.filtered(lambda rec: rec.name or rec.submitted_at):
            raise UserError(
                self.env._(
                    "A customer with a filed archive cannot be deleted: %(customers)s. "
                    "Put the customer away instead; the archive is removed by the "
                    "destruction procedure only.",
                    customers=comma(self.env).join(
                        kept.partner_id.mapped("display_name")
                    ),
                )
            )

    def unlink(self):
        # An archive that was never handed in goes with its customer.
        # sudo: nobody deletes archives by hand.
        drafts_sudo = self.sudo().archive_id.filtered(
            lambda rec: not rec.name and not rec.submitted_at
        )
        drafts_sudo.unlink()
        return super().unlink()
