from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...registration.folding import fold_code
from ...registration.width import display_width
from .res_partner_code import MAX_CODE_LENGTH
from .res_partner_name import MAX_NAME_WIDTH, MAX_SHORT_NAME_WIDTH


class ResPartner(models.Model):
    """Registering customers: one customer, one archive (R43, R92)."""

    _inherit = "res.partner"

    # The duplicate check compares folded values; indexed for archived customers only.
    _kehu_vat_idx = models.Index(
        "(upper(normalize(vat, NFKC))) WHERE archive_id IS NOT NULL"
    )
    _kehu_name_idx = models.Index(
        "(upper(normalize(name, NFKC))) WHERE archive_id IS NOT NULL"
    )
    _kehu_short_name_idx = models.Index(
        "(upper(normalize(short_name, NFKC))) WHERE archive_id IS NOT NULL"
    )
    _kehu_phone_idx = models.Index(
        r"(regexp_replace(phone, '\D', '', 'g')) WHERE archive_id IS NOT NULL"
    )

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
                obstacles[partner.id] = partner._kehu_describe_duplicate(*twin)
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
        ids = [partner.id for partner in self if isinstance(partner.id, int)]
        if not ids:
            return {}
        self.env["res.partner"].flush_model(
            ["vat", "name", "region_id", "archive_id", "head_office_id", "ref"]
        )
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (new.id) new.id, twin.id, twin.ref
              FROM res_partner new
              JOIN res_partner twin
                ON twin.archive_id IS NOT NULL AND twin.id != new.id
               AND (   (upper(normalize(twin.vat, NFKC))
                          = upper(normalize(new.vat, NFKC))
                        AND new.vat NOT IN ('', '/')
                        -- Branches of one head office may all use its tax number.
                        AND COALESCE(new.head_office_id, 0)
                            != COALESCE(twin.head_office_id, -1))
                    OR (upper(normalize(twin.name, NFKC))
                          = upper(normalize(new.name, NFKC))
                        AND COALESCE(twin.region_id, 0) = COALESCE(new.region_id, 0)
                        AND (COALESCE(twin.vat, '') IN ('', '/')
                             OR COALESCE(new.vat, '') IN ('', '/')
                             OR twin.vat = new.vat)))
             WHERE new.id = ANY(%s)
               AND COALESCE(new.head_office_id, 0) != twin.id
               AND COALESCE(twin.head_office_id, 0) != new.id
             ORDER BY new.id, twin.ref
            """,
            [ids],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    @api.constrains("vat", "name", "region_id", "head_office_id")
    def _check_one_customer_one_archive(self):
        """A registered customer does not become another one by a change (R92)."""
        customers = self.filtered("archive_id")
        duplicates = customers._kehu_find_registered_duplicates()
        for customer in customers.browse(duplicates):
            raise ValidationError(
                customer._kehu_describe_duplicate(*duplicates[customer.id])
            )

    def _kehu_describe_duplicate(self, twin_id, code):
        """Say that ``self`` is registered already, under which code, and whom to ask.

        :rtype: str
        """
        self.ensure_one()
        # sudo: only the name of the person to ask leaves here.
        twin_sudo = self.sudo().browse(twin_id)
        return self.env._(
            "%(name)s is registered already, with customer code %(code)s. One customer "
            "has one archive: ask %(keeper)s, merge the two, or correct the tax number, "
            "name or region.",
            name=self.name,
            code=code,
            keeper=twin_sudo._kehu_get_keeper_name(),
        )

    def _kehu_get_keeper_name(self):
        """Name whom to ask about a customer; called with sudo."""
        self.ensure_one()
        keeper = self.archive_id.user_id or self.user_id
        return (
            keeper.name
            or self.archive_id.team_id.name
            or self.env._("the archive room")
        )

    @api.model
    def kehu_find_duplicates(self, values):
        """Answer while typing whether a customer exists already, and whom to ask.

        Also looks at customers that the user may not open, and therefore tells nothing
        but the fact and a name to turn to (R15, R92).

        :param dict values: any of name, ref, vat, phone; ``id`` of the one being typed
        :return: [{"field": which one matched, "message": a sentence}]
        :rtype: list[dict]
        """
        answers = []
        for name in ("ref", "vat", "name", "phone"):
            text = (values.get(name) or "").strip()
            match_sudo = self._kehu_find_customer_sudo(name, text, values.get("id"))
            if match_sudo:
                answers.append(
                    {
                        "field": name,
                        "message": self.env._(
                            "A customer with this %(field)s is registered. Ask "
                            "%(keeper)s.",
                            field=self._fields[name]._description_string(self.env),
                            keeper=match_sudo._kehu_get_keeper_name(),
                        ),
                    }
                )
        return answers

    @api.model
    def _kehu_find_customer_sudo(self, name, text, except_id=None):
        """Find an archived customer by one folded value, whoever may read it.

        :param str name: ref, vat, name or phone
        :param str text: what was typed
        :param int except_id: the customer that is being typed
        :return: one partner or none, in sudo: only for telling whom to ask
        """
        folded = fold_code(text)
        if name == "phone":
            folded = "".join(filter(str.isdigit, folded))
        if not folded:
            return self.sudo().browse()
        conditions = {
            "ref": SQL("upper(normalize(ref, NFKC)) = %s", folded),
            "vat": SQL("upper(normalize(vat, NFKC)) = %s", folded),
            "name": SQL(
                "(upper(normalize(name, NFKC)) = %(text)s"
                " OR upper(normalize(short_name, NFKC)) = %(text)s)",
                text=folded,
            ),
            "phone": SQL(r"regexp_replace(phone, '\D', '', 'g') = %s", folded),
        }
        self.env["res.partner"].flush_model(["ref", "vat", "name", "short_name"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                    WHERE archive_id IS NOT NULL AND id != %s AND %s
                    ORDER BY id LIMIT 1""",
                except_id or 0,
                conditions[name],
            )
        )
        # sudo: the question is asked across all customers; only the name of the
        # person to ask leaves the caller.
        return self.sudo().browse(row[0] for row in rows)

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
                    customers=", ".join(kept.partner_id.mapped("display_name")),
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
