"""Forms for the tests of the registration package: one typical, many random."""

import datetime
import io

from ..registration.definition import (
    FIELDS,
    OPTIONS,
    ROW_SECTIONS,
    applies,
    get_field,
)
from ..registration.form_sheet import PrintContext, write_forms
from ..registration.kinds import canonical
from ..registration.reader import read_forms
from ..registration.values import MISSING, NA, REFUSED, FormData, Value

filled = Value.filled

PRINTED_AT = datetime.datetime(2026, 8, 3, 9, 30)
# Everything that has gone wrong in spreadsheets: separators, formulas, marks of our
# own, escapes, astral characters, blanks.
_PIECES = (
    "青岛海润精密机械",
    "香港中路12号",
    "ABC Co., Ltd.",
    " / ",
    "/",
    " // ",
    "a / b",
    "至",
    " 至 ",
    "=1+1",
    "+86 532 8577",
    "-3",
    "@SUM(A1)",
    "'引号",
    '"双引号"',
    "<b>&amp;</b>",
    "_x000D_",
    "无",
    "☑",
    "□",
    "：",
    "（续）",
    "另附 3 页",
    "依据：",
    "账期",
    "其他",
    "𠮷野家",
    "　",
    "  ",
    "1980.10",
    "370200",
    "2026-08-03",
    "%s{0}",
    "－",
    "_",
)


def print_context(**overrides):
    """Return who prints and when, the same in all tests."""
    values = {"printed_by": "李销售", "printed_at": PRINTED_AT, **overrides}
    return PrintContext(**values)


def written(*forms, **context):
    """Return the workbook of some forms as bytes."""
    stream = io.BytesIO()
    write_forms(stream, forms, print_context(**context))
    return stream.getvalue()


def round_trip(form):
    """Return the form that comes back from a workbook of ``form`` alone."""
    (read,) = read_forms(written(form), "登记表.xlsx")
    return read


def comparable(form):
    """Return what a form says, in canonical values and without blanks."""
    archive, rows = form.facts()
    archive = {key: canonical(get_field(key), value) for key, value in archive.items()}
    rows = {
        rows_key: [
            {
                key: known
                for key, value in line.items()
                if (known := canonical(get_field(key), value))
            }
            for line in lines
        ]
        for rows_key, lines in rows.items()
    }
    rows = {key: [line for line in lines if line] for key, lines in rows.items()}
    return (
        {key: value for key, value in archive.items() if value},
        {key: lines for key, lines in rows.items() if lines},
    )


def typical_archive(**overrides):
    """Return the single facts of a typical company; keys with ``__`` for dots."""
    archive = {
        "name": filled("KH-3702-2026-00017"),
        "confidentiality": filled(raw="secret"),
        "filled_on": filled(raw="2026-08-03"),
        "partner_id.ref": filled("370200010001"),
        "partner_id.name": filled("青岛海润精密机械制造有限公司"),
        "partner_id.short_name": filled("海润机械"),
        "partner_id.state_id": filled("山东省"),
        "partner_id.city": filled("青岛市"),
        "partner_id.street": filled("市南区香港中路 12 号丰合广场 A 座"),
        "partner_id.zip": filled("266071"),
        "partner_id.phone": filled("0532-85771234"),
        "partner_id.region_id": filled("青岛市", "370200"),
        "partner_id.customer_class_id": filled("终端客户", "02"),
        "partner_id.head_office_id": NA,
        "partner_id.legal_representative": filled("王建国"),
        "partner_id.registered_capital": filled(raw="1200"),
        "partner_id.founded_on": filled(raw="2003-05-16"),
        "partner_id.enterprise_nature_id": filled(raw="private"),
        "partner_id.industry_text": filled("制造业"),
        "main_business": filled("数控机床零部件、汽车模具"),
        "partner_id.employee_count": filled(raw="186"),
        "partner_id.annual_revenue": filled(raw="8650.5"),
        "partner_id.total_assets": filled(raw="6200"),
        "partner_id.size_class": filled(raw="small"),
        "partner_id.vat": filled("91110000600037341L"),
        "partner_id.invoicing_partner_id": filled(raw="self"),
        "partner_id.bank_ids.bank_id": filled("中国工商银行青岛市南支行"),
        "partner_id.bank_ids.acc_number": filled("3803020119200123456"),
        "settlement_method": filled(raw="term"),
        "credit_days": filled(raw="30"),
        "credit_terms": filled("50 万元 / 30 天"),
        "market_area": filled("胶东半岛、日韩"),
        "development_potential": filled("新厂房 2027 年投产"),
        "business_mode": filled("直销为主"),
        "business_characteristics": filled("小批量多品种"),
        "competitor_summary": filled("烟台恒力(约 30%,价低 5%)"),
        "market_flow": filled("SO0123 出口日本"),
        "after_sales_summary": filled("2026-05 上门调试一次"),
        "satisfaction_summary": filled("92 分"),
        "complaint_summary": NA,
        "partner_id.customer_category": filled(raw="key"),
        "partner_id.customer_nature": filled(raw="company"),
        "partner_id.credit_grade": filled(raw="a"),
        "grade_basis": filled("近 12 个月应收 18 笔,逾期 0 笔"),
        "remark": filled("重点跟进"),
    }
    archive.update({key.replace("__", "."): v for key, v in overrides.items()})
    return archive


def principal(**values):
    """Return a line of 主要人员."""
    return {f"principal_ids.{name}": value for name, value in values.items()}


def cooperation(**values):
    """Return a line of 合作信息."""
    return {f"cooperation_ids.{name}": value for name, value in values.items()}


def typical_form(token="archive:17", rows=None, **overrides):
    """Return the form of a typical company that fits on page 1."""
    if rows is None:
        rows = {
            "principal_ids": [
                principal(
                    role=filled(raw="owner"),
                    name=filled("王建国"),
                    birth_month=filled(raw="1968-05"),
                    phone=filled("13805321234"),
                    wechat=filled("wjg1968"),
                    email=filled("wjg@hairun.cn"),
                    consent_summary=filled(raw="granted"),
                )
            ],
            "cooperation_ids": [
                cooperation(
                    project=filled("数控刀具年度供货"),
                    date_start=filled(raw="2026-01-01"),
                    date_end=filled(raw="2026-12-31"),
                    contract_number=filled("HT-2026-018"),
                    performance=filled(raw="128.6"),
                )
            ],
        }
    return FormData(typical_archive(**overrides), rows, token=token)


# === RANDOM FORMS === #


def random_form(rng, nature=None):
    """Return a form with random content in every state.

    :param random.Random rng: seeded by the test, so that a failure can be repeated
    """
    nature = nature or rng.choice(OPTIONS["customer_nature"]).code
    archive = {
        key: random_value(rng, field)
        for key, field in FIELDS.items()
        if field.on_form and applies(field, nature) and rng.random() < 0.8
    }
    archive["partner_id.customer_nature"] = filled(raw=nature)
    if archive.get("partner_id.enterprise_nature_id", MISSING).raw == "":
        # Words after 其他 belong to an answer.
        archive.pop("partner_id.enterprise_nature_text", None)
    rows = {}
    for rows_key, section in ROW_SECTIONS.items():
        rows[rows_key] = [
            {
                field.key: random_value(rng, field)
                for field in section.fields
                if rng.random() < 0.8
            }
            for _ in range(rng.choice((0, 1, 2, 3, 5, 7)))
        ]
        for line in rows[rows_key]:
            # A line nobody can see would not be a line.
            line[section.fields[0].key] = _content(rng, section.fields[0])
    return FormData(archive, rows, token=f"archive:{rng.randrange(10**6)}")


def random_value(rng, field):
    """Return a random value of a field, one in five without content."""
    if rng.random() < 0.2:
        return rng.choice((NA, REFUSED, MISSING))
    return _content(rng, field)


def _content(rng, field):
    if field.kind == "selection":
        return filled(raw=rng.choice(OPTIONS[field.options]).code)
    if field.kind == "date":
        day = datetime.date(1930, 1, 1) + datetime.timedelta(rng.randrange(40000))
        return filled(raw=day.isoformat())
    if field.kind == "month":
        return filled(raw=f"{rng.randrange(1930, 2030)}-{rng.randrange(1, 13):02d}")
    if field.kind == "integer":
        return filled(raw=str(rng.randrange(10 ** rng.randrange(1, 7))))
    if field.kind == "decimal":
        return filled(raw=str(rng.randrange(10**8) / rng.choice((1, 10, 10000))))
    if field.kind in ("code", "party"):
        code = rng.choice(("", "370200", "KH-001", "C36", "a.b_c"))
        return filled(_words(rng, 1) or "名", code)
    return filled(_words(rng, rng.choice((1, 2, 3, 12))) or "有")


def _words(rng, count):
    joiner = rng.choice(("", " ", "、"))
    return joiner.join(rng.choice(_PIECES) for _ in range(count)).strip()
