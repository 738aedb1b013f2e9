import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame, advanceTime } from "@odoo/hoot-mock";

import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();
    ref = fields.Char();

    _records = [{ id: 1, name: "Hisense", ref: "H1" }];
}

defineMailModels();
defineModels([Customer]);

const ANSWER = { field: "name", message: "Ask Wang" };
let answer;

onRpc("res.partner", "kehu_find_duplicates", ({ args: [values] }) => {
    expect.step(values);
    return values.name === "Haier" ? [answer] : [];
});

async function mountForm(resId) {
    answer = ANSWER;
    await mountView({
        type: "form",
        resModel: "customer",
        resId,
        arch: `<form>
            <field name="name"/>
            <widget name="kehu_duplicate_notice" options="{'field': 'name'}"/>
            <field name="ref"/>
        </form>`,
    });
}

async function type(text, field = "name") {
    await contains(`.o_field_widget[name=${field}] input`).edit(text, {
        confirm: false,
    });
}

async function pause() {
    await advanceTime(500);
    await animationFrame();
}

test("R92: a pause in typing tells that the customer exists, below the field", async () => {
    await mountForm();
    await type("Hai");
    await type("Haier");
    expect.verifySteps([]);
    await pause();
    expect.verifySteps([{ name: "Haier", id: false }]);
    expect(".o_kehu_duplicate_notice span").toHaveText("Ask Wang");
    expect(".o_kehu_duplicate_notice button").toHaveCount(0);
    expect(".o_field_widget[name=name]").not.toHaveClass("o_field_invalid");
});

test("R92: the notice goes as soon as typing goes on", async () => {
    await mountForm();
    await type("Haier");
    await pause();
    await type("Haier B");
    await animationFrame();
    expect(".o_kehu_duplicate_notice").toHaveCount(0);
    await pause();
    expect.verifySteps([
        { name: "Haier", id: false },
        { name: "Haier B", id: false },
    ]);
});

test("R92: nothing is asked for a saved value, another field, or a single letter", async () => {
    await mountForm(1);
    await type("Hisense");
    await pause();
    await type("H2", "ref");
    await pause();
    await type("X");
    await pause();
    expect.verifySteps([]);
    await type("Haier");
    await pause();
    expect.verifySteps([{ name: "Haier", id: 1 }]);
});

test("R92: those who may open the customer get a link, which keeps the form", async () => {
    mockService("action", {
        doAction({ res_model, res_id, target }) {
            expect.step([res_model, res_id, target]);
        },
    });
    await mountForm();
    answer = { ...ANSWER, partner_id: 42 };
    await type("Haier");
    await pause();
    await contains(".o_kehu_duplicate_notice button").click();
    expect.verifySteps([{ name: "Haier", id: false }, ["res.partner", 42, "new"]]);
});
