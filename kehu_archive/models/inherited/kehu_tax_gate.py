from odoo import api, fields, models
from odoo.tools import SQL

_KEEP_DAYS = 1


class KehuTaxGate(models.Model):
    """Lets the customers of one tax number be registered one after the other (R92).

    The check for doubles sees what was there when its transaction began. Of two people
    who register one customer at the same moment neither sees the other, and a unique
    index cannot help: branches may use the tax number of their head office, and a
    database may hold doubles of old. So the database itself makes each transaction that
    gives a number to a registered customer pass a gate: one row for each number. The
    second one fails to serialize, Odoo runs it again, and then the check sees the first
    and says so.

    A row holds no number, and means nothing once its transaction is over.
    """

    _name = "kehu.tax.gate"
    _description = "Tax Number Being Registered"
    _log_access = False

    number_hash = fields.Integer(
        required=True, help="Hash of the folded tax number; two may share one."
    )
    passed_at = fields.Datetime(
        required=True, index=True, help="When a transaction last passed."
    )

    _number_uniq = models.UniqueIndex("(number_hash)", "One gate for each number.")

    def init(self):  # pylint: disable=missing-return
        """Let the database send everybody through the gate, past the ORM also."""
        super().init()
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION kehu_pass_tax_gate() RETURNS trigger
            LANGUAGE plpgsql AS $body$
            BEGIN
                INSERT INTO kehu_tax_gate (number_hash, passed_at)
                VALUES (hashtext(upper(normalize(NEW.vat, NFKC))),
                        now() AT TIME ZONE 'UTC')
                    ON CONFLICT (number_hash)
                    DO UPDATE SET passed_at = excluded.passed_at;
                RETURN NULL;
            END
            $body$;
            DROP TRIGGER IF EXISTS kehu_pass_tax_gate ON res_partner;
            CREATE TRIGGER kehu_pass_tax_gate
            AFTER INSERT OR UPDATE OF vat, archive_id, head_office_id ON res_partner
            FOR EACH ROW
            WHEN (NEW.archive_id IS NOT NULL AND NEW.vat IS NOT NULL
                  AND NEW.vat NOT IN ('', '/'))
            EXECUTE FUNCTION kehu_pass_tax_gate();
            """
        )

    @api.autovacuum
    def _gc_passed(self):
        """Forget gates that nobody can be waiting at any more."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=_KEEP_DAYS)
        self.env.cr.execute(
            SQL("DELETE FROM kehu_tax_gate WHERE passed_at < %s", limit)
        )
        self.invalidate_model()
