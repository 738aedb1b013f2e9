"""How one cell of the form carries one or several facts.

Each codec knows the keys of its cell, ``compose(get)`` the text that is printed and
``parse(content)`` the values of a text. What ``compose`` printed, ``parse`` reads back
without loss; texts that people typed by hand are taken as widely as is safe.
"""

import datetime
import re
from dataclasses import dataclass

from .definition import OPTIONS, get_field
from .kinds import (
    PLACEHOLDER,
    as_text,
    find_option,
    parse_value,
    print_value,
    unknown_option,
)
from .messages import CellProblem
from .values import (
    MARKERS,
    MISSING,
    NA_TEXT,
    SEE_ANNEX,
    Value,
    ValueState,
    from_marker,
    normalise,
)

CHECKED = "☑"
UNCHECKED = "□"
BLANK = "____"
_TICKS = "☑☒■√✓✔✅●◉▣"
_BOXES = "□☐○◯◻"
_BOX = re.compile(f"([{_TICKS}{_BOXES}])")


class Codec:
    """The contract of all codecs; ``keys`` lists the facts of the cell."""

    keys = ()

    def compose(self, get):
        """Return the cell's text.

        :param get: callable ``key -> Value``
        :rtype: str
        """
        raise NotImplementedError

    def parse(self, content, date_1904=False):
        """Return ``{key: Value}`` for the content of a cell.

        :param content: what the workbook holds in the cell
        :raise CellProblem: when the content cannot be understood
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Single(Codec):
    """One fact; ``prefix`` is printed in the same cell ("填表日期：")."""

    key: str
    prefix: str = ""

    @property
    def keys(self):
        return (self.key,)

    def compose(self, get):
        return self.prefix + print_value(get_field(self.key), get(self.key))

    def parse(self, content, date_1904=False):
        if self.prefix and isinstance(content, str):
            content = self._without_prefix(content)
        return {self.key: parse_value(get_field(self.key), content, date_1904)}

    def _without_prefix(self, text):
        """Cut "填表日期：", also when typed with other blanks or another colon."""
        name = r"\s*".join(re.escape(char) for char in self.prefix.rstrip("："))
        return re.sub(rf"^\s*{name}\s*[:：]?", "", text)


@dataclass(frozen=True)
class Joined(Codec):
    """Several facts in one cell, "市场区域 / 发展潜力".

    ``mark`` stands between the parts. In a part, a run of marks that could be taken
    for the separator is printed one mark longer. A part that is not filled in is left
    out where its position stays clear, else it is printed as ``PLACEHOLDER``.

    :param tuple parts: the keys, in the order they are printed
    :param str mark: the separator, a single character
    :param str guess: which part a lone text is: ``first``, or a name of ``_GUESSES``
    """

    parts: tuple
    mark: str = "/"
    guess: str = "first"

    @property
    def keys(self):
        return self.parts

    def compose(self, get):
        texts = [print_value(get_field(key), get(key)) for key in self.parts]
        if not any(texts):
            return ""
        if len(set(texts)) == 1 and texts[0] in MARKERS.values():
            return texts[0]
        for candidate in self._candidates(texts):
            if self._split(candidate) == texts:
                return candidate
        raise AssertionError(f"no clear way to print {texts}")

    def _candidates(self, texts):
        """Yield ever longer ways to print the parts; the last one is always clear."""
        escaped = [self._escape(text) for text in texts]
        filled = [text for text in escaped if text]
        if len(filled) == 1 and filled[0] not in MARKERS.values():
            yield filled[0]
        padded = [text or PLACEHOLDER for text in escaped]
        last = max(i for i, text in enumerate(escaped) if text)
        if last:
            yield self._join(padded[: last + 1])
        yield self._join(padded)

    def parse(self, content, date_1904=False):
        if not isinstance(content, str):
            if isinstance(content, datetime.date):
                return self._parse_lone(content, date_1904)
            content = as_text(content)
        text = normalise(content, multiline=True)
        if text in MARKERS.values():
            return dict.fromkeys(self.parts, from_marker(text))
        return {
            key: parse_value(get_field(key), part, date_1904)
            for key, part in zip(self.parts, self._split(text), strict=True)
        }

    def _parse_lone(self, content, date_1904):
        values = dict.fromkeys(self.parts, MISSING)
        key = self.parts[0]
        values[key] = parse_value(get_field(key), content, date_1904)
        return values

    def _join(self, parts):
        separator = self.mark if self.mark.isspace() else f" {self.mark} "
        return separator.join(parts)

    def _run(self):
        """Return the pattern of a run of marks that stands by itself."""
        mark = re.escape(self.mark)
        if self.mark.isspace():
            return rf"{mark}+"
        return rf"(?:(?<=\s)|^){mark}+(?=\s|$)"

    def _escape(self, text):
        return re.sub(self._run(), lambda run: run[0] + self.mark, text)

    def _split(self, text):
        """Return the texts of all parts, "" for those that are not filled in."""
        mark = re.escape(self.mark)
        single = rf"(?<!{mark}){mark}(?!{mark})"
        if not self.mark.isspace():
            single = rf"(?:(?<=\s)|^){mark}(?=\s|$)"
        parts = [part.strip() for part in re.split(single, text)]
        if len(parts) == 1:
            parts = self._split_loosely(text)
        count = len(self.parts)
        if len(parts) == 1:
            lone = _GUESSES[self.guess](self, parts[0])
            parts = [parts[0] if i == lone else "" for i in range(count)]
        elif len(parts) > count:
            # More separators than parts: the last part keeps what is left.
            parts = parts[: count - 1] + [self._join(parts[count - 1 :])]
        parts += [""] * (count - len(parts))
        shorten = re.compile(self._run())
        return [
            ""
            if part == PLACEHOLDER
            else shorten.sub(
                lambda run: run[0][1:] if len(run[0]) > 1 else run[0], part
            )
            for part in parts
        ]

    def _split_loosely(self, text):
        """Take "a/b" typed without blanks for two parts, if it is just that."""
        if self.mark != "/":
            return [text.strip()]
        parts = [part.strip() for part in re.split(r"[/／]", text)]
        if len(parts) == len(self.parts) and all(parts):
            return parts
        return [text.strip()]


def _guess_zip_or_phone(_codec, text):
    return 0 if re.fullmatch(r"\d{6}", text) else 1


def _guess_wechat_or_email(_codec, text):
    return 1 if "@" in text else 0


def _guess_assets_or_size(_codec, text):
    return 1 if find_option("size", text) else 0


_GUESSES = {
    "first": lambda _codec, _text: 0,
    "street": lambda codec, _text: codec.parts.index("partner_id.street"),
    "zip_or_phone": _guess_zip_or_phone,
    "wechat_or_email": _guess_wechat_or_email,
    "assets_or_size": _guess_assets_or_size,
}


@dataclass(frozen=True)
class Period(Joined):
    """Two dates, "2026年1月1日 至 2026年12月31日"."""

    mark: str = "至"

    def _split_loosely(self, text):
        parts = re.split(r"\s*(?:至|到|~|～|—+|–|\s-\s)\s*", text)
        if len(parts) == 2:
            return ["" if part == "今" else part for part in parts]
        return [text.strip()]


@dataclass(frozen=True)
class Boxes(Codec):
    """One option list as boxes to tick, "☑国有企业 □外资企业 …".

    :param str key: the selection
    :param str text_key: words that follow the last box (其他____), if any
    """

    key: str
    text_key: str = ""

    @property
    def keys(self):
        return (self.key, self.text_key) if self.text_key else (self.key,)

    def compose(self, get):
        value = get(self.key)
        if value.state in MARKERS:
            return MARKERS[value.state]
        text = self._boxes(value.raw)
        if self.text_key:
            words = print_value(get_field(self.text_key), get(self.text_key))
            text += f"：{words}" if words else BLANK
        return text

    def choices(self):
        """Return the text of each possible answer, for a drop-down."""
        options = OPTIONS[get_field(self.key).options]
        tail = BLANK if self.text_key else ""
        return [self._boxes(option.code) + tail for option in options] + [NA_TEXT]

    def _boxes(self, code):
        return " ".join(
            (CHECKED if option.code == code else UNCHECKED) + option.label
            for option in OPTIONS[get_field(self.key).options]
        )

    def parse(self, content, date_1904=False):
        text = normalise(as_text(content))
        words = MISSING
        marker = from_marker(text) if text else MISSING
        if marker is not None:
            return self._values(marker, MISSING)
        if self.text_key:
            text, words = self._cut_words(text)
        return self._values(self._ticked(text), words)

    def _values(self, value, words):
        values = {self.key: value}
        if self.text_key:
            values[self.text_key] = words
        return values

    def _cut_words(self, text):
        """Split the words after the last label from the boxes before them."""
        label = re.escape(OPTIONS[get_field(self.key).options][-1].label)
        match = re.match(
            rf"^(.*?(?:[{_TICKS}{_BOXES}]|^)\s*{label})\s*[:：]?(.*)$", text
        )
        if not match:
            return text, MISSING
        return match[1], parse_value(get_field(self.text_key), match[2])

    def _ticked(self, text):
        """Return the option that is ticked, or named by its plain label."""
        field = get_field(self.key)
        pieces = _BOX.split(text)
        if len(pieces) == 1:
            return parse_value(field, text)
        named = [
            (box in _TICKS, label.strip())
            for box, label in zip(pieces[1::2], pieces[2::2], strict=True)
        ]
        ticked = [label for is_ticked, label in named if is_ticked]
        if ticked and not any(label for label in ticked):
            # "国有企业√": the tick follows the word.
            ticked = [pieces[0].strip() or text]
        if not ticked:
            return MISSING
        if len(ticked) > 1:
            raise CellProblem("several_options", label=field.label, text=text)
        option = find_option(field.options, ticked[0])
        if option is None:
            raise unknown_option(field, ticked[0])
        return Value.filled(option.label, option.code)


@dataclass(frozen=True)
class PartyBoxes(Boxes):
    """开票单位: 本户, 总公司, or another customer by code and name."""

    def compose(self, get):
        value = get(self.key)
        field = get_field(self.key)
        known = any(option.code == value.raw for option in OPTIONS[field.options])
        if value.state is ValueState.FILLED and not known:
            return print_value(field, value)
        return super().compose(get)

    def parse(self, content, date_1904=False):
        text = normalise(as_text(content))
        first = OPTIONS[get_field(self.key).options][0].label
        if re.match(rf"^[{_TICKS}{_BOXES}]\s*{first}", text):
            return super().parse(content, date_1904)
        return {self.key: parse_value(get_field(self.key), text)}


@dataclass(frozen=True)
class Terms(Codec):
    """付款方式: "□现款 ☑账期30天"."""

    key: str
    days_key: str

    @property
    def keys(self):
        return (self.key, self.days_key)

    def compose(self, get):
        value, days = get(self.key), get(self.days_key)
        written = print_value(get_field(self.days_key), days)
        if value.state in MARKERS:
            lone = MARKERS[value.state]
            return f"{lone}　账期{written}天" if written else lone
        cash, term = (
            (CHECKED if option.code == value.raw else UNCHECKED) + option.label
            for option in OPTIONS[get_field(self.key).options]
        )
        return f"{cash} {term}{written or '__'}天"

    def choices(self):
        """Return the answers a drop-down offers."""
        return ["☑现款 □账期__天"] + [
            f"□现款 ☑账期{days}天" for days in (15, 30, 45, 60, 90)
        ]

    def parse(self, content, date_1904=False):
        text = normalise(as_text(content))
        marker = from_marker(text) if text else MISSING
        if marker is not None:
            return {self.key: marker, self.days_key: MISSING}
        days = MISSING
        head = text
        if match := re.match(r"^(.*账期)\s*[:：]?\s*(.*?)\s*天?$", text):
            head = match[1]
            days = parse_value(get_field(self.days_key), match[2].strip("_＿ "))
        head = re.sub(r"(?<=[\u4e00-\u9fff])　账期$", "", head)
        return {self.key: Boxes(self.key).parse(head)[self.key], self.days_key: days}


@dataclass(frozen=True)
class Graded(Codec):
    """客户信誉: "□A ☑B □C　依据：…"."""

    key: str
    basis_key: str

    @property
    def keys(self):
        return (self.key, self.basis_key)

    def compose(self, get):
        basis = print_value(get_field(self.basis_key), get(self.basis_key))
        return f"{Boxes(self.key).compose(get)}　依据：{basis or BLANK}"

    def parse(self, content, date_1904=False):
        text = normalise(as_text(content), multiline=True)
        head, _found, basis = re.sub(
            r"依据\s*[:：]", "依据：", text, count=1
        ).partition("依据：")
        return {
            self.key: Boxes(self.key).parse(head)[self.key],
            self.basis_key: parse_value(get_field(self.basis_key), basis),
        }

    def choices(self):
        """Return the answers a drop-down offers."""
        return [f"{text}　依据：{BLANK}" for text in Boxes(self.key).choices()[:-1]]


@dataclass(frozen=True)
class Remark(Codec):
    """备注, and at its end the number of continuation pages (R93)."""

    key: str
    _TAIL = re.compile(r"\s*[（(]?\s*另附\s*[\d_＿]*\s*页\s*[)）]?\s*$")

    @property
    def keys(self):
        return (self.key,)

    def compose(self, get, pages=None):
        """:param int pages: printed continuation pages; None leaves room for a pen"""
        text = print_value(get_field(self.key), get(self.key))
        tail = f"（另附 {'__' if pages is None else pages} 页）"
        return f"{text} {tail}" if text else tail

    def parse(self, content, date_1904=False):
        text = self._TAIL.sub("", normalise(as_text(content), multiline=True))
        return {self.key: parse_value(get_field(self.key), text, date_1904)}


def is_see_annex(value):
    """Tell whether a value only points to the continuation sheet."""
    return value.state is ValueState.FILLED and value.text == SEE_ANNEX
