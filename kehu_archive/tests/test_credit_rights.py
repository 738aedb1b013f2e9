from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .credit_common import KehuCredit

_FIGURES = (
    "kehu_computed_grade",
    "kehu_credit_reasons",
    "kehu_on_time_percent",
    "kehu_late_count",
    "kehu_judged_count",
    "kehu_average_delay",
    "kehu_longest_delay",
    "kehu_recovery_days",
    "kehu_open_amount",
    "kehu_overdue_amount",
    "kehu_overdue_age",
    "kehu_unapplied_amount",
    "kehu_group_limit",
    "kehu_own_limit",
    "kehu_override_note",
)


@tagged("post_install", "-at_install")
class TestCreditRights(KehuCredit):
    """Who sees how a customer pays, and who changes it, whatever is sent (R87)."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_customer()
        self.invoice = self.owe(self.customer, 1234, due=-50)
        self.portal = new_test_user(
            self.env,
            login="kehu_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.portal.partner_id.parent_id = self.customer
        self.env.invalidate_all()

    def figures(self, user, **context):
        card = self.customer.with_user(user).with_context(**context)
        return card.read(_FIGURES)[0]

    # === READING === #

    def test_keeper_leader_and_those_who_decide_audit_or_invoice_see_the_figures(self):
        for user in (
            self.rep,
            self.manager,
            self.archivist,
            self.auditor,
            self.controller,
            self.clerk,
        ):
            with self.subTest(user=user.login):
                self.assertAlmostEqual(self.figures(user)["kehu_overdue_amount"], 1234)

    def test_a_rep_of_another_team_sees_the_card_but_no_figure(self):
        self.set_limit(self.customer, 500)
        override = self.env["kehu.credit.override"].create(
            {
                "partner_id": self.customer.id,
                "grade": "a",
                "valid_until": self.day(3),
                "reason": "Guarantee",
            }
        )
        override._write_protected({"state": "approved"})
        self.env.invalidate_all()
        self.assertTrue(self.figures(self.rep)["kehu_override_note"])
        found = self.figures(self.stranger)
        self.assertFalse({name for name in _FIGURES if found[name]})
        self.assertTrue(self.figures(self.rep)["kehu_own_limit"])
        self.assertTrue(self.customer.with_user(self.rep).kehu_credit_shown)
        self.assertFalse(self.customer.with_user(self.stranger).kehu_credit_shown)

    def test_who_has_no_right_on_archives_may_not_ask_for_figures(self):
        for user in (self.employee, self.admin, self.portal):
            for name in _FIGURES:
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        self.customer.with_user(user).read([name])

    def test_a_portal_customer_does_not_read_its_own_grade_or_marks(self):
        self.customer.sudo()._kehu_apply_grade("c")
        for name in ("credit_grade", "kehu_disputed", "kehu_zero_credit"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.customer.with_user(self.portal).read([name])

    def test_a_portal_customer_does_not_read_what_is_said_of_its_order(self):
        """The order is its own; the debts of the whole group are told in the note."""
        self.company.kehu_credit_overdue_policy = "block"
        order = self.make_quotation(self.customer)
        order.state = "sent"
        order.message_subscribe(self.customer.ids)
        self.assertEqual(order.with_user(self.portal).read(["name"])[0]["id"], order.id)
        for name in (
            "kehu_credit_warning",
            "kehu_credit_blocked",
            "kehu_release_state",
            "kehu_filing_blocked",
            "kehu_filing_warning",
            "kehu_special_requirements",
            "kehu_gap_prompt",
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                order.with_user(self.portal).read([name])

    def test_a_request_tells_no_figures_of_a_guessed_customer(self):
        overrides = self.env["kehu.credit.override"]
        values = {"grade": "a", "valid_until": self.day(3), "reason": "?"}
        with self.assertRaises(AccessError):
            overrides.with_user(self.stranger).create(
                {**values, "partner_id": self.customer.id}
            )
        own = self.make_customer(user_id=self.stranger.id)
        draft = overrides.with_user(self.stranger).create(
            {**values, "partner_id": own.id}
        )
        with self.assertRaises(AccessError):
            draft.partner_id = self.customer

    def test_a_request_that_is_changed_asks_about_the_credit_party_too(self):
        branch = self.make_customer(head_office_id=self.customer.id)
        other = self.make_customer()
        draft = (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .create(
                {
                    "grade": "a",
                    "valid_until": self.day(3),
                    "reason": "?",
                    "partner_id": other.id,
                }
            )
        )
        draft.partner_id = branch
        self.assertEqual(draft.partner_id, self.customer)

    # === FORGED CONTEXT === #

    def test_rules_of_the_context_change_no_figure(self):
        """They are tried by the page of the rules, and by nobody else."""
        forged = {str(self.company.id): {"grace_days": 300, "months": 1}}
        plain = self.figures(self.rep)
        self.assertEqual(plain, self.figures(self.rep, kehu_tried_rules=forged))

    def test_the_context_keeps_no_zero_limit_from_being_marked(self):
        self.clerk.group_ids = [
            Command.link(self.env.ref("base.group_partner_manager").id)
        ]
        card = self.customer.with_user(self.clerk)
        card.with_context(kehu_limit_is_default=True).write(
            {"use_partner_credit_limit": True, "credit_limit": 0}
        )
        self.assertTrue(card.kehu_zero_credit)

    def test_the_mark_of_a_zero_limit_is_for_who_sets_limits(self):
        self.customer.kehu_zero_credit = True
        with self.assertRaises(AccessError):
            self.customer.with_user(self.rep).write({"kehu_zero_credit": False})
        with self.assertRaises(AccessError):
            self.customer.with_user(self.rep).read(["kehu_zero_credit"])

    def test_no_context_or_default_makes_a_grade(self):
        self.customer.sudo().action_kehu_assess_credit()
        with self.assertRaises(UserError):
            self.customer.with_user(self.rep).with_context(
                kehu_grading=True, kehu_transition=True
            ).write({"credit_grade": "a"})
        override = (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .with_context(
                default_state="approved",
                default_approver_id=self.controller.id,
                default_requester_id=self.controller.id,
                default_ended=True,
                kehu_transition=True,
            )
            .create(
                {
                    "partner_id": self.customer.id,
                    "grade": "a",
                    "valid_until": self.day(3),
                    "reason": "?",
                    "state": "approved",
                    "approver_id": self.controller.id,
                    "ended": True,
                }
            )
        )
        self.assertEqual(override.state, "draft")
        self.assertEqual(override.requester_id, self.rep)
        self.assertFalse(override.approver_id or override.ended)

    # === WRITING === #

    def test_a_snapshot_is_asked_for_by_who_sees_the_figures_and_may_change(self):
        assessments = self.env["kehu.credit.assessment"]
        for user in (
            self.employee,
            self.stranger,
            self.admin,
            self.auditor,
            self.portal,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.customer.with_user(user).action_kehu_assess_credit()
        self.assertFalse(assessments.search([("partner_id", "=", self.customer.id)]))
        self.customer.with_user(self.rep).action_kehu_assess_credit()
        self.assertTrue(assessments.search([("partner_id", "=", self.customer.id)]))

    def test_the_customer_of_a_release_is_that_of_its_document(self):
        """Else whoever asks would choose who decides."""
        self.company.kehu_credit_overdue_policy = "block"
        order = self.make_quotation(self.customer, user_id=self.rep.id)
        action = order.with_user(self.rep).action_kehu_request_release()
        release = self.env[action["res_model"]].browse(action["res_id"])
        other = self.make_customer(user_id=self.stranger.id)
        with self.assertRaises(AccessError):
            release.with_user(self.rep).partner_id = other

    def test_who_sold_does_not_release_the_order_a_colleague_asks_for(self):
        """The controller sells to this customer himself."""
        self.company.kehu_credit_overdue_policy = "block"
        self.controller.group_ids = [
            Command.link(self.env.ref("kehu_archive.group_kehu_manager").id)
        ]
        order = self.make_quotation(self.customer, user_id=self.controller.id)
        order.sudo().team_id = self.team
        action = order.with_user(self.manager).action_kehu_request_release()
        release = self.env[action["res_model"]].browse(action["res_id"])
        release.with_user(self.manager).reason = "Guarantee"
        release.with_user(self.manager).action_submit()
        with self.assertRaisesRegex(UserError, "sold"):
            release.with_user(self.controller).action_approve()
        second = self.make_user("second", "kehu_archive.group_kehu_credit")
        release.with_user(second).action_approve()
        self.assertEqual(release.state, "approved")

    def test_who_keeps_the_customer_does_not_grant_it_another_grade(self):
        self.customer.archive_id.user_id = self.controller
        override = (
            self.env["kehu.credit.override"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.customer.id,
                    "grade": "a",
                    "valid_until": self.day(3),
                    "reason": "Guarantee",
                }
            )
        )
        override.action_submit()
        with self.assertRaisesRegex(UserError, "You keep"):
            override.with_user(self.controller).action_approve()

    def test_who_decides_no_more_cannot_decide(self):
        second = self.make_user("second", "kehu_archive.group_kehu_credit")
        override = (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .create(
                {
                    "partner_id": self.customer.id,
                    "grade": "a",
                    "valid_until": self.day(3),
                    "reason": "Guarantee",
                }
            )
        )
        override.action_submit()
        second.group_ids = [
            Command.unlink(self.env.ref("kehu_archive.group_kehu_credit").id)
        ]
        with self.assertRaises(UserError):
            override.with_user(second).action_approve()
        override.with_user(self.controller).action_approve()
        # And nobody decides twice.
        with self.assertRaisesRegex(UserError, "does not wait"):
            override.with_user(self.controller).action_approve()

    def test_a_manager_decides_where_no_team_has_a_leader_and_sees_what_about(self):
        self.controller.group_ids = [
            Command.unlink(self.env.ref("kehu_archive.group_kehu_credit").id)
        ]
        self.env.ref("kehu_archive.group_kehu_credit").sudo().user_ids = [
            Command.clear()
        ]
        self.customer.archive_id.team_id = self.other_team
        self.customer.with_user(self.rep).action_kehu_assess_credit()
        last = self.customer.credit_assessment_id
        self.assertIn(self.manager, self.customer._kehu_get_credit_deciders())
        self.assertTrue(last.with_user(self.manager).has_access("read"))
        last.with_user(self.manager).action_accept()
        self.assertEqual(last.state, "accepted")

    # === LEAVING A GRADE BEHIND === #

    def test_a_keeper_does_not_leave_grade_and_limit_behind_where_a_rule_blocks(self):
        """R87: by naming another credit party, or by ending a dispute"""
        other = self.make_customer()
        self.customer.kehu_disputed = True
        card = self.customer.with_user(self.rep)
        self.company.kehu_credit_grade_policy = "block"
        for vals in ({"credit_partner_id": other.id}, {"kehu_disputed": False}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                card.write(vals)
        # What says the same, or is to the company's advantage, passes.
        card.write({"credit_partner_id": False, "kehu_disputed": True})
        for user in (self.manager, self.controller):
            if user.has_group("base.group_partner_manager"):
                self.customer.with_user(user).credit_partner_id = other
                self.assertEqual(self.customer.credit_partner_id, other)
                self.customer.credit_partner_id = False
        self.company.kehu_credit_grade_policy = "warn"
        card.write({"credit_partner_id": other.id, "kehu_disputed": False})
        self.assertEqual(self.customer.credit_partner_id, other)
