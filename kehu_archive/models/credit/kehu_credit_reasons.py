from datetime import date

from odoo import api, models
from odoo.tools import SQL, format_date, formatLang

# How many late receivables a snapshot names.
_NAMED = 12


class KehuCreditReasons(models.AbstractModel):
    """Says in the reader's language why a grade is what it is, line by line (R87).

    A snapshot keeps codes and figures, never sentences: the same snapshot is read in
    Chinese by one and in English by another.
    """

    _name = "kehu.credit.reasons"
    _description = "Reasons of a Credit Grade"

    @api.model
    def _prepare_data(self, reasons, lift, more=0):
        """Return what a snapshot keeps of its reasons, but for the receivables.

        :param tuple reasons: of a verdict
        :param Lift lift: the next better grade, or None
        :param int more: how many late receivables there are beyond those named
        :rtype: dict
        """
        data = {"reasons": [(code, grade, *found) for code, grade, found in reasons]}
        if more:
            data["more"] = more
        if lift:
            data["lift"] = [lift.grade, lift.on.isoformat()]
        return data

    @api.model
    def _count_more(self, items):
        """Count the late receivables that are too many to be named.

        :param list items: of facts, or None
        :rtype: int
        """
        return max(0, len(items or ()) - _NAMED)

    @api.model
    def _get_item_sql(self):
        """Select what a snapshot keeps of ``facts.items``: those that it names.

        :rtype: SQL
        """
        return SQL(
            """
            CASE WHEN cardinality(facts.items) <= %(named)s * 4
                 THEN to_jsonb(facts.items)
                 ELSE (SELECT jsonb_agg(item ORDER BY item->3 DESC, item->2 DESC)
                         FROM (SELECT to_jsonb(ARRAY[items[n][1], items[n][2],
                                                     items[n][3], items[n][4]]) AS item
                                 FROM generate_subscripts(facts.items, 1) n
                                ORDER BY items[n][4] DESC, items[n][3] DESC
                                LIMIT %(named)s) named)
            END
            """,
            named=_NAMED,
        )

    @api.model
    def _read_invoice_names(self, snapshots):
        """Read the names of the invoices that some snapshots name, all at once.

        :param list snapshots: the late receivables of each as in ``Facts``, or None
        :return: {id of a journal item: name of its invoice}
        :rtype: dict
        """
        ids = {item[0] for items in snapshots for item in self._find_named(items or ())}
        # sudo: a snapshot names the invoices to whoever may read it.
        lines_sudo = (
            self.env["account.move.line"]
            .sudo()
            .search_fetch([("id", "in", list(ids))], ["move_name"], order="id")
        )
        return {line.id: line.move_name for line in lines_sudo}

    @api.model
    def _find_named(self, items):
        """Return the late receivables that are named, the worst first."""
        return sorted(items, key=lambda item: (-item[3], -item[2]))[:_NAMED]

    @api.model
    def _render(self, data, items, today, currency, names):
        """Turn the data of a snapshot into lines of text.

        :param dict data: of :meth:`_prepare_data`
        :param list items: late receivables as in ``Facts``, or None
        :param date today: the day of the snapshot
        :param res.currency currency: of its amounts
        :param dict names: of :meth:`_read_invoice_names`
        :rtype: str
        """
        if not data:
            return False
        lines = [
            self._say_reason(currency, *reason) for reason in data.get("reasons", ())
        ]
        lines += self._say_items(items or (), names)
        if more := data.get("more"):
            lines.append(self.env._("… and %(count)s more.", count=more))
        lines += self._say_lift(data, today)
        return "\n".join(filter(None, lines))

    @api.model
    def _say_reason(self, currency, code, grade, *found):
        """Say one rule with its figures."""
        say = getattr(self, f"_say_{code}")
        sentence = say(currency, *found)
        return f"{grade.upper()}  {sentence}" if grade else sentence

    @api.model
    def _say_amount(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    @api.model
    def _say_litigation(self, currency, count):
        return self.env._(
            "Litigation: %(count)s marks of a dispute in court. The grade stays C as "
            "long as they are set.",
            count=count,
        )

    @api.model
    def _say_written_off(self, currency, count, amount):
        return self.env._(
            "Written off: %(count)s receivables, %(amount)s.",
            count=count,
            amount=self._say_amount(amount, currency),
        )

    @api.model
    def _say_open_long(self, currency, age, limit, amount):
        return self.env._(
            "Hard to recover: a receivable is open %(age)s days after it was due, more "
            "than %(limit)s; %(amount)s are overdue.",
            age=age,
            limit=limit,
            amount=self._say_amount(amount, currency),
        )

    @api.model
    def _say_slow(self, currency, slowest, limit):
        return self.env._(
            "Hard to recover: a receivable was paid %(slowest)s days after it was due, "
            "more than %(limit)s.",
            slowest=slowest,
            limit=limit,
        )

    @api.model
    def _say_often_count(self, currency, late, judged, limit):
        return self.env._(
            "Often late: %(late)s of %(judged)s receivables; from %(limit)s on this is "
            "often.",
            late=late,
            judged=judged,
            limit=limit,
        )

    @api.model
    def _say_often_share(self, currency, share, limit):
        return self.env._(
            "Often late: %(share)s%% of the receivables; from %(limit)s%% on this is "
            "often.",
            share=round(share, 1),
            limit=limit,
        )

    @api.model
    def _say_on_time(self, currency, judged):
        return self.env._(
            "Pays in time: none of %(judged)s receivables was late.", judged=judged
        )

    @api.model
    def _say_cash(self, currency, judged):
        return self.env._(
            "Pays in cash: all of %(judged)s receivables were paid when due, none was "
            "on credit.",
            judged=judged,
        )

    @api.model
    def _say_cash_agreed(self, currency):
        return self.env._("Pays in cash, as agreed; owes nothing.")

    @api.model
    def _say_rarely(self, currency, late, judged):
        return self.env._(
            "Late only now and then: %(late)s of %(judged)s receivables.",
            late=late,
            judged=judged,
        )

    @api.model
    def _say_no_history(self, currency, pending):
        return self.env._(
            "No grade yet: no receivable was paid or late, %(pending)s are not due.",
            pending=pending,
        )

    @api.model
    def _say_unmatched(self, currency, unapplied, overdue):
        return self.env._(
            "Unmatched payments of %(unapplied)s cover the overdue %(overdue)s: match "
            "them with the invoices.",
            unapplied=self._say_amount(unapplied, currency),
            overdue=self._say_amount(overdue, currency),
        )

    @api.model
    def _say_items(self, items, names):
        """Say which invoices were late, the worst first."""
        told = []
        for line_id, due, delay, kind in self._find_named(items):
            values = {
                "invoice": names.get(line_id) or f"#{line_id}",
                "due": format_date(self.env, date.fromordinal(due)),
                "days": delay,
            }
            told.append(self._say_item(kind, values))
        return told

    @api.model
    def _say_item(self, kind, values):
        if kind == 1:
            return self.env._(
                "%(invoice)s, due %(due)s: paid %(days)s days late", **values
            )
        if kind == 2:
            return self.env._(
                "%(invoice)s, due %(due)s: open, %(days)s days late", **values
            )
        return self.env._(
            "%(invoice)s, due %(due)s: written off",
            invoice=values["invoice"],
            due=values["due"],
        )

    @api.model
    def _say_lift(self, data, today):
        """Say what would make the grade better, and when."""
        lift = data.get("lift")
        if not lift:
            return []
        grade, day = lift
        if day == today.isoformat():
            return [
                self.env._(
                    "What would lift the grade: once everything overdue is paid, it "
                    "becomes %(grade)s.",
                    grade=grade.upper(),
                )
            ]
        return [
            self.env._(
                "What would lift the grade: when everything overdue is paid and "
                "nothing becomes late again, it becomes %(grade)s on %(day)s, as older "
                "delays are then no longer looked at.",
                grade=grade.upper(),
                day=format_date(self.env, day),
            )
        ]
