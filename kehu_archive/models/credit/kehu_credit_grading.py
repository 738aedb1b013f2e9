import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...credit import Facts, find_lift, judge

_BATCH = 5000
# After this many days figures that moved are worth a new point in the chart.
_STALE_DAYS = 30
_SCORES = {"a": 3, "b": 2, "c": 1}
_TABLE = SQL.identifier("kehu_credit_run")
_COLUMNS = ("id", "computed", "grade", "score", "sign", "state", "data", "override")


class KehuCreditAssessment(models.Model):
    """Takes snapshots: of a few customers at once, of all of them at night."""

    _inherit = "kehu.credit.assessment"

    # === CRON === #

    @api.model
    def _cron_assess(self):
        """Assess all credit parties, in batches that are committed one by one.

        The facts of all of them are read by one query into a table of the session, and
        judged from there. A snapshot is made only where grade or rules changed, or
        where figures moved since the last month, so that a quiet night writes little.
        Stopped for lack of time, the job is run again and finds the rest unchanged.
        """
        self.env["kehu.credit.override"]._end_expired()
        self.env.flush_all()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", _TABLE))
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE %s AS %s",
                _TABLE,
                self.env["kehu.credit.facts"]._get_facts_sql(),
            )
        )
        total = self.env.cr.rowcount
        self.env.cr.execute(
            # Only what batches are found by: the other columns are read whole.
            SQL(
                "ALTER TABLE %s ADD PRIMARY KEY (party_id); ANALYZE %s (party_id)",
                _TABLE,
                _TABLE,
            )
        )
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=total)
        last_id = 0
        while rows := self._read_run(last_id):
            batch = SQL(
                "SELECT * FROM %s WHERE party_id BETWEEN %s AND %s",
                _TABLE,
                rows[0][0].party_id,
                last_id := rows[-1][0].party_id,
            )
            self._assess_rows(rows, batch, proposer_id=None)
            if not progress._commit_progress(len(rows)):
                break
        else:
            self._forget_vanished()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", _TABLE))

    @api.model
    def _read_run(self, last_id):
        """Read the next batch: facts, and what the last snapshot said."""
        return self._read_rows(
            SQL(
                "SELECT * FROM %s WHERE party_id > %s ORDER BY party_id LIMIT %s",
                _TABLE,
                last_id,
                _BATCH,
            )
        )

    @api.model
    def _read_rows(self, facts_sql):
        """Join facts with the last snapshots and present grades of their parties.

        :param SQL facts_sql: a select of the columns of ``Facts``
        :return: a list of (Facts, the last snapshot's key, present grade)
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT facts.*, last.signature, last.date, last.judged_count,
                       last.late_count, last.open_amount, partner.credit_grade
                  FROM (%s) facts
                  JOIN res_partner partner ON partner.id = facts.party_id
                  LEFT JOIN kehu_credit_assessment last
                    ON last.partner_id = facts.party_id AND last.is_last
                 ORDER BY facts.party_id
                """,
                facts_sql,
            )
        )
        width = len(Facts._fields)
        return [
            (Facts._make(row[:width]), row[width : width + 5], row[-1]) for row in rows
        ]

    @api.model
    def _forget_vanished(self):
        """Say of parties whose receivables all left the window that nothing is left."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id FROM kehu_credit_assessment last
                 WHERE is_last AND computed_grade IS NOT NULL
                   AND NOT EXISTS (
                       SELECT FROM %s run WHERE run.party_id = last.partner_id)
                """,
                _TABLE,
            )
        )
        if rows:
            self._assess_nothing(self.env["res.partner"].browse(row[0] for row in rows))

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
        source = self.env["kehu.credit.facts"]._get_facts_sql(parties.ids)
        return self._assess_rows(self._read_rows(source), source, self.env.uid, force)

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
    def _assess_rows(self, rows, source, proposer_id, force=False):
        """Judge rows of facts, and keep snapshots of those that changed.

        :param list rows: of :meth:`_read_rows`
        :param SQL source: the select that the rows were read from
        :param int proposer_id: the user who asked; None for the system, at night
        :param bool force: keep all of them
        :return: the new snapshots
        """
        companies = self._get_companies({facts.company_id for facts, *_rest in rows})
        made, followed = [], []
        applied = {}
        prepare = self.env["kehu.credit.reasons"]._prepare_data
        running = self._get_running({facts.party_id for facts, *_rest in rows})
        for facts, last, present in rows:
            rules, accepts = companies[facts.company_id]
            verdict = judge(facts, rules)
            signature = self._sign(verdict)
            if not force and not self._is_news(facts, signature, last):
                continue
            grade = verdict.grade
            override_id, shown = running.get(facts.party_id, (None, grade))
            settled = accepts or grade is None or grade == present
            state = "accepted" if settled else "proposed"
            made.append(
                (
                    facts.party_id,
                    grade,
                    shown,
                    _SCORES.get(shown),
                    signature,
                    "overridden" if override_id else state,
                    prepare(facts, verdict, find_lift(facts, rules, grade)),
                    override_id,
                )
            )
            if last[0] is not None:
                followed.append(facts.party_id)
            if settled and grade and grade != present and not override_id:
                applied.setdefault(grade, []).append(facts.party_id)
        if not made:
            return self.browse()
        self._retire_last(followed)
        columns = (list(column) for column in zip(*made, strict=True))
        ids = self._insert(
            dict(zip(_COLUMNS, columns, strict=True)), source, proposer_id
        )
        for grade, party_ids in applied.items():
            self.env["res.partner"].browse(party_ids)._kehu_apply_grade(grade)
        return self.browse(ids)

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
    def _get_running(self, party_ids):
        """Return the overrides in effect: {party id: (override id, its grade)}."""
        overrides = self.env["kehu.credit.override"]._get_running(
            self.env["res.partner"].browse(party_ids)
        )
        return {one.partner_id.id: (one.id, one.grade) for one in overrides}

    @api.model
    def _sign(self, verdict):
        """Return what a verdict is, without its figures."""
        return ",".join(reason.code for reason in verdict.reasons)

    @api.model
    def _is_news(self, facts, signature, last):
        """Whether a snapshot says anything that the last one did not."""
        last_signature, day, judged, late, owed = last
        if signature != last_signature:
            return True
        if (facts.today - day).days < _STALE_DAYS:
            return False
        return (facts.judged, facts.late, round(facts.open_amount, 2)) != (
            judged,
            late,
            round(float(owed or 0), 2),
        )

    @api.model
    def _insert(self, made, source, proposer_id):
        """Insert snapshots by one statement; their figures come from the facts.

        :return: ids of the new snapshots
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO kehu_credit_assessment (
                    partner_id, company_id, date, is_last, state, computed_grade, grade,
                    score, signature, reason_data, judged_count, late_count, on_time_percent,
                    average_delay, longest_delay, recovery_days, open_amount,
                    overdue_amount, overdue_age, unapplied_amount, written_amount,
                    disputed_count, override_id, proposer_id)
                SELECT facts.party_id, facts.company_id, facts.today, TRUE, made.state,
                       made.computed, made.grade, made.score, made.sign, made.data,
                       judged, late,
                       CASE WHEN judged > 0 THEN (judged - late) * 100.0 / judged END,
                       CASE WHEN late > 0 THEN late_days::float8 / late END, longest,
                       CASE WHEN recovered > 0
                            THEN recovery_days::float8 / recovered END,
                       open_amount, overdue_amount, overdue_age, unapplied,
                       written_amount, disputed, made.override_id, %(uid)s::int
                  FROM (%(source)s) facts
                  JOIN ROWS FROM (
                           unnest(%(id)s, %(computed)s::varchar[], %(grade)s::varchar[],
                                  %(score)s::int[], %(sign)s, %(state)s,
                                  %(override)s::int[]),
                           jsonb_array_elements(%(data)s))
                       AS made (id, computed, grade, score, sign, state, override_id,
                                data)
                    ON made.id = facts.party_id
                RETURNING id
                """,
                uid=proposer_id,
                source=source,
                # All of them at once: each by itself takes five times as long.
                **{**made, "data": json.dumps(made["data"])},
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
