import { registry } from "@web/core/registry";
import { download } from "@web/core/network/download";
import { askReason } from "../use/ask_reason.esm";

// Reports of type k_xlsx are downloaded from our own route.
registry
    .category("ir.actions.report handlers")
    .add("kehu_xlsx", async (action, options, env) => {
        if (action.report_type !== "k_xlsx") {
            return false;
        }
        const reason = await askReason(env, action.name);
        if (reason === null) {
            return true;
        }
        const ids = action.context?.active_ids || [];
        env.services.ui.block();
        try {
            await download({
                url: "/kehu/report/xlsx",
                data: { report_id: action.id, ids: JSON.stringify(ids), reason },
            });
        } finally {
            env.services.ui.unblock();
        }
        return true;
    });
