"""The sections of an archive that are granted one by one: one table for all gates.

A section names the lists it opens and the single facts of ``kehu.archive`` that belong
to it. Facts that are in no section (archive number, state, cabinet, salesperson …) are
seen by everybody who may open the archive at all; what is custody or the archive room's
own business is in :data:`KEEPERS_ONLY` and never granted. The record rules in
``security/kehu_loan_security.xml`` repeat the codes; a test holds both together.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """What one section opens.

    :param str code: the key of ``kehu.archive.section``
    :param tuple lists: models whose lines belong to it
    :param tuple facts: stored fields of ``kehu.archive``
    :param bool sensitive: asked for and granted separately
    """

    code: str
    lists: tuple = ()
    facts: tuple = ()
    sensitive: bool = False


#: Fields of a principal that only the ``traits`` section opens.
TRAIT_FACTS = (
    "traits_cipher",
    "birth_month",
    "age",
    "education",
    "personality",
    "family",
    "background",
    "ability",
    "consent",
    "consent_summary",
)

SECTIONS = {
    section.code: section
    for section in (
        Section("basic", facts=("main_business", "business_scope", "filled_on")),
        Section("principals", lists=("kehu.principal",)),
        Section("traits", lists=("kehu.consent",), sensitive=True),
        Section(
            "settlement",
            facts=(
                "settlement_method",
                "credit_days",
                "credit_terms",
                "grade_basis",
            ),
        ),
        Section(
            "market",
            facts=(
                "sales_capability",
                "market_area",
                "development_potential",
                "business_mode",
                "business_characteristics",
                "business_philosophy",
                "business_policy",
                "market_flow",
            ),
        ),
        Section("cooperation", lists=("kehu.cooperation",)),
        Section("needs", lists=("kehu.need",)),
        Section(
            "service",
            lists=("kehu.service.record",),
            facts=(
                "after_sales_summary",
                "satisfaction_summary",
                "complaint_summary",
            ),
        ),
        Section(
            "competition",
            lists=("kehu.competitor", "kehu.competitor.comparison"),
            facts=("competitor_summary",),
        ),
        Section(
            "documents",
            lists=("kehu.archive.item", "kehu.archive.note"),
            facts=("remark",),
        ),
    )
}

#: Facts of the archive that no grant opens: gaps, reasons, holds.
KEEPERS_ONLY = (
    "missing_facts",
    "na_facts",
    "refused_facts",
    "return_reason",
    "close_reason",
    "reopen_reason",
    "legal_hold",
    "signature_digest",
    "reminder_level",
    "retention_reason",
    "destruction_digest",
)

#: {field of kehu.archive: code of its section, None for the keepers' own}
FACT_SECTIONS = {
    **{fact: section.code for section in SECTIONS.values() for fact in section.facts},
    **dict.fromkeys(KEEPERS_ONLY),
}

#: {model of a list: code of its section}
LIST_SECTIONS = {
    model: section.code for section in SECTIONS.values() for model in section.lists
}
