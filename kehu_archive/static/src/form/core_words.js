import { _t } from "@web/core/l10n/translation";

// What Odoo says in our dialogs and has no Chinese for: a term that one module
// translates is found by all of them.
export const CORE_WORDS = [_t("Missing required fields")];
