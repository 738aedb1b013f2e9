from contextlib import contextmanager
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...credit import Facts

# A difference of up to this share of a receivable that is booked off is no loss.
_TRIFLE = 0.01
_CENT = 0.005
# So many parties are looked up at once.
_PORTION = 250


class KehuCreditFacts(models.AbstractModel):
    """What the books say of how customers pay, in one query for any number of them.

    The query is the same for the form of one customer and for all of them at night.

    * A *credit party* answers for its own receivables and for those of every customer
      whose credit it is: its branches, unless they name another party. Receivables are
      found by the commercial partner, so that those of a contact count, and once.
    * A *receivable* is an instalment of a posted invoice, or an opening balance. It is
      due on its own date, and paid on the day of the last payment that closed it: the
      payment's own date, however late the clerk matched it, or early it came.
    * What a credit note or a reversal takes back was never owed. What a general entry
      settles against a loss was written off. Differences of exchange rates are neither.
    * Documents of all our companies count, in the currency of the company that keeps
      the archive, whose rules and whose today hold (as for :meth:`_kehu_refresh_trade`).
    """

    _name = "kehu.credit.facts"
    _description = "Facts About the Credit of Customers"

    @api.model
    def _get_facts(self, parties):
        """Read the facts of some credit parties.

        :param res.partner parties: archived customers
        :return: {partner id: Facts}; parties without any history are left out
        :rtype: dict[int, Facts]
        """
        if not parties.ids:
            return {}
        self.env.flush_all()
        # Looked up row by row, each party goes through those that were found with it.
        return {
            row[0]: Facts._make(row)
            for ids in split_every(_PORTION, parties.ids)
            for row in self._execute_prepared(self._get_facts_sql(ids))
        }

    @api.model
    def _execute_prepared(self, query):
        """Run a query whose plan the connection keeps.

        Planning takes PostgreSQL ten times as long as reading the few receivables of
        one customer. A statement prepared once is planned once for each connection.

        :param SQL query: always of the same text; its parameters vary
        :return: its rows
        """
        pieces = query.code.split("%s")
        code = "".join(
            piece + (f"${number}" if number < len(pieces) else "")
            for number, piece in enumerate(pieces, start=1)
        ).replace("%%", "%")
        name = f"kehu_{sha256(code.encode()).hexdigest()[:20]}"
        cr = self.env.cr
        cr.execute("SELECT 1 FROM pg_prepared_statements WHERE name = %s", [name])
        if not cr.fetchone():
            # The text is ours: parameters are $1, $2, … and come with EXECUTE.
            statement = f"PREPARE {name} AS {code}"
            cr.execute(statement)  # pylint: disable=sql-injection
        with self._planning_for_some():
            cr.execute(
                SQL(
                    "SET LOCAL plan_cache_mode = force_generic_plan;EXECUTE %s (%s)",
                    SQL.identifier(name),
                    SQL(", ").join(SQL("%s", value) for value in query.params),
                )
            )
            rows = cr.fetchall()
        return rows

    @api.model
    def _get_all_facts(self, tried):
        """Read the facts of all credit parties as other rules would see them.

        :param dict tried: {company id: Rules}
        :rtype: list[Facts]
        """
        self.env.flush_all()
        with self._planning_for_all():
            rows = self.env.execute_query(self._get_facts_sql(tried=tried))
        return [Facts._make(row) for row in rows]

    @contextmanager
    def _planning_for_all(self):
        """Have the statements of a block planned for all parties at once.

        PostgreSQL takes two hundred thousand parties for two thousand, for want of
        knowing how rules and members go together; as its samples fall, it then looks up
        line by line what it should read once, and takes minutes instead of seconds.
        """
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        yield
        # After an error the transaction is lost, and the setting with it.
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")

    @contextmanager
    def _planning_for_some(self):
        """Have the statements of a block planned for some parties among all: to be
        looked up by index, document by document.

        As its samples fall, PostgreSQL would read and hash the whole ledger for one.
        """
        self.env.cr.execute(
            "SET LOCAL enable_hashjoin = off;SET LOCAL enable_mergejoin = off"
        )
        yield
        self.env.cr.execute(
            "SET LOCAL enable_hashjoin TO DEFAULT;SET LOCAL enable_mergejoin TO DEFAULT"
        )

    @api.model
    def _get_member_sql(self, party_ids=None):
        """Select who belongs to which credit party: ``id``, ``party_id``.

        :param list party_ids: ids of parties; None for all
        :rtype: SQL
        """
        party = SQL(
            """COALESCE(customer.credit_partner_id, office.credit_partner_id,
                        customer.head_office_id, customer.id)"""
        )
        condition = SQL("TRUE")
        if party_ids is not None:
            # Every way to belong to a party has an index; then the choice decides.
            condition = SQL(
                """customer.id IN (
                       SELECT unnest(%(ids)s::int[])
                    UNION
                       SELECT id FROM res_partner WHERE credit_partner_id = ANY(%(ids)s)
                    UNION
                       SELECT id FROM res_partner WHERE head_office_id = ANY(%(ids)s)
                    UNION
                       SELECT branch.id
                         FROM res_partner branch
                         JOIN res_partner head ON head.id = branch.head_office_id
                        WHERE head.credit_partner_id = ANY(%(ids)s))
                   AND %(party)s = ANY(%(ids)s)""",
                ids=list(party_ids),
                party=party,
            )
        return SQL(
            """
            SELECT customer.id, %(party)s AS party_id
              FROM res_partner customer
              LEFT JOIN res_partner office ON office.id = customer.head_office_id
             WHERE customer.archive_id IS NOT NULL AND %(condition)s
            """,
            party=party,
            condition=condition,
        )

    @api.model
    def _get_rule_sql(self, tried=None):
        """Select the rules of each company that the query itself needs, and its today.

        :param dict tried: {company id: Rules} to look through instead of the saved ones
        :rtype: SQL
        """
        tried = tried or {}
        return SQL(
            """
            SELECT id, grace, today,
                   (today - make_interval(months => months))::date AS since, accounts
              FROM (SELECT company.id,
                           COALESCE(tried.grace, kehu_credit_grace_days, 0) AS grace,
                           COALESCE(tried.months, kehu_credit_months, 24) AS months,
                           (%(now)s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE
                                COALESCE(kehu_tz, 'Asia/Shanghai'))::date AS today,
                           ARRAY(SELECT account_account_id
                                   FROM kehu_company_bad_debt_account_rel
                                  WHERE res_company_id = company.id) AS accounts
                      FROM res_company company
                      LEFT JOIN unnest(%(tried)s::int[], %(graces)s::int[],
                                       %(spans)s::int[]) AS tried (id, grace, months)
                        ON tried.id = company.id) rule
            """,
            now=fields.Datetime.now(),
            tried=list(tried),
            graces=[rules.grace_days for rules in tried.values()],
            spans=[rules.months for rules in tried.values()],
        )

    @api.model
    def _get_facts_sql(self, party_ids=None, tried=None):
        """Select the columns of :class:`Facts`, one row for each credit party.

        :param list party_ids: ids of parties; None for all
        :param dict tried: {company id: Rules} to look through instead of the saved ones
        :rtype: SQL
        """
        partners = self.env["res.partner"]
        return SQL(
            """
            WITH rule AS MATERIALIZED (%(rules)s),
            rate AS MATERIALIZED (%(rates)s),
            member AS %(kept)s (%(members)s),
            party AS (
                SELECT partner.id, rule.id AS company_id, rule.grace, rule.today,
                       rule.since, rule.accounts, rate.rate,
                       partner.kehu_disputed AS disputed,
                       archive.settlement_method = 'cash'
                           AND partner.first_order_on IS NOT NULL AS pays_cash
                  FROM res_partner partner
                  JOIN kehu_archive archive ON archive.id = partner.archive_id
                  JOIN rule ON rule.id = COALESCE(archive.company_id, %(main)s)
                  JOIN rate ON rate.id = rule.id
                 WHERE %(party_condition)s
            ), claim AS (%(claims)s), outcome AS (%(outcomes)s),
            total AS %(kept)s (%(totals)s)
            SELECT party.id AS party_id, party.company_id, party.today,
                   COALESCE(judged, 0) AS judged, COALESCE(late, 0) AS late,
                   COALESCE(late_days, 0) AS late_days,
                   COALESCE(longest, 0) AS longest,
                   COALESCE(recovered, 0) AS recovered,
                   COALESCE(recovery_days, 0) AS recovery_days,
                   COALESCE(slowest, 0) AS slowest, COALESCE(pending, 0) AS pending,
                   COALESCE(open_amount, 0)::float8 AS open_amount,
                   COALESCE(overdue_amount, 0)::float8 AS overdue_amount,
                   COALESCE(overdue_age, 0) AS overdue_age,
                   COALESCE(unapplied, 0)::float8 AS unapplied,
                   COALESCE(written_count, 0) AS written_count,
                   COALESCE(written_amount, 0)::float8 AS written_amount,
                   COALESCE(total.disputed, 0)
                       + CASE WHEN party.disputed THEN 1 ELSE 0 END AS disputed,
                   COALESCE(on_credit, 0) AS on_credit,
                   COALESCE(party.pays_cash, FALSE) AS pays_cash, items
              FROM party
              LEFT JOIN total ON total.party_id = party.id
             WHERE total.party_id IS NOT NULL OR party.pays_cash OR party.disputed
            """,
            # Of some parties, found once: joined row by row they would be anew for each.
            kept=SQL("MATERIALIZED") if party_ids is not None else SQL(),
            rules=self._get_rule_sql(tried),
            rates=partners._kehu_get_company_rates(),
            members=self._get_member_sql(party_ids),
            main=partners._kehu_get_main_company().id,
            party_condition=SQL("TRUE")
            if party_ids is None
            else SQL("partner.id = ANY(%s)", list(party_ids)),
            claims=self._get_claim_sql(),
            outcomes=self._get_outcome_sql(),
            totals=self._get_total_sql(),
        )

    @api.model
    def _get_claim_sql(self):
        """Select receivables within the window, and credits that nobody has matched."""
        return SQL(
            """
            SELECT party.id AS party_id, party.grace, party.today, party.accounts,
                   theirs.rate / party.rate AS rate, line.id AS line_id,
                   line.move_id, line.balance, line.amount_residual,
                   line.reconciled IS TRUE AS reconciled,
                   COALESCE(line.date_maturity, line.date) AS due,
                   COALESCE(move.invoice_date, line.date) AS since,
                   move.kehu_disputed IS TRUE AS disputed
              FROM member
              JOIN party ON party.id = member.party_id
              JOIN res_partner contact ON contact.commercial_partner_id = member.id
              JOIN account_move_line line ON line.partner_id = contact.id
              JOIN account_account account
                ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
               AND account.non_trade IS NOT TRUE
              JOIN account_move move ON move.id = line.move_id
              JOIN rate theirs ON theirs.id = line.company_id
             WHERE line.parent_state = 'posted'
               AND (line.reconciled IS NOT TRUE
                    OR COALESCE(line.date_maturity, line.date) >= party.since)
               AND (line.balance < 0 AND line.reconciled IS NOT TRUE
                    OR line.balance > 0
                       AND (move.move_type IN ('out_invoice', 'out_receipt')
                            OR move.move_type = 'entry'
                               AND move.origin_payment_id IS NULL
                               AND move.statement_line_id IS NULL
                               AND move.reversed_entry_id IS NULL
                               AND move.tax_cash_basis_origin_move_id IS NULL
                               AND NOT EXISTS (
                                   SELECT FROM account_partial_reconcile difference
                                    WHERE difference.exchange_move_id = move.id)))
            """
        )

    @api.model
    def _get_outcome_sql(self):
        """Select what became of each receivable: paid, taken back, written off."""
        return SQL(
            """
            SELECT claim.line_id, claim.party_id, claim.grace, claim.today, claim.rate,
                   claim.balance, claim.amount_residual, claim.reconciled, claim.due,
                   claim.since, claim.disputed,
                   MAX(other.date) FILTER (WHERE sort.name = 'payment') AS paid_on,
                   COALESCE(SUM(part.amount)
                       FILTER (WHERE sort.name = 'credit'), 0) AS credited,
                   MAX(other.date) AS last_on,
                   COALESCE(SUM(part.amount * loss.share), 0) AS written
              FROM claim
              LEFT JOIN account_partial_reconcile part
                ON part.debit_move_id = claim.line_id AND claim.balance > 0
              LEFT JOIN account_move_line other ON other.id = part.credit_move_id
              LEFT JOIN account_move document ON document.id = other.move_id
              LEFT JOIN LATERAL (%(loss)s) loss ON document.move_type = 'entry'
              LEFT JOIN LATERAL (
                  SELECT CASE WHEN document.id IS NULL THEN NULL
                              WHEN document.move_type = 'out_refund' THEN 'credit'
                              WHEN document.reversed_entry_id = claim.move_id
                              THEN 'credit'
                              WHEN document.move_type = 'entry'
                               AND document.origin_payment_id IS NULL
                               AND document.statement_line_id IS NULL
                               AND (loss.share IS NOT NULL
                                    OR EXISTS (
                                   SELECT FROM account_partial_reconcile difference
                                    WHERE difference.exchange_move_id = document.id))
                              THEN 'other' ELSE 'payment' END AS name
              ) sort ON TRUE
             GROUP BY claim.line_id, claim.party_id, claim.grace, claim.today,
                      claim.rate, claim.balance, claim.amount_residual,
                      claim.reconciled, claim.due, claim.since, claim.disputed
            """,
            loss=self._get_loss_sql(SQL("claim.accounts")),
        )

    @api.model
    def _get_loss_sql(self, accounts):
        """Select which share of what an entry, of the alias ``document``, settles was
        given up.

        The rest that somebody closes with a payment, or with a line of a statement, is a
        loss on an account that is named for it only: else it might be a discount or a
        fee.

        :param SQL accounts: the company's accounts of bad debts; an empty array where
            it names none
        :return: a select of one row at most, with the share
        :rtype: SQL
        """
        return SQL(
            """
            SELECT LEAST(1, lost.amount / NULLIF(lost.settled, 0)) AS share
              FROM (SELECT SUM(line.balance) FILTER (
                               WHERE line.balance > 0
                                 AND CASE WHEN %(accounts)s <> '{}'
                                          THEN line.account_id = ANY(%(accounts)s)
                                          ELSE starts_with(account.account_type,
                                                           'expense')
                                            OR account.account_type = 'asset_current'
                                           AND account.reconcile IS NOT TRUE
                                     END) AS amount,
                           -SUM(line.balance) FILTER (
                               WHERE line.balance < 0
                                 AND account.account_type = 'asset_receivable')
                               AS settled
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                     WHERE document.move_type = 'entry'
                       AND document.reversed_entry_id IS NULL
                       AND line.move_id = document.id
                       AND (%(accounts)s <> '{}'
                            OR document.origin_payment_id IS NULL
                           AND document.statement_line_id IS NULL
                           AND NOT EXISTS (
                               SELECT FROM account_partial_reconcile difference
                                WHERE difference.exchange_move_id = document.id))
                   ) lost
             WHERE lost.amount > 0
            """,
            accounts=accounts,
        )

    @api.model
    def _get_trifle(self):
        """Return up to which share of a receivable a booked off difference is no loss."""
        return _TRIFLE

    @api.model
    def _get_total_sql(self):
        """Add the receivables of each party up."""
        return SQL(
            """
            SELECT party_id,
                   COUNT(*) FILTER (WHERE kind IS NOT NULL AND kind <= 2) AS judged,
                   COUNT(*) FILTER (WHERE kind IN (1, 2)) AS late,
                   SUM(delay) FILTER (WHERE kind IN (1, 2)) AS late_days,
                   MAX(delay) FILTER (WHERE kind IN (1, 2)) AS longest,
                   COUNT(*) FILTER (WHERE kind = 1) AS recovered,
                   SUM(delay) FILTER (WHERE kind = 1) AS recovery_days,
                   MAX(delay) FILTER (WHERE kind = 1) AS slowest,
                   COUNT(*) FILTER (WHERE is_open AND kind IS NULL) AS pending,
                   SUM(residual) FILTER (WHERE is_open) AS open_amount,
                   SUM(residual) FILTER (WHERE is_open AND delay > 0)
                       AS overdue_amount,
                   MAX(delay) FILTER (WHERE is_open AND delay > 0) AS overdue_age,
                   -SUM(residual) FILTER (WHERE NOT is_claim) AS unapplied,
                   COUNT(*) FILTER (WHERE is_written) AS written_count,
                   SUM(written) FILTER (WHERE is_written) AS written_amount,
                   COUNT(*) FILTER (WHERE disputed) AS disputed,
                   COUNT(*) FILTER (WHERE kind <= 2 AND due > since) AS on_credit,
                   array_agg(ARRAY[line_id, due - DATE '0001-01-01' + 1, delay, kind])
                       FILTER (WHERE kind > 0) AS items
              FROM (SELECT party_id, line_id, due, since, delay, is_open, is_claim,
                           is_written, is_claim AND disputed AS disputed,
                           amount_residual * rate AS residual, written * rate AS written,
                           CASE WHEN NOT is_claim THEN NULL
                                WHEN is_written THEN 3
                                WHEN is_open
                                THEN CASE WHEN delay > grace THEN 2 END
                                WHEN paid_on IS NULL THEN NULL
                                WHEN delay > grace THEN 1 ELSE 0 END AS kind
                      FROM (SELECT *, balance > 0 AS is_claim,
                                   balance > 0 AND NOT reconciled AS is_open,
                                   balance > 0 AND written > balance * %(trifle)s::numeric
                                       AS is_written,
                                   CASE WHEN reconciled THEN COALESCE(paid_on, last_on)
                                        ELSE today END - due AS delay
                              FROM outcome
                             WHERE balance < 0 OR credited < balance - %(cent)s::numeric
                           ) looked_at
                   ) sorted
             GROUP BY party_id
            """,
            trifle=_TRIFLE,
            cent=_CENT,
        )
