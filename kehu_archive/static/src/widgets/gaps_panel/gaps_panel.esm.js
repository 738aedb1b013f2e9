import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INPUTS = "input, textarea, select, button, a[href]";

/**
 * What is still missing in an archive, each one click from its field (clause R91).
 *
 * Next to each gap stand the two other answers: it does not apply, or it was refused.
 */
export class KehuGapsPanel extends Component {
    static template = "kehu_archive.GapsPanel";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ gaps: [] });
        useRecordObserver(async (record) => {
            // Read before waiting: these are what the panel follows.
            const { missing_facts, na_facts, refused_facts } = record.data;
            const known = [missing_facts, na_facts, refused_facts];
            this.state.gaps =
                record.resId && known.length
                    ? await this.orm.call("kehu.archive", "get_gaps", [record.resId])
                    : [];
        });
    }

    get missing() {
        return this.state.gaps.filter((gap) => gap.state === "missing");
    }

    get marked() {
        return this.state.gaps.filter((gap) => ["na", "refused"].includes(gap.state));
    }

    get settledCount() {
        return this.state.gaps.length - this.missing.length;
    }

    /** Open the page of the field, then put the cursor into it. */
    async goTo(gap, ev) {
        const form = ev.currentTarget.closest(".o_form_view");
        form.querySelector(`.o_notebook a.nav-link[name="${gap.page}"]`)?.click();
        await new Promise((resolve) =>
            requestAnimationFrame(() => setTimeout(resolve))
        );
        const field = form.querySelector(`.o_field_widget[name="${gap.field}"]`);
        field?.scrollIntoView({ block: "center" });
        field?.querySelector(INPUTS)?.focus();
    }

    async mark(gap, state) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.orm.call("kehu.archive", "set_fact_state", [
            [record.resId],
            gap.key,
            state,
        ]);
        await record.load();
    }
}

registry.category("view_widgets").add("kehu_gaps_panel", {
    component: KehuGapsPanel,
    fieldDependencies: [
        { name: "missing_facts", type: "text", readonly: true },
        { name: "na_facts", type: "text", readonly: true },
        { name: "refused_facts", type: "text", readonly: true },
    ],
});
