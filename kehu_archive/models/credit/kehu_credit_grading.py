import json
from collections.abc import Callable
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...credit import PLAIN, Facts, find_lift, judge

# After this many days figures that moved are worth a new point in the chart.
_STALE_DAYS = 30
_SCORES = {"a": 3, "b": 2, "c": 1}
_OUTCOME = ("computed", "grade", "score", "signature", "state", "override_id")


class Parties(NamedTuple):
    """Who is judged by one statement."""

    facts: SQL  # a select of the columns of ``Facts``
    are: Callable  # makes the condition that a column names one of them


class Alike(NamedTuple):
    """Parties with the same facts, the same last snapshot and the same grade."""

    party_ids: list
    facts: Facts
    signature: str | None  # of the last snapshot
    moved: bool | None  # whether its figures are old and not those of today
    present: str | None  # the grade on the card
    override_id: int | None
    override_grade: str | None


class Snapshots:
    """What was found out about parties, on its way into the database.

    What many have in common goes there once: outcomes, and most reasons.
    """

    def __init__(self):
        """Begin with no party."""
        self.party_ids = []
        self._outcome_of, self._reason_of = [], []
        self._outcomes, self._reasons = {}, {}

    def add(self, party_ids, outcome, reasons):
        """Add parties that are alike.

        :param list party_ids: their ids
        :param tuple outcome: as in ``_OUTCOME``
        :param tuple reasons: what makes the data of their reasons
        """
        outcome = self._outcomes.setdefault(outcome, len(self._outcomes) + 1)
        reason = self._reasons.setdefault(reasons, len(self._reasons) + 1)
        self.party_ids += party_ids
        self._outcome_of += [outcome] * len(party_ids)
        self._reason_of += [reason] * len(party_ids)

    def get_columns(self, prepare):
        """Return the parameters of the statement that inserts the snapshots.

        :param prepare: makes the data from the reasons
        :rtype: dict
        """
        outcomes = map(list, zip(*self._outcomes, strict=True))
        return {
            # As one text each: a list would be parsed number by number.
            "party_ids": _write_array(self.party_ids),
            "outcome_of": _write_array(self._outcome_of),
            "reason_of": _write_array(self._reason_of),
            "reasons": json.dumps(
                [prepare(*reasons) for reasons in self._reasons], separators=(",", ":")
            ),
            **dict(zip(_OUTCOME, outcomes, strict=True)),
        }


def _write_array(numbers):
    return f"{{{','.join(map(str, numbers))}}}"


class KehuCreditAssessment(models.Model):
    """Judges credit parties, and keeps snapshots of them."""

    _inherit = "kehu.credit.assessment"

    # === BUSINESS METHODS === #

    @api.model
    def _assess(self, parties, force=False):
        """Take a snapshot of some credit parties now.

        :param res.partner parties: archived customers
        :param bool force: also where nothing changed since the last one
        :return: the new snapshots; parties without any history have none
        :rtype: kehu.credit.assessment
        """
        if not parties.ids:
            return self.browse()
        self.env.flush_all()
        asked = Parties(
            self.env["kehu.credit.facts"]._get_facts_sql(parties.ids),
            lambda column: SQL("%s = ANY(%s)", column, parties.ids),
        )
        made = self._assess_facts(asked, self.env.uid, force)
        parties._kehu_align_branches()
        return made

    @api.model
    def _assess_nothing(self, parties):
        """Take snapshots of parties with nothing to judge any more."""
        main = self.env["res.partner"]._kehu_get_main_company()
        today = fields.Date.context_today(self)
        self._retire_last(parties.ids)
        made = self.create(
            [
                {
                    "partner_id": party.id,
                    "company_id": (party.archive_id.company_id or main).id,
                    "date": today,
                    "signature": "no_history",
                    "proposer_id": self.env.uid,
                    "reason_data": {"reasons": [["no_history", None, 0]]},
                }
                for party in parties
            ]
        )
        made._write_protected({"state": "accepted"})
        return made

    @api.model
    def _assess_facts(self, parties, proposer_id, force=False):
        """Judge credit parties, and keep snapshots of those that changed.

        :param Parties parties: who is judged
        :param int proposer_id: the user who asked; None for the system, at night
        :param bool force: keep all of them
        :return: the new snapshots
        """
        groups = self._read_alike(parties)
        companies = self._get_companies({one.facts.company_id for one in groups})
        count_more = self.env["kehu.credit.reasons"]._count_more
        made, followed, applied = Snapshots(), [], {}
        for alike in groups:
            facts, present = alike.facts, alike.present
            rules, accepts = companies[facts.company_id]
            verdict = judge(facts, rules)
            signature = self._sign(verdict)
            if not (force or alike.moved or signature != alike.signature):
                continue
            grade = verdict.grade
            settled = accepts or grade is None or grade == present
            state = "accepted" if settled else "proposed"
            shown = grade
            if alike.override_id:
                state, shown = "overridden", alike.override_grade
            elif settled and grade and grade != present:
                applied.setdefault(grade, []).extend(alike.party_ids)
            made.add(
                alike.party_ids,
                (
                    grade,
                    shown,
                    _SCORES.get(shown),
                    signature,
                    state,
                    alike.override_id,
                ),
                (
                    verdict.reasons,
                    find_lift(facts, rules, grade),
                    count_more(facts.items),
                ),
            )
            if alike.signature is not None:
                followed += alike.party_ids
        if not made.party_ids:
            return self.browse()
        self._retire_last(followed)
        ids = self._insert(made, parties.facts, proposer_id)
        for grade, party_ids in applied.items():
            self.env["res.partner"].browse(party_ids)._kehu_apply_grade(grade)
        return self.browse(ids)

    @api.model
    def _read_alike(self, parties):
        """Read what is judged, once for all parties of which the books say the same.

        Half of all customers or more owe nothing that is late. Their verdict depends on
        a few figures (``PLAIN``), and there are few different ones.

        :param Parties parties: who is judged
        :rtype: list[Alike]
        """
        plain = [
            SQL.identifier(name)
            if name in PLAIN
            else SQL("MIN(party_id)")
            if name == "party_id"
            else SQL("%s", Facts._field_defaults[name])
            for name in Facts._fields
        ]
        known = SQL("signature, moved, credit_grade, override_id, override_grade")
        rows = self.env.execute_query(
            SQL(
                """
                WITH judged AS (
                    SELECT facts.*, last.signature, partner.credit_grade,
                           override.id AS override_id, override.grade AS override_grade,
                           last.date <= facts.today - %(stale)s
                               AND (facts.judged, facts.late,
                                    ROUND(facts.open_amount::numeric, 2))
                                   IS DISTINCT FROM
                                   (last.judged_count, last.late_count,
                                    ROUND(last.open_amount, 2)) AS moved,
                           facts.items IS NULL AND facts.overdue_age = 0 AS is_plain
                      FROM (%(source)s) facts
                      JOIN res_partner partner
                        ON partner.id = facts.party_id AND %(partners)s
                      LEFT JOIN kehu_credit_assessment last
                        ON last.partner_id = facts.party_id AND last.is_last
                       AND %(lasts)s
                      LEFT JOIN (%(running)s) override
                        ON override.partner_id = facts.party_id
                )
                SELECT ARRAY[party_id], %(all)s, %(known)s
                  FROM judged WHERE NOT is_plain
                UNION ALL
                SELECT array_agg(party_id), %(plain)s, %(known)s
                  FROM judged WHERE is_plain
                 GROUP BY %(shape)s, %(known)s
                """,
                source=parties.facts,
                # Said of each table, so that a batch reads its part of them only.
                partners=parties.are(SQL("partner.id")),
                lasts=parties.are(SQL("last.partner_id")),
                stale=_STALE_DAYS,
                running=self.env["kehu.credit.override"]._get_running_sql(),
                all=SQL(", ").join(map(SQL.identifier, Facts._fields)),
                plain=SQL(", ").join(plain),
                shape=SQL(", ").join(map(SQL.identifier, PLAIN)),
                known=known,
            )
        )
        end = 1 + len(Facts._fields)
        return [Alike(row[0], Facts._make(row[1:end]), *row[end:]) for row in rows]

    @api.model
    def _get_companies(self, company_ids):
        """Return the rules of each company, and whether it accepts by itself."""
        return {
            company.id: (
                company._kehu_get_credit_rules(),
                company.kehu_credit_auto_accept,
            )
            # sudo: the rules hold whoever asks.
            for company in self.env["res.company"].sudo().browse(company_ids)
        }

    @api.model
    def _sign(self, verdict):
        """Return what a verdict is, without its figures."""
        return ",".join(reason.code for reason in verdict.reasons)

    @api.model
    def _insert(self, made, source, proposer_id):
        """Insert snapshots by one statement; their figures come from the facts.

        :param Snapshots made: what was found out
        :param SQL source: the select that the facts were read from
        :return: ids of the new snapshots
        """
        renderer = self.env["kehu.credit.reasons"]
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO kehu_credit_assessment (
                    partner_id, company_id, date, is_last, state, computed_grade, grade,
                    score, signature, reason_data, item_data, judged_count, late_count,
                    on_time_percent, average_delay, longest_delay, recovery_days, open_amount,
                    overdue_amount, overdue_age, unapplied_amount, written_amount,
                    disputed_count, override_id, proposer_id)
                SELECT facts.party_id, facts.company_id, facts.today, TRUE,
                       outcome.state, outcome.computed, outcome.grade, outcome.score,
                       outcome.signature, reason.data, %(items)s, judged, late,
                       CASE WHEN judged > 0 THEN (judged - late) * 100.0 / judged END,
                       CASE WHEN late > 0 THEN late_days::float8 / late END, longest,
                       CASE WHEN recovered > 0
                            THEN recovery_days::float8 / recovered END,
                       open_amount, overdue_amount, overdue_age, unapplied,
                       written_amount, disputed, outcome.override_id, %(uid)s::int
                  FROM (%(source)s) facts
                  JOIN unnest(%(party_ids)s::int[], %(outcome_of)s::int[],
                              %(reason_of)s::int[])
                       AS made (party_id, outcome, reason)
                    ON made.party_id = facts.party_id
                  JOIN unnest(%(computed)s::varchar[], %(grade)s::varchar[],
                              %(score)s::int[], %(signature)s::varchar[],
                              %(state)s::varchar[], %(override_id)s::int[])
                       WITH ORDINALITY AS outcome (computed, grade, score, signature,
                                                   state, override_id, number)
                    ON outcome.number = made.outcome
                  JOIN jsonb_array_elements(%(reasons)s)
                       WITH ORDINALITY AS reason (data, number)
                    ON reason.number = made.reason
                 ORDER BY facts.party_id  -- for the indexes, and looking customers up
                RETURNING id
                """,
                uid=proposer_id,
                source=source,
                items=renderer._get_item_sql(),
                **made.get_columns(renderer._prepare_data),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _retire_last(self, party_ids):
        """Make room for new last snapshots."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE kehu_credit_assessment SET is_last = FALSE
                 WHERE partner_id = ANY(%s) AND is_last
                """,
                list(party_ids),
            )
        )
        self.invalidate_model(["is_last"])
        self.env["res.partner"].invalidate_model(
            ["credit_assessment_id", "credit_assessment_ids", "kehu_credit_state"]
        )
