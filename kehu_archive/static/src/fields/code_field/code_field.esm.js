import { Component, status, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    useBus,
    useChildRef,
    useOwnedDialogs,
    useService,
} from "@web/core/utils/hooks";
import { highlightText, odoomark } from "@web/core/utils/html";
import { getFieldDomain, useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { CodeAutoComplete } from "./code_autocomplete.esm";
import { ReferenceDialog } from "./reference_dialog.esm";

const SUGGESTION_LIMIT = 8;

/**
 * A many2one for records that people know by their code (clauses R69-R71, R74).
 *
 * The box takes a code or a name; on Tab or Enter the server turns it into one record,
 * whose name appears at the right. Suggestions help, but Tab never takes one that was
 * not chosen. What the server does not know stays in the box, marked invalid, and
 * nothing is created. A double click, F2, Alt+Down, the button, or Enter in a box that
 * has nothing new to resolve opens the list to choose from (R71).
 *
 * The box reads code and name itself instead of asking the view for them: a form may
 * show the same field elsewhere, in a plain box.
 */
export class KehuCodeField extends Component {
    static template = "kehu_archive.CodeField";
    static components = { CodeAutoComplete };
    static props = {
        ...standardFieldProps,
        context: { type: Object, optional: true },
        domain: { type: [Array, Function], optional: true },
        listViewRef: { type: String, optional: true },
        placeholder: { type: String, optional: true },
        string: { type: String, optional: true },
    };
    static defaultProps = { context: {} };

    /** Field of the other model that holds the code. */
    static codeField = "code";
    /** Field of the other model that holds the words at the right, if it is filled. */
    static nameField = "display_name";
    /** Method of the other model: text -> {id, code, name, retired} or {error}. */
    static resolveMethod = "resolve_code";

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.addDialog = useOwnedDialogs();
        this.inputRef = useChildRef();
        // ``revision`` makes a fresh box, which shows the record's own code again.
        this.state = useState({ error: "", revision: 0, facts: {} });
        this.refusedText = null;
        this.resolving = null;

        useRecordObserver((record, props) => this.loadFacts(record.data[props.name]));
        const { bus } = this.props.record.model;
        useBus(bus, "NEED_LOCAL_CHANGES", ({ detail }) =>
            detail.proms.push(this.commit())
        );
        // Discarding the record makes the field valid again behind our back.
        useEffect(
            (isInvalid) => {
                if (!isInvalid && this.refusedText !== null) {
                    this.showRecord();
                }
            },
            () => [this.props.record.isFieldInvalid(this.props.name)]
        );
    }

    // -------------------------------------------------------------------------
    // What is shown
    // -------------------------------------------------------------------------

    get relation() {
        return this.props.record.fields[this.props.name].relation;
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        return this.props.string || this.props.record.fields[this.props.name].string;
    }

    get placeholder() {
        return this.props.placeholder || _t("Code or name");
    }

    /** What is known of the record that the field has: ``{code, name, active}``. */
    get facts() {
        return (this.value && this.state.facts[this.value.id]) || {};
    }

    get code() {
        return this.facts.code || "";
    }

    get name() {
        return this.value ? this.facts.name || this.value.display_name || "" : "";
    }

    /** What the box shows: the code or, for a record without one, its name. */
    get boxText() {
        return this.code || this.name;
    }

    get isRetired() {
        return this.facts.active === false;
    }

    /** Read code and name of a record, unless they are known. */
    async loadFacts(value) {
        if (!value || value.id in this.state.facts) {
            return;
        }
        const { codeField, nameField } = this.constructor;
        // A search, as a record that the user may not read is merely not found.
        const [found] = await this.orm.searchRead(
            this.relation,
            [["id", "=", value.id]],
            [...new Set([codeField, nameField, "display_name", "active"])],
            { context: { ...this.props.context, active_test: false } }
        );
        this.state.facts[value.id] = found
            ? {
                  code: found[codeField] || "",
                  name: found[nameField] || found.display_name,
                  active: found.active,
              }
            : {};
    }

    get sources() {
        return [
            { options: (request) => this.loadSuggestions(request), placeholder: "…" },
        ];
    }

    // -------------------------------------------------------------------------
    // From text to record
    // -------------------------------------------------------------------------

    /**
     * Turn what stands in the box into the record that it means.
     *
     * @returns {Promise<void>} done when the record has the value or is marked invalid
     */
    commit() {
        const input = this.inputRef.el;
        if (!input || this.props.readonly) {
            return Promise.resolve();
        }
        const text = input.value.trim();
        if (text === this.refusedText) {
            return Promise.resolve();
        }
        if (this.resolving?.text !== text) {
            this.resolving = null;
            if (text !== this.boxText || this.refusedText !== null) {
                const promise = this.resolve(text).finally(() => {
                    if (this.resolving?.promise === promise) {
                        this.resolving = null;
                    }
                });
                this.resolving = { text, promise };
            }
        }
        return this.resolving?.promise ?? Promise.resolve();
    }

    async resolve(text) {
        if (!text) {
            return this.select(false);
        }
        if (text === this.boxText) {
            return this.showRecord();
        }
        const found = await this.orm.call(
            this.relation,
            this.constructor.resolveMethod,
            [text],
            { context: this.props.context }
        );
        if (status(this) === "destroyed" || this.inputRef.el?.value.trim() !== text) {
            return;
        }
        if (!found.id) {
            return this.refuse(text, found.error);
        }
        const { id, code, name, retired } = found;
        this.state.facts[id] = { code, name, active: !retired };
        await this.select({ id, display_name: name });
    }

    /** Give the field a record (``{id, …}``) or none. */
    async select(value) {
        this.refusedText = null;
        await this.loadFacts(value);
        await this.props.record.update({ [this.props.name]: value });
        if (status(this) !== "destroyed") {
            this.showRecord();
        }
    }

    /** Keep the text in the box, say why it is no good, and let nothing be saved. */
    refuse(text, message) {
        this.refusedText = text;
        this.setDirty(false);
        this.state.error = message || _t("Unknown code: %s", text);
        this.props.record.setInvalidField(this.props.name);
        this.notification.add(this.state.error, { type: "danger" });
    }

    /** Show what the record has, whatever was typed. */
    showRecord() {
        const hadFocus =
            this.inputRef.el && this.inputRef.el === document.activeElement;
        this.refusedText = null;
        this.setDirty(false);
        this.state.error = "";
        this.props.record.resetFieldValidity(this.props.name);
        if (this.inputRef.el && this.inputRef.el.value !== this.boxText) {
            this.state.revision++;
            this.mustFocus = hadFocus;
        }
    }

    /** Tell the form whether the box holds something that the record does not know. */
    setDirty(isDirty) {
        this.props.record.model.bus.trigger("FIELD_IS_DIRTY", isDirty);
    }

    // -------------------------------------------------------------------------
    // Suggestions and the list to choose from
    // -------------------------------------------------------------------------

    /** Only records with a code: Odoo's own industries, say, have none. */
    getDomain() {
        const { record, name, domain } = this.props;
        return [
            ...getFieldDomain(record, name, domain),
            [this.constructor.codeField, "!=", false],
        ];
    }

    async loadSuggestions(request) {
        const records = await this.orm.call(this.relation, "web_name_search", [], {
            name: request,
            operator: "ilike",
            domain: this.getDomain(),
            limit: SUGGESTION_LIMIT,
            context: this.props.context,
            specification: { display_name: {} },
        });
        const suggestions = records.map((record) => {
            const label = record.__formatted_display_name || record.display_name;
            return {
                label: highlightText(request, odoomark(label), "text-primary fw-bold"),
                onSelect: () => this.select({ id: record.id }),
            };
        });
        const more = records.length
            ? _t("Choose from the list (F2)")
            : _t("Nothing found");
        suggestions.push({
            cssClass: "o_kehu_code_more",
            label: more,
            onSelect: records.length ? () => this.openList() : undefined,
        });
        return suggestions;
    }

    /** Open the list; what was typed and is no record yet narrows it down. */
    openList() {
        const typed = this.inputRef.el.value.trim();
        const isNew = typed && typed !== this.boxText;
        this.showRecord();
        const context = { ...this.props.context };
        if (this.props.listViewRef) {
            context.list_view_ref = this.props.listViewRef;
        }
        this.addDialog(
            ReferenceDialog,
            {
                title: this.label,
                resModel: this.relation,
                domain: this.getDomain(),
                context,
                dynamicFilters: isNew
                    ? [
                          {
                              description: typed,
                              domain: [["display_name", "ilike", typed]],
                          },
                      ]
                    : [],
                multiSelect: false,
                noCreate: true,
                onSelected: ([id]) => this.select({ id }),
            },
            // The dialog gives the keyboard back only when it is gone.
            { onClose: () => browser.setTimeout(() => this.inputRef.el?.focus()) }
        );
    }

    // -------------------------------------------------------------------------
    // Handlers
    // -------------------------------------------------------------------------

    onBlur() {
        this.commit();
    }

    onTyped() {
        this.setDirty(true);
        if (this.refusedText !== null) {
            this.refusedText = null;
            this.state.error = "";
            this.props.record.resetFieldValidity(this.props.name);
        }
    }

    /** Before the suggestions see it, as they take Alt+Down for Down. */
    onKeydown(ev) {
        if (ev.key === "F2" || (ev.altKey && ev.key === "ArrowDown")) {
            ev.preventDefault();
            ev.stopPropagation();
            this.openList();
        }
    }

    /** Enter: take what was typed; with nothing new in the box, choose from the list. */
    onConfirm() {
        if (this.inputRef.el.value.trim() === this.boxText) {
            this.openList();
        } else {
            this.commit();
        }
    }
}

/**
 * Head office and other customers: by customer code, shown by short name (R74).
 */
export class KehuCustomerCodeField extends KehuCodeField {
    static codeField = "ref";
    static nameField = "short_name";
    static resolveMethod = "kehu_resolve_customer_code";
}

function describeField(component) {
    return {
        component,
        displayName: _t("Code"),
        supportedTypes: ["many2one"],
        supportedOptions: [
            {
                label: _t("List view to choose from"),
                name: "list_view_ref",
                type: "string",
            },
        ],
        extractProps: ({ options, placeholder, string }, dynamicInfo) => ({
            context: dynamicInfo.context,
            domain: dynamicInfo.domain,
            listViewRef: options.list_view_ref,
            placeholder,
            string,
        }),
    };
}

export const kehuCodeField = describeField(KehuCodeField);
export const kehuCustomerCodeField = describeField(KehuCustomerCodeField);

registry.category("fields").add("kehu_code", kehuCodeField);
registry.category("fields").add("kehu_customer_code", kehuCustomerCodeField);
