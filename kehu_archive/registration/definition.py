"""What the registration form (客户档案登记表) asks for, written down once.

Everything that walks the form reads this list: the workbook out and in, the blank
form, the register's columns, the completeness score, the card's tabs (R108).

How to use it: ``FIELDS[key]`` gives one field, ``SECTIONS`` the sections in the order
of the form, ``fields_for(customer_nature)`` what a customer of that nature is asked,
``required_keys(customer_nature)`` what completeness counts, ``OPTIONS[name]`` the
option lists. A key is the dotted path from ``kehu.archive``.

How it works: frozen dataclasses, no behaviour. ``layout.py`` places the cells on the
A4 page; a field whose ``cell`` is empty has no room on page 1 and is printed on the
continuation sheet (附页) when it holds something (R93).
"""

from dataclasses import dataclass, field
from types import MappingProxyType

FORM_VERSION = "2026.1"
FORM_TITLE = "客户档案登记表"

BOTH = "both"
COMPANY = "company"
INDIVIDUAL = "individual"

# The card's five tabs, 基本、潜力、方向、财务信用、竞争力 (R108).
TABS = ("basic", "potential", "direction", "finance", "competition")
TAB_LABELS = MappingProxyType(
    {
        "basic": "基本",
        "potential": "潜力",
        "direction": "方向",
        "finance": "财务信用",
        "competition": "竞争力",
    }
)

KINDS = (
    "char",
    "text",
    "date",
    "month",
    "integer",
    "decimal",
    "selection",
    "code",
    "party",
)


@dataclass(frozen=True)
class Option:
    """One answer of an option list.

    ``code`` is what the database keeps, ``label`` what the paper says, ``gb_code``
    the national code that the answer stands for, where there is one.
    """

    code: str
    label: str
    gb_code: str = ""


@dataclass(frozen=True)
class Field:
    """One question of the form.

    :param str key: dotted path from ``kehu.archive``; rows: ``<section>.<name>``
    :param str label: the Chinese label, unique within the archive or the row
    :param str kind: one of ``KINDS``. ``code`` is a coded record (raw = its code,
        text = its name); ``party`` another customer, where 本户 and 总公司 are words
    :param str tab: the card tab the fact belongs to, exactly one (R108)
    :param bool required: counts for completeness (where it applies)
    :param str applies_to: ``both``, ``company`` or ``individual`` (R35)
    :param bool sensitive: personal trait, printed only with consent (R40)
    :param bool readonly: printed but never taken back from a workbook
    :param str options: name of the option list in ``OPTIONS``
    :param bool open_options: words outside the option list are allowed
    :param str cell: top left cell on page 1, rows: that of the first row
    :param bool on_form: False for facts that only the register shows
    :param str unit: unit of a number, as the label says it
    """

    key: str
    label: str
    kind: str
    tab: str
    required: bool = False
    applies_to: str = BOTH
    sensitive: bool = False
    readonly: bool = False
    options: str = ""
    open_options: bool = False
    cell: str = ""
    on_form: bool = True
    unit: str = ""


@dataclass(frozen=True)
class Section:
    """One section: single facts, or the lines of one list.

    ``rows_key`` is the One2many of the archive (empty for single facts) and
    ``page_rows`` the number of its lines that page 1 has room for.
    """

    key: str
    label: str
    tab: str
    fields: tuple[Field, ...] = field(default=())
    rows_key: str = ""
    page_rows: int = 0
    applies_to: str = BOTH


# === OPTION LISTS === #

# R84: the four of the form, 等 is 其他 with words of one's own.
NATURE_OPTIONS = (
    Option("soe", "国有企业"),
    Option("foreign", "外资企业"),
    Option("joint", "合资企业"),
    Option("private", "私营企业"),
    Option("other", "其他"),
)
# R85: the form's own twenty labels in their order; ``gb_code`` is the section letter
# of GB/T 4754-2017. Two labels share N; 其他 stands for no single section.
INDUSTRY_OPTIONS = (
    Option("01", "农、林、牧、渔业", "A"),
    Option("02", "采矿业", "B"),
    Option("03", "制造业", "C"),
    Option("04", "电力、热力、燃气及水的生产和供应业", "D"),
    Option("05", "环境和公共设施管理业", "N"),
    Option("06", "建筑业", "E"),
    Option("07", "交通运输、仓储业和邮政业", "G"),
    Option("08", "信息传输、计算机服务和软件业", "I"),
    Option("09", "批发和零售业", "F"),
    Option("10", "住宿、餐饮业", "H"),
    Option("11", "金融、保险业", "J"),
    Option("12", "房地产业", "K"),
    Option("13", "租赁和商务服务业", "L"),
    Option("14", "科学研究、技术服务和地质勘查业", "M"),
    Option("15", "水利、环境和公共设施管理业", "N"),
    Option("16", "居民服务和其他服务业", "O"),
    Option("17", "教育", "P"),
    Option("18", "卫生、社会保障和社会服务业", "Q"),
    Option("19", "文化、体育、娱乐业", "R"),
    Option("20", "其他", ""),
)
CUSTOMER_NATURE_OPTIONS = (  # R35
    Option("government", "政府机构"),
    Option("special", "特殊公司"),
    Option("company", "普通公司"),
    Option("individual", "个人"),
    Option("partner", "交易伙伴"),
)
CATEGORY_OPTIONS = (  # R86
    Option("key", "重要客户"),
    Option("main", "主要客户"),
    Option("ordinary", "普通客户"),
    Option("potential", "潜在客户"),
)
GRADE_OPTIONS = (Option("a", "A"), Option("b", "B"), Option("c", "C"))
ROLE_OPTIONS = (
    Option("owner", "所有者"),
    Option("manager", "经营管理者"),
    Option("legal", "法定代表人"),
    Option("purchasing", "采购经办"),
    Option("finance", "财务经办"),
    Option("other", "其他"),
)
SETTLEMENT_OPTIONS = (Option("cash", "现款"), Option("term", "账期"))
CONFIDENTIALITY_OPTIONS = (
    Option("internal", "内部"),
    Option("confidential", "秘密"),
    Option("secret", "机密"),
)
SIZE_OPTIONS = (
    Option("large", "大型"),
    Option("medium", "中型"),
    Option("small", "小型"),
    Option("micro", "微型"),
)
RELATION_OPTIONS = (
    Option("branch", "分公司"),
    Option("subsidiary", "子公司"),
    Option("store", "门店"),
)
PARTY_OPTIONS = (Option("self", "本户"), Option("head_office", "总公司"))
CONSENT_OPTIONS = (
    Option("granted", "同意"),
    Option("partial", "部分同意"),
    Option("refused", "不同意"),
)
NEED_OPTIONS = (
    Option("need", "业务需求"),
    Option("tendency", "购买倾向"),
    Option("special", "特殊要求"),
    Option("intention", "合作意向"),
)
SERVICE_OPTIONS = (
    Option("after_sales", "售后服务"),
    Option("satisfaction", "满意度"),
    Option("complaint", "投诉"),
)
SERVICE_STATE_OPTIONS = (Option("open", "未办结"), Option("closed", "已办结"))
LIFECYCLE_OPTIONS = (
    Option("future", "未来客户"),
    Option("new", "新客户"),
    Option("old", "老客户"),
)
STAGE_OPTIONS = (
    Option("past", "曾经交易"),
    Option("current", "正在交易"),
    Option("upcoming", "即将交易"),
)
RANK_OPTIONS = (
    Option("major", "主力客户"),
    Option("general", "一般客户"),
    Option("sporadic", "零散客户"),
)
EDUCATION_OPTIONS = (
    Option("junior", "初中及以下"),
    Option("senior", "高中/中专"),
    Option("college", "大专"),
    Option("bachelor", "本科"),
    Option("master", "硕士"),
    Option("doctor", "博士"),
)

OPTIONS = MappingProxyType(
    {
        "nature": NATURE_OPTIONS,
        "industry": INDUSTRY_OPTIONS,
        "customer_nature": CUSTOMER_NATURE_OPTIONS,
        "category": CATEGORY_OPTIONS,
        "grade": GRADE_OPTIONS,
        "role": ROLE_OPTIONS,
        "settlement": SETTLEMENT_OPTIONS,
        "confidentiality": CONFIDENTIALITY_OPTIONS,
        "size": SIZE_OPTIONS,
        "relation": RELATION_OPTIONS,
        "party": PARTY_OPTIONS,
        "consent": CONSENT_OPTIONS,
        "need": NEED_OPTIONS,
        "service": SERVICE_OPTIONS,
        "service_state": SERVICE_STATE_OPTIONS,
        "lifecycle": LIFECYCLE_OPTIONS,
        "stage": STAGE_OPTIONS,
        "rank": RANK_OPTIONS,
        "education": EDUCATION_OPTIONS,
    }
)

# === SECTIONS AND FIELDS === #

HEADER = Section(
    key="header",
    label="表头",
    tab="basic",
    fields=(
        Field("name", "档案编号", "char", "basic", readonly=True, cell="A2"),
        Field("partner_id.ref", "客户编号", "char", "basic", required=True, cell="E2"),
        Field(
            "confidentiality",
            "密级",
            "selection",
            "basic",
            options="confidentiality",
            cell="H2",
        ),
        Field("filled_on", "填表日期", "date", "basic", cell="J2"),
    ),
)

BASIC = Section(
    key="basic",
    label="一、基本信息",
    tab="basic",
    fields=(
        Field("partner_id.name", "客户名称", "char", "basic", required=True, cell="C4"),
        Field(
            "partner_id.short_name", "简称", "char", "basic", required=True, cell="K4"
        ),
        Field("partner_id.state_id", "省份", "char", "basic", cell="C5"),
        Field("partner_id.city", "城市", "char", "basic", cell="C5"),
        Field(
            "partner_id.street", "详细地址", "char", "basic", required=True, cell="C5"
        ),
        Field("partner_id.street2", "地址补充", "char", "basic", cell="C5"),
        Field("partner_id.zip", "邮编", "char", "basic", cell="K5"),
        Field("partner_id.phone", "电话", "char", "basic", required=True, cell="K5"),
        Field(
            "partner_id.region_id",
            "所属地区",
            "code",
            "basic",
            required=True,
            cell="C6",
        ),
        Field(
            "partner_id.customer_class_id",
            "所属分类",
            "code",
            "basic",
            required=True,
            cell="G6",
        ),
        Field(
            "partner_id.head_office_id",
            "客户总公司",
            "code",
            "basic",
            required=True,
            applies_to=COMPANY,
            cell="K6",
        ),
        Field(
            "partner_id.legal_representative",
            "法定代表人",
            "char",
            "basic",
            required=True,
            applies_to=COMPANY,
            cell="C7",
        ),
        Field(
            "partner_id.registered_capital",
            "注册资本",
            "decimal",
            "finance",
            required=True,
            applies_to=COMPANY,
            unit="万元",
            cell="G7",
        ),
        Field(
            "partner_id.founded_on",
            "成立时间",
            "date",
            "basic",
            required=True,
            applies_to=COMPANY,
            cell="K7",
        ),
        Field(
            "partner_id.enterprise_nature_id",
            "企业性质",
            "selection",
            "basic",
            required=True,
            applies_to=COMPANY,
            options="nature",
            cell="C8",
        ),
        Field(
            "partner_id.enterprise_nature_text",
            "企业性质说明",
            "char",
            "basic",
            applies_to=COMPANY,
            cell="C8",
        ),
        # The words on the form (one of the twenty labels, or the customer's own).
        # ``industry_id`` follows them, and is only printed when it says more than
        # the words do (a division such as C36): then the ORM layer fills it.
        Field(
            "partner_id.industry_text",
            "所属行业",
            "char",
            "basic",
            required=True,
            options="industry",
            open_options=True,
            cell="C9",
        ),
        Field("partner_id.industry_id", "行业代码", "code", "basic", cell="C9"),
        Field("main_business", "主营业务", "char", "basic", required=True, cell="I9"),
        Field(
            "partner_id.employee_count",
            "员工人数",
            "integer",
            "potential",
            required=True,
            applies_to=COMPANY,
            cell="C10",
        ),
        Field(
            "partner_id.annual_revenue",
            "年营业额",
            "decimal",
            "potential",
            required=True,
            applies_to=COMPANY,
            unit="万元",
            cell="G10",
        ),
        Field(
            "partner_id.total_assets",
            "资产",
            "decimal",
            "finance",
            required=True,
            applies_to=COMPANY,
            unit="万元",
            cell="K10",
        ),
        Field(
            "partner_id.size_class",
            "规模",
            "selection",
            "potential",
            applies_to=COMPANY,
            readonly=True,
            options="size",
            cell="K10",
        ),
        # No room on page 1: printed on the continuation sheet.
        Field("partner_id.email", "电子邮箱", "char", "basic"),
        Field("partner_id.website", "网址", "char", "basic"),
        Field("partner_id.country_id", "国家或地区", "char", "basic"),
        Field(
            "partner_id.head_office_relation",
            "与总公司关系",
            "selection",
            "basic",
            applies_to=COMPANY,
            options="relation",
        ),
        Field("business_scope", "业务范围", "text", "direction"),
        # Computed from leads, orders and invoices: the register shows them.
        Field(
            "partner_id.lifecycle",
            "客户阶段",
            "selection",
            "potential",
            readonly=True,
            options="lifecycle",
            on_form=False,
        ),
        Field(
            "partner_id.deal_stage",
            "交易状态",
            "selection",
            "potential",
            readonly=True,
            options="stage",
            on_form=False,
        ),
        Field(
            "partner_id.sales_rank",
            "销售地位",
            "selection",
            "potential",
            readonly=True,
            options="rank",
            on_form=False,
        ),
        Field(
            "partner_id.first_order_on",
            "首次交易时间",
            "date",
            "basic",
            readonly=True,
            on_form=False,
        ),
        Field(
            "partner_id.last_order_on",
            "最近交易时间",
            "date",
            "basic",
            readonly=True,
            on_form=False,
        ),
    ),
)

PRINCIPALS = Section(
    key="principals",
    label="二、主要人员",
    tab="basic",
    rows_key="principal_ids",
    page_rows=4,
    fields=(
        Field(
            "principal_ids.role",
            "身份",
            "selection",
            "basic",
            True,
            options="role",
            cell="A13",
        ),
        Field("principal_ids.name", "姓名", "char", "basic", True, cell="B13"),
        Field("principal_ids.job_title", "职务", "char", "basic", cell="C13"),
        Field(
            "principal_ids.birth_month",
            "出生年月",
            "month",
            "basic",
            sensitive=True,
            cell="D13",
        ),
        Field(
            "principal_ids.education",
            "学历",
            "char",
            "basic",
            sensitive=True,
            options="education",
            open_options=True,
            cell="E13",
        ),
        Field("principal_ids.phone", "电话/手机", "char", "basic", True, cell="F13"),
        Field("principal_ids.wechat", "微信", "char", "basic", cell="H13"),
        Field("principal_ids.email", "邮箱", "char", "basic", cell="H13"),
        Field(
            "principal_ids.personality",
            "性格兴趣嗜好",
            "char",
            "basic",
            sensitive=True,
            cell="J13",
        ),
        Field(
            "principal_ids.family",
            "家庭",
            "char",
            "basic",
            sensitive=True,
            cell="K13",
        ),
        Field(
            "principal_ids.background",
            "经历",
            "char",
            "basic",
            sensitive=True,
            cell="K13",
        ),
        Field("principal_ids.ability", "能力", "char", "basic", sensitive=True),
        Field(
            "principal_ids.consent_summary",
            "本人同意",
            "selection",
            "basic",
            options="consent",
            cell="L13",
        ),
    ),
)

SETTLEMENT = Section(
    key="settlement",
    label="三、开票与结算",
    tab="finance",
    fields=(
        Field("partner_id.vat", "税号", "char", "finance", required=True, cell="D18"),
        Field(
            "partner_id.invoicing_partner_id",
            "开票单位",
            "party",
            "finance",
            required=True,
            options="party",
            cell="J18",
        ),
        Field(
            "partner_id.bank_ids.bank_id",
            "开户银行",
            "char",
            "finance",
            required=True,
            cell="C19",
        ),
        Field(
            "partner_id.bank_ids.acc_number",
            "账号",
            "char",
            "finance",
            required=True,
            cell="I19",
        ),
        Field(
            "settlement_method",
            "付款方式",
            "selection",
            "finance",
            required=True,
            options="settlement",
            cell="C20",
        ),
        Field("credit_days", "账期天数", "integer", "finance", unit="天", cell="C20"),
        Field(
            "credit_terms",
            "信用额度/期限",
            "char",
            "finance",
            required=True,
            cell="I20",
        ),
        Field(
            "partner_id.credit_partner_id",
            "信用单位",
            "party",
            "finance",
            options="party",
        ),
    ),
)

MARKET = Section(
    key="market",
    label="四、经营与市场",
    tab="potential",
    fields=(
        Field(
            "market_area", "市场区域", "char", "potential", required=True, cell="C22"
        ),
        Field(
            "development_potential",
            "发展潜力",
            "char",
            "potential",
            required=True,
            cell="C22",
        ),
        Field(
            "business_mode", "经营方式", "char", "direction", required=True, cell="I22"
        ),
        Field(
            "business_characteristics",
            "经营特点",
            "char",
            "direction",
            required=True,
            cell="I22",
        ),
        Field(
            "competitor_summary",
            "主要竞争对手",
            "char",
            "competition",
            required=True,
            cell="C23",
        ),
        Field(
            "market_flow", "市场流向", "char", "competition", required=True, cell="I23"
        ),
        # R115, no room on page 1.
        Field("sales_capability", "销售能力", "text", "potential"),
        Field("business_philosophy", "经营观念", "text", "direction"),
        Field("business_policy", "经营政策", "text", "direction"),
    ),
)

COOPERATION = Section(
    key="cooperation",
    label="五、合作信息",
    tab="direction",
    rows_key="cooperation_ids",
    page_rows=3,
    fields=(
        Field(
            "cooperation_ids.project", "合作项目", "char", "direction", True, cell="A26"
        ),
        Field(
            "cooperation_ids.date_start", "开始时间", "date", "direction", cell="D26"
        ),
        Field("cooperation_ids.date_end", "结束时间", "date", "direction", cell="D26"),
        Field(
            "cooperation_ids.contract_number",
            "合同编号",
            "char",
            "direction",
            cell="F26",
        ),
        Field(
            "cooperation_ids.contract_content",
            "合同内容",
            "char",
            "direction",
            cell="F26",
        ),
        Field(
            "cooperation_ids.performance",
            "业绩",
            "decimal",
            "finance",
            unit="万元",
            cell="I26",
        ),
        Field("cooperation_ids.collection", "回款情况", "char", "finance", cell="K26"),
    ),
)

SERVICE = Section(
    key="service",
    label="六、服务信息",
    tab="competition",
    fields=(
        Field(
            "after_sales_summary",
            "售后服务",
            "text",
            "competition",
            required=True,
            cell="C30",
        ),
        Field(
            "satisfaction_summary",
            "客户满意度",
            "text",
            "competition",
            required=True,
            cell="G30",
        ),
        Field(
            "complaint_summary",
            "投诉记录",
            "text",
            "competition",
            required=True,
            cell="K30",
        ),
    ),
)

CLASSIFICATION = Section(
    key="classification",
    label="七、分类与信誉",
    tab="finance",
    fields=(
        Field(
            "partner_id.customer_category",
            "客户类别",
            "selection",
            "potential",
            required=True,
            options="category",
            cell="C32",
        ),
        Field(
            "partner_id.customer_nature",
            "客户性质",
            "selection",
            "basic",
            required=True,
            options="customer_nature",
            cell="I32",
        ),
        Field(
            "partner_id.credit_grade",
            "客户信誉",
            "selection",
            "finance",
            required=True,
            options="grade",
            cell="C33",
        ),
        Field("grade_basis", "信誉依据", "text", "finance", cell="C33"),
    ),
)

SIGNATURES = Section(
    key="signatures",
    label="备注与签收",
    tab="basic",
    fields=(
        Field("remark", "备注", "text", "basic", cell="C34"),
        Field("submitted_by_id", "填表人", "char", "basic", readonly=True, cell="C35"),
        Field(
            "team_id.user_id", "部门负责人", "char", "basic", readonly=True, cell="F35"
        ),
        Field("filed_by_id", "档案室接收", "char", "basic", readonly=True, cell="I35"),
        Field("filed_at", "接收日期", "date", "basic", readonly=True, cell="L35"),
    ),
)

# === SECTIONS THAT LIVE ON THE CONTINUATION SHEET ONLY === #

NEEDS = Section(
    key="needs",
    label="业务需求与合作意向",
    tab="direction",
    rows_key="need_ids",
    fields=(
        Field("need_ids.kind", "类型", "selection", "direction", True, options="need"),
        Field("need_ids.description", "内容", "text", "direction", True),
        Field("need_ids.noted_on", "记录日期", "date", "direction"),
        Field("need_ids.source", "来源", "char", "direction"),
    ),
)
SERVICE_RECORDS = Section(
    key="service_records",
    label="服务与投诉记录",
    tab="competition",
    rows_key="service_ids",
    fields=(
        Field(
            "service_ids.kind",
            "类型",
            "selection",
            "competition",
            True,
            options="service",
        ),
        Field("service_ids.date", "日期", "date", "competition"),
        Field("service_ids.description", "内容", "text", "competition", True),
        Field("service_ids.deadline", "期限", "date", "competition"),
        Field("service_ids.result", "结果", "text", "competition"),
        Field("service_ids.score", "评分", "integer", "competition"),
        Field(
            "service_ids.state",
            "状态",
            "selection",
            "competition",
            options="service_state",
        ),
    ),
)
COMPETITORS = Section(
    key="competitors",
    label="竞争对手",
    tab="competition",
    rows_key="competitor_ids",
    fields=(
        Field("competitor_ids.name", "名称", "char", "competition", True),
        Field("competitor_ids.relation", "关系", "char", "competition"),
        Field("competitor_ids.share", "份额", "char", "competition"),
        Field("competitor_ids.price_note", "价格", "char", "competition"),
        Field("competitor_ids.note", "说明", "text", "competition"),
    ),
)
COMPARISONS = Section(
    key="comparisons",
    label="竞争对比",
    tab="competition",
    rows_key="comparison_ids",
    fields=(
        Field("comparison_ids.competitor_id", "对手", "char", "competition", True),
        Field("comparison_ids.date", "日期", "date", "competition"),
        Field("comparison_ids.price", "价格分", "integer", "competition"),
        Field("comparison_ids.quality", "质量分", "integer", "competition"),
        Field("comparison_ids.delivery", "交期分", "integer", "competition"),
        Field("comparison_ids.service", "服务分", "integer", "competition"),
        Field("comparison_ids.note", "说明", "text", "competition"),
    ),
)
NOTES = Section(
    key="notes",
    label="备忘",
    tab="basic",
    rows_key="note_ids",
    fields=(
        Field("note_ids.date", "日期", "date", "basic"),
        Field("note_ids.text", "内容", "text", "basic", True),
        Field("note_ids.source", "来源", "char", "basic"),
    ),
)

SECTIONS = (
    HEADER,
    BASIC,
    PRINCIPALS,
    SETTLEMENT,
    MARKET,
    COOPERATION,
    SERVICE,
    CLASSIFICATION,
    SIGNATURES,
    NEEDS,
    SERVICE_RECORDS,
    COMPETITORS,
    COMPARISONS,
    NOTES,
)

#: Single facts of the archive and its customer, by key.
FIELDS = MappingProxyType(
    {f.key: f for section in SECTIONS if not section.rows_key for f in section.fields}
)
#: Sections that are lists, by the One2many that holds them.
ROW_SECTIONS = MappingProxyType({s.rows_key: s for s in SECTIONS if s.rows_key})
#: Fields of list lines, by key.
ROW_FIELDS = MappingProxyType(
    {f.key: f for section in ROW_SECTIONS.values() for f in section.fields}
)
SECTION_OF = MappingProxyType({f.key: s for s in SECTIONS for f in s.fields})


def get_field(key):
    """Return the field called ``key``, single fact or line field.

    :param str key: dotted path from ``kehu.archive``
    :return: the :class:`Field`
    :raise KeyError: when the form does not ask for ``key``
    """
    return FIELDS.get(key) or ROW_FIELDS[key]


def applies(item, customer_nature):
    """Tell whether a field or section concerns a customer of that nature (R35).

    :param item: a :class:`Field` or :class:`Section`
    :param str customer_nature: raw value of ``customer_nature``; empty counts as a
        company, the form's usual customer
    :rtype: bool
    """
    if item.applies_to == BOTH:
        return True
    return (item.applies_to == INDIVIDUAL) == (customer_nature == "individual")


def fields_for(customer_nature):
    """Return the single facts that a customer of that nature is asked for."""
    return tuple(f for f in FIELDS.values() if applies(f, customer_nature))


def required_keys(customer_nature):
    """Return the keys that completeness counts for that nature (R33, R35, R91)."""
    return tuple(f.key for f in fields_for(customer_nature) if f.required)


def register_fields():
    """Return the single facts that make the register's columns, in form order."""
    return tuple(FIELDS.values())


def option_by_code(name, code):
    """Return the option of list ``name`` with that code, or None."""
    return next((o for o in OPTIONS[name] if o.code == code), None)


def option_by_label(name, label):
    """Return the option of list ``name`` with that label, or None."""
    return next((o for o in OPTIONS[name] if o.label == label), None)
