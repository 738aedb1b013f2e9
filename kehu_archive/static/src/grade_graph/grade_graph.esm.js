/* The history of credit grades: the axis names the grades instead of their numbers. */
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { registry } from "@web/core/registry";

const MEASURE = "score";
const GRADES = { 1: "C", 2: "B", 3: "A" };

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
        return scales;
    }
}

registry.category("views").add("kehu_grade_graph", {
    ...graphView,
    Renderer: GradeGraphRenderer,
});
