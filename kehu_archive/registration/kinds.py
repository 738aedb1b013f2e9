"""Printing and reading of one value, kind by kind.

``print_value(field, value)`` gives the text of a cell, ``parse_value(field, cell)``
the value of a cell; what one printed, the other reads back as the same value. Reading
is tolerant of what people type: full-width digits, three ways to write a date, units,
thousands separators, the numbers behind Excel's dates.
"""

import datetime
import re
import unicodedata
from decimal import Decimal, InvalidOperation

from .definition import OPTIONS, option_by_code, option_by_label
from .messages import CellProblem
from .values import (
    MARKERS,
    MISSING,
    SEE_ANNEX,
    SUMMARY_PREFIX,
    Value,
    ValueState,
    from_marker,
    normalise,
)

#: In place of a part that is not filled in, where its position matters.
PLACEHOLDER = "－"
_CODE = re.compile(r"^([0-9A-Za-z][0-9A-Za-z._-]*)(?:\s+(\S.*))?$", re.DOTALL)
_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_MONTH = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$")
_TIME_TAIL = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_NUMBER = re.compile(r"^([-+]?\d[\d,\s]*(?:\.\d+)?|[-+]?\.\d+)\s*(\D*)$")
_INTEGER_UNITS = frozenset(("", "人", "名", "天", "日", "页", "分", "次"))
# Amounts are kept in 万元; what people write is turned into it.
_AMOUNT_UNITS = {
    "": Decimal(1),
    "万": Decimal(1),
    "万元": Decimal(1),
    "万人民币": Decimal(1),
    "元": Decimal("0.0001"),
    "亿": Decimal(10000),
    "亿元": Decimal(10000),
}
_ALIASES = {
    "role": {
        "法人": "legal",
        "法人代表": "legal",
        "老板": "owner",
        "采购": "purchasing",
        "采购经办人": "purchasing",
        "财务": "finance",
        "财务经办人": "finance",
        "总经理": "manager",
        "经理": "manager",
    },
    "customer_nature": {"政府": "government", "伙伴": "partner", "公司": "company"},
    "category": {
        "重要": "key",
        "主要": "main",
        "普通": "ordinary",
        "潜在": "potential",
    },
    "nature": {"国有": "soe", "外资": "foreign", "合资": "joint", "私营": "private"},
    "consent": {"是": "granted", "否": "refused", "已同意": "granted"},
    "grade": {"A级": "a", "B级": "b", "C级": "c"},
    "settlement": {"现金": "cash", "现款现货": "cash"},
}
_EPOCH_1900 = datetime.datetime(1899, 12, 30)
_EPOCH_1904 = datetime.datetime(1904, 1, 1)
_FIRST_SERIAL = 10000  # 1927-05-18
_LAST_SERIAL = 2958465  # 9999-12-31


# === PRINTING === #


def print_value(field, value):
    """Return the text that stands in the cell for ``value``.

    :param Field field: what was asked
    :param Value value: the answer
    :rtype: str
    """
    if value.state in MARKERS:
        return MARKERS[value.state]
    if value.state is ValueState.MISSING:
        return f"{SUMMARY_PREFIX}{value.text}" if value.text else ""
    if value.text == SEE_ANNEX and not value.raw:
        return SEE_ANNEX
    return _PRINTERS.get(field.kind, _print_words)(field, value)


def _print_words(field, value):
    text = normalise(value.text, field.kind == "text")
    return "" if is_blank(text) else text


def is_blank(text):
    """Tell whether a text only holds the place for a pen: "____", "__年__月__日"."""
    return (
        text == PLACEHOLDER
        or not text.strip("_＿ 　年月日")
        and (not text or "_" in text or "＿" in text)
    )


def _print_date(_field, value):
    date = datetime.date.fromisoformat(value.raw)
    return f"{date.year}年{date.month}月{date.day}日"


def _print_month(_field, value):
    year, month = value.raw.split("-")
    return f"{int(year)}年{int(month)}月"


def _print_number(_field, value):
    return f"{Decimal(plain_decimal(Decimal(value.raw))):,f}"


def _print_option(field, value):
    option = option_by_code(field.options, value.raw)
    return option.label if option else value.text


def _print_code(_field, value):
    name = normalise(value.text)
    if value.raw:
        return f"{value.raw} {name}".rstrip()
    if is_blank(name):
        return ""
    # Without a code, a name in Latin letters would be read as one.
    return f"{PLACEHOLDER} {name}" if _CODE.match(name) else name


def _print_party(field, value):
    option = option_by_code(field.options, value.raw)
    return option.label if option else _print_code(field, value)


_PRINTERS = {
    "date": _print_date,
    "month": _print_month,
    "integer": _print_number,
    "decimal": _print_number,
    "selection": _print_option,
    "code": _print_code,
    "party": _print_party,
}


# === READING === #


def parse_value(field, content, date_1904=False):
    """Return the value that a cell's content stands for.

    :param Field field: what was asked
    :param content: ``str``, number, ``bool``, ``date``/``datetime`` or None
    :param bool date_1904: the workbook counts its days from 1904
    :rtype: Value
    :raise CellProblem: when the content cannot be an answer to the question
    """
    if content is None:
        return MISSING
    if isinstance(content, str):
        text = normalise(content, field.kind == "text")
        if is_blank(text):
            return MISSING
        marker = from_marker(text)
        if marker is not None:
            return marker
        if text == SEE_ANNEX:
            return Value.filled(SEE_ANNEX)
        content = text
    elif isinstance(content, bool):
        content = "是" if content else "否"
    return _PARSERS[field.kind](field, content, date_1904)


def as_text(content):
    """Return what a person sees in a cell, for cells that hold words."""
    if content is None:
        return ""
    if isinstance(content, datetime.datetime):
        content = content.date()
    if isinstance(content, datetime.date):
        return f"{content.year}年{content.month}月{content.day}日"
    if isinstance(content, float):
        return plain_decimal(Decimal(repr(content)))
    return str(content)


def plain_decimal(number):
    """Return a decimal in digits, without exponent and without trailing zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _parse_words(field, content, _date_1904):
    text = normalise(as_text(content), field.kind == "text")
    return Value.filled(text)


def _parse_date(field, content, date_1904):
    date = _to_date(content, date_1904)
    if date is None:
        raise CellProblem("bad_date", text=as_text(content), label=field.label)
    value = Value.filled(raw=date.isoformat())
    return Value.filled(_print_date(field, value), value.raw)


def _to_date(content, date_1904):
    if isinstance(content, datetime.datetime):
        return content.date()
    if isinstance(content, datetime.date):
        return content
    if not isinstance(content, str):
        if content <= _LAST_SERIAL:
            return _from_serial(content, date_1904)
        content = as_text(content)
    text = _TIME_TAIL.sub("", _half_width(content))
    if re.fullmatch(r"\d{8}", text):
        parts = text[:4], text[4:6], text[6:]
    elif match := _DATE.match(text):
        parts = match.groups()
    elif re.fullmatch(r"\d{5}", text):
        return _from_serial(int(text), date_1904)
    else:
        return None
    try:
        return datetime.date(*map(int, parts))
    except ValueError:
        return None


def _from_serial(number, date_1904):
    # Small numbers are years or day counts that somebody typed, not Excel's dates.
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return None
    epoch = _EPOCH_1904 if date_1904 else _EPOCH_1900
    try:
        return (epoch + datetime.timedelta(days=float(number))).date()
    except OverflowError:
        return None


def _parse_month(field, content, date_1904):
    month = _to_month(content, date_1904)
    if month is None:
        raise CellProblem("bad_month", text=as_text(content), label=field.label)
    year, number = month
    return Value.filled(f"{year}年{number}月", f"{year:04d}-{number:02d}")


def _to_month(content, date_1904):
    if isinstance(content, datetime.date):
        return content.year, content.month
    if isinstance(content, (int, float)):
        if 190001 <= content <= 299912:  # 198005
            content = str(int(content))
        elif content >= 10000:
            date = _from_serial(content, date_1904)
            return date and (date.year, date.month)
        else:
            # 1980.1 may have been 1980.10 before Excel cut the zero: ask again.
            content = as_text(float(content))
            if not re.fullmatch(r"\d{4}\.\d\d", content):
                return None
    text = _TIME_TAIL.sub("", _half_width(content))
    if re.fullmatch(r"\d{6}", text):
        year, month = text[:4], text[4:]
    elif match := _MONTH.match(text) or _DATE.match(text):
        year, month = match.groups()[:2]
    else:
        return None
    year, month = int(year), int(month)
    return (year, month) if year and 1 <= month <= 12 else None


def _parse_integer(field, content, _date_1904):
    number, unit = _to_number(content)
    if number is None or unit not in _INTEGER_UNITS or number != int(number):
        raise CellProblem("bad_integer", text=as_text(content), label=field.label)
    return _number_value(field, number)


def _parse_decimal(field, content, _date_1904):
    number, unit = _to_number(content)
    if number is None or unit not in _AMOUNT_UNITS:
        raise CellProblem(
            "bad_decimal",
            text=as_text(content),
            label=field.label,
            unit=field.unit or "1",
        )
    return _number_value(field, number * _AMOUNT_UNITS[unit])


def _number_value(field, number):
    raw = plain_decimal(number)
    value = Value.filled(raw=raw)
    return Value.filled(_print_number(field, value), raw)


def _to_number(content):
    if isinstance(content, (datetime.date, datetime.time)):
        return None, ""
    if isinstance(content, (int, float)):
        content = as_text(float(content)) if isinstance(content, float) else content
        content = str(content)
    match = _NUMBER.match(_half_width(content))
    if not match or len(match[1]) > 40:
        return None, ""
    try:
        number = Decimal(re.sub(r"[,\s]", "", match[1]))
    except InvalidOperation:
        return None, ""
    return number, match[2].strip()


def _half_width(text):
    """Return ``text`` with full-width digits and signs as people mean them."""
    return unicodedata.normalize("NFKC", text).replace("，", ",").strip()


def _parse_option(field, content, _date_1904):
    text = as_text(content)
    option = find_option(field.options, text)
    if option is None:
        raise unknown_option(field, text)
    return Value.filled(option.label, option.code)


def find_option(name, text):
    """Return the option that ``text`` names, or None.

    :param str name: option list
    :param str text: label, short label or alias; width, blanks and ticks do not count
    """
    wanted = _half_width(re.sub(r"[☑☒■√✓✔✅●◉□☐○]", "", text))
    if option := option_by_label(name, wanted):
        return option
    folded = wanted.upper()
    for option in OPTIONS[name]:
        if _half_width(option.label).upper() == folded:
            return option
    code = _ALIASES.get(name, {}).get(wanted)
    return option_by_code(name, code) if code else None


def unknown_option(field, text):
    """Return the problem "unknown <label>" with the list of what is possible."""
    return CellProblem(
        "unknown_option",
        label=field.label,
        text=text,
        options="、".join(option.label for option in OPTIONS[field.options]),
    )


def _parse_code(_field, content, _date_1904):
    text = normalise(as_text(content))
    if text.startswith(f"{PLACEHOLDER} "):
        return Value.filled(text[2:].strip())
    if match := _CODE.match(text):
        return Value.filled((match[2] or "").strip(), match[1])
    return Value.filled(text)


def _parse_party(field, content, date_1904):
    if option := find_option(field.options, as_text(content)):
        return Value.filled(option.label, option.code)
    return _parse_code(field, content, date_1904)


_PARSERS = {
    "char": _parse_words,
    "text": _parse_words,
    "date": _parse_date,
    "month": _parse_month,
    "integer": _parse_integer,
    "decimal": _parse_decimal,
    "selection": _parse_option,
    "code": _parse_code,
    "party": _parse_party,
}


def canonical(field, value):
    """Return ``value`` as it comes back from a printed cell.

    What differs only in wording (1,000 and 1000.0, a label given or left out) becomes
    equal, so that a sheet can be compared with what the database holds.

    :param Field field: what was asked
    :param Value value: the answer as the ORM layer gave it
    :rtype: Value
    """
    if value.state is ValueState.MISSING:
        return MISSING
    if value.state is not ValueState.FILLED:
        return Value(value.state)
    if field.kind in ("char", "text"):
        return parse_value(field, value.text)
    printed = print_value(field, value)
    if field.kind == "selection" and not option_by_code(field.options, value.raw):
        return Value.filled(value.text, value.raw)
    return parse_value(field, printed)
