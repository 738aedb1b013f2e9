from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .loan_common import LoanCommon

# May the role read and edit the card of rep's customer, at each level?
#            open            team            private
LEVELS = {
    "rep": ((True, True), (True, True), (True, True)),
    "mate": ((True, True), (True, True), (True, True)),
    "manager": ((True, True), (True, True), (True, True)),
    "stranger": ((True, True), (True, False), (False, False)),
    "archivist": ((True, True), (True, True), (True, True)),
    "auditor": ((True, False), (True, False), (True, False)),
    "clerk": ((True, True), (True, True), (True, True)),
    "employee": ((True, False), (True, False), (False, False)),
}


@tagged("post_install", "-at_install")
class TestCardIsolation(LoanCommon):
    """Three levels for the customer card; registered customers only (R14, R52)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.archive.partner_id
        cls.contact = cls.env["res.partner"].create(
            {"name": "Zhang San", "parent_id": cls.card.id, "phone": "555"}
        )
        cls.plain = cls.make_partner(user_id=False)
        # Whoever edits contacts in Odoo may do so; the card's rules come on top.
        partner_manager = cls.env.ref("base.group_partner_manager")
        for user in (cls.stranger, cls.clerk, cls.mate):
            user.group_ids += partner_manager

    def set_level(self, level):
        self.env["res.partner"]._kehu_set_isolation(level)
        self.env.invalidate_all()

    def test_each_role_reads_and_edits_cards_as_the_level_says(self):
        for number, level in enumerate(("open", "team", "private")):
            self.set_level(level)
            for role, expected in LEVELS.items():
                card = self.card.with_user(getattr(self, role))
                with self.subTest(level=level, role=role):
                    self.assertEqual(
                        (card.has_access("read"), card.has_access("write")),
                        expected[number],
                    )

    def test_partners_that_are_not_registered_stay_as_they_are(self):
        """Installing hides nobody's partners."""
        for level in ("open", "team", "private"):
            self.set_level(level)
            for role in LEVELS:
                user = getattr(self, role)
                with self.subTest(level=level, role=role):
                    plain = self.plain.with_user(user)
                    self.assertTrue(plain.has_access("read"))
                    self.assertEqual(
                        plain.has_access("write"),
                        self.env["res.partner"].with_user(user).has_access("write"),
                    )

    def test_installing_chooses_that_everybody_reads_and_the_team_edits(self):
        self.assertEqual(self.env["res.partner"]._kehu_get_isolation(), "team")

    def test_contacts_of_a_private_customer_are_private_too(self):
        self.set_level("private")
        contacts = self.env["res.partner"]
        domain = [("phone", "=", "555")]
        self.assertFalse(contacts.with_user(self.stranger).search(domain))
        self.assertTrue(contacts.with_user(self.rep).search(domain))
        self.assertFalse(contacts.with_user(self.employee).name_search("Zhang San"))

    def test_a_grant_opens_the_card_of_a_private_customer_with_the_archive(self):
        self.set_level("private")
        loan = self.make_approved(self.employee)
        card = self.card.with_user(self.employee)
        self.assertTrue(card.has_access("read"))
        with self.at(loan.date_end):
            self.assertFalse(card.has_access("read"))

    def test_an_invoicing_clerk_invoices_customers_at_every_level(self):
        for level in ("open", "team", "private"):
            self.set_level(level)
            with self.subTest(level=level):
                move = (
                    self.env["account.move"]
                    .with_user(self.clerk)
                    .create({"move_type": "out_invoice", "partner_id": self.card.id})
                )
                self.assertEqual(move.partner_id, self.card)
                self.card.with_user(self.clerk).write({"street": level})

    def test_a_new_contact_of_a_colleagues_customer_can_be_made_and_mended(self):
        contact = (
            self.env["res.partner"]
            .with_user(self.stranger)
            .create({"name": "Li Si", "parent_id": self.card.id})
        )
        contact.write({"phone": "1"})
        with self.assertRaises(AccessError):
            self.card.with_user(self.stranger).write({"phone": "1"})

    def test_the_level_is_set_on_the_settings_page(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.kehu_card_isolation, "team")
        settings.kehu_card_isolation = "private"
        settings.execute()
        self.assertEqual(self.env["res.partner"]._kehu_get_isolation(), "private")
        self.assertEqual(
            self.env["res.config.settings"].create({}).kehu_card_isolation, "private"
        )

    def test_the_rule_of_the_card_asks_the_archives_once(self):
        """One set of open archives for the whole list, not a look-up per customer."""
        self.set_level("private")
        query = self.env["res.partner"].with_user(self.stranger)._search([], limit=80)
        select = query.select()
        self.env.flush_all()
        self.cr.execute(f"EXPLAIN {select.code}", select.params)
        plan = "\n".join(row[0] for row in self.cr.fetchall())
        self.assertIn("hashed SubPlan", plan)
        self.assertNotIn("(SubPlan", plan.replace("(hashed SubPlan", ""))


@tagged("post_install", "-at_install")
class TestLockedCustomer(LoanCommon):
    """The partner screen tells that an archive exists, and whom to ask (R10)."""

    def test_the_locked_tab_says_whom_to_ask_and_nothing_else(self):
        card = self.archive.partner_id.with_user(self.stranger)
        self.assertTrue(card.kehu_archive_locked)
        self.assertEqual(card.kehu_archive_keeper, "Kehu rep, Kehu manager, Kehu mate")
        self.assertFalse(card.kehu_archive_granted_until)
        self.assertFalse(
            self.archive.partner_id.with_user(self.rep).kehu_archive_locked
        )
        self.assertFalse(
            self.make_partner().with_user(self.stranger).kehu_archive_locked
        )

    def test_two_clicks_ask_for_the_archive(self):
        card = self.archive.partner_id.with_user(self.stranger)
        action = card.action_request_archive()
        wizard = (
            self.env["kehu.loan.request"]
            .with_user(self.stranger)
            .with_context(**action["context"])
            .create({"purpose": "Prepare an offer"})
        )
        self.assertEqual(wizard.deciders, "Kehu manager, Kehu mate")
        wizard.action_confirm()
        loan = self.env["kehu.loan"].search([("borrower_id", "=", self.stranger.id)])
        self.assertEqual((loan.state, loan.kind), ("submitted", "consult"))
        card.invalidate_recordset()
        self.assertTrue(card.kehu_loan_pending)

    def test_several_customers_are_asked_for_at_once(self):
        cards = self.archive.partner_id | self.make_customer() | self.make_customer()
        action = (
            (cards | self.make_partner())
            .with_user(self.employee)
            .action_request_archive()
        )
        wizard = (
            self.env["kehu.loan.request"]
            .with_user(self.employee)
            .with_context(**action["context"])
            .create({"purpose": "Survey", "kind": "borrow", "medium": "copy"})
        )
        wizard.action_confirm()
        loans = self.env["kehu.loan"].search([("borrower_id", "=", self.employee.id)])
        self.assertEqual(loans.partner_id, cards)
        self.assertEqual(set(loans.mapped("medium")), {"copy"})

    def test_a_customer_without_an_archive_cannot_be_asked_for(self):
        with self.assertRaisesRegex(UserError, "register first"):
            self.make_partner().with_user(self.employee).action_request_archive()

    def test_a_deputy_who_left_decides_no_more(self):
        leaver = new_test_user(self.env, login="kehu_leaver", groups="base.group_user")
        self.team.kehu_deputy_id = leaver
        leaver.active = False
        loan = self.make_loan()
        self.assertEqual(loan._get_approvers(), self.manager)
