"""Which deliveries an invoiced quantity belongs to. No ORM in here."""

_NOTHING = 1e-9


def allot(deliveries, invoiced, wanted):
    """Say which deliveries the next invoiced quantity comes from, the oldest first.

    What came back takes away from the deliveries before it, the latest of them first.
    A wanted quantity below zero is credited: it comes from what came back last.

    :param list deliveries: ``(key, quantity)`` by date; below zero what came back
    :param float invoiced: quantity invoiced before
    :param float wanted: quantity to be invoiced now, or credited when below zero
    :return: ``(key, quantity)`` of the deliveries concerned, in their order
    :rtype: list[tuple]
    """
    if wanted < 0:
        return _allot_returns(deliveries, -wanted)
    kept = []
    for key, quantity in deliveries:
        if quantity >= 0:
            kept.append([key, quantity])
        else:
            _take_back(kept, -quantity)
    taken = []
    for key, quantity in kept:
        skipped = min(quantity, max(invoiced, 0.0))
        invoiced -= skipped
        part = min(quantity - skipped, wanted)
        if part > _NOTHING:
            taken.append((key, part))
            wanted -= part
    return taken


def _take_back(kept, quantity):
    for delivery in reversed(kept):
        part = min(delivery[1], quantity)
        delivery[1] -= part
        quantity -= part


def _allot_returns(deliveries, wanted):
    taken = []
    for key, quantity in reversed(deliveries):
        part = min(-quantity, wanted)
        if part > _NOTHING:
            taken.append((key, -part))
            wanted -= part
    return taken[::-1]
