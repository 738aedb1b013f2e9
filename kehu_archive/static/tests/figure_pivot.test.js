import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";

import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import "@kehu_archive/figure_pivot/figure_pivot.esm";

class Figure extends models.Model {
    _name = "customer.figure";

    kind = fields.Char({ string: "Kind" });
    days = fields.Float({ string: "Days", aggregator: "avg" });

    _records = [
        { id: 1, kind: "order", days: 12 },
        { id: 2, kind: "invoice", days: 0 },
    ];
}

defineMailModels();
defineModels([Figure]);

test("an average over nothing is blank, and other cells keep theirs", async () => {
    onRpc("formatted_read_grouping_sets", async ({ parent }) => {
        const sets = await parent();
        for (const group of sets.flat()) {
            // What the server says of rows without a value.
            group["days:avg"] = group["days:avg"] || false;
        }
        return sets;
    });
    await mountView({
        type: "pivot",
        resModel: "customer.figure",
        arch: `<pivot js_class="kehu_figure_pivot">
            <field name="kind" type="row"/>
            <field name="days" type="measure"/>
        </pivot>`,
    });
    expect(queryAllTexts(".o_pivot_cell_value")).toEqual(["12.00", "", "12.00"]);
});
