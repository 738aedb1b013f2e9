from odoo.tests import tagged

from .form_import_common import FormImportCommon
from .registration_factories import filled
from .test_registration_safety import rezipped


@tagged("post_install", "-at_install")
class TestFormImportMatching(FormImportCommon):
    """Whose form is it? Token, code, tax number, name and region (R92, R96)."""

    VAT = "91110000600037341L"

    def outcome(self, user=None, **overrides):
        """Preview a form without a token; returns its line."""
        values = {
            "partner_id__ref": filled(""),
            "partner_id__vat": filled(""),
            "partner_id__name": filled("没有人认识的公司"),
            **overrides,
        }
        return self.imported(user or self.rep, self.new_form(**values), apply=False)

    def test_by_customer_code_folded(self):
        archive = self.registered()
        line = self.outcome(partner_id__ref=filled("formtest０００1"))
        self.assertEqual(line.archive_id, archive)

    def test_by_tax_number(self):
        archive = self.registered()
        self.assertEqual(
            self.outcome(partner_id__vat=filled(self.VAT)).archive_id, archive
        )

    def test_by_name_and_region(self):
        archive = self.registered()
        name = filled(archive.partner_id.name)
        self.assertEqual(self.outcome(partner_id__name=name).archive_id, archive)
        elsewhere = filled("上海市", "310000")
        line = self.outcome(partner_id__name=name, partner_id__region_id=elsewhere)
        self.assertFalse(line.archive_id, "a namesake in another region is another one")

    def test_a_branch_with_its_head_offices_tax_number_is_a_new_customer(self):
        self.registered()
        line = self.outcome(
            partner_id__ref=filled("FORMTEST0002"),
            partner_id__name=filled("海润机械烟台分公司"),
            partner_id__vat=filled(self.VAT),
            partner_id__head_office_id=filled("海润机械", self.CODE),
        )
        self.assertEqual(line.outcome, "create", line.message)

    def test_several_that_could_be_meant_are_counted_and_nothing_else_told(self):
        """R92: ambiguous is refused, with whom to ask"""
        for _number in range(2):
            self.make_customer(name="同名有限公司", region_id=self.region("370200").id)
            # Written past the check of namesakes, as an old database may hold them.
            self.env.cr.execute(
                "UPDATE res_partner SET name = '同名有限公司甲' WHERE id = %s",
                [self.env["res.partner"].search([], order="id desc", limit=1).id],
            )
            self.env.invalidate_all()
        line = self.outcome(self.stranger, partner_id__name=filled("同名有限公司甲"))
        self.assertEqual(line.outcome, "refused")
        self.assertEqual(
            line.message,
            "2 registered customers could be meant. Write the customer code on the "
            f"form, or ask {self.rep.name}.",
        )

    def region(self, code):
        return self.env["kehu.region"].search([("code", "=", code)])

    def test_somebody_elses_customer_exists_and_whom_to_ask_is_all_that_is_told(self):
        archive, data = self.printed()
        archive.sudo().main_business = "TOP SECRET"
        for form in (
            data,
            self.new_form(),
            self.new_form(partner_id__ref=filled("")),
        ):
            line = self.imported(self.stranger, form)
            self.assertEqual(line.outcome, "refused")
            self.assertEqual(
                line.message,
                "This customer is registered, and not in your charge. Ask "
                f"{self.rep.name}.",
            )
            self.assertFalse(line.archive_id or line.cell_ids)
        self.assertNotEqual(archive.main_business, "数控机床零部件、汽车模具")

    def test_a_forged_token_opens_nothing(self):
        archive, data = self.printed()
        other = self.make_archive(user_id=self.stranger.id)
        prefix = self.env["kehu.archive"]._get_form_token_prefix()
        for token in (f"{prefix}{other.id}", f"{prefix}99999999999999999999", prefix):
            forged = self.replaced(data, f"{prefix}{archive.id}", token)
            line = self.imported(self.rep, forged)
            if token.endswith(f"/{other.id}"):
                self.assertEqual(line.outcome, "refused")
                self.assertIn(self.stranger.name, line.message)
            else:
                self.assertEqual(line.archive_id, archive, line.message)

    def replaced(self, data, old, new):
        self.assertNotEqual(old, new)
        return rezipped(
            data, lambda _name, content: content.replace(old.encode(), new.encode())
        )

    def test_from_an_archive_only_forms_of_this_archive_are_taken(self):
        archive, data = self.printed()
        mine = self.make_archive().with_user(self.rep)
        action = mine._get_form_import_action()
        self.assertEqual(action["context"], {"default_archive_id": mine.id})
        line = self.imported(self.rep, data, archive_id=mine.id)
        self.assertEqual(line.outcome, "refused")
        self.assertIn("another customer", line.message)
        line = self.imported(self.rep, data, archive_id=archive.id)
        self.assertEqual(line.outcome, "unchanged", line.message)

    def test_a_form_that_names_nobody_is_taken_for_the_archive_it_is_imported_from(
        self,
    ):
        mine = self.make_archive().with_user(self.rep)
        nameless = self.new_form(
            partner_id__ref=filled(""),
            partner_id__name=filled(""),
            partner_id__vat=filled(""),
        )
        line = self.imported(self.rep, nameless, archive_id=mine.id)
        self.assertEqual(
            (line.outcome, line.archive_id), ("update", mine), line.message
        )
        self.assertEqual(mine.main_business, "数控机床零部件、汽车模具")

    def test_a_closed_archive_takes_no_form(self):
        archive = self.make_closed()
        data = self.printed(archive.with_user(self.rep))[1]
        line = self.imported(self.rep, self.edited(data, main_business="轴承"))
        self.assertEqual(line.outcome, "refused")
        self.assertIn("read-only", line.message)
