/* A pivot of figures that may be missing: an average over nothing is empty, not 0. */
import { PivotModel } from "@web/views/pivot/pivot_model";
import { pivotView } from "@web/views/pivot/pivot_view";
import { registry } from "@web/core/registry";

export class FigurePivotModel extends PivotModel {
    _getMeasurements(group, config) {
        const measurements = super._getMeasurements(group, config);
        for (const [name, value] of Object.entries(measurements)) {
            if (value === false) {
                // As where there are no rows at all: blank on screen and in XLSX.
                delete measurements[name];
            }
        }
        return measurements;
    }
}

registry.category("views").add("kehu_figure_pivot", {
    ...pivotView,
    Model: FigurePivotModel,
});
