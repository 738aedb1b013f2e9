import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { STATIC_ACTIONS_GROUP_NUMBER } from "@web/search/action_menus/action_menus";
import { downloadRegister } from "./register_download.esm";

/** In the cog menu of the archives: the register of what the search shows. */
export class RegisterMenu extends Component {
    static template = "kehu_archive.RegisterMenu";
    static components = { DropdownItem };
    static props = {};

    async onSelected() {
        await downloadRegister(this.env, this.env.searchModel.domain);
    }
}

registry.category("cogMenu").add(
    "kehu-register",
    {
        Component: RegisterMenu,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: async (env) =>
            env.searchModel?.resModel === "kehu.archive" &&
            ["kanban", "list"].includes(env.config.viewType) &&
            !env.model?.root.selection?.length &&
            user.hasGroup("base.group_allow_export"),
    },
    { sequence: 11 }
);
