import json
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..models.circulation.sections import FACT_SECTIONS, LIST_SECTIONS, SECTIONS
from .loan_common import SECOND, LoanCommon


class GrantCommon(LoanCommon):
    """An archive with something in every section."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        archive = cls.archive.id
        cls.principal = cls.make_principal(cls.archive, family="Two sons")
        cls.lines = {
            "kehu.principal": cls.principal,
            "kehu.consent": cls.principal.consent_ids[0],
        }
        for model, vals in (
            ("kehu.cooperation", {"project": "Pumps"}),
            ("kehu.need", {"description": "Spare parts"}),
            ("kehu.service.record", {"description": "Repair"}),
            ("kehu.competitor", {"name": "Rival Ltd"}),
            ("kehu.archive.note", {"text": "Visited"}),
            ("kehu.archive.item", {"title": "Licence"}),
        ):
            cls.lines[model] = cls.env[model].create({"archive_id": archive, **vals})
        cls.lines["kehu.competitor.comparison"] = cls.env[
            "kehu.competitor.comparison"
        ].create(
            {"archive_id": archive, "competitor_id": cls.lines["kehu.competitor"].id}
        )
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "licence.txt",
                "raw": b"secret paper",
                "res_model": "kehu.archive.item",
                "res_id": cls.lines["kehu.archive.item"].id,
            }
        )
        cls.lines["kehu.archive.item"].attachment_ids = [Command.link(cls.file.id)]
        cls.env.flush_all()

    def as_stranger(self, record):
        return record.with_user(self.stranger)


@tagged("post_install", "-at_install")
class TestExpiry(GrantCommon):
    """Access begins and ends at its second, on every path, with no cron (R10, N2)."""

    def paths(self):
        """Every way to something of the archive, as a function that fails or returns
        something empty when it is closed."""
        archive = self.as_stranger(self.archive)
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        domain = [("id", "=", self.archive.id)]
        yield "read", lambda: archive.read(["main_business"])
        yield (
            "web_read",
            lambda: archive.web_read({"main_business": {}, "need_ids": {"fields": {}}}),
        )
        yield "search", lambda: Archive.search(domain)
        yield "search_read", lambda: Archive.search_read(domain, ["main_business"])
        yield "count", lambda: Archive.search_count(domain)
        yield (
            "search by content",
            lambda: Archive.search([("main_business", "=", "Pumps")]),
        )
        yield "name_search", lambda: Archive.name_search(self.archive.name)
        yield "group by", lambda: Archive._read_group(domain, ["state"], ["__count"])
        yield (
            "group by content",
            lambda: Archive.formatted_read_group(
                domain, ["main_business"], ["__count"]
            ),
        )
        yield "has_access", lambda: archive.has_access("read")
        for model, line in self.lines.items():
            Line = self.env[model].with_user(self.stranger)
            of_it = [("archive_id", "=", self.archive.id)]
            yield (
                f"{model} read",
                lambda line=line: self.as_stranger(line).read(["id", "write_date"]),
            )
            yield f"{model} search", lambda Line=Line, of=of_it: Line.search(of)
            yield (
                f"{model} group by",
                lambda Line=Line, of=of_it: Line._read_group(of, ["archive_id"]),
            )
        file = self.as_stranger(self.file)
        yield "file", lambda: file.read(["raw"])
        yield (
            "file by search",
            lambda: file.search([("res_model", "=", "kehu.archive.item")]),
        )
        yield (
            "file by link",
            lambda: self.env["ir.binary"]
            .with_user(self.stranger)
            ._find_record(res_id=self.file.id),
        )
        yield (
            "chatter that the reader wrote",
            lambda: self.message.with_user(self.stranger).read(["body"]),
        )
        yield (
            "chatter by search",
            lambda: self.env["mail.message"]
            .with_user(self.stranger)
            .search([("id", "=", self.message.id)]),
        )
        yield (
            "activity that the reader has to do",
            lambda: self.activity.with_user(self.stranger).read(["summary"]),
        )
        yield (
            "activity by search",
            lambda: self.env["mail.activity"]
            .with_user(self.stranger)
            .search([("id", "=", self.activity.id)]),
        )
        yield (
            "related from another model",
            lambda: self.env["res.partner"]
            .with_user(self.stranger)
            .search([("archive_id.main_business", "=", "Pumps")]),
        )

    def assert_open(self, expected):
        for name, path in list(self.paths()):
            with self.subTest(path=name, open=expected):
                self.env.invalidate_all()
                try:
                    found = bool(path())
                except AccessError:
                    found = False
                self.assertEqual(found, expected)

    def test_every_path_is_open_one_second_before_the_end_and_closed_after_it(self):
        start = fields.Datetime.now()
        loan = self.make_approved(
            sections=tuple(SECTIONS),
            date_start=start,
            date_end=start + timedelta(days=1),
        )
        with self.at(start):
            self.message = self.archive.with_user(self.stranger).message_post(body="?")
            self.activity = self.archive.activity_schedule(
                "mail.mail_activity_data_todo",
                summary="Look at it",
                user_id=self.stranger.id,
            )
        with self.at(loan.date_end - SECOND):
            self.assert_open(True)
        with self.at(loan.date_end):
            self.assert_open(False)
        with self.at(loan.date_end + SECOND):
            self.assert_open(False)

    def test_nothing_is_open_before_the_first_second(self):
        start = fields.Datetime.now() + timedelta(hours=1)
        self.make_approved(date_start=start)
        archive = self.as_stranger(self.archive)
        with self.at(start - SECOND):
            self.assertFalse(archive.has_access("read"))
        with self.at(start):
            self.assertTrue(archive.has_access("read"))

    def test_nothing_is_open_without_approval_or_after_giving_back(self):
        archive = self.as_stranger(self.archive)
        loan = self.make_loan()
        self.assertFalse(archive.has_access("read"))
        loan.action_submit()
        self.assertFalse(archive.has_access("read"))
        loan.with_user(self.manager).action_approve()
        self.assertTrue(archive.has_access("read"))
        loan.action_return()
        self.env.invalidate_all()
        self.assertFalse(archive.has_access("read"))

    def test_a_grant_is_the_borrowers_alone(self):
        self.make_approved(self.stranger)
        for user in (self.employee, self.clerk, self.admin):
            self.assertFalse(self.archive.with_user(user).has_access("read"))

    def test_a_borrowed_original_opens_nothing_on_the_screen(self):
        self.make_lent()
        self.assertFalse(self.as_stranger(self.archive).has_access("read"))

    def test_a_page_opened_before_the_end_can_neither_be_saved_nor_read_again(self):
        loan = self.make_approved()
        archive = self.as_stranger(self.archive)
        spec = {"main_business": {}}
        self.assertEqual(archive.web_read(spec)[0]["main_business"], "Pumps")
        with self.at(loan.date_end + SECOND):
            with self.assertRaises(AccessError):
                archive.web_read(spec)
            with self.assertRaises(AccessError):
                archive.web_save({"main_business": "x"}, spec)

    def test_windows_on_archives_leave_nothing_in_the_browser(self):
        """Odoo keeps lists in the browser's store unless the window says no."""
        models = {"kehu.archive", "kehu.loan", *LIST_SECTIONS}
        windows = self.env["ir.actions.act_window"].search(
            [("res_model", "in", list(models)), ("target", "!=", "new")]
        )
        self.assertTrue(windows)
        self.assertFalse(windows.filtered("cache").mapped("xml_id"))


@tagged("post_install", "-at_install")
class TestSections(GrantCommon):
    """A grant opens its sections and nothing else (R10, R52)."""

    def test_each_list_and_fact_belongs_to_one_section_with_its_rules(self):
        """One table for all gates: models, rules and records name the same keys."""
        sections = self.env["kehu.archive.section"].search([])
        self.assertEqual(set(sections.mapped("code")), set(SECTIONS))
        self.assertEqual(
            set(sections.filtered("sensitive").mapped("code")),
            {section.code for section in SECTIONS.values() if section.sensitive},
        )
        for model, code in LIST_SECTIONS.items():
            rules = self.env["ir.rule"].search(
                [
                    ("model_id.model", "=", model),
                    ("groups", "in", self.env.ref("base.group_user").ids),
                ]
            )
            self.assertTrue(rules, model)
            for rule in rules:
                self.assertIn(f"'{code}'", rule.domain_force)
        content = {
            name
            for name, field in self.env["kehu.archive"]._fields.items()
            if field.type in ("char", "text", "html") and field.store
        }
        known = {"name", "former_numbers", "slot", "destruction_digest"}
        mail = self.env["mail.thread"]._fields | self.env["mail.activity.mixin"]._fields
        self.assertFalse(
            {
                name
                for name in content - known - FACT_SECTIONS.keys() - mail.keys()
                if not name.startswith("card_")
            },
            "facts of the archive that no section claims",
        )

    def test_lists_open_with_their_section_only(self):
        for code in SECTIONS:
            loan = self.make_approved(sections=(code,))
            for model, line in self.lines.items():
                with self.subTest(granted=code, model=model):
                    self.assertEqual(
                        self.as_stranger(line).has_access("read"),
                        LIST_SECTIONS[model] == code,
                    )
            loan.action_return()
            self.env.invalidate_all()

    def test_facts_of_other_sections_read_as_empty(self):
        self.make_approved(sections=("basic",))
        archive = self.as_stranger(self.archive)
        row = archive.read(["main_business", "market_area", "remark"])[0]
        self.assertEqual(row["main_business"], "Pumps")
        self.assertFalse(row["market_area"])
        self.assertFalse(row["remark"])
        self.assertEqual(self.archive.market_area, "North", "the cache stays true")
        self.assertFalse(archive.web_read({"market_area": {}})[0]["market_area"])
        self.assertFalse(
            archive.search_read([("id", "=", archive.id)], ["remark"])[0]["remark"]
        )

    def test_facts_of_other_sections_are_neither_searched_nor_grouped(self):
        self.make_approved(sections=("basic",))
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        self.assertTrue(Archive.search([("main_business", "=", "Pumps")]))
        for domain in (
            [("market_area", "=", "North")],
            [("market_area", "ilike", "ort")],
            [("market_area", "!=", False)],
            [("remark", "like", "Bew%")],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(Archive.search(domain))
        groups = Archive._read_group(
            [("id", "=", self.archive.id)], ["market_area"], ["__count"]
        )
        self.assertEqual(groups, [(False, 1)])
        partners = self.env["res.partner"].with_user(self.stranger)
        self.assertFalse(partners.search([("archive_id.market_area", "=", "North")]))

    def test_the_order_of_a_list_tells_nothing(self):
        other = self.make_filed({"market_area": "A first"})
        self.make_approved(sections=("basic",))
        self.make_approved(archive=other, sections=("basic",))
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        both = (self.archive | other).ids
        up = Archive.search([("id", "in", both)], order="market_area, id")
        down = Archive.search([("id", "in", both)], order="market_area desc, id")
        self.assertEqual(up, down)

    def test_traits_are_closed_unless_granted_by_name(self):
        """R40: the sensitive layer."""
        loan = self.make_approved(sections=("principals",))
        principal = self.as_stranger(self.principal)
        row = principal.read(["name", "family", "consent"])[0]
        self.assertEqual(row["name"], "Wang Wei")
        self.assertFalse(row["family"])
        self.assertFalse(row["consent"])
        self.assertFalse(principal.read(["traits_cipher"])[0]["traits_cipher"])
        with self.assertRaises(AccessError):
            principal.onchange({"name": "x"}, ["name"], {"name": {}, "family": {}})
        loan.action_return()
        self.make_approved(sections=("principals", "traits"))
        self.env.invalidate_all()
        self.assertEqual(principal.read(["family"])[0]["family"], "Two sons")

    def test_a_form_is_no_way_round(self):
        """Not for readers, and not for whoever was asked to fill a section in."""
        spec = {"main_business": {}, "market_area": {}, "principal_ids": {"fields": {}}}
        self.make_approved(sections=("basic",))
        with self.assertRaises(AccessError):
            self.as_stranger(self.archive).onchange({}, [], spec)
        for section in ("principals", "needs"):
            self.env["kehu.section.request"].with_user(self.rep).create(
                {
                    "archive_id": self.archive.id,
                    "section_id": self.sections(section).id,
                    "user_id": self.employee.id,
                }
            )
        archive = self.archive.with_user(self.employee)
        answer = archive.onchange({"credit_days": 3}, ["credit_days"], spec)
        self.assertNotIn("Pumps", json.dumps(answer, default=str))
        self.assertNotIn("North", json.dumps(answer, default=str))
        answer = self.principal.with_user(self.employee).onchange(
            {"name": "x"}, ["name"], {"name": {}, "family": {}, "consent": {}}
        )
        self.assertNotIn("Two sons", json.dumps(answer, default=str))
        with self.assertRaises(AccessError):
            self.principal.with_user(self.employee).write({"family": "x"})

    def test_the_whole_screen_opens_to_a_plain_employee_who_was_granted_it(self):
        """Everything that the form asks for: closed parts are empty, not an error."""
        fact = self.env["kehu.archive.fact"].create(
            {"archive_id": self.archive.id, "key": "partner_id.vat", "state": "refused"}
        )
        self.make_approved(self.employee, sections=("basic",))
        archive = self.archive.with_user(self.employee)
        view = self.env.ref("kehu_archive.kehu_archive_view_form_reader")
        form = Form(archive, view=view)
        self.assertEqual(form.main_business, "Pumps")
        self.assertFalse(form.market_area)
        self.assertFalse(len(form.need_ids))
        self.assertTrue(form.opened_by_grant)
        self.assertEqual(form.open_sections, ",basic,")
        self.assertFalse(fact.with_user(self.employee).has_access("read"))
        self.assertFalse(fact.with_user(self.employee).search([]))

    def test_keepers_read_everything_while_a_grant_of_theirs_runs(self):
        """R101: the owner works with no request at all."""
        self.make_approved(self.rep, sections=("basic",))
        row = self.archive.with_user(self.rep).read(["market_area"])[0]
        self.assertEqual(row["market_area"], "North")
        self.assertTrue(
            self.env["kehu.archive"]
            .with_user(self.rep)
            .search([("market_area", "=", "North")])
        )


@tagged("post_install", "-at_install")
class TestConsultingIsReading(GrantCommon):
    """Consulting is reading on the screen, nothing else (R10, R17, R51)."""

    def test_a_reader_changes_adds_and_deletes_nothing(self):
        self.make_approved(sections=tuple(SECTIONS))
        archive = self.as_stranger(self.archive)
        for act in (
            lambda: archive.write({"main_business": "x"}),
            archive.unlink,
            archive.action_submit,
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
        for model, line in self.lines.items():
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    if operation == "create":
                        with self.assertRaises(AccessError), self.cr.savepoint():
                            self.env["kehu.need"].with_user(self.stranger).create(
                                {"archive_id": archive.id, "description": "x"}
                            )
                    else:
                        self.assertFalse(self.as_stranger(line).has_access(operation))

    def test_a_reader_neither_exports_nor_prints_nor_copies(self):
        self.stranger.group_ids += self.env.ref("base.group_allow_export")
        self.make_approved(sections=tuple(SECTIONS))
        archive = self.as_stranger(self.archive)
        with self.assertRaisesRegex(AccessError, "not for printing"):
            archive.export_data(["main_business"])
        with self.assertRaisesRegex(AccessError, "not for printing"):
            archive._get_form_data()
        with self.assertRaisesRegex(AccessError, "not for printing"):
            self.env["ir.actions.report"].with_user(self.stranger)._kehu_render_xlsx(
                archive
            )
        for model, line in self.lines.items():
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.as_stranger(line).export_data(["id"])
        with self.assertRaises(UserError):
            archive.copy()
        self.assertFalse(
            self.env["kehu.archive.copy"].search([("archive_id", "=", archive.id)])
        )

    def test_the_register_holds_nothing_that_is_open_by_a_grant(self):
        self.make_approved(sections=tuple(SECTIONS))
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        own = self.make_archive(user_id=self.stranger.id)
        rows = Archive._iter_register(
            Archive._get_register_columns(),
            [("id", "in", (self.archive | own).ids)],
        )
        self.assertEqual([row[0] for row in rows], own.ids)

    def test_a_borrowed_copy_prints_with_what_was_not_granted_withheld(self):
        loan = self.make_approved(
            kind="borrow", medium="copy", sections=("basic", "principals")
        )
        archive = self.as_stranger(self.archive)
        form = archive._get_form_data()[0]
        self.assertEqual(form.get("main_business").text, "Pumps")
        self.assertTrue(form.get("market_area").is_hidden)
        self.assertFalse(form.rows["need_ids"])
        person = form.rows["principal_ids"][0]
        self.assertEqual(person["principal_ids.name"].text, "Wang Wei")
        self.assertTrue(person["principal_ids.family"].is_hidden)
        with self.at(loan.date_end), self.assertRaises(AccessError):
            archive._get_form_data()

    def test_a_file_gets_no_token_that_outlives_the_grant(self):
        """``/web/content`` by guessed id or saved link."""
        loan = self.make_approved(sections=("documents",))
        file = self.as_stranger(self.file)
        token = self.file._get_raw_access_token()
        binary = self.env["ir.binary"].with_user(self.stranger)
        self.assertEqual(self.file.generate_access_token(), [False])
        self.assertTrue(
            binary._find_record(res_id=file.id, access_token=token, field="raw")
        )
        with self.at(loan.date_end), self.assertRaises(AccessError):
            binary._find_record(res_id=file.id, access_token=token, field="raw")

    def test_a_file_of_an_archive_is_never_public(self):
        self.file.write({"public": True, "access_token": "x"})
        self.assertFalse(self.file.public)
        self.assertFalse(self.file.access_token)


@tagged("post_install", "-at_install")
class TestConversation(GrantCommon):
    """The chatter of an archive is its keepers' (R51)."""

    def test_a_reader_by_grant_sees_his_own_part_of_the_conversation_only(self):
        theirs = self.archive.with_user(self.rep).message_post(body="Bad payer")
        self.make_approved()
        own = self.archive.with_user(self.stranger).message_post(body="A question")
        messages = self.env["mail.message"].with_user(self.stranger)
        found = messages.search(
            [("res_id", "=", self.archive.id), ("model", "=", "kehu.archive")]
        )
        self.assertEqual(found, own.with_user(self.stranger))
        with self.assertRaises(AccessError):
            theirs.with_user(self.stranger).read(["body"])

    def test_nobody_is_told_of_an_archive_that_he_may_not_read(self):
        loan = self.make_approved()
        self.archive.message_subscribe(self.stranger.partner_id.ids)
        with self.at(loan.date_end):
            message = self.archive.with_user(self.rep).message_post(
                body="Secret", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertNotIn(self.stranger.partner_id, message.notified_partner_ids)

    def test_e_mails_say_that_there_is_something_to_read_not_what(self):
        self.manager.notification_type = "email"
        outside = self.make_partner(name="Outside", email="out@example.com")
        self.archive.with_user(self.rep).message_post(
            body="Bad payer",
            subject="Bad payer",
            partner_ids=(self.manager.partner_id | outside).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("secret.txt", b"secret")],
        )
        mails = self.env["mail.mail"].search(
            [("model", "=", "kehu.archive"), ("res_id", "=", self.archive.id)]
        )
        self.assertTrue(mails)
        self.assertEqual(mails.recipient_ids, self.manager.partner_id)
        for mail in mails:
            self.assertNotIn("Bad payer", mail.body_html)
            self.assertNotIn(self.archive.partner_id.name, mail.body_html)
            self.assertNotIn("Bad payer", mail.subject)
            self.assertFalse(mail._prepare_outgoing_list()[0]["attachments"])


@tagged("post_install", "-at_install")
class TestFillingIn(GrantCommon):
    """A colleague is asked for one section; anybody drops an opinion in (R114)."""

    def ask(self, section="market", user=None):
        return (
            self.env["kehu.section.request"]
            .with_user(self.rep)
            .create(
                {
                    "archive_id": self.archive.id,
                    "section_id": self.sections(section).id,
                    "user_id": (user or self.employee).id,
                }
            )
        )

    def test_whoever_was_asked_sees_and_writes_that_section_only(self):
        self.ask("market")
        self.ask("needs")
        archive = self.archive.with_user(self.employee)
        row = archive.read(["market_area", "main_business"])[0]
        self.assertEqual(row["market_area"], "North")
        self.assertFalse(row["main_business"])
        archive.write({"market_area": "South"})
        self.assertEqual(self.archive.market_area, "South")
        for vals in (
            {"main_business": "x"},
            {"slot": "x"},
            {"user_id": self.employee.id},
            {"card_name": "x"},
            {"note_ids": [Command.create({"text": "x"})]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                archive.write(vals)
        archive.write({"need_ids": [Command.create({"description": "Bolts"})]})
        self.assertIn("Bolts", self.archive.need_ids.mapped("description"))
        self.assertFalse(
            self.lines["kehu.cooperation"].with_user(self.employee).has_access("read")
        )

    def test_whoever_was_asked_takes_no_step_and_does_not_seize_the_archive(self):
        """R52: signing, marking, verifying, handing over stay with the keepers."""
        # At this level the card alone would not stop a colleague.
        self.env["res.partner"]._kehu_set_isolation("open")
        self.ask("market", self.stranger)
        archive = self.archive.with_user(self.stranger)
        self.assertTrue(archive.has_access("write"))
        steps = {
            "hand in": archive.action_submit,
            "mark": lambda: archive.set_fact_state("main_business", "na"),
            "verify": lambda: archive.verify_facts(["market_area"], "visit"),
            "default account": archive.action_take_suggested_bank,
            "category": archive.action_take_suggested_category,
            "form": lambda: archive._apply_form_data([]),
            "import": archive._get_form_import_action,
            "seize": lambda: archive.partner_id.write({"user_id": self.stranger.id}),
        }
        for name, step in steps.items():
            with self.subTest(step=name), self.assertRaises(AccessError):
                step()
        self.assertEqual(self.archive.user_id, self.rep)

    def test_the_section_is_closed_again_when_it_is_done(self):
        request = self.ask("market")
        archive = self.archive.with_user(self.employee)
        with self.assertRaises(UserError):
            request.action_done()
        request.with_user(self.employee).action_done()
        self.env.invalidate_all()
        self.assertFalse(archive.has_access("read"))
        with self.assertRaises(AccessError):
            archive.write({"market_area": "x"})

    def test_a_request_is_taken_back_by_the_keeper(self):
        request = self.ask("market")
        with self.assertRaises(AccessError):
            request.with_user(self.employee).action_cancel()
        request.action_cancel()
        self.assertFalse(self.archive.with_user(self.employee).has_access("read"))

    def test_nobody_gives_out_sections_of_archives_that_are_not_theirs(self):
        with self.assertRaises(AccessError):
            self.env["kehu.section.request"].with_user(self.stranger).create(
                {
                    "archive_id": self.archive.id,
                    "section_id": self.sections("market").id,
                    "user_id": self.stranger.id,
                }
            )
        with self.assertRaises(ValidationError):
            self.ask("traits")
        with self.assertRaises(ValidationError):
            self.ask("market", self.auditor)

    def test_any_employee_drops_an_opinion_in_and_cannot_read_it(self):
        """R114"""
        opinions = self.env["kehu.opinion"].with_user(self.employee)
        opinion = opinions.create(
            {
                "partner_id": self.archive.partner_id.id,
                "kind": "complaint",
                "text": "The driver was rude",
            }
        )
        for act in (
            lambda: opinion.read(["text"]),
            lambda: opinions.search([]),
            lambda: opinion.write({"text": "x"}),
            opinion.unlink,
        ):
            with self.assertRaises(AccessError):
                act()
        record = self.archive.service_ids.filtered(
            lambda record: record.description == "The driver was rude"
        )
        self.assertEqual((record.kind, record.state), ("complaint", "open"))
        self.assertFalse(record.with_user(self.employee).has_access("read"))
        self.assertTrue(record.with_user(self.rep).has_access("read"))
        self.assertTrue(opinion.with_user(self.rep).has_access("read"))
        self.assertTrue(
            self.archive.activity_ids.filtered(lambda a: a.user_id == self.rep)
        )

    def test_an_opinion_does_not_name_somebody_else_or_another_archive(self):
        other = self.make_archive()
        opinion = (
            self.env["kehu.opinion"]
            .with_user(self.employee)
            .create(
                {
                    "partner_id": self.archive.partner_id.id,
                    "text": "x",
                    "archive_id": other.id,
                    "user_id": self.rep.id,
                }
            )
            .sudo()
        )
        self.assertEqual(opinion.archive_id, self.archive)
        self.assertEqual(opinion.user_id, self.employee)

    def test_the_box_keeps_nothing_of_what_was_dropped_in(self):
        box = (
            self.env["kehu.opinion.box"]
            .with_user(self.employee)
            .create({"partner_id": self.archive.partner_id.id, "text": "Fine"})
        )
        box.action_send()
        self.assertFalse(box.exists())
