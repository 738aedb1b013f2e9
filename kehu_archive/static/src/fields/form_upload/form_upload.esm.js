import { useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useFileUploader } from "@web/core/utils/files";
import {
    Many2ManyBinaryField,
    many2ManyBinaryField,
} from "@web/views/fields/many2many_binary/many2many_binary_field";

/** Many files at once, chosen or dropped; shown as a list of names. */
export class KehuFormUpload extends Many2ManyBinaryField {
    static template = "kehu_archive.FormUpload";

    setup() {
        super.setup();
        this.upload = useFileUploader();
        this.drop = useState({ isOver: false, isBusy: false });
    }

    async onDrop(ev) {
        this.drop.isOver = false;
        const files = [...ev.dataTransfer.files];
        if (!files.length || this.props.readonly) {
            return;
        }
        this.drop.isBusy = true;
        try {
            const { resModel, resId } = this.props.record;
            const uploaded = await this.upload("/web/binary/upload_attachment", {
                csrf_token: odoo.csrf_token,
                ufile: files,
                model: resModel,
                id: resId || 0,
            });
            if (uploaded) {
                await this.onFileUploaded(uploaded);
            }
        } finally {
            this.drop.isBusy = false;
        }
    }
}

registry.category("fields").add("kehu_form_upload", {
    ...many2ManyBinaryField,
    component: KehuFormUpload,
});
