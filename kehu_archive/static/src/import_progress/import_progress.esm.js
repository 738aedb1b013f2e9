import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const MODEL = "kehu.registration.import";

/** How far the import is; stops and continues it. */
export class KehuImportProgress extends Component {
    static template = "kehu_archive.ImportProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.jobs = useState(useService("kehu_import").jobs);
        this.stored = useState({ done: 0, total: 0 });
        useBus(this.env.bus, "KEHU_IMPORT:FINISHED", async ({ detail }) => {
            if (detail.id === this.props.record.resId) {
                await this.props.record.load();
            }
        });
        useRecordObserver(async (record) => {
            const { state } = record.data;
            if (record.resId && ["reading", "applying"].includes(state)) {
                Object.assign(
                    this.stored,
                    await this.orm.call(MODEL, "get_progress", [[record.resId]])
                );
            }
        });
    }

    get job() {
        return this.jobs[this.props.record.resId];
    }

    get isRunning() {
        return Boolean(this.job?.running);
    }

    get isInterrupted() {
        const { state } = this.props.record.data;
        return !this.isRunning && ["reading", "applying"].includes(state);
    }

    get progress() {
        const { done, total } =
            this.isRunning && this.job.total ? this.job : this.stored;
        return { done, total, percent: total ? Math.round((100 * done) / total) : 0 };
    }

    get isApplying() {
        const { state } = this.props.record.data;
        return (
            (this.isRunning && this.job.state ? this.job.state : state) === "applying"
        );
    }

    stop() {
        this.job.stopping = true;
    }

    async proceed() {
        const { record } = this.props;
        const action = await this.orm.call(MODEL, "action_continue", [[record.resId]]);
        if (action) {
            await this.action.doAction(action);
        }
        await record.load();
    }

    async giveUp() {
        const { record } = this.props;
        await this.orm.call(MODEL, "action_stop", [[record.resId]]);
        await record.load();
    }
}

registry.category("view_widgets").add("kehu_import_progress", {
    component: KehuImportProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "is_mine", type: "boolean", readonly: true },
    ],
});
