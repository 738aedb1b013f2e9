"""Finds the cells of the form in a sheet, also in one that somebody typed by hand.

In a form that this package wrote every cell stands where ``layout.PAGE`` says. A form
from elsewhere may have other rows, other column widths and other words for the same
labels: each input is then found from its label.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from .continuation import ANNEX_TITLE
from .definition import FORM_TITLE, SECTIONS
from .layout import PAGE

#: Fewer labels than this, and a sheet is not taken for a form.
MIN_LABELS = 6
MAX_TABLE_LINES = 40
_SEARCH_ROWS = 120
_SEARCH_COLUMNS = 24
_NOISE = re.compile(r"[\s:：*·_＿()（）\[\]【】、,，/／|]+")

#: Other words for the same label, by the first fact of the cell.
SYNONYMS = {
    "partner_id.name": ("单位名称", "企业名称", "公司名称", "名称"),
    "partner_id.short_name": ("客户简称", "单位简称"),
    "partner_id.state_id": ("地址", "客户地址", "联系地址", "单位地址"),
    "partner_id.zip": ("邮编", "邮政编码", "电话", "联系电话"),
    "partner_id.region_id": ("地区", "所属地区码", "地区码"),
    "partner_id.customer_class_id": ("客户分类", "所属分类码", "分类"),
    "partner_id.head_office_id": ("总公司",),
    "partner_id.legal_representative": ("法人", "法人代表", "法定代表"),
    "partner_id.registered_capital": ("注册资本", "注册资金"),
    "partner_id.founded_on": ("成立日期", "创业时间", "注册日期"),
    "partner_id.enterprise_nature_id": ("单位性质", "企业类型"),
    "partner_id.industry_text": ("行业",),
    "main_business": ("主营", "经营范围", "主营产品"),
    "partner_id.employee_count": ("员工数", "雇员人数", "职工人数"),
    "partner_id.annual_revenue": ("年营业额", "年销售额"),
    "partner_id.total_assets": ("资产", "资产规模", "总资产", "资产万元"),
    "partner_id.vat": ("税号", "统一社会信用代码", "纳税人识别号"),
    "partner_id.bank_ids.bank_id": ("开户行",),
    "partner_id.bank_ids.acc_number": ("银行账号", "帐号", "银行帐号"),
    "settlement_method": ("结算方式",),
    "credit_terms": ("信用额度", "信用期限"),
    "market_area": ("市场区域",),
    "business_mode": ("经营方式", "经营特点"),
    "competitor_summary": ("竞争对手",),
    "after_sales_summary": ("售后",),
    "satisfaction_summary": ("满意度",),
    "complaint_summary": ("投诉",),
    "partner_id.credit_grade": ("信誉", "信誉等级", "客户信誉等级"),
    "remark": ("附注",),
}


def fold(text):
    """Return a label without blanks, punctuation and differences of width."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


@dataclass
class Places:
    """Where the form's cells stand in one sheet.

    :param dict cells: ``{layout Cell: (row, col)}`` of single facts and header
    :param dict tables: ``{rows_key: (first row, [(layout Cell, col)], last row)}``
    """

    cells: dict = field(default_factory=dict)
    tables: dict = field(default_factory=dict)


class _Pattern:
    """The labels of page 1, prepared once."""

    def __init__(self):
        self.asked = []  # (label Cell, input Cell, accepted words)
        self.heads = {}  # rows_key: [(head Cell, first input Cell, words)]
        self.bars = {fold(section.label) for section in SECTIONS}
        self.next_bars = {
            section.rows_key: fold(following.label)
            for section, following in zip(SECTIONS, SECTIONS[1:], strict=False)
            if section.page_rows
        }
        rows = [line.cells for line in PAGE]
        for index, cells in enumerate(rows):
            for label, asked in zip(cells, cells[1:], strict=False):
                if label.role == "label" and asked.codec:
                    words = {fold(label.text), fold(label.text.partition("(")[0])}
                    words.update(map(fold, SYNONYMS.get(asked.keys[0], ())))
                    self.asked.append((label, asked, words))
            if cells[0].role == "head":
                lines = rows[index + 1]
                self.heads[lines[0].rows_key] = [
                    (head, cell, {fold(head.text), fold(head.text.partition("(")[0])})
                    for head, cell in zip(cells, lines, strict=True)
                ]
        self.words = set().union(*(words for _, _, words in self.asked))

    def is_word(self, text):
        """Tell whether a folded text is one of the form's labels or headings."""
        return text in self.words or self.is_bar(text)

    def is_bar(self, text):
        """Tell whether a folded text is a section's heading."""
        return any(text.startswith(bar) for bar in self.bars)


_PATTERN = _Pattern()


def is_annex(grid):
    """Tell whether a sheet is a continuation sheet."""
    title = fold(ANNEX_TITLE)
    return any(fold(grid.text(row, 0)) == title for row in range(3))


def find_places(grid):
    """Return the :class:`Places` of a sheet, None when it is not a form.

    :param Grid grid: the sheet
    """
    index = {}
    for (row, col), content in sorted(grid.cells.items()):
        if isinstance(content, str) and row < _SEARCH_ROWS and col < _SEARCH_COLUMNS:
            index.setdefault(fold(content), []).append((row, col))
    places = Places()
    shift = _place_answers(grid, index, places)
    if shift is None:
        return None
    _place_header(grid, index, places, shift)
    for rows_key, heads in _PATTERN.heads.items():
        _place_table(grid, index, places, rows_key, heads)
    return places


def _place_answers(grid, index, places):
    """Place the labelled inputs; return the shift of the first, None for no form."""
    shift, first, found, missing = 0, None, 0, []
    for label, asked, words in _PATTERN.asked:
        at = _nearest(index, words, label.row + shift, label.col)
        if at is None:
            missing.append(asked)
            continue
        found += 1
        shift = at[0] - label.row
        first = shift if first is None else first
        places.cells[asked] = _answer_of(grid, label, asked, at)
    titled = any(text.startswith(fold(FORM_TITLE)) for text in index)
    if found < (MIN_LABELS if titled else 2 * MIN_LABELS):
        return None
    for asked in missing:
        # The label is gone or unknown: trust the position if the rows stand still.
        if shift == 0 and first == 0:
            places.cells[asked] = (asked.row, asked.col)
    return first


def _nearest(index, words, row, col):
    """Return the place of a label, the nearest to where it should be."""
    spots = [spot for word in words for spot in index.get(word, ())]
    if not spots:
        return None
    return min(spots, key=lambda spot: (abs(spot[0] - row), abs(spot[1] - col)))


def _answer_of(grid, label, asked, at):
    """Return where the answer stands: right of its label, before the next label."""
    row, col = at
    expected = (row, asked.col + col - label.col)
    # A label in its place owns its own columns only; a moved one, what follows it.
    in_place = at == (label.row, label.col)
    taken = grid.get(*expected) is not None
    if taken and (in_place or not _PATTERN.is_word(fold(grid.text(*expected)))):
        return expected
    end = asked.col + asked.span if in_place else col + _SEARCH_COLUMNS
    for right in range(col + 1, end):
        content = grid.get(row, right)
        if content is None:
            continue
        if isinstance(content, str) and _PATTERN.is_word(fold(content)):
            break
        return row, right
    return expected


def _place_header(grid, index, places, shift):
    """Place the cells above the grid, such as "客户编号：370200010001"."""
    for cell in PAGE[1].cells:
        word = fold(cell.codec.prefix)
        expected = (cell.row + shift, cell.col)
        if fold(grid.text(*expected)).startswith(word):
            places.cells[cell] = expected
            continue
        spot = next(
            (
                spots[0]
                for text, spots in index.items()
                if text.startswith(word) and spots[0][0] < 8
            ),
            None,
        )
        if spot is None:
            continue
        row, col = spot
        lone = fold(grid.text(row, col)) == word
        beside = next(
            (c for c in range(col + 1, col + 8) if grid.get(row, c) is not None), None
        )
        places.cells[cell] = (row, beside) if lone and beside else spot


def _place_table(grid, index, places, rows_key, heads):
    """Place a list by its row of headings, and find where it ends."""
    candidates = {}
    for head, _cell, words in heads:
        for word in words:
            for row, col in index.get(word, ()):
                candidates.setdefault(row, {})[head] = col
    expected = heads[0][0].row
    enough = {row: cols for row, cols in candidates.items() if len(cols) >= 3}
    if not enough:
        return
    row = min(enough, key=lambda r: (-len(enough[r]), abs(r - expected)))
    columns = [
        (cell, enough[row].get(head, head.col))
        for head, cell, _words in heads
        if head in enough[row] or row == expected
    ]
    places.tables[rows_key] = (row + 1, columns, _table_end(grid, index, rows_key, row))


def _table_end(grid, index, rows_key, row):
    """Return the last row of a list: the one before the next heading or label.

    Labels alone do not end a list whose heading follows further down, because a line
    may begin with the same word (法定代表人).
    """
    bar = _PATTERN.next_bars[rows_key]
    bars = [
        spot[0]
        for text, spots in index.items()
        if text.startswith(bar)
        for spot in spots
        if row < spot[0] <= row + MAX_TABLE_LINES
    ]
    if bars:
        return min(bars) - 1
    last = row
    for below in range(row + 1, row + 1 + MAX_TABLE_LINES):
        text = fold(grid.text(below, 0)) or fold(grid.text(below, 1))
        if _PATTERN.is_word(text) if text else False:
            break
        last = below
    return last
