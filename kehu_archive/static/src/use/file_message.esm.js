import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

// Conversations that are about one customer.
const MODELS = [
    "kehu.archive",
    "res.partner",
    "crm.lead",
    "sale.order",
    "account.move",
];

let mayFile = false;

async function askGroups() {
    const groups = ["kehu_archive.group_kehu_rep", "kehu_archive.group_kehu_archivist"];
    const answers = await Promise.all(groups.map((group) => user.hasGroup(group)));
    mayFile = answers.some(Boolean);
}

registerMessageAction("kehu-file", {
    condition: ({ message, thread }) =>
        mayFile &&
        MODELS.includes(thread?.model) &&
        Number.isInteger(message.id) &&
        !message.isBodyEmpty,
    icon: "fa fa-archive",
    name: _t("File in Archive"),
    onSelected: ({ message, store }) =>
        store.env.services.action.doAction("kehu_archive.kehu_message_file_action", {
            additionalContext: { default_message_id: message.id },
        }),
    setup: () => {
        askGroups();
    },
    sequence: 35,
});
