/**
 * Ask the user what a copy is for, in the dialog that the server defines.
 *
 * @param {Object} env the environment, for its services
 * @param {string} what what is going to be printed or exported
 * @returns {Promise<string|null>} the reason; null when the user cancels
 */
export async function openReasonDialog(env, what) {
    const { action } = env.services;
    // A dialog that is still open, such as one that asks for a period, would be told of
    // the end of ours in our place: it closes first.
    await action.doAction({ type: "ir.actions.act_window_close" });
    return new Promise((resolve, reject) => {
        action
            .doAction("kehu_archive.kehu_release_ask_action", {
                additionalContext: { default_what: what || "" },
                onClose: (infos) => resolve(infos?.kehu_reason || null),
            })
            .catch(reject);
    });
}

/**
 * Ask for a reason when the company wants one.
 *
 * @param {Object} env the environment, for its services
 * @param {string} what what is going to be printed or exported
 * @returns {Promise<string|null>} the reason, "" when none is needed; null to stop
 */
export async function askReason(env, what) {
    const needed = await env.services.orm.call("kehu.release", "is_reason_needed", []);
    return needed ? openReasonDialog(env, what) : "";
}
