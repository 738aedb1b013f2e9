import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { getReportUrl } from "@web/webclient/actions/reports/utils";
import { openReasonDialog } from "./ask_reason.esm";

const QWEB = ["qweb-pdf", "qweb-html"];

function isAboutArchives(action) {
    return (
        action.report_name?.startsWith("kehu_archive.") ||
        action.context?.active_model === "kehu.archive"
    );
}

/** Reports on archives: a reason first, then Odoo's own way of printing. */
registry.category("ir.actions.report handlers").add(
    "kehu_reason",
    async (action, options, env) => {
        if (!QWEB.includes(action.report_type) || !isAboutArchives(action)) {
            return false;
        }
        const needed = await env.services.orm.call(
            "ir.actions.report",
            "kehu_is_reason_needed",
            [action.report_name]
        );
        if (!needed) {
            return false;
        }
        const reason = await openReasonDialog(env, action.name);
        if (reason === null) {
            return true;
        }
        action.context = { ...action.context, kehu_reason: reason };
        if (action.report_type === "qweb-pdf") {
            const status = await rpc("/report/check_wkhtmltopdf");
            if (["upgrade", "ok"].includes(status)) {
                return false;
            }
        }
        // Without a PDF writer the page itself is printed: it needs the reason, too.
        const context = { ...user.context, kehu_reason: reason };
        window.open(getReportUrl(action, "html", context), "_blank");
        return true;
    },
    { sequence: 1 }
);
