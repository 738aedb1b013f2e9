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
import { GradeGraphRenderer } from "@kehu_archive/grade_graph/grade_graph.esm";

class Assessment extends models.Model {
    _name = "credit.assessment";

    date = fields.Date({ string: "Date" });
    score = fields.Integer({ string: "Grade", aggregator: "avg" });
    late_count = fields.Integer({ string: "Late" });

    _records = [
        { id: 1, date: "2026-01-28", score: 0, late_count: 0 },
        { id: 2, date: "2026-01-31", score: 3, late_count: 2 },
        { id: 3, date: "2026-02-02", score: 1, late_count: 4 },
    ];
}

defineMailModels();
defineModels([Assessment]);

/* The server names the days between two groups, too, and says of the first snapshot
   that it has no grade. */
const DAYS = [
    ["2026-01-28", 1, false],
    ["2026-01-29", 0, false],
    ["2026-01-30", 0, false],
    ["2026-01-31", 1, 3],
    ["2026-02-01", 0, false],
    ["2026-02-02", 1, 1],
];

async function openGraph(measure) {
    onRpc("formatted_read_group", ({ kwargs }) => {
        expect.step(`fills: ${kwargs.context.fill_temporal}`);
        return DAYS.map(([day, count, value]) => ({
            "date:day": [day, `day ${day}`],
            __count: count,
            __extra_domain: [],
            "score:avg": value,
            "late_count:sum": value,
        }));
    });
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
            <field name="date" interval="day"/>
            <field name="${measure}" type="measure"/>
        </graph>`,
    });
    expect.verifySteps(["fills: true"]);
    return renderer.chart;
}

function getTicks(axis) {
    return axis.ticks.map((tick) => tick.label).filter(Boolean);
}

test("the axis of the history names the grades", async () => {
    const chart = await openGraph("score");
    expect(getTicks(chart.scales.y)).toEqual(["C", "B", "A"]);
});

test("other figures keep their numbers", async () => {
    const chart = await openGraph("late_count");
    expect(getTicks(chart.scales.y)).not.toInclude("A");
});

test("a grade holds until the next snapshot, and there is none before the first", async () => {
    const chart = await openGraph("score");
    const [dataset] = chart.data.datasets;
    expect(dataset.data).toEqual([null, null, null, 3, 3, 1]);
    expect(dataset.stepped).toBe(true);
});

test("days of snapshots have a point and a name, days between have none", async () => {
    const chart = await openGraph("score");
    const [dataset] = chart.data.datasets;
    expect(dataset.pointRadius.map(Boolean)).toEqual([
        true,
        false,
        false,
        true,
        false,
        true,
    ]);
    expect(getTicks(chart.scales.x)).toEqual([
        "01/28/2026",
        "01/31/2026",
        "02/02/2026",
    ]);
});
