from odoo.tests import tagged

from .register_import_common import RegisterImportCommon

TAX_HEAD = ["客户编号", "客户名称", "税号", "所属地区", "电话", "市场区域"]
NUMBER = "91370200MA3C00000X"


@tagged("post_install", "-at_install")
class TestRegisterMeetsTheAddressBook(RegisterImportCommon):
    """R92: a row about a partner that nobody registered makes no second customer."""

    def bare(self, **vals):
        """Return a company in the address book that has no archive."""
        return self.env["res.partner"].create({"is_company": True, **vals})

    def test_the_code_finds_it_whatever_width_and_case(self):
        partner = self.bare(name="旧名有限公司", ref="bare01")
        data = self.sheet(["ＢＡＲＥ01", "新名有限公司", "新名", None, None])
        job = self.imported(self.rep, data)
        self.assertEqual((job.register_count, job.create_count), (1, 0))
        self.assertEqual(partner.name, "新名有限公司")
        self.assertEqual(partner.archive_id.user_id, self.rep)
        self.assertEqual(self.find("bare01"), partner)

    def test_the_tax_number_finds_it_under_another_name(self):
        partner = self.bare(name="旧名有限公司", vat=NUMBER.lower())
        row = ["BARE02", "新名有限公司", NUMBER, None, None, None]
        job = self.imported(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertEqual(job.register_count, 1)
        self.assertEqual(partner.archive_id, job.line_ids.archive_id)
        self.assertEqual(partner.ref, "BARE02")

    def test_name_and_region_find_it_when_there_is_no_number(self):
        qingdao = self.env["kehu.region"].search([("code", "=", "370200")])
        jinan = self.env["kehu.region"].search([("code", "=", "370100")])
        partner = self.bare(name="ABC 有限公司", region_id=qingdao.id)
        other = self.bare(name="ABC 有限公司", region_id=jinan.id)
        row = ["BARE03", "ａｂｃ 有限公司", None, "370200", None, None]
        job = self.imported(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertEqual(job.line_ids.archive_id, partner.archive_id)
        self.assertFalse(other.archive_id)

    def test_two_tax_numbers_are_two_customers_of_one_name(self):
        partner = self.bare(name="同名有限公司", vat="91370200MA3C000010")
        row = ["BARE04", "同名有限公司", NUMBER, None, None, None]
        job = self.imported(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertEqual(job.create_count, 1)
        self.assertFalse(partner.archive_id)

    def test_its_card_is_completed_and_what_changed_is_told_on_its_page(self):
        partner = self.bare(
            name="补全有限公司", ref="BARE05", phone="0532-1", city="青岛"
        )
        row = ["BARE05", "补全有限公司", None, "370200", "0532-2", "无"]
        self.imported(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertEqual((partner.phone, partner.city), ("0532-2", "青岛"))
        self.assertEqual(partner.region_id.code, "370200")
        log = "".join(partner.message_ids.mapped("body"))
        self.assertIn("0532-1", log)
        self.assertNotIn("补全有限公司", log, "what stayed is no change")
        marks = {fact.key: fact.state for fact in partner.archive_id.fact_ids}
        self.assertEqual(marks, {"market_area": "na"})
        sources = partner.archive_id.fact_sources
        self.assertEqual(sources["partner_id.phone"]["source"], "import")

    def test_the_preview_says_registered_and_writes_nothing(self):
        partner = self.bare(name="预览有限公司", ref="BARE06")
        job = self.job(self.rep, self.sheet(["BARE06", "别名", None, None, None]))
        self.assertEqual((job.register_count, job.row_count), (1, 1))
        self.assertFalse(partner.archive_id)
        self.assertEqual(partner.name, "预览有限公司")

    def test_several_that_could_be_meant_are_named_and_none_is_taken(self):
        for city in ("青岛", "济南"):
            self.bare(name="两可有限公司", city=city)
        job = self.imported(
            self.rep, self.sheet([None, "两可有限公司", None, None, None])
        )
        reason = self.reasons(job)[2]
        self.assertTrue(reason.startswith("B2: 2 customers"), reason)
        self.assertIn("青岛", reason)
        self.assertIn("济南", reason)

    def test_partners_the_user_may_not_read_are_neither_matched_nor_named(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        for number in range(2):
            self.bare(name="隐藏有限公司", city=f"密{number}", company_id=company.id)
        job = self.imported(
            self.rep, self.sheet(["BARE08", "隐藏有限公司", None, None, None])
        )
        self.assertEqual(self.counts(job), (1, 0, 0, 0))
        self.assertNotIn("密", str(job.line_ids.mapped("message")))

    def test_the_registered_customer_comes_before_the_unregistered_one(self):
        archive = self.make_archive(ref="REG09", name="已登记有限公司")
        self.bare(name="已登记有限公司")
        data = self.sheet([None, "已登记有限公司", "已登记", None, None])
        job = self.imported(self.rep, data)
        self.assertEqual(job.line_ids.archive_id, archive)

    def test_a_colleagues_unregistered_customer_is_left_to_the_colleague(self):
        partner = self.bare(
            name="同事的有限公司", ref="BARE10", user_id=self.stranger.id
        )
        data = self.sheet(["BARE10", "同事的有限公司", None, None, None])
        job = self.imported(self.rep, data)
        self.assertIn(self.stranger.name, self.reasons(job)[2])
        self.assertFalse(partner.archive_id)
        self.imported(self.archivist, data)
        self.assertEqual(partner.archive_id.user_id, self.stranger)

    def test_what_stands_against_registering_by_hand_stands_against_the_row(self):
        self.bare(name="坏码有限公司")
        partner = self.bare(name="横线有限公司", ref="BA-RE")
        wide = self.bare(name="宽" * 50, vat=NUMBER)
        data = self.sheet(
            [None, "横线有限公司", None, None, None, None],
            [None, None, NUMBER, None, None, None],
            head=TAX_HEAD,
        )
        reasons = self.reasons(self.imported(self.rep, data))
        self.assertIn("BA-RE", reasons[2])
        self.assertTrue(reasons[3].startswith("B3: 100 characters"), reasons[3])
        self.assertFalse((partner + wide).archive_id)

    def test_a_number_of_a_registered_customer_is_refused_with_its_code(self):
        self.make_archive(ref="REG12", name="持号有限公司", vat=NUMBER)
        partner = self.bare(name="借号有限公司", ref="BARE12")
        row = ["BARE12", "借号有限公司", NUMBER, None, None, None]
        job = self.imported(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertIn("REG12", self.reasons(job)[2])
        self.assertFalse(partner.archive_id)

    def test_a_branch_is_not_taken_for_the_head_office_whose_number_it_uses(self):
        office = self.bare(name="总部有限公司", vat=NUMBER)
        head = ["客户编号", "客户名称", "税号", "客户总公司"]
        data = self.sheet(
            ["BARE14", "总部分公司", NUMBER, "BARE13"],
            ["BARE13", "总部有限公司", NUMBER, None],
            head=head,
        )
        job = self.imported(self.rep, data)
        self.assertEqual((job.create_count, job.register_count), (1, 1))
        self.assertEqual(self.find("BARE14").head_office_id, office)

    def test_two_rows_about_one_partner_are_taken_once(self):
        self.bare(name="一次有限公司", vat=NUMBER)
        data = self.sheet(
            ["BARE15", "一次有限公司", NUMBER, None, None, None],
            ["BARE16", "两次有限公司", NUMBER, None, None, None],
            head=TAX_HEAD,
        )
        job = self.imported(self.rep, data)
        self.assertEqual((job.register_count, job.refused_count), (1, 1))

    def test_colleagues_and_our_own_companies_are_no_customers(self):
        self.env.company.partner_id.vat = NUMBER
        row = ["BARE17", self.env.company.name, NUMBER, None, None, None]
        job = self.imported(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertEqual(job.create_count, 1)
        self.assertFalse(self.env.company.partner_id.archive_id)

    def test_a_reference_that_gives_way_to_a_code_is_pointed_out(self):
        self.bare(name="换码有限公司", ref="OLD18", vat=NUMBER)
        row = ["BARE18", "换码有限公司", NUMBER, None, None, None]
        job = self.job(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertIn("OLD18", job.refused_line_ids.message)

    def test_its_registration_is_logged_with_the_card(self):
        partner = self.bare(name="入账有限公司", ref="BARE19")
        self.imported(
            self.rep, self.sheet(["BARE19", "入账有限公司", "入账", None, None])
        )
        self.env.cr.flush()
        events = self.env["kehu.event"].search(
            [("archive_id", "=", partner.archive_id.id)], order="id"
        )
        self.assertEqual(events.mapped("action"), ["import"])

    def test_a_name_matched_without_a_code_keeps_a_tax_number_that_differs(self):
        """R92: two tax numbers are two legal persons, also for registered ones."""
        archive = self.make_archive(
            ref="REG20", name="同名二有限公司", vat="91370200MA3C000010"
        )
        row = [None, "同名二有限公司", NUMBER, None, None, None]
        job = self.imported(self.rep, self.sheet(row, head=TAX_HEAD))
        self.assertEqual(job.create_count, 1)
        self.assertEqual(archive.partner_id.vat, "91370200MA3C000010")
