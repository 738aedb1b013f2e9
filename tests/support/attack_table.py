"""Who may do what with the models of the module: what the attacks are derived from.

ONE LINE FOR EACH NEW MODEL, in ``MODELS``: its name and one of the ``KINDS``. The test
finds the models of the module at run time and fails for those that are not here.
"""

from dataclasses import dataclass, field

#: The attackers. None keeps the archive that is attacked.
ATTACKERS = (
    "outsider",
    "othersrep",
    "othermanager",
    "clerk",
    "itadmin",
    "auditor",
    "exborrower",
)
_NOBODY = frozenset()
_ALL = frozenset(ATTACKERS)
_AUDITOR = frozenset({"auditor"})
_ROOM = frozenset({"auditor", "othermanager"})
_CONFIGURES = frozenset({"itadmin"})


@dataclass(frozen=True)
class Kind:
    """What the attackers may do with rows that are not theirs.

    ``readers`` may find and read them, ``changers`` may change and remove them, and
    ``adders`` may make rows of their own; all others are refused.
    """

    readers: frozenset = _NOBODY
    changers: frozenset = _NOBODY
    adders: frozenset = _NOBODY
    #: The module itself writes such rows while people read: they may change and grow.
    moves: bool = field(default=False)


KINDS = {
    # What an archive says: keepers, the archive room, auditors.
    "content": Kind(readers=_AUDITOR),
    # The same, and any employee makes rows of his own: requests, opinions.
    "request": Kind(readers=_AUDITOR, adders=_ALL),
    # What is logged about archives; grows by itself.
    "ledger": Kind(readers=_AUDITOR, moves=True),
    # Papers of the archive room: sales managers and auditors may look.
    "room": Kind(readers=_ROOM),
    # Code tables and places: every employee reads, configuration changes.
    "codes": Kind(readers=_ALL, changers=_CONFIGURES, adders=_CONFIGURES),
    # Classes of customers, which sales managers keep up as well.
    "classes": Kind(
        readers=_ALL,
        changers=_CONFIGURES | {"othermanager"},
        adders=_CONFIGURES | {"othermanager"},
    ),
    # What decides on payment terms: invoicing knows it, too.
    "credit": Kind(readers=_AUDITOR | {"clerk"}),
    # How a customer is invoiced: invoicing's own, which sales managers may read.
    "invoicing": Kind(
        readers=_ROOM | {"clerk"},
        changers=frozenset({"clerk"}),
        adders=frozenset({"clerk"}),
    ),
    # What auditors are told, and tick off.
    "alert": Kind(readers=_AUDITOR, changers=_AUDITOR),
    # Holds on archives: sales managers make them, each changes those of the own team.
    "hold": Kind(readers=_ROOM, adders=frozenset({"othermanager"})),
    # Figures that are computed when somebody asks: there are no rows to guess, and
    # nothing of an archive shows through them.
    "figures": Kind(readers=_ALL),
    # Who has signed secrecy: those who watch over it.
    "signatures": Kind(readers=_ROOM | _CONFIGURES),
    # A dialog belongs to whoever opened it; opening one tells nothing by itself.
    "dialog": Kind(adders=_ALL),
    # Nobody reads or writes it but the module itself.
    "nobody": Kind(),
    # Odoo's own model that the module extends: Odoo's rights hold, and nothing of an
    # archive shows through it. Only read, never changed, by the attacks.
    "odoo": Kind(readers=_ALL, changers=_ALL, adders=_ALL, moves=True),
    # Holds no rows: mixins and services.
    "abstract": Kind(),
}

MODELS = {
    "kehu.alert": "alert",
    "kehu.appraisal": "room",
    "kehu.appraisal.line": "room",
    "kehu.archive": "content",
    "kehu.archive.as.of": "dialog",
    "kehu.archive.copy": "content",
    "kehu.archive.fact": "content",
    "kehu.archive.file": "dialog",
    "kehu.archive.item": "content",
    "kehu.archive.key": "nobody",
    "kehu.archive.move": "dialog",
    "kehu.archive.note": "content",
    "kehu.archive.reason": "dialog",
    "kehu.archive.section": "codes",
    "kehu.blind.ask": "dialog",
    "kehu.blind.question": "content",
    "kehu.cabinet": "codes",
    "kehu.cabinet.key": "room",
    "kehu.competitor": "content",
    "kehu.competitor.comparison": "content",
    "kehu.consent": "content",
    "kehu.cooperation": "content",
    "kehu.copy.close": "dialog",
    "kehu.credit.assessment": "credit",
    "kehu.credit.override": "request",
    "kehu.credit.refuse": "dialog",
    "kehu.credit.release": "request",
    "kehu.credit.rules": "dialog",
    "kehu.credit.rules.line": "dialog",
    "kehu.credit.rules.summary": "dialog",
    "kehu.credit.turn": "nobody",
    "kehu.customer.class": "classes",
    "kehu.customer.kpi": "figures",
    "kehu.customer.table": "figures",
    "kehu.destruction": "room",
    "kehu.destruction.check": "room",
    "kehu.destruction.finding": "room",
    "kehu.destruction.line": "room",
    "kehu.destruction.register": "room",
    "kehu.destruction.scan": "room",
    "kehu.destruction.step": "dialog",
    "kehu.disclosure": "content",
    "kehu.disclosure.refuse": "dialog",
    "kehu.emergency": "dialog",
    "kehu.enterprise.nature": "codes",
    "kehu.event": "ledger",
    "kehu.event.anchor": "ledger",
    "kehu.event.check": "ledger",
    "kehu.event.finding": "ledger",
    "kehu.event.head": "ledger",
    "kehu.fact.verify": "dialog",
    "kehu.fact.verify.line": "dialog",
    "kehu.industry.label": "codes",
    "kehu.inspection": "room",
    "kehu.inspection.line": "room",
    "kehu.inspection.rectify": "dialog",
    "kehu.invoice.run": "invoicing",
    "kehu.invoice.run.line": "invoicing",
    "kehu.invoicing.agreement": "invoicing",
    "kehu.key.give": "dialog",
    "kehu.key.handover": "room",
    "kehu.label.report": "abstract",
    "kehu.leaver": "content",
    "kehu.legal.hold": "hold",
    "kehu.evidence": "dialog",
    "kehu.loan": "request",
    "kehu.loan.request": "dialog",
    "kehu.loan.step": "dialog",
    "kehu.master.key.change": "dialog",
    "kehu.match": "figures",
    "kehu.message.file": "dialog",
    "kehu.missing.case": "content",
    "kehu.missing.close": "dialog",
    "kehu.need": "content",
    "kehu.opinion": "request",
    "kehu.opinion.box": "dialog",
    "kehu.person.link": "dialog",
    "kehu.person.request": "content",
    "kehu.place": "codes",
    "kehu.place.generate": "dialog",
    "kehu.principal": "content",
    "kehu.recent.use": "nobody",
    "kehu.region": "codes",
    "kehu.register.export": "content",
    "kehu.register.import": "dialog",
    "kehu.register.import.line": "dialog",
    "kehu.registration.import": "dialog",
    "kehu.registration.import.cell": "dialog",
    "kehu.registration.import.line": "dialog",
    "kehu.release": "content",
    "kehu.release.ask": "dialog",
    "kehu.retention.change": "dialog",
    "kehu.retention.rule": "codes",
    "kehu.right": "dialog",
    "kehu.sales.funnel": "figures",
    "kehu.sales.statistics": "figures",
    "kehu.scan": "dialog",
    "kehu.scan.code": "nobody",
    "kehu.section.request": "request",
    "kehu.service.record": "content",
    "kehu.statement": "dialog",
    "kehu.stocktake": "room",
    "kehu.stocktake.cabinet": "room",
    "kehu.stocktake.line": "content",
    "kehu.tax.gate": "nobody",
    "kehu.undertaking": "signatures",
    "kehu.undertaking.sign": "dialog",
    "kehu.undertaking.text": "codes",
}


def kind_of(model, abstract):
    """Return the kind of a model, or None when nobody has said what it is.

    :param str model: its technical name
    :param bool abstract: whether it holds no rows
    """
    if abstract:
        return "abstract"
    if not model.startswith("kehu."):
        return "odoo"
    return MODELS.get(model)
