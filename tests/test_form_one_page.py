"""The printed form: rendered with LibreOffice, its pages counted.

Needs ``soffice`` and ``pdfinfo``; neither Odoo nor a database. The package under test
is loaded by path, so that Odoo itself need not be importable.
"""

import io
import pathlib
import random
import re
import subprocess
import sys
import types

import openpyxl
import pytest

MODULE = pathlib.Path(__file__).resolve().parent.parent / "kehu_archive"


def _load():
    """Import the registration package and its factories without the ORM."""
    for name, path in (("kehu_form", MODULE), ("kehu_form.tests", MODULE / "tests")):
        package = types.ModuleType(name)
        package.__path__ = [str(path)]
        sys.modules.setdefault(name, package)
    from kehu_form.registration import blank_form, reader
    from kehu_form.tests import registration_factories

    return blank_form, reader, registration_factories


blank_form, reader, make = _load()
filled = make.filled


def convert(path, target):
    """Convert a workbook with LibreOffice, in a profile of its own."""
    folder = path.parent
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(folder / "out"),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / "out" / f"{path.stem}.{target}"


def count_pages(data, folder):
    """Return the number of A4 pages that a workbook prints as."""
    path = folder / "form.xlsx"
    path.write_bytes(data)
    facts = subprocess.run(
        ["pdfinfo", str(convert(path, "pdf"))],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert re.search(r"^Page size:.*A4", facts, re.MULTILINE)
    return int(re.search(r"^Pages:\s+(\d+)", facts, re.MULTILINE)[1])


def han(count):
    """Return that many Chinese characters."""
    return filled(("青岛海润精密机械制造有限公司" * 20)[:count])


def longest_form():
    """Return a form with the longest legal values in every cell."""
    person = make.principal(
        role=filled(raw="manager"),
        name=filled("阿卜杜勒·买买提"),
        job_title=han(12),
        birth_month=filled(raw="1968-12"),
        education=han(8),
        phone=filled("+86 532 8577 1234 / 13800001111"),
        wechat=filled("wxid_abcdefghijklmnop"),
        email=filled("very.long.address@hairun-precision.com.cn"),
        personality=han(18),
        family=han(8),
        background=han(8),
        consent_summary=filled(raw="partial"),
    )
    work = make.cooperation(
        project=han(40),
        date_start=filled(raw="2026-11-11"),
        date_end=filled(raw="2026-12-31"),
        contract_number=filled("HT-2026-0000018"),
        contract_content=han(40),
        performance=filled(raw="123456789.12"),
        collection=han(40),
    )
    return make.typical_form(
        rows={"principal_ids": [person] * 4, "cooperation_ids": [work] * 3},
        partner_id__name=han(49),
        partner_id__short_name=han(30),
        partner_id__ref=filled("37020001000123456789"),
        partner_id__head_office_id=filled(han(30).text, "37020001000123456780"),
        partner_id__street=han(50),
        partner_id__enterprise_nature_id=filled(raw="other"),
        partner_id__enterprise_nature_text=han(20),
        partner_id__industry_text=filled("信息传输、计算机服务和软件业"),
        partner_id__registered_capital=filled(raw="123456789012.34"),
        partner_id__bank_ids__bank_id=han(40),
        main_business=han(60),
        credit_terms=han(40),
        market_area=han(30),
        development_potential=han(30),
        competitor_summary=han(60),
        market_flow=han(60),
        after_sales_summary=han(40),
        satisfaction_summary=han(40),
        grade_basis=han(60),
        remark=han(60),
        submitted_by_id=filled("欧阳诸葛司马"),
        filed_at=filled(raw="2026-12-31"),
    )


def test_the_longest_legal_values_print_on_exactly_one_page(tmp_path):
    """Issue 2, section 4: 49 汉字 of name, 20 digits of code, rows of 40 汉字"""
    data = make.written(longest_form())
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [text for text in texts if "见附页" in text]
    assert count_pages(data, tmp_path) == 1


def test_each_customer_prints_on_one_page(tmp_path):
    forms = [make.typical_form(f"archive:{number}") for number in range(5)]
    assert count_pages(make.written(*forms), tmp_path) == 5


def test_a_numbered_copy_prints_on_one_page_without_its_screen_mark(tmp_path):
    """R17, R93: what marks the sheet on screen takes no room on paper."""
    data = make.written(longest_form(), copy_number="128 KC2026000128")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert "KC2026000128" in sheet["N1"].value
    assert count_pages(data, tmp_path) == 1


def test_the_number_of_continuation_pages_is_what_is_printed(tmp_path):
    """R93"""
    form = make.random_form(random.Random(3), "company")
    form.archive["business_scope"] = filled("业务范围。" * 2000)
    form.archive["remark"] = filled("备注")
    data = make.written(form)
    remark = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]["C34"].value
    told = int(re.search(r"另附 (\d+) 页", remark)[1])
    assert told > 3
    assert count_pages(data, tmp_path) == told + 1


def test_the_blank_form_prints_on_one_page(tmp_path):
    stream = io.BytesIO()
    blank_form.write_blank(stream, make.print_context(), with_annex=False)
    assert count_pages(stream.getvalue(), tmp_path) == 1


@pytest.mark.parametrize("target", ["xlsx", "xls"])
def test_a_form_saved_again_by_another_program_says_the_same(tmp_path, target):
    form = make.random_form(random.Random(8), "company")
    path = tmp_path / "form.xlsx"
    path.write_bytes(make.written(form))
    saved = convert(path, target).read_bytes()
    (read,) = reader.read_forms(saved, f"form.{target}")
    assert [error.render() for error in read.errors] == []
    assert read.data.token == form.token
    assert make.comparable(read.data) == make.comparable(form)
