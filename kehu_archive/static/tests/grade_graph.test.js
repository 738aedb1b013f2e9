import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";

import {
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import { GradeGraphRenderer } from "@kehu_archive/grade_graph/grade_graph.esm";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";

class Assessment extends models.Model {
    _name = "credit.assessment";

    date = fields.Date({ string: "Date" });
    score = fields.Integer({ string: "Grade", aggregator: "avg" });
    late_count = fields.Integer({ string: "Late" });

    _records = [
        { id: 1, date: "2026-01-31", score: 3, late_count: 2 },
        { id: 2, date: "2026-02-28", score: 1, late_count: 4 },
    ];
}

defineMailModels();
defineModels([Assessment]);

async function openGraph(measure) {
    let renderer = null;
    patchWithCleanup(GradeGraphRenderer.prototype, {
        setup() {
            super.setup();
            renderer = this;
        },
    });
    await mountView({
        type: "graph",
        resModel: "credit.assessment",
        arch: `<graph type="line" stacked="0" js_class="kehu_grade_graph">
            <field name="date" interval="month"/>
            <field name="${measure}" type="measure"/>
        </graph>`,
    });
    return renderer.chart.scales.y.ticks.map((tick) => tick.label).filter(Boolean);
}

test("the axis of the history names the grades", async () => {
    expect(await openGraph("score")).toEqual(["C", "B", "A"]);
});

test("other figures keep their numbers", async () => {
    expect(await openGraph("late_count")).not.toInclude("A");
});
