from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...registration.folding import fold_code

MAX_CODE_LENGTH = 20


class ResPartner(models.Model):
    """The customer code: ``ref`` of archived customers (R62, R63)."""

    _inherit = "res.partner"

    ref = fields.Char(tracking=True)

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
            if partner._find_code_owner(code):
                raise ValidationError(
                    self.env._(
                        "The customer code %(code)s is already in use. Capitals, small "
                        "letters and full-width letters count as the same; customers "
                        "that were put away keep their code.",
                        code=code,
                    )
                )

    def _find_code_owner(self, code):
        """Return another archived customer with this code, active or not.

        Reads what the database holds: a value that waits to be written is caught by
        the unique index.

        :param str code: a customer code, in any width and case
        :return: one partner or none
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                    WHERE upper(normalize(ref, NFKC)) = %s
                      AND archive_id IS NOT NULL AND id != ALL(%s) LIMIT 1""",
                fold_code(code),
                self._origin.ids or self.ids,
            )
        )
        return self.browse(row[0] for row in rows)

    def _prepare_code_vals(self):
        """Values that give a customer without a code the next one of the sequence.

        :return: empty when the customer has a code
        :rtype: dict
        """
        self.ensure_one()
        if self.ref:
            return {}
        # sudo: reps have no rights on sequences.
        sequence = self.env["ir.sequence"].sudo()
        code = sequence.next_by_code("kehu.customer")
        while self._find_code_owner(code):
            code = sequence.next_by_code("kehu.customer")
        return {"ref": code}

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
        owner = self.browse()._find_code_owner(text) if text else partners
        if owner:
            partners = self.with_context(active_test=False).search(
                [("id", "=", owner.id)]
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
