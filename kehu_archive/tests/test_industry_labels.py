from odoo.tests import TransactionCase, new_test_user, tagged

# The 20 industries of the registration form, in its order, and their sections (R85).
FORM = (
    ("农、林、牧、渔业", "A"),
    ("采矿业", "B"),
    ("制造业", "C"),
    ("电力、热力、燃气及水的生产和供应业", "D"),
    ("环境和公共设施管理业", "N"),
    ("建筑业", "E"),
    ("交通运输、仓储业和邮政业", "G"),
    ("信息传输、计算机服务和软件业", "I"),
    ("批发和零售业", "F"),
    ("住宿、餐饮业", "H"),
    ("金融、保险业", "J"),
    ("房地产业", "K"),
    ("租赁和商务服务业", "L"),
    ("科学研究、技术服务和地质勘查业", "M"),
    ("水利、环境和公共设施管理业", "N"),
    ("居民服务和其他服务业", "O"),
    ("教育", "P"),
    ("卫生、社会保障和社会服务业", "Q"),
    ("文化、体育、娱乐业", "R"),
    ("其他", False),
)


@tagged("post_install", "-at_install")
class TestIndustryLabels(TransactionCase):
    """R75, R85: the form's own words lead to the national classification."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = new_test_user(cls.env, "kehu_label_reader", groups="base.group_user")
        cls.Label = cls.env["kehu.industry.label"].with_user(user)
        cls.Industry = cls.env["res.partner.industry"].with_user(user)

    def test_r85_the_form_has_its_20_labels_in_order(self):
        labels = self.Label.search([])
        self.assertEqual(
            [(label.name, label.industry_id.code) for label in labels], list(FORM)
        )

    def test_r85_each_label_resolves_to_its_code_and_back(self):
        for name, code in FORM:
            with self.subTest(label=name):
                found = self.Label.resolve_text(name)
                self.assertEqual((found["label"], found["code"]), (name, code))

    def test_r75_the_words_as_written_are_kept(self):
        found = self.Label.resolve_text(" 金融，保险业 ")
        self.assertEqual(found["text"], " 金融，保险业 ")
        self.assertEqual(found["code"], "J")
        self.assertEqual(
            found["industry_id"], self.env.ref("kehu_archive.industry_j").id
        )

    def test_r75_other_words_for_an_industry_are_known(self):
        for text, code in (
            ("金融保险", "J"),
            ("金融业", "J"),
            ("物流", "G"),
            ("ＩＴ", "I"),
            ("ｊ", "J"),
            ("65", "65"),
            ("软件和信息技术服务业", "65"),
        ):
            with self.subTest(text=text):
                env = self.Label.with_context(lang=self._get_chinese())
                self.assertEqual(env.resolve_text(text)["code"], code)

    def test_r75_a_division_leads_to_the_label_of_its_section(self):
        self.assertEqual(self.Label.resolve_text("701")["label"], "房地产业")

    def test_r75_unknown_words_are_kept_without_a_code(self):
        self.assertEqual(
            self.Label.resolve_text("星际采矿"),
            {
                "text": "星际采矿",
                "label_id": False,
                "label": False,
                "industry_id": False,
                "code": False,
                "name": False,
            },
        )

    def test_r75_no_words_give_nothing(self):
        for text in ("", False, " "):
            with self.subTest(text=text):
                self.assertFalse(self.Label.resolve_text(text)["industry_id"])

    def test_r75_a_synonym_added_later_is_known_at_once(self):
        self.assertFalse(self.Label.resolve_text("银行网点")["code"])
        self.env.ref("kehu_archive.industry_label_finance").synonyms += "\n银行网点"
        self.assertEqual(self.Label.resolve_text("银行网点")["code"], "J")

    def test_r85_the_two_environment_labels_keep_their_words_and_share_a_code(self):
        first = self.Label.resolve_text("环境和公共设施管理业")
        second = self.Label.resolve_text("水利、环境和公共设施管理业")
        self.assertEqual(first["code"], second["code"])
        self.assertNotEqual(first["label"], second["label"])

    def test_r75_an_industry_is_found_by_the_forms_words_in_a_picker_box(self):
        self.assertEqual(self.Industry.resolve_code("金融、保险业")["code"], "J")

    def test_r85_sections_and_divisions_are_complete(self):
        industries = self.Industry.search([("reference_values", "!=", False)])
        sections = industries.filtered(lambda i: i.code.isalpha())
        divisions = industries.filtered(lambda i: len(i.code) == 2)
        self.assertEqual("".join(sections.mapped("code")), "ABCDEFGHIJKLMNOPQRST")
        self.assertEqual(len(divisions), 97)
        self.assertFalse(divisions.filtered(lambda i: i.parent_id not in sections))

    def test_r85_industries_that_odoo_brings_stay_as_they_are(self):
        core = self.env.ref("base.res_partner_industry_A")
        self.assertFalse(core.code)
        self.assertTrue(core.active)
        self.assertFalse(core.parent_id)

    def _get_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        return "zh_CN"
