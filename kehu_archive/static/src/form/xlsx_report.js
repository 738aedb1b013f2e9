import { registry } from "@web/core/registry";
import { download } from "@web/core/network/download";

// Reports of type k_xlsx are downloaded from our own route.
registry
    .category("ir.actions.report handlers")
    .add("kehu_xlsx", async (action, options, env) => {
        if (action.report_type !== "k_xlsx") {
            return false;
        }
        const ids = action.context?.active_ids || [];
        env.services.ui.block();
        try {
            await download({
                url: "/kehu/report/xlsx",
                data: { report_id: action.id, ids: JSON.stringify(ids) },
            });
        } finally {
            env.services.ui.unblock();
        }
        return true;
    });
