import { Component, status, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const DELAY = 400;
const SHORTEST_TEXT = 2;

/**
 * Says below a field, while it is typed in, that the customer exists already and whom
 * to ask (clause R92). It informs and never blocks.
 *
 * It listens to the field's own input, whatever widget renders it, so that it works in
 * every form that shows the field. It asks the server when typing pauses, and not for
 * a value that is saved or was asked for last.
 */
export class KehuDuplicateNotice extends Component {
    static template = "kehu_archive.DuplicateNotice";
    static props = {
        ...standardWidgetProps,
        // The field to watch, what it is called on the customer, and the field that
        // holds the customer, if the form is not the customer's own.
        field: { type: String },
        fact: { type: String },
        customerField: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({ answer: null });
        this.savedText = "";
        this.askedText = null;
        this.question = 0;
        this.askSoon = useDebounced((text) => this.ask(text), DELAY);

        useEffect(
            (form) => {
                const onInput = (ev) => this.onInput(ev);
                form.addEventListener("input", onInput);
                return () => form.removeEventListener("input", onInput);
            },
            () => [this.root.el.closest(".o_form_renderer")]
        );
        useEffect(
            (resId, isDirty) => {
                if (resId && !isDirty) {
                    this.savedText = this.recordText;
                    this.forget();
                } else if (!resId && this.recordText) {
                    // A new customer may arrive with a name, from a dialog, say.
                    this.askSoon(this.recordText);
                }
            },
            () => [this.props.record.resId, this.props.record.dirty]
        );
    }

    get recordText() {
        return (this.props.record.data[this.props.field] || "").trim();
    }

    get customerId() {
        const { customerField, record } = this.props;
        return customerField ? record.data[customerField]?.id : record.resId;
    }

    forget() {
        this.askSoon.cancel();
        this.question++;
        this.askedText = null;
        this.state.answer = null;
    }

    onInput({ target }) {
        const field = target.closest(`.o_field_widget[name="${this.props.field}"]`);
        if (!field || field.parentElement.closest(".o_field_x2many")) {
            return;
        }
        const text = target.value.trim();
        if (text !== this.askedText) {
            this.forget();
            this.askSoon(text);
        }
    }

    async ask(text) {
        if (
            text === this.askedText ||
            text === this.savedText ||
            text.length < SHORTEST_TEXT ||
            this.props.readonly
        ) {
            return;
        }
        this.askedText = text;
        const question = ++this.question;
        const [answer] = await this.orm.silent.call(
            "res.partner",
            "kehu_find_duplicates",
            [{ [this.props.fact]: text, id: this.customerId || false }]
        );
        if (status(this) !== "destroyed" && question === this.question) {
            this.state.answer = answer || null;
        }
    }

    /** Show the customer in a dialog: what is being typed stays behind it. */
    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Customer"),
            res_model: "res.partner",
            res_id: this.state.answer.partner_id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("view_widgets").add("kehu_duplicate_notice", {
    component: KehuDuplicateNotice,
    extractProps: ({ options }) => ({
        field: options.field,
        fact: options.fact || options.field,
        customerField: options.customer_field,
    }),
});
