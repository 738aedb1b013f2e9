"""What a month-end run holds: the quantities of one party's invoices. No ORM in here.

An object of this class travels in the context while invoices are made. A remote call
can send numbers and text in its context, but never such an object.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RunPlan:
    """What a run puts on the invoices of one party."""

    run_id: int
    invoice_date: object
    # {id of the order line: quantity}; lines that are not in here stay out.
    quantities: dict = field(default_factory=dict)
