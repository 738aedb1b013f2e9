from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .credit_common import KehuCredit


@tagged("post_install", "-at_install")
class TestForgedRequests(KehuCredit):
    """A release is asked for by the steps only, and by who reads the document (R87)."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_customer()
        self.customer.sudo()._kehu_apply_grade("c")
        self.company.kehu_credit_grade_policy = "block"
        self.bystander = self.make_user("bystander", "base.group_user")

    def quote(self):
        return self.make_quotation(self.customer, 500.0, user_id=self.rep.id)

    def forge(self, user, order, **more):
        """What a remote call would try: everything as a default of the context."""
        wanted = {
            "document_model": "sale.order",
            "document_id": order.id,
            "document_name": order.name,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "amount": 10**6,
            "kinds": "grade,overdue,group,own,terms,filing",
            **more,
        }
        return (
            self.env["kehu.credit.release"]
            .with_user(user)
            .with_context(**{f"default_{name}": one for name, one in wanted.items()})
            .create({"partner_id": self.customer.id, "reason": "Let it pass"})
        )

    def test_defaults_of_the_context_make_no_release(self):
        order = self.quote()
        for state in ("draft", "submitted", "approved"):
            # The database itself wants to know what a release is for.
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                with self.cr.savepoint():
                    self.forge(
                        self.rep,
                        order,
                        state=state,
                        requester_id=self.controller.id,
                        approver_id=self.manager.id,
                        decided_at=fields.Datetime.now(),
                    )
        with self.assertRaises(UserError):
            order.with_user(self.rep).action_confirm()

    def test_defaults_of_the_context_decide_no_request(self):
        """R87: also where the other fields may be given by whoever asks."""
        override = (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .with_context(
                default_state="approved",
                default_requester_id=self.controller.id,
                default_approver_id=self.manager.id,
                default_decided_at=fields.Datetime.now(),
            )
            .create(
                {
                    "partner_id": self.customer.id,
                    "grade": "a",
                    "valid_until": self.day(9),
                    "reason": "Forged",
                }
            )
        )
        self.assertEqual(override.state, "draft")
        self.assertEqual(override.requester_id, self.rep)
        self.assertFalse(override.approver_id)
        self.assertFalse(override.decided_at)

    def test_no_status_with_one_writer_is_given_by_a_default(self):
        """Every model whose status is changed by steps, those of other modules too."""
        mixin = self.registry["kehu.transition.mixin"]
        found = [
            name
            for name, model in self.registry.items()
            if issubclass(model, mixin) and not model._abstract
        ]
        self.assertIn("kehu.loan", found)
        for name in found:
            with self.subTest(model=name):
                forged = self.env[name].with_context(default_state="approved")
                clean = forged._without_forged_defaults()
                self.assertNotIn("default_state", clean.env.context)

    # === WHO MAY ASK === #

    def test_who_may_not_read_an_order_asks_for_no_release_of_it(self):
        """The number of an order can be guessed; nothing of it is told."""
        order = self.quote()
        requests = self.env["kehu.credit.release"]
        before = requests.search_count([])
        for user in (self.bystander, self.stranger, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                order.with_user(user).action_kehu_request_release()
        self.assertEqual(requests.search_count([]), before)
        for user in (self.rep, self.manager):
            with self.subTest(user=user.name):
                action = order.with_user(user).action_kehu_request_release()
                self.assertEqual(action["res_model"], requests._name)

    def test_who_cannot_read_the_document_any_more_hands_nothing_in(self):
        order = self.quote()
        action = order.with_user(self.rep).action_kehu_request_release()
        release = self.env[action["res_model"]].browse(action["res_id"])
        release = release.with_user(self.rep)
        release.reason = "Guarantee given"
        order.user_id = self.stranger
        with self.assertRaises(AccessError):
            release.action_submit()
        self.assertEqual(release.state, "draft")

    def test_nobody_hands_in_what_another_began(self):
        """A leader who decides does not also ask in the salesperson's name."""
        action = self.quote().with_user(self.rep).action_kehu_request_release()
        release = self.env[action["res_model"]].browse(action["res_id"])
        release.with_user(self.rep).reason = "Guarantee given"
        with self.assertRaisesRegex(UserError, "Only whoever asks"):
            release.with_user(self.manager).action_submit()

    def test_a_request_for_an_order_that_is_gone_is_not_handed_in(self):
        order = self.quote()
        action = order.with_user(self.rep).action_kehu_request_release()
        release = self.env[action["res_model"]].browse(action["res_id"])
        order.unlink()
        with self.assertRaisesRegex(UserError, "is not there any more"):
            release.with_user(self.rep).action_submit()
