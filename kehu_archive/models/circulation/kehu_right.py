import uuid
from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .sections import SECTIONS

_REP = "kehu_archive.group_kehu_rep"
_MANAGER = "kehu_archive.group_kehu_manager"
_EMPLOYEE = "base.group_user"

#: Who is measured: {key: (group, in what relation to the archive)}.
ROLES = {
    "owner": _REP,
    "mate": _REP,
    "stranger": _REP,
    "leader": _MANAGER,
    "other_manager": _MANAGER,
    "archivist": "kehu_archive.group_kehu_archivist",
    "auditor": "kehu_archive.group_kehu_auditor",
    "admin": "kehu_archive.group_kehu_admin",
    "clerk": "account.group_account_invoice",
    "employee": _EMPLOYEE,
    "reader": _EMPLOYEE,
    "past_reader": _EMPLOYEE,
    "copy_holder": _EMPLOYEE,
    "filler": _EMPLOYEE,
}
#: The least that a line of each list needs.
_LINES = {
    "kehu.principal": {"name": "x"},
    "kehu.cooperation": {"project": "x"},
    "kehu.need": {"description": "x"},
    "kehu.service.record": {"description": "x"},
    "kehu.competitor": {"name": "x"},
    "kehu.archive.note": {"text": "x"},
    "kehu.archive.item": {"title": "x"},
}
#: The section that the "filler" was asked to fill in.
FILLED_SECTION = "needs"
ACTIONS = ("read", "write", "create", "unlink", "print", "export")


# What a measurement writes; it is rolled back.
_PROBE = "x"


class _TakeBack(Exception):
    """Ends a savepoint, so that the next attempt finds what the last one found."""


class KehuRight(models.TransientModel):
    """The rights matrix, role × section × action, as it is enforced at this moment.

    Nothing here is a table of intentions: one user of each role is made together with
    a real archive, each is let at each section, and everything is rolled back. Rules
    that the company changed, added or switched off show at once (R52).
    """

    _name = "kehu.right"
    _description = "Right on a Section of an Archive"
    _order = "id"

    role = fields.Selection(
        [
            ("owner", "Salesperson in Charge"),
            ("mate", "Salesperson, Same Team"),
            ("stranger", "Salesperson, Other Team"),
            ("leader", "Sales Manager, Own Team"),
            ("other_manager", "Sales Manager, Other Team"),
            ("archivist", "Archivist"),
            ("auditor", "Auditor"),
            ("admin", "Configurator"),
            ("clerk", "Invoicing Clerk"),
            ("employee", "Any Employee"),
            ("reader", "Consulting (Running)"),
            ("past_reader", "Consulting (Over)"),
            ("copy_holder", "Borrower of an Electronic Copy"),
            ("filler", "Asked to Fill In “Needs”"),
        ],
        string="User Role",
        readonly=True,
        help="Who tries, and in what relation to the archive.",
    )
    section = fields.Selection(
        selection="_selection_section", readonly=True, help="What is tried."
    )
    can_read = fields.Boolean(readonly=True, help="Opens and reads it.")
    can_write = fields.Boolean(readonly=True, help="Changes it.")
    can_create = fields.Boolean(
        string="Can Add", readonly=True, help="Adds a line to it."
    )
    can_unlink = fields.Boolean(
        string="Can Delete", readonly=True, help="Deletes a line of it."
    )
    can_print = fields.Boolean(
        readonly=True, help="Prints the registration form with it."
    )
    can_export = fields.Boolean(readonly=True, help="Exports it from a list.")

    @api.model
    def _selection_section(self):
        sections = self.env["kehu.archive.section"].search(Domain.TRUE)
        return [
            ("card", self.env._("Customer Card")),
            ("custody", self.env._("Archive and Custody")),
            *((section.code, section.name) for section in sections),
            ("conversation", self.env._("Conversation")),
        ]

    # === ACTIONS === #

    @api.model
    def action_measure(self):
        """Measure the rights and show them.

        :raise AccessError: for other roles than administrator and auditor
        """
        if not self.env.user.has_groups(
            "kehu_archive.group_kehu_admin,kehu_archive.group_kehu_auditor,"
            "base.group_system"
        ):
            raise AccessError(self.env._("Only administrators and auditors do this."))
        # sudo: users only read the result.
        rows_sudo = self.sudo().create(self._measure())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_right_action"
        )
        action["domain"] = [("id", "in", rows_sudo.ids)]
        return action

    # === MEASURING === #

    @api.model
    def _measure(self):
        """Let each role at each section.

        :return: values of one row per role and section
        :rtype: list[dict]
        """
        # A cursor of its own: the people and the archive never exist for others.
        with self.env.registry.cursor() as cr:
            env = api.Environment(
                cr,
                SUPERUSER_ID,
                {"tracking_disable": True, "mail_create_nolog": True},
            )
            try:
                return env[self._name]._measure_here()
            finally:
                env.clear()
                cr.rollback()

    @api.model
    def _measure_here(self, roles=tuple(ROLES)):
        """Measure in the present transaction, which is taken back afterwards.

        :param tuple roles: keys of those who try
        """
        users = {role: self._make_user(role, group) for role, group in ROLES.items()}
        archive, lines, card = self._make_archive(users)
        rows = []
        for role, user in users.items():
            if role not in roles:
                continue
            for section in ("card", "custody", *SECTIONS, "conversation"):
                can = self._measure_section(user, section, archive, lines, card)
                rows.append(
                    {
                        "role": role,
                        "section": section,
                        **{f"can_{action}": can[action] for action in ACTIONS},
                    }
                )
        return rows

    def _make_user(self, role, group):
        groups = [_EMPLOYEE, group, "base.group_allow_export"]
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": role,
                    "login": f"kehu-right-{uuid.uuid4()}",
                    "company_id": self.env.company.id,
                    "company_ids": [Command.set(self.env.company.ids)],
                    "group_ids": [
                        Command.set([self.env.ref(name).id for name in groups])
                    ],
                }
            )
        )

    def _make_archive(self, users):
        """Make a team, a customer with its archive, a line of each list, the grants."""
        team = self.env["crm.team"].create(
            {
                "name": "kehu.right",
                "user_id": users["leader"].id,
                "member_ids": [Command.set((users["owner"] | users["mate"]).ids)],
            }
        )
        card = self.env["res.partner"].create(
            {
                "name": str(uuid.uuid4()),
                "is_company": True,
                "user_id": users["owner"].id,
            }
        )
        facts = {}
        for section in SECTIONS.values():
            for name in section.facts:
                facts.update(self._prepare_fact(name))
        archive = self.env["kehu.archive"].create(
            {"partner_id": card.id, "team_id": team.id, **facts}
        )
        lines = {
            model: self.env[model].create({"archive_id": archive.id, **vals})
            for model, vals in _LINES.items()
        }
        lines["kehu.competitor.comparison"] = self.env[
            "kehu.competitor.comparison"
        ].create(
            {
                "archive_id": archive.id,
                "competitor_id": lines["kehu.competitor"].id,
            }
        )
        lines["kehu.consent"] = self.env["kehu.consent"].create(
            {
                "principal_id": lines["kehu.principal"].id,
                "item": "family",
                "decision": "granted",
            }
        )
        self._make_grants(users, archive)
        self.env.flush_all()
        return archive, lines, card

    def _prepare_fact(self, name):
        """Return a value for one fact, so that reading it shows something."""
        field = self.env["kehu.archive"]._fields[name]
        if field.type == "selection":
            return {name: field.get_values(self.env)[0]}
        if field.type == "date":
            return {name: fields.Date.today()}
        return {name: 1 if field.type in ("integer", "float") else "x"}

    def _make_grants(self, users, archive):
        now = fields.Datetime.now()
        loans = self.env["kehu.loan"]
        for role, kind, medium, shift in (
            ("reader", "consult", False, 0),
            ("past_reader", "consult", False, -2),
            ("copy_holder", "borrow", "copy", 0),
        ):
            loan = loans.create(
                {
                    "archive_id": archive.id,
                    "kind": kind,
                    "medium": medium,
                    "borrower_id": users[role].id,
                    "purpose": "kehu.right",
                    "date_start": now + timedelta(days=shift - 1),
                    "date_end": now + timedelta(days=shift + 1),
                }
            )
            loan._write_protected({"state": "approved"})
        self.env["kehu.section.request"].with_user(users["owner"]).create(
            {
                "archive_id": archive.id,
                "section_id": self.env["kehu.archive.section"]
                .search([("code", "=", FILLED_SECTION)])
                .id,
                "user_id": users["filler"].id,
            }
        )

    def _measure_section(self, user, section, archive, lines, card):
        """Let one user at one section.

        :return: {action: whether it went through}
        :rtype: dict[str, bool]
        """
        archive = archive.with_user(user)
        if section == "card":
            return self._measure_record(card.with_user(user))
        if section == "custody":
            can = self._measure_record(
                archive, {"retention_until": fields.Date.today()}
            )
            can["print"] = self._goes(archive._check_may_copy_out) and can["read"]
            can["export"] = self._goes(archive._check_own) and can["read"]
            return can
        if section == "conversation":
            return self._measure_conversation(archive)
        return self._measure_grantable(archive, SECTIONS[section], lines)

    def _measure_record(self, record, vals=None):
        def change():
            record.check_access("write")
            if vals:
                record.write(vals)

        readable = record.has_access("read")
        return {
            "read": readable,
            "write": self._goes(change),
            "create": self._goes(lambda: record.browse().check_access("create")),
            "unlink": record.has_access("unlink"),
            "print": False,
            "export": readable,
        }

    def _measure_conversation(self, archive):
        message = archive.sudo().message_post(
            body=_PROBE, author_id=self.env.user.partner_id.id
        )
        readable = message.sudo(False).with_user(archive.env.uid).has_access("read")
        return {
            **dict.fromkeys(ACTIONS, False),
            "read": readable,
            "create": self._goes(lambda: archive.message_post(body=_PROBE)),
        }

    def _measure_grantable(self, archive, section, lines):
        own_lines = [lines[model].with_user(archive.env.uid) for model in section.lists]

        def read():
            for line in own_lines:
                line.check_access("read")
            row = archive.read(section.facts)[0] if section.facts else {}
            if any(not row[name] for name in section.facts):
                raise AccessError(_PROBE)
            if (
                section.code == "traits"
                and lines["kehu.principal"]
                .with_user(archive.env.uid)
                ._get_without_traits()
            ):
                raise AccessError(_PROBE)

        def change():
            for line in own_lines:
                line.check_access("write")
            if section.facts:
                archive.write({section.facts[0]: archive.sudo()[section.facts[0]]})

        def add():
            for line in own_lines:
                vals = _LINES.get(line._name)
                if vals:
                    line.browse().create({"archive_id": archive.id, **vals})
                else:
                    line.check_access("create")

        can = {
            "read": self._goes(read),
            "write": self._goes(change),
            "create": bool(own_lines) and self._goes(add),
            "unlink": bool(own_lines)
            and all(line.has_access("unlink") for line in own_lines),
        }
        can["print"] = can["read"] and self._goes(archive._check_may_copy_out)
        can["export"] = can["read"] and self._goes(archive._check_own)
        return can

    def _goes(self, attempt):
        """Try something and take it back.

        :param function attempt: what is tried
        :return: whether it was allowed
        :rtype: bool
        """
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                attempt()
                self.env.flush_all()
                raise _TakeBack
        except _TakeBack:
            return True
        except (AccessError, UserError):
            return False
        finally:
            self.env.invalidate_all()
