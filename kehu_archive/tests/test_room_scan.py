import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .room_common import RoomCommon


@tagged("post_install", "-at_install")
class TestLabels(RoomCommon):
    """Labels with QR codes for files, cabinets and places (R09, R11)."""

    def render(self, name, records, user=None):
        html, kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.archivist)
            ._render_qweb_html(f"kehu_archive.report_kehu_{name}_labels", records.ids)
        )
        self.assertEqual(kind, "html")
        return html.decode()

    def test_each_kind_of_label_has_a_code_and_says_what_it_is_on(self):
        """R09: labels for cabinets, places and files."""
        self.make_places()
        archive = self.make_placed(self.place("1-1"), name="Label Customer")
        cases = {
            "archive": (archive, (archive.name, "Label Customer", "A01 1-1")),
            "cabinet": (self.cabinet, ("A01", "Cabinet A01")),
            "place": (self.place("1-1"), ("A01 1-1",)),
        }
        for name, (record, texts) in cases.items():
            with self.subTest(name=name):
                html = self.render(name, record)
                for text in texts:
                    self.assertIn(text, html)
                self.assertEqual(html.count("data:image/png;base64,"), 1)

    def test_a_sheet_has_a_label_for_each_record(self):
        self.make_places(layers=2, slots=5)
        html = self.render("place", self.cabinet.place_ids)
        self.assertEqual(
            html.count("data:image/png;base64,"), len(self.cabinet.place_ids)
        )

    def test_codes_say_nothing_and_stay(self):
        archives = self.archive | self.make_filed()
        codes = self.env["kehu.scan.code"]
        tokens = codes._get_tokens(archives)
        self.assertEqual(tokens, codes._get_tokens(archives))
        self.assertEqual(len(set(tokens.values())), 2)
        for archive in archives:
            token = tokens[archive.id]
            self.assertRegex(token, re.compile(r"^k[0-9a-f]{24}$"))
            self.assertNotIn(str(archive.name), token)

    def test_codes_of_many_take_as_many_queries_as_of_one(self):
        archives = self.archive | self.make_filed() | self.make_filed()
        counts = []
        for records in (archives[0], archives):
            before = self.cr.sql_log_count
            self.env["kehu.scan.code"]._get_tokens(records)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_only_the_archive_room_prints_labels(self):
        for user in (self.rep, self.manager, self.auditor, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.render("archive", self.archive, user)


@tagged("post_install", "-at_install")
class TestScanning(RoomCommon):
    """Scanning shows what the user may open and do, and no more (R11, R12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_places()
        cls.archive.place_id = cls.place("1-1")

    def look(self, code, user=None):
        return self.scan(user).look(code)

    def test_a_file_is_found_by_its_code_address_or_number(self):
        token = self.token(self.archive)
        for code in (
            token,
            f"https://erp.example/kehu/scan/{token}",
            f" {self.archive.name} ",
            self.archive.partner_id.ref,
        ):
            with self.subTest(code=code):
                card = self.look(code)
                self.assertEqual(card["id"], self.archive.id)
                self.assertEqual(card["title"], self.archive.name)

    def test_a_cabinet_and_a_place_show_how_full_they_are(self):
        card = self.look(self.token(self.cabinet))
        self.assertEqual(card["model"], "kehu.cabinet")
        self.assertIn({"label": "Paper Files", "value": "1"}, card["lines"])
        self.assertEqual(card["actions"], ["content", "inspect"])
        self.assertEqual(self.look("A01 1-1")["id"], self.place("1-1").id)

    def test_who_may_not_open_a_file_hears_the_same_as_for_a_wrong_code(self):
        """R14: a code is no key, and tells nothing."""
        token = self.token(self.archive)
        for user in (self.stranger, self.employee, self.admin, self.clerk):
            texts = set()
            for code in (token, "k" + "0" * 24):
                with self.assertRaises(UserError) as caught:
                    self.look(code, user)
                texts.add(str(caught.exception).replace(code, "…"))
            self.assertEqual(len(texts), 1, user.login)

    def test_a_reading_grant_opens_no_card(self):
        self.make_approved(self.stranger)
        with self.assertRaises(UserError):
            self.look(self.token(self.archive), self.stranger)

    def test_guessed_ids_get_no_further_than_codes(self):
        for method, args in (
            ("look_at", ("kehu.archive", self.archive.id)),
            ("look_at", ("res.users", self.archivist.id)),
            ("open_record", ("kehu.archive", self.archive.id)),
            ("lend", (self.archive.id,)),
            ("take_back", (self.archive.id,)),
            ("relocate", (self.archive.id, "B01")),
            ("get_count", ("kehu.archive", self.archive.id)),
        ):
            with self.subTest(method=method), self.assertRaises(UserError):
                getattr(self.scan(self.stranger), method)(*args)

    def test_each_role_gets_the_buttons_of_its_work(self):
        """R11: lend, return and count as far as the role allows."""
        self.assertEqual(self.look(self.archive.name)["actions"], ["relocate", "open"])
        for user in (self.rep, self.manager, self.auditor):
            self.assertEqual(self.look(self.archive.name, user)["actions"], ["open"])

    def test_a_file_is_lent_and_brought_back_by_scanning_it(self):
        """R11, R12: by the loan's own steps, signature and check included."""
        loan = self.make_approved(kind="borrow", medium="original")
        card = self.look(self.archive.name)
        self.assertEqual(card["actions"][0], "lend")
        self.take_step(self.scan().lend(self.archive.id), signature="Borrower")
        self.assertEqual((loan.state, loan.lent_signature), ("lent", "Borrower"))

        card = self.look(self.archive.name)
        self.assertEqual(card["actions"][0], "take_back")
        self.assertIn({"label": "Lent to", "value": self.stranger.name}, card["lines"])
        self.take_step(self.scan().take_back(self.archive.id), condition="good")
        self.assertEqual(loan.state, "returned")
        self.assertNotIn("take_back", self.look(self.archive.name)["actions"])

    def take_step(self, action, **vals):
        wizard = (
            self.env["kehu.loan.step"]
            .with_user(self.archivist)
            .with_context(**action["context"])
            .create(vals)
        )
        wizard.action_confirm()
        self.env.flush_all()

    def test_without_an_approved_request_nothing_is_lent(self):
        with self.refused("No approved request"):
            self.scan().lend(self.archive.id)
        with self.refused("is not lent"):
            self.scan().take_back(self.archive.id)

    def test_the_first_in_the_queue_gets_the_file(self):
        first = self.make_approved(self.stranger, kind="borrow", medium="original")
        self.make_approved(self.employee, kind="borrow", medium="original")
        action = self.scan().lend(self.archive.id)
        loans = action["context"]["default_loan_ids"][0][2]
        self.assertEqual(loans, first.ids)

    def test_a_file_is_moved_by_scanning_its_new_place(self):
        card = self.scan().relocate(self.archive.id, self.token(self.place("2-2")))
        self.assertEqual(self.archive.place_path, "A01 2-2")
        self.assertIn({"label": "Where it lies", "value": "A01 2-2"}, card["lines"])
        self.scan().relocate(self.archive.id, "B01")
        self.assertEqual(self.archive.place_path, "B01")
        with self.refused("is no cabinet and no place"):
            self.scan().relocate(self.archive.id, self.archive.name)
        with self.assertRaises(AccessError):
            self.scan(self.rep).relocate(self.archive.id, "A01")

    def test_a_missing_file_says_so(self):
        self.archive.with_user(self.archivist).action_report_missing()
        badges = [badge["text"] for badge in self.look(self.archive.name)["badges"]]
        self.assertIn("Missing", badges)


@tagged("post_install", "-at_install")
class TestScanAddress(RoomCommon, HttpCase):
    """The address in a QR code leads to an access check, never to content."""

    def target(self, login, token):
        self.authenticate(login, login)
        answer = self.url_open(f"/kehu/scan/{token}", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        return answer.headers["Location"]

    def test_where_a_label_leads_depends_on_who_scans_it(self):
        """R11: the archive room to its screen, a reader to the archive."""
        token = self.token(self.archive)
        screen = f"/odoo/archive-scan?code={token}"
        archive = f"/odoo/customer-archives/{self.archive.id}"
        for login, expected in (
            ("kehu_archivist", screen),
            ("kehu_rep", archive),
            ("kehu_manager", archive),
            ("kehu_auditor", archive),
            ("kehu_stranger", screen),
            ("kehu_employee", screen),
        ):
            with self.subTest(login=login):
                self.assertTrue(self.target(login, token).endswith(expected))
        wrong = "k" + "1" * 24
        self.assertTrue(
            self.target("kehu_stranger", wrong).endswith(
                f"/odoo/archive-scan?code={wrong}"
            )
        )

    def test_a_cabinets_label_leads_to_its_content(self):
        token = self.token(self.cabinet)
        self.assertTrue(
            self.target("kehu_rep", token).endswith(
                f"/odoo/{self.cabinet.id}/cabinet-content"
            )
        )

    def test_nobody_gets_anywhere_without_logging_in(self):
        answer = self.url_open(
            f"/kehu/scan/{self.token(self.archive)}", allow_redirects=False
        )
        self.assertIn("/web/login", answer.headers["Location"])
