import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";

/**
 * Suggestions below a code box. Tab and Enter take the text as it was typed, unless a
 * suggestion was walked to with the arrow keys: a code is never completed to a longer
 * one by itself. Alt and an arrow open no suggestions: they belong to the code box.
 */
export class CodeAutoComplete extends AutoComplete {
    static props = { ...AutoComplete.props, onTyped: Function, onConfirm: Function };

    setup() {
        super.setup();
        this.walked = false;
    }

    navigate(direction) {
        // Loading suggestions navigates by 0, to the first one.
        this.walked = direction !== 0;
        super.navigate(direction);
    }

    async onInput() {
        this.walked = false;
        this.props.onTyped();
        return super.onInput();
    }

    onInputBlur() {
        this.forgetInput();
        super.onInputBlur();
    }

    /** Who has left the box needs no suggestions any more. */
    forgetInput() {
        this.debouncedProcessInput.cancel();
        this.pendingPromise = null;
        this.loadingPromise = null;
    }

    async onInputKeydown(ev) {
        const hotkey = getActiveHotkey(ev);
        if (hotkey === "tab" || hotkey === "shift+tab") {
            this.forgetInput();
            if (this.isOpened && this.walked && this.activeOption) {
                this.selectOption(this.activeOption);
                // The chosen record counts, not the text that is left on blur.
                this.ignoreBlur = true;
            }
            this.close();
            return;
        }
        if (hotkey === "enter" && !this.walked) {
            ev.preventDefault();
            ev.stopPropagation();
            this.forgetInput();
            this.close();
            this.props.onConfirm();
            return;
        }
        return super.onInputKeydown(ev);
    }
}
