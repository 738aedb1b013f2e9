/* A graph of figures that may be missing: an average over nothing is a gap, not 0. */
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";
import { registry } from "@web/core/registry";

// What adds up is 0 where there is nothing; what does not is no figure there.
const ADDED_UP = ["sum", "count", "count_distinct"];

export class FigureGraphModel extends GraphModel {
    get addsUp() {
        const { fields, measure } = this.metaData;
        return measure === "__count" || ADDED_UP.includes(fields[measure].aggregator);
    }

    _getData(dataPoints, ...options) {
        const data = super._getData(dataPoints, ...options);
        if (!this.addsUp) {
            for (const dataset of data.datasets) {
                const known = this.findKnown(dataPoints, dataset);
                dataset.data = dataset.data.map((value, index) =>
                    known.has(index) ? value : null
                );
            }
        }
        return data;
    }

    /* The places of a line or of a group of bars for which there is a figure. */
    findKnown(dataPoints, dataset) {
        return new Set(
            dataPoints
                .filter(
                    (point) =>
                        point.value !== false &&
                        this._getDatasetLabel(point) === dataset.label
                )
                .map((point) => point.labelIndex)
        );
    }
}

registry.category("views").add("kehu_figure_graph", {
    ...graphView,
    Model: FigureGraphModel,
});
