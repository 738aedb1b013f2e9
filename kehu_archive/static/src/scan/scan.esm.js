import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const REMEMBERED = 30;
const KINDS = {
    found: "success",
    again: "info",
    misplaced: "warning",
    unexpected: "warning",
    error: "danger",
};

/**
 * Scan a label: what it is on, where it lies, and what may be done with it.
 *
 * A scanner is a keyboard: it types the code and Enter into the one field. With a
 * stock-take each scan counts; otherwise it shows a card with buttons.
 */
export class KehuScan extends Component {
    static template = "kehu_archive.Scan";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.hasCamera = isBarcodeScannerSupported();
        this.state = useState({
            card: null,
            notice: null,
            count: null,
            here: null,
            moving: null,
            busy: false,
            log: [],
        });
        onWillStart(() => this.begin());
        onMounted(() => this.focus());
    }

    /** What the screen was opened with: a stock-take, or the code of a label. */
    async begin() {
        const query = new URLSearchParams(browser.location.search);
        const stocktakeId =
            this.props.action.params?.stocktake_id || Number(query.get("stocktake"));
        if (stocktakeId) {
            await this.attempt(async () => {
                const count = await this.callCount("describe", stocktakeId);
                this.state.count = count;
                this.props.updateActionState?.({ stocktake: count.id });
            });
            return;
        }
        const code = query.get("code");
        if (code) {
            await this.scan(code);
        }
    }

    // === CALLS === //

    callScan(method, ...args) {
        return this.orm.call("kehu.scan", method, args);
    }

    callCount(method, id, ...args) {
        return this.orm.call("kehu.stocktake", method, [[id], ...args]);
    }

    /** Show the server's refusal on the screen: nobody closes dialogs while scanning. */
    async attempt(work) {
        this.state.busy = true;
        this.state.notice = null;
        try {
            await work();
        } catch (error) {
            const text = error.data?.message;
            if (!text) {
                throw error;
            }
            this.say("error", text);
        } finally {
            this.state.busy = false;
            this.focus();
        }
    }

    say(outcome, text) {
        this.state.notice = { kind: KINDS[outcome] || "info", text };
        if (this.state.count) {
            this.state.log.unshift({ ...this.state.notice, key: Date.now() });
            this.state.log.splice(REMEMBERED);
        }
    }

    focus() {
        // A phone would open its keyboard at every scan.
        if (this.input.el && !this.env.isSmall) {
            this.input.el.focus();
        }
    }

    // === SCANNING === //

    onKeydown(ev) {
        if (ev.key === "Enter") {
            this.onEnter();
        }
    }

    onEnter() {
        const { el } = this.input;
        const code = el.value.trim();
        el.value = "";
        if (code) {
            this.scan(code);
        }
    }

    async onCamera() {
        const code = await scanBarcode(this.env);
        if (code) {
            browser.navigator.vibrate?.(100);
            await this.scan(code);
        }
    }

    scan(code) {
        return this.attempt(async () => {
            if (this.state.count) {
                await this.countCode(code);
            } else if (this.state.moving) {
                await this.moveTo(code);
            } else {
                this.state.card = null;
                this.state.card = await this.callScan("look", code);
            }
        });
    }

    async countCode(code) {
        const { count, here } = this.state;
        const answer = await this.callCount(
            "count_code",
            count.id,
            code,
            here?.cabinet_id || false,
            here?.place_id || false
        );
        this.takeAnswer(answer);
    }

    takeAnswer(answer) {
        this.state.count = answer.count;
        if (answer.kind === "place") {
            this.state.here = answer.here;
            this.state.card = null;
            this.say("again", _t("Now counting here: %s", answer.text));
        } else {
            this.state.card = answer.card;
            this.say(answer.outcome, answer.text);
        }
    }

    async moveTo(code) {
        const card = await this.callScan("relocate", this.state.moving, code);
        this.state.moving = null;
        this.state.card = card;
        if (card.warnings.length) {
            this.say("misplaced", card.warnings.join("\n"));
        } else {
            this.say("found", _t("The file has its new place."));
        }
    }

    // === BUTTONS === //

    get labels() {
        return {
            lend: _t("Lend"),
            take_back: _t("Take Back"),
            count: _t("Count This"),
            relocate: _t("Move"),
            inspect: _t("Inspect"),
            content: _t("Show Content"),
            open: _t("Open Archive"),
        };
    }

    press(name) {
        const { card } = this.state;
        const presses = {
            lend: () => this.openDialog("lend", card.id),
            take_back: () => this.openDialog("take_back", card.id),
            count: () => this.startCount(card),
            relocate: () => {
                this.state.moving = card.id;
            },
            inspect: () => this.openAction("inspect", card.id),
            content: () => this.openAction("open_record", card.model, card.id),
            open: () => this.openAction("open_record", card.model, card.id),
        };
        return this.attempt(presses[name]);
    }

    async openDialog(method, ...args) {
        const { model, id } = this.state.card;
        const action = await this.callScan(method, ...args);
        await this.action.doAction(action, {
            onClose: () =>
                this.attempt(async () => {
                    this.state.card = await this.callScan("look_at", model, id);
                }),
        });
    }

    async openAction(method, ...args) {
        await this.action.doAction(await this.callScan(method, ...args));
    }

    async startCount(card) {
        if (this.state.count) {
            this.takeAnswer(
                await this.callCount("count_archive", this.state.count.id, card.id)
            );
            return;
        }
        const count = await this.callScan("get_count", card.model, card.id);
        this.state.count = count;
        if (card.model === "kehu.archive") {
            this.takeAnswer(await this.callCount("count_archive", count.id, card.id));
        }
    }

    choosePlace() {
        const id = this.state.moving;
        this.state.moving = null;
        return this.attempt(() => this.openDialog("choose_place", id));
    }

    stopMoving() {
        this.state.moving = null;
        this.focus();
    }

    stopCounting() {
        Object.assign(this.state, { count: null, here: null, card: null, log: [] });
        this.state.notice = null;
        this.props.updateActionState?.({ stocktake: false });
        this.focus();
    }

    async openCount() {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "kehu.stocktake",
            res_id: this.state.count.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("kehu_scan", KehuScan);
