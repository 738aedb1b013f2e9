import json

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestLedgerReads(LedgerCommon):
    """Who reads the sensitive layer is logged, once per request (R17)."""

    def test_reading_a_trait_is_one_event_for_user_archive_and_request(self):
        archive = self.make_archive()
        self.make_principal(archive, family="Two sons")
        self.make_principal(archive, family="Married")
        self.flush()
        self.env.invalidate_all()
        before = len(self.events(archive, "read"))
        archive.with_user(self.manager).principal_ids.read(["family", "age"])
        archive.with_user(self.manager).principal_ids.mapped("education")
        events = self.events(archive, "read")[before:]
        self.assertEqual(len(events), 1)
        self.assertEqual(events.user_id, self.manager)
        self.assertEqual(self.payload(events), {"facts": ["Wang Wei"]})

    def test_reading_ordinary_facts_is_no_event(self):
        archive = self.make_archive({"main_business": "Pumps"})
        self.make_principal(archive, family="Two sons")
        self.flush()
        self.env.invalidate_all()
        before = len(self.events(archive))
        archive.with_user(self.manager).read(["main_business"])
        archive.with_user(self.manager).principal_ids.read(["name", "phone"])
        self.assertEqual(len(self.events(archive)), before)

    def test_checking_a_signature_is_not_reading(self):
        archive = self.make_archive()
        self.make_principal(archive, family="Two sons")
        archive.with_user(self.rep).action_submit()
        self.flush()
        self.env.invalidate_all()
        before = len(self.events(archive, "read"))
        self.assertTrue(archive.with_user(self.manager).signature_valid)
        self.assertEqual(len(self.events(archive, "read")), before)

    def test_the_words_of_a_trait_are_never_in_the_ledger(self):
        """What a person may withdraw does not live on in the history (R40)."""
        archive = self.make_archive()
        principal = self.make_principal(archive, family="Two sons", education="MBA")
        self.flush()
        principal.family = "Three sons"
        self.flush()
        consent = principal.consent_ids.filtered(lambda c: c.item == "family")
        consent.decision = "refused"
        self.flush()
        payloads = [self.payload(event) for event in self.events(archive)]
        text = json.dumps(payloads)
        for word in ("Two sons", "Three sons", "MBA"):
            self.assertNotIn(word, text)
        traits = [
            change
            for payload in payloads
            for item in payload.get("items", ())
            for name, change in item.get("traits", {}).items()
            if name == "family"
        ]
        self.assertEqual(traits, ["set", "changed", "cleared"])


@tagged("post_install", "-at_install")
class TestLedgerRefusals(LedgerCommon):
    """Who is refused an archive is logged although the request is undone (R17)."""

    def refuse(self, user, act):
        """Let a user be refused, and return what was noted."""
        hooks = self.env.cr.postrollback
        hooks.clear()
        self.env.invalidate_all()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            act()
        gathered = list(hooks.data["kehu_archive.refusals"])
        hooks.clear()
        self.env.cr.postcommit.clear()
        self.env["kehu.ledger"].sudo()._record_refusals(user.id, gathered)
        return gathered

    def test_opening_writing_and_removing_without_right_are_refusals(self):
        archive = self.make_archive()
        self.flush()
        for user, operation, act in (
            (self.stranger, "read", lambda a: a.read(["main_business"])),
            (self.auditor, "write", lambda a: a.write({"main_business": "x"})),
            (self.employee, "read", lambda a: a.read(["main_business"])),
            (self.clerk, "unlink", lambda a: a.unlink()),
        ):
            with self.subTest(user=user.login):
                refused = archive.with_user(user)
                gathered = self.refuse(user, lambda: act(refused))  # noqa: B023
                self.assertEqual(gathered, [(archive.id, operation)])
                event = self.events(archive, "refuse")[-1]
                self.assertEqual(event.user_id, user)
                self.assertEqual(self.payload(event), {"operations": [operation]})

    def test_a_refused_line_is_a_refusal_of_its_archive(self):
        archive = self.make_archive()
        need = self.env["kehu.need"].create(
            {"archive_id": archive.id, "description": "x"}
        )
        self.flush()
        gathered = self.refuse(
            self.stranger, lambda: need.with_user(self.stranger).read(["description"])
        )
        self.assertEqual(gathered, [(archive.id, "read")])

    def test_searching_without_right_is_no_refusal(self):
        archive = self.make_archive()
        self.flush()
        self.env.cr.postrollback.clear()
        self.env["kehu.archive"].with_user(self.stranger).search(
            [("id", "=", archive.id)]
        )
        self.assertFalse(archive.with_user(self.stranger).has_access("read"))
        self.assertNotIn("kehu_archive.refusals", self.env.cr.postrollback.data)

    def test_the_same_refusal_again_is_not_repeated_within_ten_minutes(self):
        archive = self.make_archive()
        ledger = self.env["kehu.ledger"].sudo()
        refusal = [(archive.id, "read")]
        with freeze_time("2030-01-01 08:00:00"):
            ledger._record_refusals(self.stranger.id, refusal)
            ledger._record_refusals(self.stranger.id, refusal)
        with freeze_time("2030-01-01 08:09:00"):
            ledger._record_refusals(self.stranger.id, refusal)
            self.assertEqual(len(self.events(archive, "refuse")), 1)
        with freeze_time("2030-01-01 08:11:00"):
            ledger._record_refusals(self.stranger.id, refusal)
            self.assertEqual(len(self.events(archive, "refuse")), 2)

    def test_a_flood_of_refusals_is_cut_off_at_200_an_hour_and_says_so(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Flooded {number}"} for number in range(210)]
        )
        archives = self.env["kehu.archive"].create(
            [{"partner_id": partner.id} for partner in partners]
        )
        self.flush()
        ledger = self.env["kehu.ledger"].sudo()
        ledger._record_refusals(
            self.stranger.id, [(archive.id, "read") for archive in archives]
        )
        events = (
            self.env["kehu.event"]
            .sudo()
            .search(
                [("user_id", "=", self.stranger.id), ("action", "=", "refuse")],
                order="id desc",
            )
        )
        self.assertEqual(len(events), 200)
        self.assertEqual(self.payload(events[0])["limit"], 200)

    def test_a_refusal_of_what_was_rolled_back_itself_is_left_out(self):
        events = self.env["kehu.event"].sudo()
        before = events.search_count([("action", "=", "refuse")])
        ledger = self.env["kehu.ledger"].sudo()
        ledger._record_refusals(2**31 - 1, [(self.make_archive().id, "read")])
        ledger._record_refusals(self.stranger.id, [(2**31 - 1, "read")])
        self.assertEqual(events.search_count([("action", "=", "refuse")]), before)
