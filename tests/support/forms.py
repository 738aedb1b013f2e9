"""Registration forms as a person fills them in and reads them: by their labels."""

import io

import openpyxl

# What the rep types beside the labels of the blank form.
ANSWERS = {
    "简称": "故事机械",
    "详细地址": "山东省 青岛市 市南区香港中路12号",
    "邮编/电话": "266071 / 0532-85771234",
    "法定代表人": "王建国",
    "注册资本": 1200,
    "成立时间": "2003-05-16",
    "所属行业": "制造业",
    "员工人数": 186,
    "年营业额": 8650.5,
    "售后服务": "无",
}
# What the rep ticks.
TICKS = ("私营企业", "重要客户", "普通公司", "现款")


class Form:
    """The registration form as a workbook, read by its labels as a person does."""

    def __init__(self, data):
        """Open a form.

        :param data: the workbook's bytes.
        """
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet = self.book.worksheets[0]

    def beside(self, label):
        """Return the cell right of a label."""
        cell = self._starting_with(label)
        spans = [
            span for span in self.sheet.merged_cells.ranges if cell.coordinate in span
        ]
        last = spans[0].max_col if spans else cell.column
        return self.sheet.cell(cell.row, last + 1)

    def value(self, label):
        """Return what stands right of a label."""
        return self.beside(label).value

    def header(self, label):
        """Return what stands after a label in the same cell."""
        return self._starting_with(label).value.removeprefix(label)

    def tick(self, option):
        """Tick an option."""
        cell = next(cell for cell in self._texts() if f"□{option}" in cell.value)
        cell.value = cell.value.replace(f"□{option}", f"☑{option}")

    def has_tick(self, option):
        """Return whether an option is ticked."""
        return any(f"☑{option}" in cell.value for cell in self._texts())

    def bytes(self):
        """Return the workbook as a file."""
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()

    def _starting_with(self, label):
        return next(cell for cell in self._texts() if cell.value.startswith(label))

    def _texts(self):
        for row in self.sheet.iter_rows(max_row=40):
            yield from (cell for cell in row if isinstance(cell.value, str))


def filled_in(blank, customer):
    """Fill in the blank form.

    :param blank: the workbook's bytes.
    :param customer: ``{"name", "code"}``.
    :return: the filled workbook's bytes.
    """
    form = Form(blank)
    form.beside("客户名称").value = customer["name"]
    for label, text in ANSWERS.items():
        form.beside(label).value = text
    for option in TICKS:
        form.tick(option)
    form.sheet["E2"] = "客户编号：" + customer["code"]
    for column, text in {"A": "总经理", "B": "王建国", "F": "13805321234"}.items():
        form.sheet[f"{column}13"] = text
    return form.bytes()
