import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";

import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class Archive extends models.Model {
    _name = "kehu.archive";

    name = fields.Char();
    card_customer_class_id = fields.Many2one({
        relation: "customer.class",
        string: "Class",
    });

    _records = [
        { id: 1, name: "One", card_customer_class_id: 1 },
        { id: 2, name: "Two", card_customer_class_id: 2 },
        { id: 3, name: "Three" },
    ];
    _views = {
        list: `<list js_class="kehu_class_list"><field name="name"/></list>`,
        kanban: `<kanban js_class="kehu_class_kanban"><templates><t t-name="card">
            <field name="name"/></t></templates></kanban>`,
        form: `<form><field name="name"/><field name="card_customer_class_id"/></form>`,
        search: `<search>
            <field name="card_customer_class_id"/>
            <group><filter name="by_class" context="{'group_by': 'card_customer_class_id'}"/></group>
            <searchpanel><field name="card_customer_class_id"/></searchpanel>
        </search>`,
    };
}

class CustomerClass extends models.Model {
    _name = "customer.class";

    name = fields.Char();

    _records = [
        { id: 1, name: "Dealers" },
        { id: 2, name: "Shops" },
    ];
}

defineMailModels();
defineModels([Archive, CustomerClass]);

onRpc("has_group", () => true);

async function open(view, context = {}) {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        name: "Archives",
        res_model: "kehu.archive",
        views: [
            [false, view],
            [false, "form"],
        ],
        context,
    });
}

const CLASS = ".o_field_widget[name=card_customer_class_id] input";

for (const view of ["list", "kanban"]) {
    const button = view === "list" ? ".o_list_button_add" : ".o-kanban-button-new";

    test(`R68: what is made in a ${view} gets the class selected in the panel`, async () => {
        await open(view);
        await contains(".o_search_panel_category_value:contains(Shops) header").click();
        await contains(button).click();
        await animationFrame();
        expect(CLASS).toHaveValue("Shops");
    });

    test(`R68: what is made in a ${view} without a selected class has none`, async () => {
        await open(view);
        await contains(button).click();
        await animationFrame();
        expect(CLASS).toHaveValue("");
    });
}

test("R68: what is made in a list gets the class that it is filtered by", async () => {
    await open("list", { search_default_card_customer_class_id: 1 });
    await contains(".o_list_button_add").click();
    await animationFrame();
    expect(CLASS).toHaveValue("Dealers");
});

test("R68: what is made in a grouped list gets the class of the open group", async () => {
    await open("list", { search_default_by_class: 1 });
    await contains(".o_group_header:contains(Shops)").click();
    await contains(".o_list_button_add").click();
    await animationFrame();
    expect(CLASS).toHaveValue("Shops");
});
