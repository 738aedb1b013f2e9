from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What is compared: a tax number, a code, a name or a telephone number.
_MATCHED = ("vat", "ref", "name", "phone")
_WINDOW = timedelta(hours=1)
_LONGEST = 200


class KehuBlindQuestion(models.Model):
    """Who asked whether a customer is taken, and what was answered (R15, R92).

    The answer is yes or no and whom to ask, and nothing else. So that nobody finds out
    all customers by asking long enough, questions are registered and limited to a
    number per user and hour.
    """

    _name = "kehu.blind.question"
    _description = "Question Whether a Customer Is Taken"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"
    _rec_name = "question"

    user_id = fields.Many2one(
        "res.users", string="Asked By", required=True, index=True, help="Who asked."
    )
    asked_at = fields.Datetime(required=True, index=True, help="When it was asked.")
    question = fields.Char(required=True, help="What was asked for, as typed.")
    is_taken = fields.Boolean(string="Taken", help="Whether the answer was yes.")
    keeper_name = fields.Char(
        string="Whom to Ask", help="Who was named in the answer, if anybody."
    )

    way = fields.Selection(
        [
            ("asked", "Asked"),
            ("typed", "Met While Typing"),
            ("exceeded", "Typed Too Much"),
        ],
        help="Whether it was asked as a question, a colleague's customer was met while "
        "a new one was being typed, or the limit of typing was exceeded.",
    )

    _user_time_idx = models.Index("(user_id, way, asked_at)")

    @api.model
    def _answer(self, question):
        """Answer whether a customer is taken; registered, and limited.

        :param str question: a name, a tax number, a code or a telephone number
        :return: the registered question with its answer
        :raise UserError: when nothing was asked, or too much within an hour
        """
        question = " ".join((question or "").split())
        if not question:
            raise UserError(
                self.env._("Type a name, a tax number, a code or a telephone number.")
            )
        self._check_limit()
        partners = self.env["res.partner"]
        match_sudo = partners.sudo().browse()
        for name in _MATCHED:
            match_sudo = match_sudo or partners._kehu_find_customer_sudo(name, question)
        return self._append(
            [
                {
                    "user_id": self.env.uid,
                    "asked_at": fields.Datetime.now(),
                    "question": question[:_LONGEST],
                    "way": "asked",
                    "is_taken": bool(match_sudo),
                    "keeper_name": match_sudo
                    and match_sudo._kehu_get_keeper_name()
                    or False,
                }
            ]
        )

    @api.model
    def _check_limit(self):
        """:raise UserError: when the user has asked as often as an hour allows"""
        limit = self.env.company.kehu_blind_limit
        if not limit:
            return
        # Of questions at the same time each counts those before it.
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                self._name,
                self.env.uid,
            )
        )
        # sudo: one's own questions are counted, whoever may read the register.
        asked = self.sudo().search_count(
            [
                ("user_id", "=", self.env.uid),
                # Rows from before typing was registered say nothing.
                ("way", "in", ("asked", False)),
                ("asked_at", ">", fields.Datetime.now() - _WINDOW),
            ]
        )
        if asked >= limit:
            raise UserError(
                self.env._(
                    "You have asked %(count)s times within an hour; that is the limit. "
                    "Wait, or turn to the archive room.",
                    count=asked,
                )
            )

    @api.model
    def _note_typed(self, way, text, match_sudo=None):
        """Register what typing came upon, once an hour for the same text.

        :param str way: ``typed`` or ``exceeded``
        :param str text: what was typed
        :param match_sudo: the customer that it met, in sudo
        """
        text = " ".join(str(text or "").split())[:_LONGEST]
        now = fields.Datetime.now()
        # sudo: one's own rows, whoever may read the register.
        known = self.sudo().search_count(
            [
                ("user_id", "=", self.env.uid),
                ("way", "=", way),
                ("asked_at", ">", now - _WINDOW),
                *([("question", "=", text)] if way == "typed" else []),
            ],
            limit=1,
        )
        if not known:
            self._append(
                [
                    {
                        "user_id": self.env.uid,
                        "asked_at": now,
                        "question": text,
                        "way": way,
                        "is_taken": bool(match_sudo),
                        "keeper_name": match_sudo
                        and match_sudo._kehu_get_keeper_name()
                        or False,
                    }
                ]
            )
