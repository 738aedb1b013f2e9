import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/**
 * An amount in 万元 (ten thousand CNY): as many decimals as it has, its unit at the
 * right. What is stored keeps its precision; an amount that nobody filled in stays
 * blank instead of claiming zero.
 */
export class KehuTenThousandField extends FloatField {
    static template = "kehu_archive.TenThousandField";
    static defaultProps = { ...FloatField.defaultProps, trailingZeros: false };

    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }

    get unit() {
        return _t("10k CNY");
    }
}

registry.category("fields").add("kehu_ten_thousand", {
    ...floatField,
    component: KehuTenThousandField,
    displayName: _t("Ten thousand CNY"),
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...floatField.extractProps(fieldInfo, dynamicInfo),
        trailingZeros: false,
    }),
});
