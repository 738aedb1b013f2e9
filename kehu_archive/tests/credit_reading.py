"""How a customer pays, read document by document by somebody who knows no SQL.

Nothing here uses the module's queries or its scoring: what both say must be the same.
"""

from dateutil.relativedelta import relativedelta


def _is_exchange(move):
    return bool(
        move.env["account.partial.reconcile"].search_count(
            [("exchange_move_id", "=", move.id)]
        )
    )


def _is_claim(line):
    move = line.move_id
    if move.move_type in ("out_invoice", "out_receipt"):
        return True
    return move.move_type == "entry" and not (
        move.origin_payment_id
        or move.statement_line_id
        or move.reversed_entry_id
        or move.tax_cash_basis_origin_move_id
        or _is_exchange(move)
    )


def _get_loss(document, accounts):
    """Which part of what a document settles was given up."""
    if document.move_type != "entry" or document.reversed_entry_id:
        return 0
    if accounts:
        lost = document.line_ids.filtered(lambda line: line.account_id in accounts)
    elif (
        document.origin_payment_id
        or document.statement_line_id
        or _is_exchange(document)
    ):
        return 0
    else:
        lost = document.line_ids.filtered(
            lambda line: (
                line.account_type.startswith("expense")
                or (
                    line.account_type == "asset_current"
                    and not line.account_id.reconcile
                )
            )
        )
    lost = sum(line.balance for line in lost if line.balance > 0)
    settled = sum(
        -line.balance
        for line in document.line_ids
        if line.account_type == "asset_receivable" and line.balance < 0
    )
    return min(1, lost / settled) if settled else 0


def read_slowly(customers, rules, today, accounts=()):
    """Read what the books say of a credit party.

    :param res.partner customers: the party and everybody whose credit it is
    :param rules: thresholds of the company
    :param date today: the day of the grade
    :param accounts: the company's accounts of bad debts
    :return: figures and the grade
    :rtype: dict
    """
    since = today - relativedelta(months=rules.months)
    lines = customers.env["account.move.line"].search(
        [
            ("partner_id.commercial_partner_id", "in", customers.ids),
            ("account_type", "=", "asset_receivable"),
            ("account_id.non_trade", "=", False),
            ("parent_state", "=", "posted"),
        ]
    )
    says = dict.fromkeys(
        ("judged", "late", "longest", "written_count", "overdue_age", "disputed"), 0
    )
    says.update(open_amount=0.0, overdue_amount=0.0, unapplied=0.0)
    slowest = 0
    for line in lines:
        due = line.date_maturity or line.date
        if line.balance < 0:
            says["unapplied"] -= line.amount_residual
            continue
        if not _is_claim(line) or (line.reconciled and due < since):
            continue
        returned = written = 0
        paid, last = [], []
        for part in line.matched_credit_ids:
            document = part.credit_move_id.move_id
            last.append(part.credit_move_id.date)
            if (
                document.move_type == "out_refund"
                or document.reversed_entry_id == line.move_id
            ):
                returned += part.amount
                continue
            loss = _get_loss(document, accounts)
            written += part.amount * loss
            is_money = document.origin_payment_id or document.statement_line_id
            if is_money or not (loss or _is_exchange(document)):
                paid.append(part.credit_move_id.date)
        if returned >= line.balance - 0.005:
            continue
        says["disputed"] += line.move_id.kehu_disputed
        is_open = not line.reconciled
        age = ((today if is_open else max(paid or last)) - due).days
        if is_open:
            says["open_amount"] += line.amount_residual
            if age > 0:
                says["overdue_amount"] += line.amount_residual
                says["overdue_age"] = max(says["overdue_age"], age)
        if written > line.balance * 0.01:
            says["written_count"] += 1
        elif is_open and age > rules.grace_days:
            says["judged"] += 1
            says["late"] += 1
            says["longest"] = max(says["longest"], age)
        elif not is_open and paid:
            says["judged"] += 1
            if age > rules.grace_days:
                says["late"] += 1
                says["longest"] = max(says["longest"], age)
                slowest = max(slowest, age)
    return {**says, "grade": _grade(says, slowest, rules)}


def _grade(says, slowest, rules):
    covered = 0 < says["overdue_amount"] <= says["unapplied"]
    if says["disputed"] or says["written_count"] or slowest > rules.easy_days:
        return "c"
    if says["overdue_age"] > rules.open_days and not covered:
        return "c"
    if says["late"] and (
        says["late"] >= rules.often_count
        or says["late"] * 100 >= rules.often_percent * says["judged"]
    ):
        return "b"
    return "a" if says["judged"] else None
