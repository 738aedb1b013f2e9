import csv

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL
from odoo.tools.misc import file_open


@tagged("post_install", "-at_install")
class TestRegionReference(TransactionCase):
    """R69: regions resolve by their GB/T 2260 code, retired ones included."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Region = cls.env["kehu.region"]

    def _get_region(self, code):
        return self.Region.with_context(active_test=False).search([("code", "=", code)])

    def test_r69_370200_is_qingdao(self):
        self.assertEqual(
            self.Region.resolve_code("370200"),
            {
                "id": self.env.ref("kehu_archive.region_370200").id,
                "code": "370200",
                "name": "青岛市",
                "retired": False,
            },
        )

    def test_r69_a_county_hangs_below_its_prefecture_and_province(self):
        region = self._get_region("370202")
        self.assertEqual(region.full_name, "山东省青岛市市南区")
        self.assertEqual(region.parent_id.name, "青岛市")
        self.assertEqual(region.parent_id.parent_id.name, "山东省")
        self.assertFalse(region.parent_id.parent_id.parent_id)
        self.assertEqual(
            [r.level for r in (region, region.parent_id, region.parent_id.parent_id)],
            ["county", "prefecture", "province"],
        )

    def test_r69_rows_that_only_gather_are_left_out_of_the_full_name(self):
        self.assertEqual(self._get_region("110101").full_name, "北京市东城区")
        self.assertEqual(self._get_region("469001").full_name, "海南省五指山市")

    def test_r69_rows_that_only_gather_say_where(self):
        """Hundreds of them have the same name."""
        self.assertEqual(self._get_region("370201").display_name, "山东省青岛市市辖区")
        self.assertEqual(self.Region.resolve_code("110100")["name"], "北京市市辖区")
        picked = self._get_region("370201").with_context(formatted_display_name=True)
        self.assertEqual(picked.display_name, "370201 市辖区 --山东省青岛市--")

    def test_r69_the_whole_file_is_loaded_with_a_parent_for_every_row(self):
        path = "kehu_archive/data/reference/gbt2260.csv"
        with file_open(path, "r") as lines:
            codes = {line["code"] for line in csv.DictReader(lines)}
        regions = self.Region.with_context(active_test=False).search(
            [("code", "in", list(codes))]
        )
        self.assertEqual(len(regions), len(codes))
        orphans = regions.filtered(lambda r: not r.parent_id and r.level != "province")
        self.assertFalse(orphans)
        self.assertEqual(
            self.Region.search_count([("level", "=", "province")]),
            34,
            "31 provinces and their like, Taiwan, Hong Kong, Macao",
        )

    def test_r69_a_retired_code_resolves_but_is_not_offered(self):
        resolved = self.Region.resolve_code("110103")
        self.assertEqual((resolved["name"], resolved["retired"]), ("崇文区", True))
        self.assertFalse(self.Region.name_search("110103"))
        self.assertFalse(self.Region.name_search("崇文区"))

    def test_r69_codes_that_changed_are_right_on_both_sides(self):
        for code, name, retired in (
            ("370282", "即墨市", True),
            ("370215", "即墨区", False),
            ("371200", "莱芜市", True),
            ("370116", "莱芜区", False),
            ("330103", "下城区", True),
            ("330113", "临平区", False),
            ("330114", "钱塘区", False),
            ("420600", "襄阳市", False),
            ("429021", "神农架林区", False),
            ("659012", "白杨市", False),
        ):
            with self.subTest(code=code):
                resolved = self.Region.resolve_code(code)
                self.assertEqual(
                    (resolved["name"], resolved["retired"]), (name, retired)
                )

    def test_r69_a_former_name_finds_the_place(self):
        self.assertEqual(self.Region.resolve_code("襄樊市")["code"], "420600")

    def test_r69_loading_again_changes_nothing(self):
        query = "SELECT md5(string_agg(r::text, '' ORDER BY id)) FROM kehu_region r"
        before = self.env.execute_query_dict(SQL(query))
        self.Region._load_reference()
        self.assertEqual(self.env.execute_query_dict(SQL(query)), before)

    def test_r69_an_update_keeps_what_somebody_changed(self):
        qingdao = self._get_region("370200")
        qingdao.name = "青岛市(总部)"
        laixi = self._get_region("370285")
        laixi.active = False
        self.Region._load_reference()
        self.assertEqual(qingdao.name, "青岛市(总部)")
        self.assertFalse(laixi.active)

    def test_r69_an_update_brings_what_the_standard_changed(self):
        """Rows as an older edition left them: renamed and retired by the next one."""
        qingdao = self._get_region("370200")
        old = {**qingdao.reference_values, "name": "胶澳市", "active": False}
        qingdao.write({"name": "胶澳市", "active": False, "reference_values": old})
        self.Region._load_reference()
        self.assertRecordValues(qingdao, [{"name": "青岛市", "active": True}])

    def test_r69_an_update_takes_over_a_code_added_by_hand_without_changing_it(self):
        row = self._get_region("370285")
        self.env.cr.execute(
            "UPDATE kehu_region SET name = '自建', reference_values = NULL,"
            " level = 'county', full_name = NULL WHERE id = %s",
            [row.id],
        )
        row.invalidate_recordset()
        self.Region._load_reference()
        self.assertEqual(row.name, "自建")
        self.assertTrue(row.reference_values)

    def test_r69_the_companys_own_region_may_be_added(self):
        parent = self._get_region("370200")
        own = self.Region.create(
            {"code": "37029a", "name": "西海岸新区", "parent_id": parent.id}
        )
        self.Region._load_reference()
        self.assertEqual(own.full_name, "山东省青岛市西海岸新区")
        self.assertIn(own, self.Region.search([("id", "child_of", parent.id)]))
        own.unlink()
        self.assertFalse(own.exists())

    def test_a_shipped_region_is_archived_not_deleted(self):
        with self.assertRaisesRegex(UserError, "370285|莱西市"):
            self._get_region("370285").unlink()
