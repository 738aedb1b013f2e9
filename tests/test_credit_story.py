"""A customer of grade C orders: the order is stopped, says why, and is released."""

import pytest
from playwright.sync_api import expect

from tests.support.chinese import assert_chinese

# Other work may keep the machine busy.
expect.set_options(timeout=30_000)
# Words of Odoo itself that its Chinese translation leaves in English, and the numbers
# and grades of our own.
ODOO = ("back", "form", "list", "kanban", "view", "pivot", "graph", "contact", "inv")


@pytest.fixture
def order(server):
    """Return a quotation for a customer whose grade is C by the books."""
    customer = server.rpc(
        "rep", "rep", "ir.model.data", "check_object_reference",
        ["kehu_archive", "partner_heishan_demo"],
    )[1]  # fmt: skip
    (facts,) = server.rpc(
        "rep", "rep", "res.partner", "read", [[customer], ["credit_grade", "name"]]
    )
    assert facts["credit_grade"] == "c"
    product = server.rpc(
        "rep", "rep", "ir.model.data", "check_object_reference",
        ["kehu_archive", "product_pump_demo"],
    )[1]  # fmt: skip
    number = server.rpc(
        "rep",
        "rep",
        "sale.order",
        "create",
        [
            {
                "partner_id": customer,
                "order_line": [(0, 0, {"product_id": product, "product_uom_qty": 2})],
            }
        ],
    )
    (document,) = server.rpc("rep", "rep", "sale.order", "read", [[number], ["name"]])
    return {
        "id": number,
        "number": document["name"],
        "customer": customer,
        "name": facts["name"],
    }


def test_the_order_of_a_c_customer_is_stopped_with_reasons_and_released(
    server, browser_page, order
):
    """R87, R90: the reasons in Chinese, the release by somebody else, on record."""
    page = browser_page("rep", f"/odoo/action-sale.action_quotations/{order['id']}")
    banner = page.locator(".alert-danger", has_text="被信用规则拦截")
    expect(banner).to_contain_text("信誉等级为 C", timeout=60_000)
    expect(banner).to_contain_text("不易追回")
    expect(banner).to_contain_text("如何升级")
    assert_chinese(page, "被拦截的报价单", extra=ODOO)

    page.get_by_role("button", name="确认", exact=True).first.click()
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text(order["name"])
    expect(dialog).to_contain_text("信誉等级为 C")
    expect(dialog).to_contain_text("申请放行")
    dialog.locator("footer button").first.click()

    banner.get_by_role("button", name="申请放行").click()
    reason = page.locator(".o_field_widget[name=reason] textarea")
    reason.fill("客户已付三成预付款，余款由母公司担保")
    assert_chinese(page, "放行申请", extra=ODOO)
    bar = page.locator(".o_form_statusbar")
    bar.get_by_role("button", name="提交").click()
    expect(page.locator(".o_arrow_button_current")).to_contain_text("待审批")
    expect(bar.get_by_role("button", name="批准")).to_have_count(0)

    other = browser_page(
        "credit", "/odoo/action-kehu_archive.kehu_credit_release_action"
    )
    row = other.locator(".o_data_row", has_text=order["number"])
    row.locator("td").nth(1).click()
    expect(other.locator(".o_field_widget[name=obstacles]")).to_contain_text("不易追回")
    other.locator(".o_form_statusbar").get_by_role("button", name="批准").click()
    expect(other.locator(".o_arrow_button_current")).to_contain_text("已批准")
    assert_chinese(other, "已批准的放行", extra=ODOO)

    page.goto(f"/odoo/action-sale.action_quotations/{order['id']}")
    expect(
        page.locator(".alert-warning", has_text="已放行，原拦截理由")
    ).to_be_visible()
    page.get_by_role("button", name="确认", exact=True).first.click()
    expect(page.locator(".o_arrow_button_current")).to_contain_text("销售订单")
    expect(page.locator(".o-mail-Chatter")).to_contain_text("由钱信用放行")


def test_the_card_of_a_customer_explains_its_grade(server, browser_page, order):
    """R87: grade, figures, reasons and history on the customer's form."""
    page = browser_page(
        "credit", "/odoo/action-kehu_archive.kehu_credit_assessment_action"
    )
    expect(page.locator(".o_data_row").first).to_be_visible()
    assert_chinese(page, "信用评定", extra=ODOO)
    page = browser_page("rep", f"/odoo/contacts/{order['customer']}")
    page.locator(".o_notebook").get_by_role("tab", name="客户档案").click()
    reasons = page.locator(".o_field_widget[name=kehu_credit_reasons]")
    expect(reasons).to_contain_text("不易追回")
    reasons.scroll_into_view_if_needed()
    assert_chinese(page, "客户卡片", extra=ODOO)
    page.get_by_role("button", name="立即计算").click()
    expect(page.locator(".o_field_widget[name=kehu_computed_grade]")).to_have_text("C")
    page.get_by_role("button", name="历史").click()
    expect(page.locator(".o_graph_canvas_container canvas")).to_be_visible()
    assert_chinese(page, "等级的历史", extra=ODOO)
