import datetime

from odoo.tests import BaseCase, tagged

from ..registration.cells import (
    Boxes,
    Graded,
    Joined,
    PartyBoxes,
    Period,
    Remark,
    Single,
    Terms,
)
from ..registration.definition import OPTIONS, Field, get_field
from ..registration.kinds import canonical, parse_value, print_value
from ..registration.messages import CellProblem
from ..registration.values import (
    MISSING,
    NA,
    NO_CONSENT,
    REFUSED,
    WITHHELD,
    Value,
    ValueState,
)

filled = Value.filled
DATE = Field("filled_on", "填表日期", "date", "basic")
MONTH = Field("principal_ids.birth_month", "出生年月", "month", "basic")
COUNT = Field("partner_id.employee_count", "员工人数", "integer", "basic")
AMOUNT = Field("partner_id.total_assets", "资产", "decimal", "basic", unit="万元")
WORDS = Field("market_area", "市场区域", "char", "basic")
CODE = Field("partner_id.region_id", "所属地区", "code", "basic")


def composed(codec, **values):
    """Compose a cell; keyword names are the last parts of the keys."""
    given = {
        key: values[key.rpartition(".")[2]]
        for key in codec.keys
        if key.rpartition(".")[2] in values
    }
    return codec.compose(lambda key: given.get(key, MISSING))


@tagged("post_install", "-at_install")
class TestRegistrationValues(BaseCase):
    def assert_reads(self, field, pairs):
        for content, raw in pairs:
            with self.subTest(content=content):
                self.assertEqual(parse_value(field, content).raw, raw)

    def assert_refused(self, field, message_id, contents):
        for content in contents:
            with self.subTest(content=content), self.assertRaises(CellProblem) as seen:
                parse_value(field, content)
            self.assertEqual(seen.exception.message.message_id, message_id)

    # === THE FOUR STATES === #

    def test_none_of_it_prints_and_reads_as_not_applicable(self):
        """R91: 无 is not the same as not filled in"""
        for field in (DATE, MONTH, COUNT, AMOUNT, WORDS, CODE):
            self.assertEqual(print_value(field, NA), "无")
            self.assertEqual(parse_value(field, " 无 "), NA)
            self.assertEqual(print_value(field, MISSING), "")
            self.assertEqual(parse_value(field, ""), MISSING)
            self.assertEqual(parse_value(field, "____"), MISSING)
            self.assertEqual(parse_value(field, "拒绝提供"), REFUSED)
        self.assertTrue(NA)
        self.assertTrue(REFUSED)
        self.assertFalse(MISSING)

    def test_what_only_hides_a_fact_is_never_read_as_content(self):
        """R40"""
        self.assertEqual(print_value(WORDS, NO_CONSENT), "未取得同意")
        self.assertIs(parse_value(WORDS, "未取得同意").state, ValueState.NO_CONSENT)
        self.assertIs(parse_value(WORDS, "未授权").state, ValueState.WITHHELD)
        self.assertTrue(NO_CONSENT.is_hidden and WITHHELD.is_hidden)

    def test_a_summary_of_other_records_is_printed_but_not_read_back(self):
        text = print_value(WORDS, Value.summary("2026-05 上门一次"))
        self.assertEqual(text, "【摘要】2026-05 上门一次")
        self.assertEqual(parse_value(WORDS, text), MISSING)

    # === DATES === #

    def test_dates_are_read_in_every_way_people_write_them(self):
        self.assert_reads(
            DATE,
            [
                ("2026年8月3日", "2026-08-03"),
                ("2026-08-03", "2026-08-03"),
                ("2026/8/3", "2026-08-03"),
                ("2026.8.3", "2026-08-03"),
                ("２０２６年８月３日", "2026-08-03"),
                ("2026 年 8 月 3 日", "2026-08-03"),
                ("20260803", "2026-08-03"),
                (20260803, "2026-08-03"),
                (20260803.0, "2026-08-03"),
                ("2026-08-03 00:00:00", "2026-08-03"),
                (46237, "2026-08-03"),
                (46237.5, "2026-08-03"),
                ("46237", "2026-08-03"),
                (datetime.datetime(2026, 8, 3, 12), "2026-08-03"),
                (datetime.date(2026, 8, 3), "2026-08-03"),
            ],
        )
        self.assertEqual(parse_value(DATE, 44775, date_1904=True).raw, "2026-08-03")

    def test_what_is_no_date_is_refused(self):
        self.assert_refused(
            DATE,
            "bad_date",
            ["2026", "2026年8月", "2026-02-30", "8月3日", "昨天", 2026, 12.5, 10**9],
        )

    def test_months_are_read_and_doubtful_ones_refused(self):
        self.assert_reads(
            MONTH,
            [
                ("1980年5月", "1980-05"),
                ("1980-05", "1980-05"),
                ("1980.05", "1980-05"),
                ("1980/5", "1980-05"),
                ("198005", "1980-05"),
                (198005, "1980-05"),
                (1980.05, "1980-05"),
                (1980.11, "1980-11"),
                ("1980-05-20", "1980-05"),
                (datetime.datetime(1980, 5, 1), "1980-05"),
            ],
        )
        # Excel turns 1980.10 into 1980.1: January or October?
        self.assert_refused(MONTH, "bad_month", [1980.1, "1980-13", "5月", 1980, "80"])

    # === NUMBERS === #

    def test_amounts_are_read_with_separators_units_and_full_width_digits(self):
        self.assert_reads(
            AMOUNT,
            [
                ("1,234.50", "1234.5"),
                ("１，２３４．５", "1234.5"),
                ("1200万元", "1200"),
                ("1200 万", "1200"),
                ("1.2亿元", "12000"),
                ("5000000元", "500"),
                ("0", "0"),
                (".5", "0.5"),
                (1234.5, "1234.5"),
                (0.1, "0.1"),
                (1200, "1200"),
                (1e15, "1000000000000000"),
                ("-3.20", "-3.2"),
            ],
        )
        self.assert_refused(
            AMOUNT, "bad_decimal", ["约一千", "1.2.3", "12美元", "1-2", True, "9" * 60]
        )

    def test_whole_numbers_are_read_and_halves_refused(self):
        self.assert_reads(
            COUNT, [("1,200", "1200"), ("120人", "120"), (120.0, "120"), ("12.0", "12")]
        )
        self.assert_refused(COUNT, "bad_integer", ["1.5", 1.5, "很多", "12万"])

    def test_numbers_print_with_separators(self):
        self.assertEqual(print_value(AMOUNT, filled(raw="1234567.50")), "1,234,567.5")
        self.assertEqual(canonical(AMOUNT, filled(raw="1E+3")).raw, "1000")

    # === CODES === #

    def test_a_code_comes_with_its_name(self):
        """R69"""
        self.assertEqual(print_value(CODE, filled("青岛市", "370200")), "370200 青岛市")
        self.assertEqual(parse_value(CODE, "370200 青岛市"), filled("青岛市", "370200"))
        self.assertEqual(parse_value(CODE, "370200"), filled("", "370200"))
        self.assertEqual(parse_value(CODE, 370200.0), filled("", "370200"))
        self.assertEqual(parse_value(CODE, "青岛市"), filled("青岛市"))

    def test_a_latin_name_without_code_is_not_taken_for_a_code(self):
        text = print_value(CODE, filled("IBM China"))
        self.assertEqual(parse_value(CODE, text), filled("IBM China"))

    # === CELLS WITH SEVERAL FACTS === #

    def test_parts_of_a_cell_come_apart_again(self):
        codec = Joined(("market_area", "development_potential"))
        for pair in (
            ("胶东", "大"),
            ("a/b", "c"),
            ("a / b", "c // d"),
            ("/", "//"),
            ("a /", "/ b"),
            ("a/b", ""),
            ("", "b"),
            ("无", ""),
            ("", "无"),
            ("a", "拒绝提供"),
        ):
            with self.subTest(pair=pair):
                values = {
                    key: parse_value(get_field(key), text)
                    for key, text in zip(codec.keys, pair, strict=True)
                }
                text = codec.compose(values.get)
                self.assertEqual(codec.parse(text), values)

    def test_one_marker_for_the_whole_cell_is_enough(self):
        """R91"""
        codec = Joined(("market_area", "development_potential"))
        self.assertEqual(
            composed(codec, market_area=NA, development_potential=NA), "无"
        )
        self.assertEqual(set(codec.parse("无").values()), {NA})

    def test_cells_typed_by_hand_come_apart(self):
        mail = Joined(
            ("principal_ids.wechat", "principal_ids.email"), guess="wechat_or_email"
        )
        self.assertEqual(mail.parse("a@b.cn")["principal_ids.email"].text, "a@b.cn")
        self.assertEqual(
            mail.parse("wx12/a@b.cn"),
            {
                "principal_ids.wechat": filled("wx12"),
                "principal_ids.email": filled("a@b.cn"),
            },
        )
        post = Joined(("partner_id.zip", "partner_id.phone"), guess="zip_or_phone")
        self.assertEqual(post.parse(266071.0)["partner_id.zip"].text, "266071")
        self.assertEqual(
            post.parse("0532-85771234")["partner_id.phone"].text, "0532-85771234"
        )

    def test_an_address_without_our_blanks_is_one_street(self):
        """R39"""
        codec = Joined(
            (
                "partner_id.state_id",
                "partner_id.city",
                "partner_id.street",
                "partner_id.street2",
            ),
            mark="　",
            guess="street",
        )
        typed = codec.parse("山东省青岛市 香港中路 12 号")
        self.assertEqual(typed["partner_id.street"].text, "山东省青岛市 香港中路 12 号")
        self.assertFalse(typed["partner_id.city"])
        printed = composed(
            codec,
            state_id=filled("山东省"),
            city=filled("青岛市"),
            street=filled("A 座"),
        )
        self.assertEqual(printed, "山东省　青岛市　A 座")

    def test_periods_are_read_with_any_dash(self):
        codec = Period(("cooperation_ids.date_start", "cooperation_ids.date_end"))
        for text in (
            "2026年1月1日 至 2026年12月31日",
            "2026-01-01至2026-12-31",
            "2026/1/1~2026/12/31",
            "2026.1.1 - 2026.12.31",
        ):
            values = codec.parse(text)
            raws = [values[key].raw for key in codec.keys]
            self.assertEqual(raws, ["2026-01-01", "2026-12-31"], text)
        self.assertFalse(codec.parse("2026-01-01 至今")[codec.keys[1]])

    # === BOXES === #

    def test_boxes_show_the_answer_and_read_back(self):
        """R84, R86"""
        for key, name in (
            ("partner_id.customer_category", "category"),
            ("partner_id.customer_nature", "customer_nature"),
        ):
            codec = Boxes(key)
            for option in OPTIONS[name]:
                text = codec.compose(lambda _key, o=option: filled(raw=o.code))
                self.assertEqual(text.count("☑"), 1)
                self.assertIn(f"☑{option.label}", text)
                self.assertEqual(codec.parse(text)[key].raw, option.code)
                self.assertEqual(codec.parse(option.label)[key].raw, option.code)

    def test_ticks_of_all_kinds_are_understood(self):
        codec = Boxes("partner_id.customer_category")
        for text in (
            "☑重要客户 □主要客户 □普通客户 □潜在客户",
            "√重要客户 □主要客户 □普通客户 □潜在客户",
            "■重要客户 □主要客户",
            "☒ 重要客户　☐ 主要客户",
            "√重要客户",
            "重要客户√",
            "重要客户",
            "重要",
        ):
            value = codec.parse(text)["partner_id.customer_category"]
            self.assertEqual(value.raw, "key", text)

    def test_two_ticks_and_unknown_words_are_refused(self):
        """R84"""
        codec = Boxes(
            "partner_id.enterprise_nature_id", "partner_id.enterprise_nature_text"
        )
        with self.assertRaises(CellProblem) as seen:
            codec.parse("☑国有企业 ☑外资企业 □合资企业 □私营企业 □其他____")
        self.assertEqual(seen.exception.message.message_id, "several_options")
        with self.assertRaises(CellProblem) as seen:
            codec.parse("集体所有")
        sentence = seen.exception.message.render()
        self.assertIn("企业性质", sentence)
        self.assertIn("国有企业、外资企业", sentence)

    def test_other_nature_keeps_its_words(self):
        """R84"""
        codec = Boxes(
            "partner_id.enterprise_nature_id", "partner_id.enterprise_nature_text"
        )
        for words in ("集体企业", "：a", "a：b", "☑", "其他"):
            text = composed(
                codec,
                enterprise_nature_id=filled(raw="other"),
                enterprise_nature_text=filled(words),
            )
            values = codec.parse(text)
            self.assertEqual(values["partner_id.enterprise_nature_id"].raw, "other")
            self.assertEqual(values["partner_id.enterprise_nature_text"].text, words)
        self.assertEqual(
            codec.parse("其他：集体")["partner_id.enterprise_nature_text"].text, "集体"
        )

    def test_payment_terms_keep_their_days(self):
        codec = Terms("settlement_method", "credit_days")
        for method, days in (
            (filled("账期", "term"), filled("30", "30")),
            (filled("现款", "cash"), MISSING),
            (filled("现款", "cash"), filled("30", "30")),
            (NA, MISSING),
            (NA, NA),
            (MISSING, filled("30", "30")),
            (filled("账期", "term"), REFUSED),
        ):
            text = composed(codec, settlement_method=method, credit_days=days)
            self.assertEqual(
                codec.parse(text), {"settlement_method": method, "credit_days": days}
            )
        self.assertEqual(codec.parse("账期 45 天")["credit_days"].raw, "45")
        self.assertEqual(codec.parse("现款")["settlement_method"].raw, "cash")

    def test_grade_and_basis_share_a_cell(self):
        codec = Graded("partner_id.credit_grade", "grade_basis")
        for basis in ("逾期 0 笔", "依据：依据：x", "一\n二"):
            text = composed(
                codec, credit_grade=filled(raw="b"), grade_basis=filled(basis)
            )
            values = codec.parse(text)
            self.assertEqual(values["partner_id.credit_grade"].raw, "b")
            self.assertEqual(values["grade_basis"].text, basis)
        self.assertEqual(codec.parse("Ａ级")["partner_id.credit_grade"].raw, "a")
        self.assertFalse(any(codec.parse("□A □B □C　依据：____").values()))

    def test_invoicing_unit_is_a_word_or_another_customer(self):
        codec = PartyBoxes("partner_id.invoicing_partner_id")
        (key,) = codec.keys
        self.assertEqual(codec.parse("☑本户 □总公司")[key].raw, "self")
        self.assertEqual(codec.parse("总公司")[key].raw, "head_office")
        other = filled("青岛分公司", "370200010002")
        self.assertEqual(codec.parse(codec.compose(lambda _key: other))[key], other)

    def test_the_page_count_is_not_part_of_the_remark(self):
        """R93"""
        codec = Remark("remark")
        for pages in (None, 0, 12):
            for text in ("重点", "见（另附 3 页）", "无", ""):
                value = parse_value(get_field("remark"), text)
                printed = codec.compose(lambda _key, v=value: v, pages)
                self.assertEqual(codec.parse(printed)["remark"], value)
        self.assertEqual(codec.parse("重点 另附2页")["remark"].text, "重点")

    def test_a_prefix_in_the_cell_is_not_part_of_the_answer(self):
        codec = Single("filled_on", "填表日期：")
        for text in ("填表日期：2026年8月3日", "填 表 日 期: 2026-8-3", "2026/8/3"):
            self.assertEqual(codec.parse(text)["filled_on"].raw, "2026-08-03", text)
        self.assertFalse(codec.parse("填表日期：____年__月__日")["filled_on"])
