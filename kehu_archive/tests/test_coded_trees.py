from psycopg2.errors import NotNullViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestCodedTrees(TransactionCase):
    """R62, R68-R71: what every table of codes promises, shown on customer classes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["kehu.customer.class"].search([]).active = False
        cls.Class = cls.env["kehu.customer.class"]
        cls.trade = cls.Class.create({"code": "ZX", "name": "Trade"})
        cls.wholesale, cls.retail = cls.Class.create(
            [
                {"code": "zx1", "name": "Wholesale ZX2", "parent_id": cls.trade.id},
                {"code": "ＺＸ２", "name": "Retail", "parent_id": cls.trade.id},
            ]
        )
        cls.rep = new_test_user(cls.env, "kehu_tree_rep", "kehu_archive.group_kehu_rep")
        cls.admin = new_test_user(
            cls.env, "kehu_tree_admin", "kehu_archive.group_kehu_admin"
        )

    # === CODES === #

    def test_r62_a_code_is_stored_in_half_width_capitals(self):
        self.assertEqual(self.wholesale.code, "ZX1")
        self.assertEqual(self.retail.code, "ZX2")
        self.retail.code = " ｚｘ３"
        self.assertEqual(self.retail.code, "ZX3")

    def test_r62_one_code_in_another_width_or_case_is_taken(self):
        for code in ("ZX1", "zx1", "Ｚｘ１ "):
            with (
                self.subTest(code=code),
                mute_logger("odoo.sql_db"),
                self.assertRaises(UniqueViolation),
                self.cr.savepoint(),
            ):
                self.Class.create({"code": code, "name": "Again"})

    def test_r62_a_retired_code_is_taken_too(self):
        self.retail.active = False
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.Class.create({"code": "ZX2", "name": "Again"})

    def test_a_row_cannot_be_below_itself(self):
        with self.assertRaises(UserError):
            self.trade.parent_id = self.retail

    # === RESOLVING === #

    def test_r69_a_code_resolves_in_any_width_and_case(self):
        for text in ("ZX2", "zx2", "ＺＸ２", " zx2　"):
            with self.subTest(text=text):
                self.assertEqual(
                    self.Class.with_user(self.rep).resolve_code(text),
                    {
                        "id": self.retail.id,
                        "code": "ZX2",
                        "name": "Retail",
                        "retired": False,
                    },
                )

    def test_r69_a_name_resolves_too(self):
        self.assertEqual(self.Class.resolve_code("retail")["id"], self.retail.id)

    def test_r69_an_unknown_code_is_an_error_and_creates_nothing(self):
        count = self.Class.with_context(active_test=False).search_count([])
        answer = self.Class.with_user(self.rep).resolve_code("ZX99")
        self.assertEqual(list(answer), ["error"])
        self.assertIn("ZX99", answer["error"])
        self.assertEqual(
            self.Class.with_context(active_test=False).search_count([]), count
        )

    def test_r69_a_beginning_of_a_code_is_not_the_code(self):
        self.assertIn("error", self.Class.resolve_code("Z"))

    def test_r69_wildcards_are_no_codes(self):
        for text in ("%", "_", "ZX_", "ZX%", "\\"):
            with self.subTest(text=text):
                self.assertIn("error", self.Class.resolve_code(text))

    def test_r69_nothing_typed_resolves_to_nothing(self):
        for text in ("", False, "　"):
            with self.subTest(text=text):
                self.assertEqual(self.Class.resolve_code(text), {})

    def test_r69_a_name_of_several_rows_asks_for_the_code(self):
        self.Class.create({"code": "ZY", "name": "Retail"})
        answer = self.Class.resolve_code("Retail")
        self.assertIn("ZX2", answer["error"])
        self.assertIn("ZY", answer["error"])

    def test_r69_a_retired_row_resolves_and_says_so(self):
        self.retail.active = False
        self.assertTrue(self.Class.resolve_code("ZX2")["retired"])
        self.assertTrue(self.Class.resolve_code("Retail")["retired"])

    def test_r69_a_row_in_use_is_preferred_to_a_retired_one_of_its_name(self):
        self.retail.active = False
        again = self.Class.create({"code": "ZY", "name": "Retail"})
        self.assertEqual(self.Class.resolve_code("Retail")["id"], again.id)

    def test_r69_a_bare_name_never_creates_a_row(self):
        for model in (
            "kehu.region",
            "kehu.customer.class",
            "kehu.enterprise.nature",
        ):
            with (
                self.subTest(model=model),
                self.assertRaisesRegex(UserError, "Nowhere"),
            ):
                self.env[model].name_create("Nowhere")

    # === SEARCHING === #

    def test_r70_the_very_code_comes_first_then_longer_codes_then_names(self):
        found = self.Class.name_search("zx2")
        self.assertEqual([row[0] for row in found], [self.retail.id, self.wholesale.id])
        found = self.Class.name_search("ZX")
        self.assertEqual([row[0] for row in found][0], self.trade.id)
        self.assertEqual(len(found), 3)

    def test_r70_the_number_of_rows_is_limited_over_all_steps(self):
        self.assertEqual(len(self.Class.name_search("ZX", limit=2)), 2)

    def test_r70_a_domain_narrows_the_search(self):
        found = self.Class.name_search("ZX", [("parent_id", "=", self.trade.id)])
        self.assertNotIn(self.trade.id, [row[0] for row in found])

    def test_r70_an_import_finds_a_row_by_its_code_or_name(self):
        for text in ("ZX2", "zx2", "Retail"):
            with self.subTest(text=text):
                found = self.Class.name_search(text, operator="=")
                self.assertEqual([row[0] for row in found], [self.retail.id])

    def test_r69_lists_show_the_name_and_pickers_the_code_as_well(self):
        self.assertEqual(self.retail.display_name, "Retail")
        shown = self.retail.with_context(kehu_show_code=True).display_name
        self.assertEqual(shown, "ZX2 Retail")
        picked = self.retail.with_context(formatted_display_name=True).display_name
        self.assertEqual(picked, "ZX2 Retail --Trade--")

    # === RIGHTS === #

    def test_code_tables_are_read_by_all_staff_and_written_by_the_administrator(self):
        tables = (
            "kehu.region",
            "kehu.customer.class",
            "kehu.enterprise.nature",
            "kehu.industry.label",
            "res.partner.industry",
        )
        for model in tables:
            with self.subTest(model=model):
                self.assertTrue(self.env[model].with_user(self.rep).has_access("read"))
                self.assertFalse(
                    self.env[model].with_user(self.rep).has_access("write")
                )
                self.assertFalse(
                    self.env[model].with_user(self.rep).has_access("create")
                )
                self.assertTrue(
                    self.env[model].with_user(self.admin).has_access("write")
                )

    def test_a_rep_cannot_retire_a_class(self):
        with self.assertRaises(AccessError):
            self.retail.with_user(self.rep).active = False


@tagged("post_install", "-at_install")
class TestEnterpriseNatures(TransactionCase):
    """R84: the form's four natures and 其他, each with a legal type."""

    def test_r84_the_forms_choices_and_their_legal_types(self):
        shipped = self.env["kehu.enterprise.nature"].search(
            [("reference_values", "!=", False)]
        )
        self.assertEqual(
            [(row.form_option, row.legal_type_code, row.code) for row in shipped],
            [
                ("soe", "110", "110"),
                ("foreign", "330", "330"),
                ("joint", "310", "310"),
                ("private", "170", "170"),
                ("other", "190", "190"),
            ],
        )

    def test_r84_natures_are_chinese_on_a_chinese_screen(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        nature = self.env.ref("kehu_archive.nature_330").with_context(lang="zh_CN")
        self.assertEqual(nature.name, "外资企业")

    def test_r84_a_new_nature_needs_its_legal_type(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(NotNullViolation),
            self.cr.savepoint(),
        ):
            self.env["kehu.enterprise.nature"].create(
                {"code": "120", "name": "Collective enterprise"}
            )
        nature = self.env["kehu.enterprise.nature"].create(
            {"code": "120", "name": "Collective enterprise", "legal_type_code": "120"}
        )
        self.assertEqual(nature.form_option, "other")
