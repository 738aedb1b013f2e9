/* The history of credit grades: what a snapshot says holds until the next one, the axis
   names the grades instead of their numbers, and the days of snapshots below it. */
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { GraphModel } from "@web/views/graph/graph_model";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { registry } from "@web/core/registry";

const MEASURE = "score";
const GRADES = { 1: "C", 2: "B", 3: "A" };
const POINT = 4;

export class GradeGraphModel extends GraphModel {
    /* Whether days follow each other from left to right, those without snapshot, too. */
    get isHistory() {
        const { fields, groupBy, mode } = this.metaData;
        return (
            mode === "line" &&
            groupBy[0]?.interval === "day" &&
            fields[groupBy[0].fieldName].type === "date"
        );
    }

    async _loadDataPoints(metaData) {
        const [dataPoints, currencies] = await super._loadDataPoints(metaData);
        for (const point of dataPoints) {
            const [day] = Object.values(JSON.parse(point.identifier)[0] || {});
            if (metaData.groupBy[0]?.interval === "day" && day) {
                point.labels[0] = formatDate(deserializeDate(day[0]));
            }
        }
        return [dataPoints, currencies];
    }

    _getData(dataPoints, ...options) {
        const data = super._getData(dataPoints, ...options);
        if (this.isHistory) {
            for (const dataset of data.datasets) {
                this.hold(dataset, dataPoints);
            }
            data.datasets = data.datasets.filter((dataset) => dataset.taken.size);
        }
        return data;
    }

    /* Between two snapshots, what the earlier one says; nothing before the first. */
    hold(dataset, dataPoints) {
        const taken = new Map();
        for (const point of dataPoints) {
            if (point.count && this._getDatasetLabel(point) === dataset.label) {
                taken.set(point.labelIndex, point.value === false ? null : point.value);
            }
        }
        let held = null;
        dataset.taken = taken;
        dataset.days = dataset.data.length;
        dataset.data = dataset.data.map((_, index) => {
            held = taken.has(index) ? taken.get(index) : held;
            return held;
        });
    }
}

export class GradeGraphRenderer extends GraphRenderer {
    get showsGrades() {
        return this.model.metaData.measure === MEASURE;
    }

    formatValue(value, ...options) {
        if (this.showsGrades && value in GRADES) {
            return GRADES[value];
        }
        return super.formatValue(value, ...options);
    }

    getLineChartData() {
        const data = super.getLineChartData();
        if (this.model.isHistory) {
            for (const dataset of data.datasets) {
                // A single day is drawn one place further to the right.
                const shift = dataset.data.length - dataset.days;
                const sizes = dataset.data.map((_, index) =>
                    dataset.taken.has(index - shift) ? POINT : 0
                );
                Object.assign(dataset, {
                    stepped: true,
                    pointRadius: sizes,
                    pointHoverRadius: sizes.map((size) => size * 2),
                });
            }
        }
        return data;
    }

    getScaleOptions() {
        const scales = super.getScaleOptions();
        if (this.showsGrades && scales.y) {
            scales.y.min = 0;
            scales.y.max = 3.5;
            scales.y.ticks = {
                ...scales.y.ticks,
                stepSize: 1,
                callback: (value) => GRADES[value] || "",
            };
        }
        const { datasets, labels } = this.model.data;
        if (this.model.isHistory && datasets.some((dataset) => dataset.days > 1)) {
            scales.x.ticks = {
                ...scales.x.ticks,
                // A day without a name gets no tick.
                callback: (index) =>
                    datasets.some((dataset) => dataset.taken.has(index))
                        ? labels[index]
                        : null,
            };
        }
        return scales;
    }
}

registry.category("views").add("kehu_grade_graph", {
    ...graphView,
    Model: GradeGraphModel,
    Renderer: GradeGraphRenderer,
});
