"""Which fact is expected by which stage of the business (R03).

Development, maintenance and service go through five stages: lead, quotation, order,
delivery, after-sales. ``EXPECTED[stage]`` lists the facts that should be there when
the stage is reached; those of earlier stages still count. Prompts follow this table and
nothing else: a fact that is moved here is asked for earlier or later.

No behaviour beyond lookup; keys are those of ``definition.py``. Each fact that counts
for completeness stands in exactly one stage.
"""

from types import MappingProxyType

LEAD, QUOTATION, ORDER, DELIVERY, AFTER_SALES = STAGES = (
    "lead",
    "quotation",
    "order",
    "delivery",
    "after_sales",
)

EXPECTED = MappingProxyType(
    {
        # Who it is, where, and whom to talk to.
        LEAD: (
            "partner_id.name",
            "partner_id.short_name",
            "partner_id.phone",
            "partner_id.region_id",
            "partner_id.customer_nature",
            "partner_id.industry_text",
            "main_business",
            "principal_ids",
        ),
        # What an offer depends on: address, class, market, rivals.
        QUOTATION: (
            "partner_id.ref",
            "partner_id.street",
            "partner_id.customer_class_id",
            "partner_id.customer_category",
            "partner_id.head_office_id",
            "partner_id.enterprise_nature_id",
            "partner_id.employee_count",
            "market_area",
            "development_potential",
            "business_mode",
            "business_characteristics",
            "competitor_summary",
        ),
        # What a contract and its invoice need.
        ORDER: (
            "partner_id.legal_representative",
            "partner_id.registered_capital",
            "partner_id.founded_on",
            "partner_id.vat",
            "partner_id.invoicing_partner_id",
            "partner_id.bank_ids.bank_id",
            "partner_id.bank_ids.acc_number",
            "partner_id.credit_grade",
            "settlement_method",
            "credit_terms",
        ),
        # What is known once goods have gone out.
        DELIVERY: ("market_flow", "cooperation_ids"),
        # How it went, and how the customer is doing.
        AFTER_SALES: (
            "after_sales_summary",
            "satisfaction_summary",
            "complaint_summary",
            "partner_id.annual_revenue",
            "partner_id.total_assets",
        ),
    }
)


def expected_by(stage):
    """Return the keys expected when ``stage`` is reached, earlier stages included.

    :param str stage: one of ``STAGES``
    :rtype: tuple[str, ...]
    """
    reached = STAGES[: STAGES.index(stage) + 1]
    return tuple(key for name in reached for key in EXPECTED[name])
