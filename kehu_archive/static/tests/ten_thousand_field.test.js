import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";

import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Customer extends models.Model {
    _name = "customer";

    capital = fields.Float({ digits: [16, 4] });

    _records = [
        { id: 1, capital: 3000 },
        { id: 2, capital: 1234567.5 },
        { id: 3, capital: 0.1234 },
        { id: 4, capital: 0 },
    ];
}

defineMailModels();
defineModels([Customer]);

const FIELD = `<field name="capital" widget="kehu_ten_thousand"/>`;

test("R86: a list shows as many decimals as there are, separators, and the unit", async () => {
    await mountView({
        type: "list",
        resModel: "customer",
        arch: `<list>${FIELD}</list>`,
    });
    const shown = queryAllTexts(".o_data_cell").map((text) =>
        text.replace(/\s+/g, " ")
    );
    expect(shown).toEqual([
        "3,000 10k CNY",
        "1,234,567.5 10k CNY",
        "0.1234 10k CNY",
        "",
    ]);
});

test("R86: four decimals are typed and saved, whatever is shown", async () => {
    onRpc("customer", "web_save", ({ args }) => expect.step(args[1].capital));
    await mountView({
        type: "form",
        resModel: "customer",
        resId: 1,
        arch: `<form>${FIELD}</form>`,
    });
    expect(".o_field_widget[name=capital] input").toHaveValue("3,000");
    expect(".o_kehu_unit").toHaveText("10k CNY");
    await contains(".o_field_widget[name=capital] input").edit("88,888.1234");
    await clickSave();
    expect(".o_field_widget[name=capital] input").toHaveValue("88,888.1234");
    expect.verifySteps([88888.1234]);
});
