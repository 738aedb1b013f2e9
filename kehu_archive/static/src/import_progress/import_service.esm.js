import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const MODEL = "kehu.registration.import";
const RUNNING = ["reading", "applying"];

/**
 * Drives imports of registration forms, step by step, also while the user looks at
 * other screens of this browser tab (clause R96).
 *
 * Each step is one request and one transaction. Closing the tab only pauses the work:
 * the import then shows a button to continue.
 */
export const kehuImportService = {
    dependencies: ["orm", "notification"],
    start(env, { orm, notification }) {
        // {id of the import: {state, done, total, running, stopping, error}}
        const jobs = reactive({});

        browser.addEventListener("beforeunload", (ev) => {
            if (Object.values(jobs).some((job) => job.running)) {
                ev.preventDefault();
            }
        });

        async function run(id, window) {
            jobs[id] = { state: "", done: 0, total: 0, running: true, error: "" };
            const job = jobs[id];
            try {
                do {
                    Object.assign(
                        job,
                        await orm.silent.call(MODEL, "run_step", [id, window])
                    );
                } while (RUNNING.includes(job.state) && !job.stopping);
                if (RUNNING.includes(job.state)) {
                    await orm.silent.call(MODEL, "action_stop", [id]);
                } else if (job.state === "done") {
                    notification.add(_t("The forms were taken over."), {
                        type: "success",
                    });
                }
            } catch (error) {
                // What is finished is stored; the screen says why the rest waits.
                job.error = error.data?.message || _t("The server does not answer.");
            }
            job.running = false;
            env.bus.trigger("KEHU_IMPORT:FINISHED", { id });
        }

        return { jobs, run };
    },
};

registry.category("services").add("kehu_import", kehuImportService);

// What the buttons of the import answer: begin here, and leave the screen as it is.
registry.category("actions").add("kehu_import_run", (env, action) => {
    const { id, window } = action.params;
    env.services.kehu_import.run(id, window);
    return { type: "ir.actions.act_window_close" };
});
