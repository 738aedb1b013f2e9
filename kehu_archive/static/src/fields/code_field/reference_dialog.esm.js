import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

/**
 * The list to choose a code from (R71), with the tree of codes at its left where the
 * search view of the other model has one. A telephone has no room for the tree.
 */
export class ReferenceDialog extends SelectCreateDialog {
    setup() {
        super.setup();
        this.baseViewProps.display = { searchPanel: !this.env.isSmall };
    }
}
