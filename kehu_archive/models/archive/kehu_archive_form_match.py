import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...registration.folding import fold_code
from ...registration.values import ROW_ID
from ...wording import comma


class KehuArchive(models.Model):
    """Finds the archive that a filled form belongs to, whoever may read it (R92, R96).

    Only that a customer exists, and whom to ask, ever leaves these methods for those
    who may not open it.
    """

    _inherit = "kehu.archive"

    def _get_form_import_action(self):
        """Open an import that takes forms of this archive only."""
        self.ensure_one()
        self._check_kept()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_registration_import_new_action"
        )
        return {**action, "context": {"default_archive_id": self.id}}

    @api.model
    def _find_form_archive(self, form):
        """Find whose form it is: by its token, code, tax number, or name and region.

        A token of another database, or of an archive that is gone, is forgotten
        together with everything that only this token gave a meaning to.

        :param ReadForm form: the form; loses its base when the token says nothing
        :return: the archive in the user's rights, empty for a new customer
        :raise UserError: when it is somebody else's, or could be several customers'
        """
        archive_sudo = self._find_form_token_sudo(form)
        if not archive_sudo:
            form.base = None
            for rows in form.data.rows.values():
                for values in rows:
                    values.pop(ROW_ID, None)
            archive_sudo = self._find_form_customer_sudo(form).archive_id
        archive = archive_sudo.with_env(self.env)
        if archive and not archive._filtered_kept():
            raise UserError(
                self.env._(
                    "This customer is registered, and not in your charge. Ask "
                    "%(keeper)s.",
                    keeper=archive_sudo._get_keeper_name(),
                )
            )
        return archive

    @api.model
    def _find_form_token_sudo(self, form):
        prefix = self._get_form_token_prefix()
        token = form.base.token if form.base else ""
        # sudo: to tell that a customer exists and whom to ask; rights follow.
        archives_sudo = self.sudo()
        number = token.removeprefix(prefix)
        if number == token or not re.fullmatch(r"[0-9]{1,9}", number):
            return archives_sudo.browse()
        return archives_sudo.browse(int(number)).exists()

    def _find_form_customer_sudo(self, form):
        """Find an archived customer by what stands on the form.

        The code decides. A tax number of a customer with another code and another name
        is that of a head office or branch, which registration looks at itself.

        :return: one partner or none, in sudo
        :raise UserError: when several customers could be meant
        """
        partners = self.env["res.partner"]
        answers = {
            name: form.data.get(f"partner_id.{name}") for name in ("ref", "vat", "name")
        }
        code, vat, name = (
            fold_code(answer.raw or answer.text) for answer in answers.values()
        )
        if match_sudo := partners._kehu_find_customer_sudo("ref", code):
            return match_sudo
        if matches_sudo := self._search_form_customers_sudo("vat", vat):
            same_sudo = matches_sudo.filtered(
                lambda partner: fold_code(partner.name or "") == name
            )
            if len(matches_sudo) == 1 and (same_sudo or not code):
                return matches_sudo
            if len(same_sudo) == 1:
                return same_sudo
            if same_sudo or not code:
                self._refuse_several(same_sudo or matches_sudo)
        matches_sudo = self._search_form_customers_sudo("name", name)
        region = form.data.get("partner_id.region_id")
        if region:
            wanted = fold_code(region.raw or region.text)
            matches_sudo = matches_sudo.filtered(
                lambda partner: not partner.region_id
                or wanted
                in (
                    fold_code(partner.region_id.code),
                    fold_code(partner.region_id.name),
                )
            )
        if len(matches_sudo) > 1:
            self._refuse_several(matches_sudo)
        return matches_sudo

    @api.model
    def _search_form_customers_sudo(self, field, folded):
        """Return all archived customers with one folded value, in sudo."""
        # sudo: the question is asked across all customers, see _find_form_archive.
        partners_sudo = self.env["res.partner"].sudo()
        if not folded:
            return partners_sudo.browse()
        partners_sudo.flush_model([field, "archive_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                    WHERE archive_id IS NOT NULL
                      AND upper(normalize(%s, NFKC)) = %s
                    ORDER BY id LIMIT 100""",
                SQL.identifier(field),
                folded,
            )
        )
        return partners_sudo.browse(row[0] for row in rows)

    @api.model
    def _refuse_several(self, partners_sudo):
        """:raise UserError: saying how many customers could be meant, and whom to ask"""
        keepers = {
            archive._get_keeper_name(): None for archive in partners_sudo.archive_id
        }
        raise UserError(
            self.env._(
                "%(count)s registered customers could be meant. Write the customer "
                "code on the form, or ask %(keepers)s.",
                count=len(partners_sudo),
                keepers=comma(self.env).join(keepers),
            )
        )

    def _get_keeper_name(self):
        """Return the name of whom to ask about an archive."""
        self.ensure_one()
        return self.user_id.name or self.team_id.name or self.env._("the archive room")
