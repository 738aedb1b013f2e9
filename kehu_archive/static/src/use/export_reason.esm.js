import { patch } from "@web/core/utils/patch";
import { ExportAll } from "@web/views/list/export_all/export_all";
import { ExportDataDialog } from "@web/views/view_dialogs/export_data_dialog";
import { askReason } from "./ask_reason.esm";

// Models whose export tells of archives: those with a link to one, and they themselves.
function isAboutArchives(root) {
    return (
        root.resModel === "kehu.archive" ||
        (root.resModel.startsWith("kehu.") && "archive_id" in root.fields)
    );
}

/**
 * Let an export send the reason with its context, which the server asks for.
 *
 * @param {Object} root what is exported
 * @param {string} reason what for
 * @param {Function} start begins the download; reads the context at once
 * @returns {*} what it returns
 */
function withReason(root, reason, start) {
    const context = root.config.context;
    root.config.context = { ...context, kehu_reason: reason };
    try {
        return start();
    } finally {
        root.config.context = context;
    }
}

patch(ExportDataDialog.prototype, {
    async onClickExportButton() {
        const { root } = this.props;
        if (!isAboutArchives(root) || !this.state.exportList.length) {
            return super.onClickExportButton(...arguments);
        }
        const reason = await askReason(this.env, "");
        if (reason === null) {
            return;
        }
        return withReason(root, reason, () => super.onClickExportButton(...arguments));
    },
});

patch(ExportAll.prototype, {
    async onDirectExportData() {
        const root = this.env.model?.root;
        if (!root || !isAboutArchives(root)) {
            return super.onDirectExportData(...arguments);
        }
        const reason = await askReason(this.env, "");
        if (reason === null) {
            return;
        }
        return withReason(root, reason, () => super.onDirectExportData(...arguments));
    },
});
