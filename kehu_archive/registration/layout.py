"""Page 1 of the form: twelve equal columns on A4, row by row.

The spans are the form's (``BOXES`` below reads like the paper); labels come from
``definition.py`` and input cells stand where the definition's ``cell`` says, which a
test compares. The writer and the reader both walk ``PAGE``.
"""

from dataclasses import dataclass

from .cells import Boxes, Graded, Joined, PartyBoxes, Period, Remark, Single, Terms
from .definition import (
    BASIC,
    CLASSIFICATION,
    COOPERATION,
    FORM_TITLE,
    MARKET,
    OPTIONS,
    PRINCIPALS,
    SERVICE,
    SETTLEMENT,
    get_field,
)

COLUMNS = 12
#: Column width in Excel's characters, and the least that any program makes of it, in
#: points: where the default font is missing, columns come out up to a quarter wider
#: and the page is scaled to fit.
COLUMN_CHARS = 6.71
COLUMN_POINTS = 39.0


@dataclass(frozen=True)
class Cell:
    """One cell of the page, merged over ``span`` columns.

    :param int row: 0-based row
    :param int col: 0-based first column
    :param int span: number of columns
    :param str role: title, plain, section, label, head, input or notes
    :param str text: what is printed, for cells that are not filled in
    :param codec: for input cells: the :class:`~.cells.Codec`
    :param str rows_key: for cells of a line: the list it belongs to
    :param int line: for cells of a line: its 0-based position
    """

    row: int
    col: int
    span: int
    role: str
    text: str = ""
    codec: object = None
    rows_key: str = ""
    line: int = -1

    @property
    def address(self):
        """The cell's name in the sheet, "C8"."""
        return f"{chr(ord('A') + self.col)}{self.row + 1}"

    @property
    def keys(self):
        """The facts that the cell carries."""
        return self.codec.keys if self.codec else ()


@dataclass(frozen=True)
class Line:
    """One row of the page and its height in points."""

    height: float
    cells: tuple


def label_of(keys):
    """Return the printed label of a cell: "注册资本(万元)", "微信/邮箱"."""
    fields = [get_field(key) for key in keys]
    unit = next((f.unit for f in fields if f.unit), "")
    return "/".join(f.label for f in fields) + (f"({unit})" if unit else "")


NOTES = (
    "填表说明　客户是企业的财富。把客户档案收集好、整理好,能帮助我们了解客户、"
    "增进沟通、巩固合作。",
    "一、销售部门每位员工都应认真填写本表,内容须真实、有效。　"
    "二、平时注意收集补充;客户新增或情况有变,及时更新。",
    "三、过去、现在和将来的客户,凡与公司有往来或即将往来的,都在填写范围内。　"
    "四、本档案属公司最高机密,人人有责任保密。",
    "五、企业性质:国有企业、外资企业、合资企业、私营企业等,不在其列的填“其他”。",
    "六、所属行业:{industries}。",
    "七、客户类别:重要客户、主要客户、普通客户、潜在客户。　"
    "八、客户信誉:A 现款或账期客户,能按时回款;B 时常欠款,但较易追回;"
    "C 拖欠货款,不易追回。",
    "九、照实填写,与该客户无关的栏目填“无”。　十、一个客户一份档案,写不下的另附页。　"
    "十一、自登记之日起十日内填妥,交档案室。",
    "* 涉及个人的栏目须先征得本人同意,未同意的不填,本人拒绝的填“拒绝提供”。",
)


class _Page:
    """Collects the rows of the page from a notation that reads like the form."""

    def __init__(self):
        self.lines = []

    def add(self, height, *boxes):
        """Append a row; each box is ``(role, span, text or codec)``."""
        row, col, cells = len(self.lines), 0, []
        for role, span, content, *line in boxes:
            is_codec = not isinstance(content, str)
            cells.append(
                Cell(
                    row,
                    col,
                    span,
                    role,
                    text="" if is_codec else content,
                    codec=content if is_codec else None,
                    rows_key=line[0] if line else "",
                    line=line[1] if line else -1,
                )
            )
            col += span
        if col != COLUMNS:
            raise ValueError(f"row {row + 1} spans {col} columns")
        self.lines.append(Line(height, tuple(cells)))

    def section(self, section, suffix=""):
        self.add(13, ("section", COLUMNS, section.label + suffix))

    def table(self, section, head_height, height, columns):
        """Append the head and the lines of a list; columns are (label, span, codec)."""
        self.add(head_height, *(("head", span, label) for label, span, _ in columns))
        for line in range(section.page_rows):
            self.add(
                height,
                *(
                    ("input", span, codec, section.rows_key, line)
                    for _, span, codec in columns
                ),
            )


def _ask(label_span, span, codec, label=""):
    """Return a label and the cell for its answer."""
    return (
        ("label", label_span, label or label_of(codec.keys)),
        ("input", span, codec),
    )


def _build():
    page = _Page()
    page.add(27, ("title", COLUMNS, " ".join(FORM_TITLE)))
    page.add(
        15,
        ("plain", 4, Single("name", "档案编号：")),
        ("plain", 3, Single("partner_id.ref", "客户编号：")),
        ("plain", 2, Single("confidentiality", "密级：")),
        ("plain", 3, Single("filled_on", "填表日期：")),
    )
    _add_basic(page)
    _add_principals(page)
    _add_settlement(page)
    _add_market(page)
    _add_cooperation(page)
    _add_service(page)
    _add_classification(page)
    industries = "；".join(option.label for option in OPTIONS["industry"])
    notes = "\n".join(NOTES).format(industries=industries)
    page.add(118, ("notes", COLUMNS, notes))
    return tuple(page.lines)


def _add_basic(page):
    page.section(BASIC)
    page.add(
        24,
        *_ask(2, 6, Single("partner_id.name")),
        *_ask(2, 2, Single("partner_id.short_name")),
    )
    address = Joined(
        (
            "partner_id.state_id",
            "partner_id.city",
            "partner_id.street",
            "partner_id.street2",
        ),
        mark="\u3000",
        guess="street",
    )
    page.add(
        21,
        *_ask(2, 6, address, "详细地址"),
        *_ask(
            2, 2, Joined(("partner_id.zip", "partner_id.phone"), guess="zip_or_phone")
        ),
    )
    page.add(
        22,
        *_ask(2, 2, Single("partner_id.region_id")),
        *_ask(2, 2, Single("partner_id.customer_class_id")),
        *_ask(2, 2, Single("partner_id.head_office_id")),
    )
    page.add(
        17,
        *_ask(2, 2, Single("partner_id.legal_representative")),
        *_ask(2, 2, Single("partner_id.registered_capital")),
        *_ask(2, 2, Single("partner_id.founded_on")),
    )
    page.add(
        17,
        *_ask(
            2,
            10,
            Boxes(
                "partner_id.enterprise_nature_id", "partner_id.enterprise_nature_text"
            ),
            "企业性质",
        ),
    )
    page.add(
        21,
        *_ask(
            2,
            4,
            Joined(("partner_id.industry_text", "partner_id.industry_id")),
            "所属行业",
        ),
        *_ask(2, 4, Single("main_business")),
    )
    page.add(
        17,
        *_ask(2, 2, Single("partner_id.employee_count")),
        *_ask(2, 2, Single("partner_id.annual_revenue")),
        *_ask(
            2,
            2,
            Joined(
                ("partner_id.total_assets", "partner_id.size_class"),
                guess="assets_or_size",
            ),
            "资产(万元)/规模",
        ),
    )


def _add_principals(page):
    page.section(PRINCIPALS, "(所有者 / 经营管理者 / 法定代表人 / 采购、财务经办人)")
    columns = (
        ("身份", 1, Single("principal_ids.role")),
        ("姓名", 1, Single("principal_ids.name")),
        ("职务", 1, Single("principal_ids.job_title")),
        ("出生年月", 1, Single("principal_ids.birth_month")),
        ("学历", 1, Single("principal_ids.education")),
        ("电话/手机", 2, Single("principal_ids.phone")),
        (
            "微信/邮箱",
            2,
            Joined(
                ("principal_ids.wechat", "principal_ids.email"), guess="wechat_or_email"
            ),
        ),
        ("性格兴趣\n嗜好", 1, Single("principal_ids.personality")),
        (
            "家庭/经历",
            1,
            Joined(("principal_ids.family", "principal_ids.background")),
        ),
        ("本人同意*", 1, Single("principal_ids.consent_summary")),
    )
    page.table(PRINCIPALS, 20, 22, columns)


def _add_settlement(page):
    page.section(SETTLEMENT)
    page.add(
        18,
        *_ask(3, 4, Single("partner_id.vat"), "税号(统一社会信用代码)"),
        *_ask(2, 3, PartyBoxes("partner_id.invoicing_partner_id")),
    )
    page.add(
        18,
        *_ask(2, 4, Single("partner_id.bank_ids.bank_id")),
        *_ask(2, 4, Single("partner_id.bank_ids.acc_number")),
    )
    page.add(
        17,
        *_ask(2, 4, Terms("settlement_method", "credit_days"), "付款方式"),
        *_ask(2, 4, Single("credit_terms")),
    )


def _add_market(page):
    page.section(MARKET)
    page.add(
        25,
        *_ask(2, 4, Joined(("market_area", "development_potential"))),
        *_ask(
            2, 4, Joined(("business_mode", "business_characteristics")), "经营方式/特点"
        ),
    )
    page.add(
        25,
        *_ask(2, 4, Single("competitor_summary"), "主要竞争对手\n(份额/价格对比)"),
        *_ask(2, 4, Single("market_flow"), "市场流向\n(至订单号)"),
    )


def _add_cooperation(page):
    page.section(COOPERATION)
    columns = (
        ("合作项目", 3, Single("cooperation_ids.project")),
        (
            "合作时间",
            2,
            Period(("cooperation_ids.date_start", "cooperation_ids.date_end")),
        ),
        (
            "合同编号/内容",
            3,
            Joined(
                ("cooperation_ids.contract_number", "cooperation_ids.contract_content")
            ),
        ),
        ("业绩(万元)", 2, Single("cooperation_ids.performance")),
        ("回款情况", 2, Single("cooperation_ids.collection")),
    )
    page.table(COOPERATION, 14, 22, columns)


def _add_service(page):
    page.section(SERVICE)
    page.add(
        26,
        *_ask(2, 2, Single("after_sales_summary")),
        *_ask(2, 2, Single("satisfaction_summary")),
        *_ask(2, 2, Single("complaint_summary")),
    )


def _add_classification(page):
    page.section(CLASSIFICATION)
    page.add(
        23,
        *_ask(2, 5, Boxes("partner_id.customer_category")),
        *_ask(1, 4, Boxes("partner_id.customer_nature")),
    )
    page.add(
        20,
        *_ask(2, 10, Graded("partner_id.credit_grade", "grade_basis"), "客户信誉"),
    )
    page.add(20, *_ask(2, 10, Remark("remark"), "备 注"))
    signatures = ("submitted_by_id", "team_id.user_id", "filed_by_id", "filed_at")
    page.add(20, *(box for key in signatures for box in _ask(2, 1, Single(key))))


PAGE = _build()
#: All cells of page 1 that carry facts.
INPUTS = tuple(cell for line in PAGE for cell in line.cells if cell.codec)
#: Where a fact stands on page 1: single facts by key, line facts by (key, line).
CELL_OF = {
    (key, cell.line) if cell.rows_key else key: cell
    for cell in INPUTS
    for key in cell.keys
}
PAGE_HEIGHT = sum(line.height for line in PAGE)
