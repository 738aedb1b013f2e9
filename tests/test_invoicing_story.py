"""Month-end in a Chinese browser: preview, drafts, posted invoice, match table (R73)."""

import re

from openpyxl import load_workbook
from playwright.sync_api import expect

from dev.paths import state
from tests.support.chinese import assert_chinese

# Other work may keep the machine busy.
expect.set_options(timeout=30_000)
# Words of Odoo itself that its Chinese translation leaves in English.
ODOO = ("back", "form", "list", "kanban", "view", "pivot", "graph")
RUNS = "/odoo/action-kehu_archive.kehu_invoice_run_action"


def button(page, name):
    """Return a button of the record's status bar."""
    return page.locator(".o_form_statusbar").get_by_role("button", name=name)


def picture(page, name):
    """Keep a picture of the screen, for whoever looks at it afterwards."""
    page.screenshot(path=state("pictures", f"invoicing-{name}.png"))


def amount_of(text):
    """Return the number in what the screen shows of an amount."""
    return float(re.sub(r"[^0-9.-]", "", text))


def choose_head_office(page, name):
    """Type a name into the field of head offices and take the first suggestion."""
    box = page.locator(".o_field_widget[name=head_office_ids] input")
    box.fill(name)
    page.locator(".o-autocomplete--dropdown-item").first.click()


def test_a_clerk_closes_the_month(browser_page, server):
    """N9, R73: from the preview to the posted invoice and the match table."""
    [(office, office_name)] = server.psql(
        """SELECT partner.id, partner.name FROM res_partner AS partner
             JOIN ir_model_data AS data ON data.res_id = partner.id
            WHERE data.module = 'kehu_archive' AND data.model = 'res.partner'
              AND data.name = 'partner_beichen_demo'"""
    )
    page = browser_page("clerk", RUNS)
    page.get_by_role("button", name="新建", exact=True).first.click()
    choose_head_office(page, office_name[:4])
    button(page, "预览").first.click()
    rows = page.locator(".o_field_widget[name=line_ids] .o_data_row")
    expect(rows.first).to_be_visible(timeout=60_000)
    expect(rows.filter(has_text="订货").first).to_be_visible()
    assert_chinese(page, "月末开票预览", extra=ODOO)
    picture(page, "preview")
    button(page, "生成发票草稿").click()
    expect(page.locator(".o_list_view .o_data_row")).to_have_count(1, timeout=60_000)
    picture(page, "drafts")
    page.locator(".o_list_view .o_data_row .o_data_cell").nth(1).click()
    lines = page.locator(".o_field_widget[name=invoice_line_ids]")
    expect(lines.locator(".o_is_line_section").first).to_be_visible()
    picture(page, "invoice")
    page.go_back()
    page.go_back()
    button(page, "全部过账").click()
    page.locator(".modal footer .btn-primary").click()
    expect(
        page.locator(".o_statusbar_status .o_arrow_button_current", has_text="已过账")
    ).to_be_visible(timeout=60_000)
    picture(page, "posted")
    [(posted, total)] = server.psql(
        """SELECT count(*), sum(amount_total_signed) FROM account_move
            WHERE kehu_run_id IS NOT NULL AND state = 'posted' AND partner_id = %s""",
        [office],
    )
    assert posted == 1
    assert total > 0
    read_invoice(page, server, office)
    read_match_table(browser_page, office_name, server, office)


def read_invoice(page, server, office):
    """Look at the posted invoice: a section and a subtotal for each branch."""
    page.get_by_role("button", name="发票").first.click()
    page.locator(".o_list_view .o_data_row .o_data_cell").nth(1).click()
    expect(page.locator(".o_arrow_button_current")).to_contain_text("已过账")
    lines = page.locator(".o_field_widget[name=invoice_line_ids]")
    sections = server.psql(
        """SELECT count(*) FROM account_move_line AS line
             JOIN account_move AS move ON move.id = line.move_id
            WHERE move.kehu_run_id IS NOT NULL AND move.state = 'posted'
              AND move.partner_id = %s AND line.display_type = 'line_section'""",
        [office],
    )[0][0]
    assert sections > 1
    expect(lines.locator(".o_is_line_section")).to_have_count(sections)
    expect(lines.locator(".o_is_line_section").first).to_contain_text("¥")
    assert_nothing_is_cut_off(lines)
    picture(page, "posted-invoice")


def assert_nothing_is_cut_off(lines):
    """The amounts, in the last column, are within what is seen."""
    box = lines.bounding_box()
    amount = lines.locator("td[name=price_subtotal]").first.bounding_box()
    assert amount["x"] + amount["width"] <= box["x"] + box["width"] + 1


def read_match_table(browser_page, name, server, office):
    """Find the invoice in the match table, to the cent, and ask for the statement."""
    rows = server.psql(
        """SELECT name, amount_total_signed FROM account_move
            WHERE kehu_run_id IS NOT NULL AND state = 'posted' AND partner_id = %s""",
        [office],
    )
    [(number, total)] = rows
    page = browser_page("clerk", "/odoo/action-kehu_archive.kehu_match_action")
    expect(page.locator(".o_group_header").first).to_be_visible(timeout=60_000)
    assert_chinese(page, "勾兑表", extra=ODOO)
    page.locator(".o_searchview_facet .o_facet_remove").first.click()
    expect(page.locator(".o_data_row").first).to_be_visible(timeout=60_000)
    page.locator(".o_searchview_input").fill(number)
    page.locator(".o_searchview_autocomplete .o-dropdown-item").filter(
        has_text="单据编号"
    ).first.click()
    expect(page.locator(".o_facet_value", has_text=number)).to_be_visible()
    found = page.locator(".o_data_row", has_text=number)
    # A row for each branch.
    expect(found.nth(1)).to_be_visible(timeout=60_000)
    figures = found.locator("td[name=invoiced]").all_inner_texts()
    assert round(sum(map(amount_of, figures)), 2) == round(float(total), 2)
    picture(page, "match")
    page = browser_page("clerk", RUNS)
    page.locator(".o_menu_sections").get_by_role("button", name="合并开票").click()
    page.get_by_role("menuitem", name="对账单", exact=True).click()
    box = page.locator(".modal .o_field_widget[name=party_id] input")
    box.fill(name[:4])
    page.locator(".o-autocomplete--dropdown-item").filter(
        has_text=name[2:4]
    ).first.click()
    picture(page, "statement")
    page.locator(".modal footer").get_by_role("button", name="XLSX").click()
    why = page.locator(".modal", has_text="副本用途")
    why.get_by_text("公司内部会议").click()
    with page.expect_download() as handed_out:
        why.get_by_role("button", name="继续").click()
    # The browser keeps the file without its ending, by which it would be known.
    with handed_out.value.path().open("rb") as stream:
        sheet = load_workbook(stream).active
    text = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert number in text
    assert any(word.endswith("小计") for word in text)
