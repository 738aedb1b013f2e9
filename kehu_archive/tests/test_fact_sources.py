from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged

from .common import KehuCommon
from .registration_factories import filled
from .test_form_import import TestFormImport


@tagged("post_install", "-at_install")
class TestFactSources(KehuCommon):
    """Each fact carries its source and its last verification (R04)."""

    def setUp(self):
        super().setUp()
        self.archive = self.make_archive()
        self.customer = self.archive.partner_id

    def source(self, key, archive=None):
        archive = archive or self.archive
        for gap in archive.with_user(self.rep).get_gaps():
            if gap["key"] == key:
                return gap["source"], gap["verified_on"], gap["verified_by"]
        raise AssertionError(key)

    def test_what_was_there_before_the_registration_has_no_source(self):
        self.assertEqual(self.source("partner_id.name"), (False, False, False))

    @freeze_time("2026-06-01 17:00:00")
    def test_a_fact_typed_on_the_form_is_noted_by_hand_with_day_and_name_r04(self):
        """R04: the day is that of the company, 2 June in Shanghai."""
        with Form(self.archive.with_user(self.rep)) as form:
            form.main_business = "Pumps"
            form.card_phone = "0532 1"
        for key in ("main_business", "partner_id.phone"):
            with self.subTest(key=key):
                self.assertEqual(
                    self.source(key), ("hand", "2026-06-02", self.rep.name)
                )

    def test_a_write_by_rpc_is_noted_like_the_form(self):
        call_kw(
            self.customer.with_user(self.mate),
            "write",
            [self.customer.ids, {"phone": "0532 1"}],
            {},
        )
        self.assertEqual(self.source("partner_id.phone")[::2], ("hand", self.mate.name))

    def test_a_bank_account_is_noted_for_its_customer(self):
        with Form(self.archive.with_user(self.rep)) as form:
            form.card_vat = "91370200MA3C2XYZ1P"
        self.env["res.partner.bank"].create(
            {"acc_number": "6222 1", "partner_id": self.customer.id}
        )
        self.assertEqual(self.source("partner_id.bank_ids.acc_number")[0], "hand")

    def test_a_visit_says_so_in_the_context_and_nonsense_becomes_other(self):
        self.archive.with_context(kehu_fact_source="visit").main_business = "Pumps"
        self.archive.with_context(kehu_fact_source="???").market_area = "North"
        self.assertEqual(self.source("main_business")[0], "visit")
        self.assertEqual(self.source("market_area")[0], "other")

    def test_core_import_of_lists_is_noted_as_import(self):
        self.env["res.partner"].with_context(import_file=True).load(
            [".id", "phone"], [[str(self.customer.id), "0532 1"]]
        )
        self.assertEqual(self.source("partner_id.phone")[0], "import")

    def test_clearing_a_fact_forgets_its_source(self):
        self.archive.main_business = "Pumps"
        self.archive.main_business = False
        self.archive.main_business = "Valves"
        self.assertIn("main_business", self.archive.fact_sources)
        self.archive.write({"main_business": False, "market_area": "North"})
        self.assertEqual(list(self.archive.fact_sources), ["market_area"])

    def test_a_code_from_the_sequence_is_nobodys_statement(self):
        self.assertEqual(self.source("partner_id.ref")[0], False)

    def test_partners_without_an_archive_leave_no_trace(self):
        partner = self.make_partner()
        before = self.cr.sql_log_count
        partner.phone = "1"
        partner.flush_recordset()
        few = self.cr.sql_log_count - before
        self.assertLess(few, 10)

    def test_several_facts_are_verified_at_once(self):
        archive = self.archive.with_user(self.rep)
        archive.write({"main_business": "Pumps", "market_area": "North"})
        wizard = (
            self.env["kehu.fact.verify"]
            .with_user(self.rep)
            .with_context(default_archive_id=archive.id)
            .create({"source": "licence", "verified_on": "2026-01-05"})
        )
        lines = wizard.line_ids.filtered(
            lambda line: line.key in ("main_business", "partner_id.name")
        )
        self.assertEqual(len(lines), 2)
        with self.assertRaises(UserError):
            wizard.action_verify()
        lines.chosen = True
        wizard.action_verify()
        for key in ("main_business", "partner_id.name"):
            self.assertEqual(self.source(key), ("licence", "2026-01-05", self.rep.name))
        self.assertEqual(self.source("market_area")[0], "hand")

    def test_empty_and_unknown_facts_unknown_sources_and_coming_days_are_refused(self):
        archive = self.archive.with_user(self.rep)
        for args in (
            (["main_business"], "visit"),
            (["nonsense"], "visit"),
            (["partner_id.name"], "nonsense"),
            (["partner_id.name"], "visit", "2999-01-01"),
        ):
            with self.subTest(args=args), self.assertRaises(UserError):
                archive.verify_facts(*args)
        self.assertFalse(archive.fact_sources)

    def test_only_who_may_write_the_archive_verifies(self):
        for user in (self.stranger, self.auditor, self.admin):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.archive.with_user(user).verify_facts(["partner_id.name"], "visit")
        with self.assertRaises(AccessError):
            self.archive.with_user(self.rep).fact_sources = {}

    def test_a_closed_archive_is_not_verified_any_more(self):
        with self.assertRaises(UserError):
            self.make_closed().verify_facts(["partner_id.name"], "visit")

    def test_the_page_of_gaps_lists_filled_facts_and_marks_those_without_source(self):
        self.archive.main_business = "Pumps"
        table = self.archive.with_user(self.rep).fact_source_table
        self.assertIn("text-danger", table)
        self.assertNotIn("Settlement Method", table)
        self.archive.verify_facts(
            [
                gap["key"]
                for gap in self.archive.get_gaps()
                if gap["state"] == "filled" and self.archive._has_fact(gap["key"])
            ],
            "visit",
        )
        self.assertNotIn("text-danger", self.archive.fact_source_table)

    def find_unverified(self):
        archives = self.env["kehu.archive"].with_user(self.rep)
        return archives.search([("has_unverified", "=", True)])

    def verify_all(self, source, **evidence):
        archive = self.archive.with_user(self.rep)
        keys = [gap["key"] for gap in archive.get_gaps() if gap["state"] == "filled"]
        archive.verify_facts(keys, source, **evidence)
        return keys

    def test_a_fact_without_a_verified_source_is_flagged_and_found_r13(self):
        """R13"""
        archive = self.archive.with_user(self.rep)
        archive.main_business = "Pumps"
        self.assertIn("not verified", archive.fact_source_table)
        self.assertIn(archive, self.find_unverified())
        keys = self.verify_all("hand")
        self.assertEqual(archive.unverified_count, len(keys))
        self.verify_all("licence")
        self.assertEqual(archive.unverified_count, 0)
        self.assertNotIn("not verified", archive.fact_source_table)
        self.assertNotIn(archive, self.find_unverified())
        # Written anew, a fact has to be compared anew.
        archive.main_business = "Valves"
        self.assertEqual(archive.unverified_count, 1)
        self.assertIn(archive, self.find_unverified())

    def test_what_does_not_apply_or_is_missing_is_not_unverified_r13(self):
        archive = self.archive.with_user(self.rep)
        self.verify_all("visit")
        missing = [gap for gap in archive.get_gaps() if gap["state"] == "missing"]
        archive.set_fact_state(missing[0]["key"], "na")
        self.assertEqual(archive.unverified_count, 0)

    def test_the_evidence_of_a_fact_is_a_piece_of_its_catalogue_r13(self):
        """R13"""
        archive = self.archive.with_user(self.rep)
        items = self.env["kehu.archive.item"]
        scan, foreign = items.create(
            [
                {"archive_id": archive.id, "title": "Scan <of> the licence"},
                {"archive_id": self.make_archive().id, "title": "Foreign"},
            ]
        )
        self.verify_all("licence", evidence_id=scan.id)
        self.assertIn("Scan &lt;of&gt; the licence", archive.fact_source_table)
        gaps = {gap["key"]: gap for gap in archive.get_gaps()}
        self.assertEqual(gaps["partner_id.name"]["evidence_id"], scan.id)
        with self.assertRaisesRegex(UserError, "catalogue"):
            self.verify_all("licence", evidence_id=foreign.id)
        # Removed from the catalogue, it is no evidence any more.
        scan.unlink()
        self.env.invalidate_all()
        self.assertNotIn("Scan", archive.fact_source_table)

    def test_verifying_does_not_void_the_signature(self):
        archive = self.make_archive()
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.rep).verify_facts(["partner_id.name"], "licence")
        archive.invalidate_recordset(["signature_valid"])
        self.assertTrue(archive.signature_valid)

    def test_fifty_customers_are_noted_with_as_many_queries_as_one(self):
        some = self.env["res.partner"].union(*(self.make_customer() for _ in range(50)))
        self.env.flush_all()
        # What is looked up once and kept is no matter of how many there are.
        some[:1].archive_id._note_sources(["partner_id.phone"])
        counts = []
        for batch in (some[:1], some):
            batch.archive_id.mapped("state")
            before = self.cr.sql_log_count
            batch.archive_id._note_sources(["partner_id.phone"])
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(
            {tuple(archive.fact_sources) for archive in some.archive_id},
            {("partner_id.phone",)},
        )


@tagged("post_install", "-at_install")
class TestValidationParity(TestFormImport):
    """What the form refuses, remote calls and imports refuse as well (R04)."""

    # Not the tests of the import itself, only its factories.
    for _name in [name for name in dir(TestFormImport) if name.startswith("test_")]:
        locals()[_name] = None
    del _name

    def setUp(self):
        super().setUp()
        self.office = self.make_customer(ref="PAROFFICE")
        self.branch = self.make_customer(ref="PARBRANCH", head_office_id=self.office.id)
        self.taken = self.make_customer(ref="PARTAKEN")

    def bad_values(self):
        return {
            "ref": ("PARTAKEN", "A" * 21, "A-1"),
            "name": ("汉" * 50,),
            "short_name": ("汉" * 31,),
            "head_office_id": (self.branch,),
        }

    def attempts(self):
        for name, values in self.bad_values().items():
            for value in values:
                yield name, value

    def test_the_screen_form_refuses_them(self):
        for name, value in self.attempts():
            archive = self.make_archive()
            with (
                self.subTest(name=name, value=value),
                self.assertRaises(ValidationError),
                self.cr.savepoint(),
                Form(archive.with_user(self.rep)) as form,
            ):
                setattr(form, f"card_{name}", value)

    def test_remote_create_and_write_refuse_them(self):
        for name, value in self.attempts():
            raw = value if isinstance(value, str) else value.id
            customer = self.make_customer().with_user(self.rep)
            with (
                self.subTest(name=name, value=value, call="write"),
                self.assertRaises(ValidationError),
                self.cr.savepoint(),
            ):
                call_kw(customer, "write", [customer.ids, {name: raw}], {})
            with (
                self.subTest(name=name, value=value, call="create"),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                partners = self.env["res.partner"].with_user(self.rep)
                partner_id = call_kw(
                    partners,
                    "create",
                    [{"name": "Parity", "is_company": True, name: raw}],
                    {},
                )
                partners.browse(partner_id)._kehu_register()

    def test_the_import_of_forms_refuses_them(self):
        for name, value in self.attempts():
            if isinstance(value, str) and value == "PARTAKEN":
                # On a form a taken code means that very customer.
                continue
            with self.subTest(name=name, value=value):
                answer = (
                    filled(value)
                    if isinstance(value, str)
                    else filled(value.name, value.ref)
                )
                before = self.env["res.partner"].search_count([])
                line = self.imported(
                    self.rep, self.new_form(**{f"partner_id__{name}": answer})
                )
                self.assertEqual(line.outcome, "refused", line.message)
                self.assertTrue(line.message)
                self.assertEqual(self.env["res.partner"].search_count([]), before)
