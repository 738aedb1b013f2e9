import { download } from "@web/core/network/download";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { askReason } from "../use/ask_reason.esm";

/**
 * Download the register (台账) of the archives of a domain.
 *
 * @param {Object} env the environment, for its services
 * @param {Array} domain which archives; [] means all that the user may read
 */
export async function downloadRegister(env, domain) {
    const reason = await askReason(env, _t("Customer Register"));
    if (reason === null) {
        return;
    }
    env.services.ui.block();
    try {
        await download({
            url: "/kehu/register/xlsx",
            data: { domain: JSON.stringify(domain), reason },
        });
    } finally {
        env.services.ui.unblock();
    }
}

/**
 * Which archives the Print menu means: the selected ones, or all of the search when
 * more are selected than the web client lists; without a selection all of them.
 *
 * @param {Object} context of the report action
 * @returns {Array} a domain
 */
export function registerDomain(context) {
    const ids = context.active_ids || [];
    if (!ids.length) {
        return [];
    }
    const whole = ids.length >= session.active_ids_limit && context.active_domain;
    return whole || [["id", "in", ids]];
}

registry
    .category("ir.actions.report handlers")
    .add("kehu_register", async (action, options, env) => {
        if (action.report_type !== "k_register") {
            return false;
        }
        await downloadRegister(env, registerDomain(action.context || {}));
        return true;
    });
