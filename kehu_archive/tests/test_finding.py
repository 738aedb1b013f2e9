from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestFinding(KehuCommon):
    """Every archive is found again, closed and put away ones as well (R50, R99)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.qingdao = cls.env["kehu.region"].search([("code", "=", "370200")])
        cls.industry = cls.env["res.partner.industry"].search(
            [("code", "=", "C")], limit=1
        )
        cls.customer_class = cls.env["kehu.customer.class"].create(
            {"code": "D7", "name": "Dealers"}
        )

    def search_box(self, field, text, user=None):
        """Archives that the search view finds for ``text`` typed for ``field``."""
        archives = self.env["kehu.archive"].with_user(user or self.archivist)
        arch = etree.fromstring(archives.get_view(view_type="search")["arch"])
        (node,) = arch.xpath(f"//search/field[@name='{field}']")
        return archives.search(
            safe_eval(node.get("filter_domain"), {"self": text, "uid": self.env.uid})
        )

    def make_rich(self, **vals):
        archive = self.make_filed(
            name="青岛海风机械有限公司",
            short_name="海风",
            ref="SEAWIND7",
            vat="91110000600037341L",
            **vals,
        )
        self.env["kehu.archive.item"].create(
            {
                "archive_id": archive.id,
                "title": "Frame contract 2026",
                "note": "original with the notary",
            }
        )
        self.env["kehu.archive.note"].create(
            {"archive_id": archive.id, "text": "Moves to the port in spring"}
        )
        return archive

    def clues(self, archive):
        return (
            archive.name,
            "海风机械",
            "海风",
            "seawind",
            "9111000060003734",
            "frame contract",
            "the notary",
            "to the port",
        )

    def test_a_closed_archive_is_found_by_whatever_one_remembers_r99(self):
        """R99"""
        archive = self.make_rich()
        archive.with_user(self.archivist).action_close("over")
        self.make_filed()
        for clue in self.clues(archive):
            with self.subTest(clue=clue):
                self.assertEqual(self.search_box("card_name", clue), archive)

    def test_the_archive_of_a_customer_that_was_put_away_is_found_r99(self):
        """R99, R32"""
        archive = self.make_rich()
        archive.partner_id.active = False
        for clue in self.clues(archive):
            with self.subTest(clue=clue):
                self.assertEqual(self.search_box("card_name", clue), archive)
        found = self.env["kehu.archive"].with_user(self.archivist).name_search("海风")
        self.assertEqual([row[0] for row in found], [archive.id])

    def test_a_number_from_before_a_merge_still_finds_the_archive(self):
        kept, lost = self.make_filed(), self.make_filed()
        number = lost.name
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [lost.partner_id.id, kept.partner_id.id], kept.partner_id
        )
        self.env.invalidate_all()
        self.assertEqual(self.search_box("card_name", number), kept)
        self.assertEqual(self.search_box("name", number), kept)

    def test_searching_shows_nobody_more_than_he_may_read(self):
        archive = self.make_rich()
        for clue in self.clues(archive):
            with self.subTest(clue=clue):
                self.assertFalse(self.search_box("card_name", clue, self.stranger))

    def test_the_catalogue_has_a_box_of_its_own(self):
        archive = self.make_rich()
        self.assertEqual(self.search_box("item_ids", "notary"), archive)

    # === CLASSIFIED FILING === #

    def test_the_archive_number_says_class_and_region_r50(self):
        """R50"""
        archive = self.make_filed(
            customer_class_id=self.customer_class.id, region_id=self.qingdao.id
        )
        self.assertRegex(archive.name, r"^KH-D7-3702-\d{4}-\d{5}$")
        self.assertRegex(self.make_filed().name, r"^KH-0-0000-\d{4}-\d{5}$")

    def test_a_company_may_put_the_industry_into_its_numbers(self):
        self.env.ref("kehu_archive.sequence_kehu_archive").prefix = "A{industry}-"
        archive = self.make_filed(industry_id=self.industry.id)
        self.assertRegex(archive.name, r"^AC-\d{5}$")

    def test_archives_are_grouped_and_filtered_by_industry_region_and_size_r50(self):
        """R50"""
        archive = self.make_archive(
            region_id=self.qingdao.id,
            industry_id=self.industry.id,
            employee_count=2000,
            annual_revenue=90_000,
        )
        self.assertTrue(archive.card_size_class)
        archives = self.env["kehu.archive"].with_user(self.rep)
        for name, value in (
            ("card_region_id", self.qingdao),
            ("card_industry_id", self.industry),
            ("card_size_class", "large"),
        ):
            with self.subTest(name=name):
                groups = dict(
                    archives._read_group(
                        [("id", "=", archive.id)], [name], ["id:recordset"]
                    )
                )
                self.assertEqual(groups[value], archive)
        province = self.qingdao.parent_id
        self.assertIn(
            archive, archives.search([("card_region_id", "child_of", province.id)])
        )

    def test_the_panel_beside_the_list_offers_all_of_them(self):
        archives = self.env["kehu.archive"].with_user(self.rep)
        self.make_archive(region_id=self.qingdao.id)
        arch = etree.fromstring(archives.get_view(view_type="search")["arch"])
        names = arch.xpath("//searchpanel/field/@name")
        for name in ("card_region_id", "card_industry_id", "card_size_class"):
            with self.subTest(name=name):
                self.assertIn(name, names)
        self.make_archive(
            industry_id=self.industry.id, employee_count=2000, annual_revenue=90_000
        )
        sizes = archives.search_panel_select_multi_range(
            "card_size_class", enable_counters=True
        )
        self.assertEqual(
            [(row["id"], row["__count"]) for row in sizes["values"]], [("large", 1)]
        )


@tagged("post_install", "-at_install")
class TestIndirectCustomers(KehuCommon):
    """End users who buy from a dealer are customers with an archive, too (R29)."""

    def setUp(self):
        super().setUp()
        self.dealer = self.make_customer(name="Dealer")

    def test_an_end_user_has_its_own_archive_and_names_its_dealer(self):
        """R29"""
        archive = self.make_archive()
        archive.with_user(self.rep).card_dealer_id = self.dealer
        self.cr.precommit.run()
        self.assertEqual(self.dealer.end_user_ids, archive.partner_id)
        self.assertEqual(archive.partner_id.lifecycle, "future")
        self.assertIn(
            archive.partner_id,
            self.env["res.partner"].search([("dealer_id", "!=", False)]),
        )
        self.assertIn(
            archive.partner_id,
            self.env["res.partner"].search([("dealer_id", "ilike", "deal")]),
        )

    def test_goods_do_not_go_in_circles(self):
        user = self.make_customer(dealer_id=self.dealer.id)
        with self.assertRaises(ValidationError):
            self.dealer.dealer_id = self.dealer
        with self.assertRaises(ValidationError):
            self.dealer.dealer_id = user

    def test_a_dealer_of_a_dealer_is_fine(self):
        big = self.make_customer()
        self.dealer.dealer_id = big
        user = self.make_customer(dealer_id=self.dealer.id)
        self.assertEqual(user.dealer_id.dealer_id, big)

    def test_the_dealer_is_registered_first(self):
        with self.assertRaises(ValidationError):
            self.make_customer(dealer_id=self.make_partner().id)
