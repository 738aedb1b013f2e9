from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...registration.folding import fold_code

MAX_CODE_LENGTH = 20


class ResPartner(models.Model):
    """The customer code: ``ref`` of archived customers (R62, R63)."""

    _inherit = "res.partner"

    ref = fields.Char(
        tracking=True,
        help="Code of the customer: unique among registered customers, at most 20 "
        "digits or letters. Left empty, registration draws the next one.",
    )

    # Width and case are folded in the database itself, so that of two parallel
    # inserts of Ａ01 and a01 one fails, whoever checks first.
    _kehu_code_uniq = models.UniqueIndex(
        "(upper(normalize(ref, NFKC))) WHERE archive_id IS NOT NULL",
        "Another archived customer has this customer code.",
    )

    @api.constrains("ref", "archive_id")
    def _check_customer_code(self):
        for partner in self.filtered("archive_id"):
            code = partner.ref or ""
            folded = fold_code(code)
            if not folded:
                raise ValidationError(
                    self.env._(
                        "The archived customer %(name)s needs a customer code.",
                        name=partner.name,
                    )
                )
            if len(code) > MAX_CODE_LENGTH:
                raise ValidationError(
                    self.env._(
                        "The customer code %(code)s is too long: %(length)s "
                        "characters, at most %(max)s.",
                        code=code,
                        length=len(code),
                        max=MAX_CODE_LENGTH,
                    )
                )
            if not (folded.isascii() and folded.isalnum()):
                raise ValidationError(
                    self.env._(
                        "The customer code %(code)s may hold digits and letters only.",
                        code=code,
                    )
                )
        for code in self.filtered("archive_id")._find_taken_codes():
            raise ValidationError(
                self.env._(
                    "The customer code %(code)s is already in use. Capitals, small "
                    "letters and full-width letters count as the same; customers that "
                    "were put away keep their code.",
                    code=code,
                )
            )

    def _find_taken_codes(self):
        """Return the codes of ``self`` that other archived customers have, in one query.

        Reads what the database holds: a value that waits to be written is caught by
        the unique index.

        :return: codes as they are written in ``self``
        :rtype: list[str]
        """
        by_folded = {fold_code(partner.ref): partner.ref for partner in self}
        own = self._origin.ids or self.ids
        return [
            by_folded[folded]
            for folded in self._get_codes_in_use(list(by_folded), except_ids=own)
        ]

    @api.model
    def _get_codes_in_use(self, folded_codes, except_ids=()):
        """Of some folded codes, those that archived customers have, active or not.

        :param list[str] folded_codes: codes with width and case folded
        :param except_ids: ids of partners that do not count
        :return: {folded code: id of the partner that has it}
        :rtype: dict[str, int]
        """
        if not folded_codes:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT upper(normalize(ref, NFKC)), id FROM res_partner
                        WHERE upper(normalize(ref, NFKC)) = ANY(%s)
                          AND archive_id IS NOT NULL AND id != ALL(%s)""",
                    [code for code in folded_codes if code],
                    list(except_ids),
                )
            )
        )

    def _assign_missing_codes(self):
        """Give each customer without a code the next free one of the sequence.

        :return: {partner: code} for those that had none
        :rtype: dict
        """
        without = self.filtered(lambda partner: not partner.ref)
        return dict(zip(without, self._draw_codes(len(without)), strict=True))

    @api.model
    def _draw_codes(self, count):
        """Draw the next free customer codes of the sequence.

        :param int count: how many
        :rtype: list[str]
        """
        if not count:
            return []
        sequence_sudo = self.env["ir.sequence"]._kehu_find("kehu.customer")
        codes = []
        while len(codes) < count:
            drawn = [sequence_sudo._next() for _ in range(count - len(codes))]
            taken = self._get_codes_in_use([fold_code(code) for code in drawn])
            codes += [code for code in drawn if fold_code(code) not in taken]
        return codes

    @api.model
    def kehu_resolve_customer_code(self, text):
        """Find the archived customer that a typed code or name means (R74).

        Never creates one.

        :param str text: what was typed in the box of the head office
        :return: {"id", "code", "name", "retired"}, or {"error": a sentence}
        :rtype: dict
        """
        text = (text or "").strip()
        domain = [("archive_id", "!=", False)]
        partners = self.browse()
        for owner_id in self._get_codes_in_use([fold_code(text)]).values():
            # The search applies the user's rules.
            partners = self.with_context(active_test=False).search(
                [("id", "=", owner_id)]
            )
        if not partners and text:
            partners = self.search(
                domain + ["|", ("name", "=", text), ("short_name", "=", text)], limit=2
            )
        if len(partners) != 1:
            return {
                "error": self.env._(
                    "No archived customer has the code or name “%(text)s”.", text=text
                )
                if not partners
                else self.env._(
                    "Several customers are called “%(text)s”: type the code.", text=text
                )
            }
        return {
            "id": partners.id,
            "code": partners.ref,
            "name": partners.short_name or partners.name,
            "retired": not partners.active,
        }
