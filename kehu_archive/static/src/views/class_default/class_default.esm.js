import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { SearchModel } from "@web/search/search_model";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** The field for the customer's class, by model. */
const CLASS_FIELDS = {
    "res.partner": "customer_class_id",
    "kehu.archive": "card_customer_class_id",
};

/**
 * Knows which class is selected, and makes it the default of what is created next
 * (clause R68): the class of the search panel, else the one class searched for.
 */
export class ClassSearchModel extends SearchModel {
    get classField() {
        return CLASS_FIELDS[this.resModel];
    }

    get selectedClassId() {
        const category = this.categories.find((c) => c.fieldName === this.classField);
        if (category?.activeValueId) {
            return category.activeValueId;
        }
        const sought = this.query.filter(({ searchItemId }) => {
            const { type, fieldName } = this.searchItems[searchItemId];
            return type === "field" && fieldName === this.classField;
        });
        const value = sought.length === 1 && sought[0].autocompleteValue.value;
        return typeof value === "number" ? value : false;
    }

    _getContext() {
        const context = super._getContext();
        if (this.selectedClassId) {
            context[`default_${this.classField}`] = this.selectedClassId;
        }
        return context;
    }
}

/** Hands the selected class on to the form of a new record. */
const withClassDefault = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            this.classAction = useService("action");
        }

        /** The class in force: of the search, else of the only open group. */
        get newClassId() {
            const { root } = this.model;
            const { classField, selectedClassId } = this.env.searchModel;
            if (selectedClassId || !root.isGrouped) {
                return selectedClassId;
            }
            const open = root.groups.filter((group) => !group.isFolded);
            return root.groupByField?.name === classField && open.length === 1
                ? open[0].value
                : false;
        }

        async createRecord(...args) {
            const classId = this.newClassId;
            if (!classId || this.canQuickCreate) {
                return super.createRecord(...args);
            }
            const { config, searchModel } = this.env;
            return this.classAction.doAction({
                type: "ir.actions.act_window",
                name: config.getDisplayName(),
                res_model: this.props.resModel,
                views: [
                    config.views.find(([, type]) => type === "form") || [false, "form"],
                ],
                context: {
                    ...searchModel.globalContext,
                    [`default_${searchModel.classField}`]: classId,
                },
                cache: false,
            });
        }
    };

const views = registry.category("views");
views.add("kehu_class_list", {
    ...listView,
    Controller: withClassDefault(ListController),
    SearchModel: ClassSearchModel,
});
views.add("kehu_class_kanban", {
    ...kanbanView,
    Controller: withClassDefault(KanbanController),
    SearchModel: ClassSearchModel,
});
