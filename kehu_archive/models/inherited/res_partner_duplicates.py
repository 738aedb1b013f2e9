from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...registration.folding import fold_code

TYPED_FACTS = ("ref", "vat", "name", "phone")
# Longer than any legal value: what is longer matches nothing.
LONGEST_TEXT = 200
SHORTEST_PHONE = 5
# People write the country, or leave it out.
COUNTRY_CODE = "86"


class ResPartner(models.Model):
    """Telling while somebody types that the customer exists, and whom to ask (R92)."""

    _inherit = "res.partner"

    # The check compares folded values; indexed for archived customers only.
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

    @api.model
    def kehu_find_duplicates(self, values):
        """Answer while typing whether a customer exists already, and whom to ask.

        Also looks at customers that the user may not open, and therefore tells nothing
        but the fact and a name to turn to (R15, R92). The customer itself is named to
        those only who may read its archive anyway. Limited per user and hour; what met
        a customer of others, or exceeds the limit, is registered with the questions
        (N11).

        :param dict values: any of name, ref, vat, phone; ``id`` of the one being typed
        :return: [{"field": which one matched, "message": a sentence, "partner_id": the
            customer, only for those who may open it}]
        :rtype: list[dict]
        :raise AccessError: for those who do not enter customers
        """
        if not self.has_access("create") and not self.has_access("write"):
            raise AccessError(
                self.env._("Only those who enter customers ask for their doubles.")
            )
        # A new customer comes with the id false.
        except_id = values.get("id")
        except_id = int(except_id) if isinstance(except_id, int) else 0
        asked = [name for name in TYPED_FACTS if values.get(name)]
        if not asked:
            return []
        if refusal := self._kehu_refuse_typing(asked[0], values[asked[0]], len(asked)):
            return [refusal]
        answers = []
        for name in asked:
            match_sudo = self._kehu_find_customer_sudo(name, values[name], except_id)
            if match_sudo:
                link = match_sudo.sudo(False)._kehu_prepare_duplicate_link()
                if not link:
                    self.env["kehu.blind.question"]._note_typed(
                        "typed", values[name], match_sudo
                    )
                answers.append(
                    {
                        "field": name,
                        "message": self.env._(
                            "This customer exists already. Please ask %(keeper)s.",
                            keeper=match_sudo._kehu_get_keeper_name(),
                        ),
                        **link,
                    }
                )
        return answers

    @api.model
    def _kehu_refuse_typing(self, name, text, number):
        """Count what is looked up; say so once the hour's limit is passed.

        Typing goes on: nothing is raised, only nothing more is told.

        :param str name: the first of the facts
        :param str text: what was typed there
        :param int number: of facts that are looked up
        :return: an answer for the screen, or None
        :rtype: dict
        """
        # sudo: users may not read all of their company.
        limit = self.env.company.sudo().kehu_typing_limit
        # Counted without a limit as well: it may be set within the hour.
        if self.env["kehu.recent.use"]._count(f"typing {self.env.uid}", number, limit):
            return None
        self.env["kehu.blind.question"]._note_typed("exceeded", text)
        return {
            "field": name,
            "message": self.env._(
                "You have typed in more customers than an hour allows: doubles are "
                "looked for again when less was typed within sixty minutes."
            ),
        }

    def _kehu_get_keeper_name(self):
        """Name of the person in charge of the customer, else the team, else the room."""
        self.ensure_one()
        archive = self.archive_id
        return (
            archive.user_id.name
            or self.user_id.name
            or archive.team_id.name
            or self.env._("the archive room")
        )

    def _kehu_prepare_duplicate_link(self):
        """Name the customer if the user of ``self`` may open it and its archive."""
        if not self.has_access("read"):
            return {}
        archive = self.sudo().archive_id.sudo(False)
        return {"partner_id": self.id} if archive.has_access("read") else {}

    @api.model
    def _kehu_find_customer_sudo(self, name, text, except_id=0):
        """Find an archived customer by one folded value, whoever may read it.

        :param str name: ref, vat, name or phone
        :param str text: what was typed
        :param int except_id: the customer that is being typed
        :return: one partner or none, in sudo: only for telling whom to ask
        """
        condition = self._kehu_get_double_condition(name, text)
        if not condition:
            return self.sudo().browse()
        self.env["res.partner"].flush_model(
            ["ref", "vat", "name", "short_name", "phone", "archive_id"]
        )
        # The first match is taken after the search by index: asked for the lowest id at
        # once, PostgreSQL may walk through all partners by their ids.
        rows = self.env.execute_query(
            SQL(
                """WITH found AS MATERIALIZED (
                       SELECT id FROM res_partner
                        WHERE archive_id IS NOT NULL AND id != %s AND %s)
                   SELECT min(id) FROM found HAVING min(id) IS NOT NULL""",
                except_id,
                condition,
            )
        )
        # sudo: the question is asked across all customers; only the name of the
        # person to ask leaves the caller.
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _kehu_get_double_condition(self, name, text):
        """Say in SQL when a partner has what was typed; ``None``: never."""
        folded = fold_code(text) if isinstance(text, str) else ""
        if not folded or len(folded) > LONGEST_TEXT:
            return None
        if name == "phone":
            numbers = self._kehu_get_phone_variants(folded)
            return numbers and SQL(
                r"regexp_replace(phone, '\D', '', 'g') = ANY(%s)", numbers
            )
        if name == "name":
            return SQL(
                "(upper(normalize(name, NFKC)) = %(text)s"
                " OR upper(normalize(short_name, NFKC)) = %(text)s)",
                text=folded,
            )
        return SQL("upper(normalize(%s, NFKC)) = %s", SQL.identifier(name), folded)

    @api.model
    def _kehu_get_phone_variants(self, text):
        """Return the digits of a number with and without the country before them."""
        digits = "".join(char for char in text if char.isdecimal() and char.isascii())
        if len(digits) < SHORTEST_PHONE:
            return []
        # Abroad one dials 86 532, at home 0532.
        local = digits.removeprefix("00").removeprefix(COUNTRY_CODE)
        bare = local.removeprefix("0")
        return list({digits, local, bare, f"0{bare}", f"{COUNTRY_CODE}{bare}"})
