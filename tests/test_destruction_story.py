"""From the application to the certificate: four people, in Chinese, in the browser."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from dev.paths import state
from tests.support.chinese import ODOO, assert_chinese
from tests.support.customers import register_customer

# Names of formats.
FORMATS = ("sha", "json")
SECRET = "销毁后不应再看到的经营内容"


@pytest.fixture
def due(server):
    """Return a closed archive of the demo rep whose retention has ended."""
    customer = register_customer(server, "到期", main_business=SECRET)
    archive = customer["id"]
    rep, room = server.http("rep"), server.http("archivist")
    rep.call("kehu.archive", "action_submit", [archive])
    room.call("kehu.archive", "action_file", [archive])
    room.call("kehu.archive", "action_close", [archive], "合作终止")
    server.psql(
        "UPDATE kehu_archive SET retention_until = current_date - 60 WHERE id = %s",
        [archive],
    )
    return customer


def settle(page, screen, extra=()):
    """Wait until nothing loads any more, keep a picture; the screen speaks Chinese."""
    expect(page.locator(".o_loading_indicator")).to_have_count(0)
    page.screenshot(path=state("pictures", f"destruction-{screen}.png"))
    assert_chinese(page, screen, extra=(*ODOO, *FORMATS, *extra))


def press(page, name):
    """Press a button above the form."""
    page.locator(".o_form_statusbar").get_by_role("button", name=name).click()


def wait_for_state(page, label):
    page.locator(".o_arrow_button_current", has_text=label).wait_for()


def apply_for(page, archive):
    """Fill in the application from the list of what is due; return its id."""
    page.goto("/odoo/action-kehu_archive.kehu_archive_action_due")
    row = page.locator(".o_data_row", has_text=archive["name"])
    row.wait_for()
    settle(page, "到期档案")
    row.locator(".o_list_record_selector").click()
    page.locator(".o_control_panel").get_by_role("button", name="操作").click()
    page.get_by_role("menuitem", name="申请销毁").click()
    form = page.locator(".o_form_view")
    form.locator("[name=reason] textarea").fill("保管期限已满，无继续保存价值")
    form.locator("[name=legal_basis] textarea").fill("本公司客户档案保管期限表")
    settle(page, "销毁申请")
    press(page, re.compile("提交"))
    wait_for_state(page, "待审批")
    return int(re.search(r"/(\d+)(?:\?|$)", page.url)[1])


def confirm(page, screen):
    """Confirm the dialog of a step."""
    page.locator(".modal footer").wait_for()
    settle(page, screen)
    page.locator(".modal footer .btn-primary, .modal footer .btn-danger").first.click()
    expect(page.locator(".modal")).to_have_count(0)


def test_four_people_destroy_an_archive_in_the_browser(browser_page, server, due):
    """R21-R24: application, approval, register, verification, witness, execution"""
    applicant = browser_page("archivist")
    applicant.locator(".o_navbar").wait_for()
    number = apply_for(applicant, due)
    path = f"/odoo/kehu-destructions/{number}"

    head = browser_page("manager", path)
    settle(head, "待审批")
    press(head, "批准")
    wait_for_state(head, "已批准")

    applicant.reload()
    press(applicant, "编号登记")
    wait_for_state(applicant, "已登记")
    settle(applicant, "已登记")
    press(applicant, "核对")
    confirm(applicant, "核对一")

    auditor = browser_page("auditor", path)
    press(auditor, "核对")
    confirm(auditor, "核对二")
    wait_for_state(auditor, "已核对")
    press(auditor, re.compile("监销"))
    confirm(auditor, "监销签字")
    settle(auditor, "冷静期")

    executor = browser_page("archivist2", path)
    ((listed,),) = server.psql(
        "SELECT number FROM kehu_destruction WHERE id = %s", [number]
    )

    def destroy(typed, screen):
        press(executor, "销毁")
        executor.locator(".modal [name=confirmation] input").fill(typed)
        settle(executor, screen)
        executor.locator(".modal footer .btn-danger").click()

    # The days of rest are not over yet.
    destroy(listed, "输入清册编号")
    executor.locator(".o_error_dialog, .modal", has_text="冷静期").last.wait_for()
    settle(executor, "冷静期内拒绝")
    server.psql(
        "UPDATE kehu_destruction SET cooling_until = now() - interval '1 day'"
        " WHERE id = %s",
        [number],
    )
    executor.goto(path)
    destroy(listed, "执行")
    wait_for_state(executor, "已执行")
    server.database.cli(
        "shell",
        "--no-http",
        text_in="env['kehu.destruction']._cron_prove()\nenv.cr.commit()\n",
    )
    executor.goto(path)
    settle(executor, "已执行")
    executor.locator(".o_notebook").get_by_role("tab", name="残留扫描结果").click()
    settle(executor, "验证")

    session = server.http("auditor")
    printed = session.get(
        f"/report/html/kehu_archive.report_kehu_destruction_certificate/{number}"
    )
    for text in (listed, due["name"], "未发现", "监销"):
        assert text in printed.text
    executor.goto(
        f"/report/html/kehu_archive.report_kehu_destruction_certificate/{number}"
    )
    # What the proof found is named by its column.
    columns = server.psql("SELECT place FROM kehu_destruction_finding")
    settle(executor, "证明", extra=re.findall(r"[A-Za-z]+", str(columns)))

    answer = session.get(f"/kehu/destruction/{number}/xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for row in book.worksheets[0].values for cell in row if cell]
    assert listed in cells
    assert any(due["name"] in str(cell) for cell in cells)
    assert server.psql(
        "SELECT state, main_business FROM kehu_archive WHERE id = %s", [due["id"]]
    ) == [("destroyed", None)]
