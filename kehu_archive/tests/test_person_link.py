import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged

from ..controllers import kehu_person
from .destruction_common import DestructionCommon


@tagged("post_install", "-at_install")
class TestPersonLink(DestructionCommon, HttpCase):
    """A person sees, corrects and withdraws without a login, by a signed link (R40)."""

    def setUp(self):
        super().setUp()
        self.archive = self.make_archive({"main_business": "SECRETPUMPS"})
        self.person = self.make_principal(
            self.archive, personality="Likes chess", education="Master"
        )
        self.person.name = "Wang Wei"
        self.other = self.make_principal(self.archive, personality="Likes go")
        self.other.name = "Li Na"

    def make_link(self, person=None, user=None):
        """Return the path of a new link."""
        action = (person or self.person).with_user(user or self.rep).action_make_link()
        url = self.env["kehu.person.link"].sudo().browse(action["res_id"]).url
        return url[url.index("/kehu/person/") :]

    def post(self, path, step, page, **data):
        """Press a button of the page."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        return self.url_open(f"{path}/{step}", data={"csrf_token": token, **data})

    def steps(self):
        """What the ledger says was done by the person's right."""
        self.env["kehu.ledger"]._flush()
        events = self.env["kehu.event"].search(
            [("archive_id", "=", self.archive.id), ("action", "=", "person")]
        )
        return [event.summary for event in events.sorted("sequence")]

    def test_the_link_shows_this_person_and_nothing_else(self):
        answer = self.url_open(self.make_link())
        self.assertEqual(answer.status_code, 200)
        for text in ("Wang Wei", "Likes chess", "Master"):
            self.assertIn(text, answer.text)
        for text in ("Li Na", "Likes go", "SECRETPUMPS", self.archive.partner_id.name):
            self.assertNotIn(text, answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("width=device-width", answer.text)
        self.assertNotIn("<script", answer.text)
        self.assertIn("looked at by link", " ".join(self.steps()))

    def test_the_page_is_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["kehu_archive"], ["zh_CN"])
        path = self.make_link()
        page = self.url_open(path).text
        self.assertIn("撤回", page)
        seen = re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.S)
        for value in (
            "Wang Wei",
            "Likes chess",
            "Master",
            "Care of the customer relation",
        ):
            # What people wrote stays as they wrote it.
            seen = seen.replace(value, "")
        self.assertEqual(re.findall(r"[A-Za-z]{3,}", seen), [])
        self.assertIn("链接", self.url_open(path + "0").text)

    def test_forged_ended_revoked_and_other_persons_links_are_answered_alike(self):
        path = self.make_link()
        person, stamp, signature = path.rpartition("/")[2].split("-")
        other = self.make_link(self.other).rpartition("/")[2].split("-")
        wrong = {
            "another person": f"{self.other.id}-{stamp}-{signature}",
            "another end": f"{person}-{int(stamp) + 86400}-{signature}",
            "signature of another link": f"{person}-{other[1]}-{other[2]}",
            "no signature": f"{person}-{stamp}-",
            "too short": f"{person}-{stamp}",
            "no number": f"x-{stamp}-{signature}",
            "huge number": f"99999999999-{stamp}-{signature}",
            "not ASCII": f"{person}-{stamp}-é",
            "no such person": f"{2**31 - 1}-{stamp}-{signature}",
        }
        bodies = set()
        for name, token in wrong.items():
            with self.subTest(name):
                answer = self.url_open(f"/kehu/person/{token}")
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("Wang Wei", answer.text)
                bodies.add(answer.text)
        with freeze_time(fields.Datetime.now() + timedelta(days=15)):
            self.assertFalse(
                self.env["kehu.principal"]._find_by_link(path.rpartition("/")[2])
            )
        self.person.with_user(self.rep).action_revoke_link()
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(bodies | {answer.text}, bodies)
        self.assertEqual(len(bodies), 1)

    def test_a_new_link_ends_the_former_one(self):
        former, present = self.make_link(), self.make_link()
        self.assertEqual(self.url_open(former).status_code, 404)
        self.assertEqual(self.url_open(present).status_code, 200)

    def test_the_person_withdraws_one_item_and_it_is_destroyed_at_once(self):
        path = self.make_link()
        page = self.url_open(path).text
        answer = self.post(path, "withdraw", page, item="personality")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("Likes chess", answer.text)
        self.env.invalidate_all()
        self.assertFalse(self.person.personality)
        self.assertEqual(self.person.education, "Master")
        consent = self.person.consent_ids.filtered(lambda c: c.item == "personality")
        self.assertEqual(consent.decision, "refused")
        self.assertTrue(consent.withdrawn_at)
        self.assertEqual(self.other.personality, "Likes go")
        self.assertIn("withdrawn by link", " ".join(self.steps()))

    def test_a_withdrawal_works_on_a_closed_archive_too(self):
        self.archive.with_user(self.rep).action_submit()
        self.archive.with_user(self.archivist).action_file()
        self.archive.with_user(self.archivist).action_close("End")
        path = self.make_link(user=self.archivist)
        page = self.url_open(path).text
        self.post(path, "withdraw", page, item="education")
        self.env.invalidate_all()
        self.assertFalse(self.person.education)

    def test_nothing_is_withdrawn_by_another_site_nor_by_a_wrong_link(self):
        path = self.make_link()
        page = self.url_open(path).text
        answer = self.url_open(f"{path}/withdraw", data={"item": "personality"})
        self.assertEqual(answer.status_code, 400)
        wrong = path[:-4] + "0000"
        answer = self.post(wrong, "withdraw", page, item="personality")
        self.assertEqual(answer.status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(self.person.personality, "Likes chess")

    def test_a_correction_arrives_at_the_desk_with_its_deadline(self):
        path = self.make_link()
        page = self.url_open(path).text
        self.post(path, "ask", page, kind="correct", details="I am a doctor")
        self.post(path, "ask", page, kind="correct", details="and I play go")
        self.post(path, "ask", page, kind="anything", details="x")
        request = self.env["kehu.person.request"].search(
            [("principal_id", "=", self.person.id)]
        )
        self.assertEqual(request.kind, "correct")
        self.assertEqual(request.details, "I am a doctor\nand I play go")
        self.assertEqual(request.state, "open")
        self.assertTrue(request.deadline)
        self.assertIn("request by link", " ".join(self.steps()))

    def test_what_is_restricted_to_storage_its_person_still_sees(self):
        self.env["kehu.person.request"].create(
            {
                "name": "Wang Wei",
                "principal_id": self.person.id,
                "archive_id": self.archive.id,
                "kind": "restrict",
                "answer": "Done",
            }
        ).action_grant()
        answer = self.url_open(self.make_link())
        self.assertIn("Likes chess", answer.text)

    def test_links_cannot_be_tried_out(self):
        path = self.make_link()
        for _round in range(kehu_person.WRONG_LIMIT):
            self.assertEqual(self.url_open(path + "0").status_code, 404)
        self.assertEqual(self.url_open(path + "0").status_code, 429)

    def test_strangers_make_no_link_and_nobody_reads_its_word(self):
        with self.assertRaises(AccessError):
            self.make_link(user=self.stranger)
        with self.assertRaises(AccessError):
            self.make_link(user=self.admin)
        self.make_link()
        with self.assertRaises(AccessError):
            self.person.with_user(self.rep).read(["link_word"])
        with self.assertRaises(AccessError):
            self.person.with_user(self.rep).write({"link_word": "known"})

    def test_destroying_the_archive_ends_the_link(self):
        path = self.make_link()
        self.archive.with_user(self.rep).action_submit()
        self.archive.with_user(self.archivist).action_file()
        self.archive.with_user(self.archivist).action_close("End")
        self.archive.retention_until = self.yesterday
        self.execute(self.make_ready(self.archive))
        self.assertEqual(self.url_open(path).status_code, 404)
