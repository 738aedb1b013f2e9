from odoo import api, models
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from .kehu_credit_grading import Parties

_BATCH = 10_000
_TABLE = SQL.identifier("kehu_credit_run")


class KehuCreditAssessment(models.Model):
    """Takes snapshots of all credit parties at night."""

    _inherit = "kehu.credit.assessment"

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
        facts = self.env["kehu.credit.facts"]
        with facts._planning_for_all():
            query = SQL("CREATE TEMP TABLE %s AS %s", _TABLE, facts._get_facts_sql())
            self.env.cr.execute(query)
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
        while batch := self._find_batch(last_id):
            count, last_id, parties = batch
            with disabling_gc():  # nothing of a batch is garbage before its end
                self._assess_facts(parties, proposer_id=None)
            if not progress._commit_progress(count):
                break
        else:
            self._forget_vanished()
            self.env["res.partner"]._kehu_align_all_branches()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", _TABLE))

    @api.model
    def _find_batch(self, after_id):
        """Find the next parties of the run.

        :param int after_id: the last party of the batch before
        :return: how many there are, the id of the last one, and who they are; None
            when all are done
        :rtype: tuple[int, int, Parties] or None
        """
        [(count, last_id)] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*), MAX(party_id)
                  FROM (SELECT party_id FROM %s WHERE party_id > %s
                         ORDER BY party_id LIMIT %s) next
                """,
                _TABLE,
                after_id,
                _BATCH,
            )
        )
        if not count:
            return None

        def are(column):
            return SQL("%s > %s AND %s <= %s", column, after_id, column, last_id)

        facts = SQL("SELECT * FROM %s WHERE %s", _TABLE, are(SQL("party_id")))
        return count, last_id, Parties(facts, are)

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
