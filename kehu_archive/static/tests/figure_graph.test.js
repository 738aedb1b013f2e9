import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";

import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import "@kehu_archive/figure_graph/figure_graph.esm";

class Figure extends models.Model {
    _name = "customer.figure";

    kind = fields.Char({ string: "Kind" });
    days = fields.Float({ string: "Days", aggregator: "avg" });
    amount = fields.Float({ string: "Amount", aggregator: "sum" });

    _records = [
        { id: 1, kind: "order", days: 12, amount: 0 },
        { id: 2, kind: "invoice", days: 0, amount: 7 },
    ];
}

defineMailModels();
defineModels([Figure]);

async function openGraph(measure) {
    onRpc("formatted_read_group", async ({ parent }) => {
        const groups = await parent();
        for (const group of groups) {
            // What the server says of rows without a value.
            if ("days:avg" in group) {
                group["days:avg"] = group["days:avg"] || false;
            }
        }
        return groups;
    });
    let renderer = null;
    patchWithCleanup(GraphRenderer.prototype, {
        setup() {
            super.setup();
            renderer = this;
        },
    });
    await mountView({
        type: "graph",
        resModel: "customer.figure",
        arch: `<graph type="line" js_class="kehu_figure_graph">
            <field name="kind"/>
            <field name="${measure}" type="measure"/>
        </graph>`,
    });
    return renderer.chart.data.datasets[0].data;
}

test("an average over nothing is a gap in the line", async () => {
    expect((await openGraph("days")).sort()).toEqual([12, null]);
});

test("a sum of nothing is 0", async () => {
    expect((await openGraph("amount")).sort()).toEqual([0, 7]);
});
