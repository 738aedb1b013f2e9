"""Reads registers back, ours and the old lists that companies keep.

A list is any visible sheet with a row of headings that the form knows: the labels of
the form, with or without units, or one of the usual other words for them, in any order
and any number. Unknown headings are named, and their columns left alone.

``read_register(data, name)`` gives the tables of a workbook, ``RowLexer`` turns the
contents of one row into values and errors by cell.
"""

import io
import re
from dataclasses import dataclass, field

import xlrd

from . import register
from .definition import FORM_VERSION
from .folding import fold_label
from .grid import FORMULA, xls_content, xls_formulas
from .hidden import HIDDEN_SHEET
from .kinds import as_text, parse_value
from .messages import CellError, CellProblem, RefusedFile
from .results import address, check_content, check_length, column_letters
from .safety import MEGABYTE, PARSER_FAILURES, Limits, identify
from .values import ValueState
from .xlsx_rows import XlsxRows

MAX_ROWS = 50000
MAX_COLUMNS = 200
_HEAD_ROWS = 20
_HEADINGS_NEEDED = 2
_MAX_NUMBER = {"integer": 2**31 - 1, "decimal": 10**11}
_MEMORY = 5000
#: A list of 50,000 customers is far larger than a form.
LIMITS = Limits(
    file=60 * MEGABYTE, unpacked=600 * MEGABYTE, part=400 * MEGABYTE, ratio=200
)

#: Other words that companies use for the form's labels.
ALIASES = {
    "partner_id.ref": ("客户编码", "客户代码", "客户号", "编码", "代码", "编号"),
    "partner_id.name": ("名称", "客户全称", "全称", "公司名称", "单位名称", "企业名称"),
    "partner_id.short_name": ("客户简称",),
    "partner_id.vat": (
        "纳税人识别号",
        "统一社会信用代码",
        "社会信用代码",
        "税务登记号",
    ),
    "partner_id.region_id": ("地区", "所属地区码", "地区码", "地区代码", "行政区划"),
    "partner_id.customer_class_id": ("分类", "所属分类码", "客户分类", "分类码"),
    "partner_id.industry_text": ("行业",),
    "partner_id.enterprise_nature_id": ("性质", "公司性质"),
    "partner_id.head_office_id": ("总公司", "总公司编码", "客户总公司编码", "总部"),
    "partner_id.legal_representative": ("法人", "法人代表"),
    "partner_id.state_id": ("省", "省市"),
    "partner_id.city": ("市", "所在城市"),
    "partner_id.street": ("地址", "公司地址", "联系地址"),
    "partner_id.zip": ("邮政编码",),
    "partner_id.phone": ("联系电话", "电话号码", "公司电话"),
    "partner_id.email": ("邮箱", "电子邮件"),
    "partner_id.website": ("网站", "公司网址"),
    "partner_id.founded_on": ("成立日期", "注册时间", "注册日期"),
    "partner_id.employee_count": ("员工人数", "人数", "职工人数", "从业人员"),
    "partner_id.annual_revenue": ("营业收入", "年收入", "年销售额"),
    "partner_id.total_assets": ("资产总额", "总资产"),
    "partner_id.bank_ids.acc_number": ("银行账号", "银行帐号", "帐号"),
    "partner_id.bank_ids.bank_id": ("银行", "开户行"),
    "partner_id.customer_category": ("类别",),
    "partner_id.credit_grade": ("信誉", "信用等级", "信誉等级"),
    "main_business": ("主营", "主营产品", "主营业务"),
    "user_id": ("业务员", "销售人员", "负责人", "客户经理"),
}


@dataclass
class Table:
    """One list of customers.

    :param str sheet: name of the sheet
    :param list columns: ``(column, Field)`` of the columns that are taken
    :param list ignored: ``(cell, heading)`` of those that are not known
    :param list readonly: headings of what the system itself computes
    :param list rows: ``(row number, contents of the columns)``, empty rows left out
    """

    sheet: str
    columns: list = field(default_factory=list)
    ignored: list = field(default_factory=list)
    readonly: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    date_1904: bool = False


def read_register(data, name):
    """Return the lists of a workbook.

    :param bytes data: the file
    :param str name: for messages
    :rtype: list[Table]
    :raise RefusedFile: when it cannot be read, or holds no list of customers
    """
    kind = identify(data, name, LIMITS)
    if kind == "zip":
        raise RefusedFile("register_type", file=name)
    try:
        tables = (_read_xlsx if kind == "xlsx" else _read_xls)(data, name)
    except RefusedFile:
        raise
    except xlrd.XLRDError as error:
        sentence = "file_encrypted" if "encrypted" in str(error) else "file_damaged"
        raise RefusedFile(sentence, file=name) from error
    except PARSER_FAILURES as error:
        raise RefusedFile("file_damaged", file=name) from error
    if not tables:
        raise RefusedFile("register_no_headings", file=name)
    return tables


# === WORKBOOKS === #


def _read_xlsx(data, name):
    tables = []
    book = XlsxRows(data)
    for title, is_visible, path in book.sheets():
        lines = book.lines(path, MAX_COLUMNS)
        if title == HIDDEN_SHEET:
            _check_version(next(lines, (1, ()))[1], name)
        elif is_visible:
            _add_table(tables, title, lines, book.date_1904, name)
    return tables


def _read_xls(data, name):
    tables = []
    workbook = xlrd.open_workbook(
        file_contents=data, logfile=io.StringIO(), ragged_rows=True, on_demand=True
    )
    with workbook:
        formulas = xls_formulas(data)
        for index in range(workbook.nsheets):
            sheet = workbook.sheet_by_index(index)
            if sheet.name == HIDDEN_SHEET:
                _check_version(sheet.row_values(0)[:2] if sheet.nrows else (), name)
            elif not sheet.visibility:
                lines = _xls_lines(sheet, workbook.datemode, formulas.get(index, ()))
                _add_table(tables, sheet.name, lines, workbook.datemode == 1, name)
    return tables


def _xls_lines(sheet, datemode, formulas):
    for row in range(sheet.nrows):
        line = [xls_content(cell, datemode) for cell in sheet.row(row)[:MAX_COLUMNS]]
        for col in range(len(line)):
            if (row, col) in formulas:
                line[col] = FORMULA
        yield row + 1, line


def _check_version(head, name):
    """Refuse a register of a newer form; lists that are not ours have no version."""
    if len(head) > 1 and head[0] == register.REGISTER_MAGIC:
        version = head[1]
        if isinstance(version, str) and version > FORM_VERSION:
            raise RefusedFile("file_newer", file=name, version=version)


# === TABLES === #


def _add_table(tables, title, lines, date_1904, name):
    """Add the list of a sheet, when the sheet begins with headings that we know."""
    table = None
    room = MAX_ROWS - sum(len(other.rows) for other in tables)
    for number, line in lines:
        if table is None:
            table = _read_headings(title, number, line)
            if table is None and number >= _HEAD_ROWS:
                return
            continue
        contents = [
            line[col] if col < len(line) else None for col, _field in table.columns
        ]
        if any(content is not None and content != "" for content in contents):
            if len(table.rows) >= room:
                raise RefusedFile("register_too_many_rows", file=name, limit=MAX_ROWS)
            table.rows.append((number, contents))
    if table is not None:
        table.date_1904 = date_1904
        tables.append(table)


def _read_headings(title, number, line):
    """Return the empty table that a line heads, or None when it is no heading."""
    table = Table(title)
    seen = set()
    for col, content in enumerate(line):
        if not isinstance(content, str) or not content.strip():
            continue
        fact = FIELD_OF.get(_fold_heading(content))
        if fact is None or fact.key in seen:
            table.ignored.append((address(number - 1, col), content.strip()))
            continue
        seen.add(fact.key)
        if fact.readonly:
            table.readonly.append(content.strip())
        else:
            table.columns.append((col, fact))
    names = {"partner_id.name", "partner_id.ref"} & seen
    if len(seen) < _HEADINGS_NEEDED or not names:
        return None
    return table


def _fold_heading(text):
    """Leave the unit out, and everything but letters, digits and Chinese."""
    return fold_label(re.sub(r"[（(\[【].*?[)）\]】]", "", text))


def _make_field_of():
    fields = {}
    for fact in register.columns():
        fields[fold_label(fact.label)] = fact
    by_key = {fact.key: fact for fact in register.columns()}
    for key, words in ALIASES.items():
        for word in words:
            fields.setdefault(fold_label(word), by_key[key])
    return fields


FIELD_OF = _make_field_of()


# === ROWS === #


class RowLexer:
    """Turns the contents of a row into values; the same content is read only once."""

    def __init__(self, table):
        """Keep the columns.

        :param Table table: whose rows are read
        """
        self._sheet = table.sheet
        self._date_1904 = table.date_1904
        self._columns = [(col, fact, {}) for col, fact in table.columns]
        #: ``{key: letters of its column}``
        self.letters = {fact.key: column_letters(col) for col, fact in table.columns}

    def read_row(self, number, contents):
        """Return what a row says.

        :param int number: number of the row on its sheet
        :param list contents: contents of the table's columns
        :return: ``({key: Value}, [CellError])``; blank cells say nothing
        :rtype: tuple
        """
        values, errors = {}, []
        columns = zip(self._columns, contents, strict=True)
        for (col, fact, memory), content in columns:
            if content is None or content == "":
                continue
            # 1, 1.0 and True are one key of a dictionary, and not one content.
            known = (type(content), content)
            answer = memory.get(known)
            if answer is None:
                answer = _read_cell(fact, content, self._date_1904)
                if len(memory) < _MEMORY:
                    memory[known] = answer
            if isinstance(answer, CellProblem):
                cell = address(number - 1, col)
                errors.append(CellError(self._sheet, cell, answer.message, fact.key))
            elif answer:
                values[fact.key] = answer
        return values, errors


def _read_cell(fact, content, date_1904):
    """Return the value of a cell, or the problem with it."""
    try:
        return read_content(fact, content, date_1904)
    except CellProblem as problem:
        return problem


def read_content(fact, content, date_1904=False):
    """Return the value that a content of a register's column stands for.

    :param Field fact: the column
    :param content: what the workbook holds
    :rtype: Value
    :raise CellProblem: when it is no answer
    """
    check_content(content, fact.label)
    if fact.kind == "char" and isinstance(content, float) and content.is_integer():
        # A code or telephone number that Excel took for a number.
        content = int(content)
    if fact.key == "partner_id.region_id" and isinstance(content, (int, float)):
        content = as_text(content)
    value = parse_value(fact, content, date_1904)
    check_length(fact.key, value, fact)
    if value.state is ValueState.FILLED and fact.kind in _MAX_NUMBER:
        number = float(value.raw)
        if number < 0:
            raise CellProblem("negative_number", label=fact.label, text=value.text)
        if number > _MAX_NUMBER[fact.kind]:
            raise CellProblem(
                f"bad_{fact.kind}",
                label=fact.label,
                text=value.text,
                unit=fact.unit or "1",
            )
    return value
