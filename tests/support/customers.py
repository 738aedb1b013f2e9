"""Customers that whole-system tests make for themselves, beside the demonstration's."""

import uuid


def register_customer(server, kind, **facts):
    """Make a customer of the demo rep, with an archive, over RPC as that rep.

    :param server: :class:`tests.support.live.LiveServer`.
    :param kind: two characters or more that tell the test from the customer's name.
    :param facts: of the archive.
    :return: its name, and the ids of the partner and of the archive (``id``).
    """
    name = f"青岛{kind}有限公司{str(uuid.uuid4().int)[:8]}"

    def call(model, method, *args):
        return server.rpc("rep", "rep", model, method, *args)

    vals = {"name": name, "is_company": True, "user_id": server.http("rep").uid}
    partner = call("res.partner", "create", [vals])
    call("res.partner", "action_register_customer", [[partner]])
    (card,) = call("res.partner", "read", [[partner], ["archive_id"]])
    archive = card["archive_id"][0]
    if facts:
        call("kehu.archive", "write", [[archive], facts])
    return {"name": name, "partner": partner, "id": archive}
