import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryText } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";

import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const REGIONS = [
    { id: 1, code: "370200", name: "青岛市", active: true },
    { id: 2, code: "370202", name: "市南区", active: true },
    { id: 3, code: "370282", name: "即墨市", active: false },
];

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();
    region_id = fields.Many2one({ relation: "region" });

    _records = [
        { id: 1, name: "Haier", region_id: 1 },
        { id: 2, name: "Hisense" },
    ];
}

class Region extends models.Model {
    code = fields.Char();
    name = fields.Char();
    active = fields.Boolean({ default: true });

    _records = REGIONS;
    _views = {
        list: `<list><field name="code"/><field name="name"/></list>`,
        search: `<search/>`,
    };
}

defineMailModels();
defineModels([Customer, Region]);

onRpc("has_group", () => true);
onRpc("region", "name_create", () => expect.step("name_create"));
onRpc("region", "resolve_code", ({ args }) => {
    expect.step(`resolve ${args[0]}`);
    const region = REGIONS.find(({ code }) => code === args[0]);
    return region
        ? {
              id: region.id,
              code: region.code,
              name: region.name,
              retired: !region.active,
          }
        : { error: `no code ${args[0]}` };
});

async function mountForm(
    resId = 2,
    arch = `<field name="region_id" widget="kehu_code"/>`
) {
    await mountView({
        type: "form",
        resModel: "customer",
        resId,
        arch: `<form>${arch}<field name="name"/></form>`,
    });
}

async function typeAndTab(text) {
    await contains(".o_kehu_code input").edit(text, { confirm: false });
    await press("Tab");
    await animationFrame();
    await animationFrame();
}

test("R69: a code and Tab give the name at the right", async () => {
    onRpc("customer", "web_save", ({ args }) => expect.step(args[1].region_id));
    await mountForm();
    await typeAndTab("370200");
    expect(".o_kehu_code_name").toHaveText("青岛市");
    expect(".o_kehu_code input").toHaveValue("370200");
    await clickSave();
    expect.verifySteps(["resolve 370200", 1]);
});

test("R69: a record shows its code in the box and its name at the right", async () => {
    await mountForm(1);
    expect(".o_kehu_code input").toHaveValue("370200");
    expect(".o_kehu_code_name").toHaveText("青岛市");
    expect.verifySteps([]);
});

test("R69: an unknown code stays, is invalid, and is neither saved nor created", async () => {
    onRpc("customer", "web_save", () => expect.step("save"));
    await mountForm(1);
    await typeAndTab("999999");
    expect(".o_kehu_code input").toHaveValue("999999");
    expect(".o_field_widget[name=region_id]").toHaveClass("o_field_invalid");
    expect(".o_kehu_code_error").toHaveText("no code 999999");
    expect(".o_notification").toHaveCount(1);
    await contains(".o_field_widget[name=name] input").edit("Other");
    expect(".o_form_button_save").not.toBeEnabled();
    expect.verifySteps(["resolve 999999"]);
});

test("R69: a better code after an unknown one is taken", async () => {
    await mountForm();
    await typeAndTab("999999");
    await typeAndTab("370202");
    expect(".o_field_widget[name=region_id]").not.toHaveClass("o_field_invalid");
    expect(".o_kehu_code_name").toHaveText("市南区");
    expect.verifySteps(["resolve 999999", "resolve 370202"]);
});

test("R69: Tab takes what was typed, not the first suggestion", async () => {
    await mountForm();
    await contains(".o_kehu_code input").edit("3702", { confirm: false });
    await runAllTimers();
    await press("Tab");
    await animationFrame();
    expect(".o_field_widget[name=region_id]").toHaveClass("o_field_invalid");
    expect.verifySteps(["resolve 3702"]);
});

test("R70: a suggestion walked to with the arrow keys is taken by Tab", async () => {
    await mountForm();
    await contains(".o_kehu_code input").edit("市", { confirm: false });
    await runAllTimers();
    expect(queryAllTexts(".o-autocomplete--dropdown-item")).toInclude("市南区");
    await press("ArrowDown");
    await press("Tab");
    await animationFrame();
    await animationFrame();
    expect(".o_kehu_code input").toHaveValue("370202");
    expect.verifySteps([]);
});

test("R69: a retired code resolves and is marked", async () => {
    await mountForm();
    await typeAndTab("370282");
    expect(queryText(".o_kehu_code_name")).toInclude("即墨市");
    expect(".o_kehu_code_retired").toHaveCount(1);
    expect.verifySteps(["resolve 370282"]);
});

test("R69: an emptied box empties the field", async () => {
    onRpc("customer", "web_save", ({ args }) => expect.step(args[1].region_id));
    await mountForm(1);
    await contains(".o_kehu_code input").clear({ confirm: false });
    await press("Tab");
    await animationFrame();
    expect(".o_kehu_code_name").toHaveCount(0);
    await clickSave();
    expect.verifySteps([false]);
});

test("R69: saving at once resolves what was just typed", async () => {
    onRpc("customer", "web_save", ({ args }) => expect.step(args[1].region_id));
    await mountForm();
    await contains(".o_kehu_code input").edit("370202", { confirm: false });
    await clickSave();
    expect.verifySteps(["resolve 370202", 2]);
});

test("R71: F2 opens the list, and Enter or a click on a line takes it", async () => {
    await mountForm();
    await contains(".o_kehu_code input").click();
    await press("F2");
    await animationFrame();
    expect(".modal .o_data_row").toHaveCount(2);
    expect(".modal .o_create_button").toHaveCount(0);
    await contains(".modal .o_data_row:eq(1) td:first").click();
    expect(".modal").toHaveCount(0);
    expect(".o_kehu_code input").toHaveValue("370202");
    expect(".o_kehu_code_name").toHaveText("市南区");
    expect.verifySteps([]);
});

test("R71: a double click, Alt+Down, or Enter in an unchanged box opens the list", async () => {
    await mountForm(1);
    for (const open of [
        () => contains(".o_kehu_code input").dblclick(),
        () => press(["alt", "ArrowDown"]),
        () => press("Enter"),
    ]) {
        await contains(".o_kehu_code input").focus();
        await open();
        await animationFrame();
        expect(".modal .o_data_row").toHaveCount(2);
        await contains(".modal .btn-close").click();
        expect(".modal").toHaveCount(0);
    }
    expect(".o_kehu_code input").toHaveValue("370200");
    expect.verifySteps([]);
});

test("R71: what was typed narrows the list down", async () => {
    await mountForm(1);
    await contains(".o_kehu_code input").edit("南", { confirm: false });
    await press("F2");
    await animationFrame();
    await animationFrame();
    expect(queryAllTexts(".modal .o_data_row .o_data_cell:first-child")).toEqual([
        "370202",
    ]);
    await contains(".modal .o_data_row td:first").click();
    expect(".o_kehu_code_name").toHaveText("市南区");
    expect.verifySteps([]);
});

test("R69: Enter takes what was typed, not the first suggestion", async () => {
    await mountForm();
    await contains(".o_kehu_code input").edit("3702", { confirm: false });
    await runAllTimers();
    await press("Enter");
    await animationFrame();
    expect(".o_field_widget[name=region_id]").toHaveClass("o_field_invalid");
    expect.verifySteps(["resolve 3702"]);
});

test("one field may stand twice in a form, in a plain box and in a code box", async () => {
    await mountForm(
        1,
        `<field name="region_id"/><div class="code"><field name="region_id" widget="kehu_code"/></div>
         <div class="again"><field name="region_id" widget="kehu_code"/></div>`
    );
    expect(".code .o_kehu_code input").toHaveValue("370200");
    await contains(".code .o_kehu_code input").edit("370202", { confirm: false });
    await press("Tab");
    await animationFrame();
    await animationFrame();
    expect(".code .o_kehu_code_name").toHaveText("市南区");
    expect(".again .o_kehu_code input").toHaveValue("370202");
    expect(".again .o_kehu_code_name").toHaveText("市南区");
    expect.verifySteps(["resolve 370202"]);
});

test("a read-only field shows code and name", async () => {
    await mountForm(1, `<field name="region_id" widget="kehu_code" readonly="1"/>`);
    expect(".o_kehu_code_readonly .o_kehu_code_code").toHaveText("370200");
    expect(".o_kehu_code_readonly .o_kehu_code_name").toHaveText("青岛市");
    expect.verifySteps([]);
});

test("discarding brings the record's own code back", async () => {
    await mountForm(1);
    await typeAndTab("999999");
    await contains(".o_form_button_cancel").click();
    await animationFrame();
    expect(".o_kehu_code input").toHaveValue("370200");
    expect(".o_kehu_code_error").toHaveCount(0);
    expect(".o_field_widget[name=region_id]").not.toHaveClass("o_field_invalid");
    expect.verifySteps(["resolve 999999"]);
});
