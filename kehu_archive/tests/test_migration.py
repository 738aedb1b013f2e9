import importlib.util
from pathlib import Path

from odoo.tests import tagged

from .common import KehuCommon

_FOLDER = Path(__file__).parents[1] / "migrations"


def run(cr, name, version="19.0.1.1.0"):
    """Run a migration script as an upgrade does."""
    path = _FOLDER / version / name
    spec = importlib.util.spec_from_file_location("kehu_migration", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.migrate(cr, "19.0.1.0.0")


@tagged("post_install", "-at_install")
class TestMigration(KehuCommon):
    """Databases of older versions come to what a new one is."""

    def test_keys_of_removed_archives_stay_where_a_foreign_key_was(self):
        self.make_archive()
        self.env.flush_all()
        self.cr.execute(
            "ALTER TABLE kehu_archive_key ADD CONSTRAINT"
            " kehu_archive_key_archive_id_fkey FOREIGN KEY (archive_id)"
            " REFERENCES kehu_archive (id) ON DELETE CASCADE NOT VALID"
        )
        run(self.cr, "pre-keys.py")
        self.cr.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid = 'kehu_archive_key'::regclass"
            " AND conname = 'kehu_archive_key_archive_id_fkey'"
        )
        self.assertEqual(self.cr.fetchone()[0], 0)

    def test_archives_have_one_index_of_customers(self):
        self.cr.execute(
            "CREATE INDEX IF NOT EXISTS kehu_archive__partner_id_index"
            " ON kehu_archive (partner_id)"
        )
        run(self.cr, "pre-indexes.py", "19.0.1.2.0")
        self.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'kehu_archive'"
            " AND indexdef LIKE '%(partner_id)'"
        )
        self.assertEqual(self.cr.fetchall(), [("kehu_archive_partner_uniq",)])

    def test_the_two_counters_of_the_hour_are_gone(self):
        tables = ("kehu_typing_count", "kehu_link_use")
        for table in tables:
            self.cr.execute(f"CREATE TABLE {table} (id serial)")
        run(self.cr, "pre-counts.py", "19.0.1.3.0")
        self.cr.execute(
            "SELECT tablename FROM pg_tables WHERE tablename IN %s", [tables]
        )
        self.assertFalse(self.cr.fetchall())

    def test_snapshots_of_credit_have_no_foreign_key_to_their_company(self):
        """N8: it would look the company up for each customer of a night"""
        self.env.flush_all()
        self.cr.execute(
            "ALTER TABLE kehu_credit_assessment"
            " ADD CONSTRAINT kehu_credit_assessment_company_id_fkey"
            " FOREIGN KEY (company_id) REFERENCES res_company (id) NOT VALID"
        )
        run(self.cr, "pre-credit-links.py", "19.0.1.3.0")
        self.cr.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid = 'kehu_credit_assessment'::regclass"
            " AND confrelid = 'res_company'::regclass"
        )
        self.assertEqual(self.cr.fetchone()[0], 0)

    def test_named_receivables_of_old_snapshots_move_to_their_own_column(self):
        """R87"""
        snapshot = self.env["kehu.credit.assessment"].create(
            {
                "partner_id": self.make_customer().id,
                "company_id": self.env.company.id,
                "date": "2026-01-01",
                "reason_data": {
                    "reasons": [["often_count", "b", 3, 4, 3]],
                    "items": [[7, 739000, 12, 1]],
                },
            }
        )
        self.env.flush_all()
        run(self.cr, "post-credit.py", "19.0.1.4.0")
        snapshot.invalidate_recordset()
        self.assertEqual(snapshot.item_data, [[7, 739000, 12, 1]])
        self.assertEqual(list(snapshot.reason_data), ["reasons"])
        self.assertIn("#7", snapshot.reasons)

    def test_the_trust_of_customers_graded_by_form_follows_where_nobody_set_it(self):
        """R87"""
        graded, set_by_hand = self.make_customer(), self.make_customer()
        (graded + set_by_hand).credit_grade = "c"
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET trust = NULL WHERE id = %s", [graded.id]
        )
        self.env.invalidate_all()
        set_by_hand.trust = "good"
        self.assertEqual(graded.trust, "normal")
        self.env.flush_all()
        run(self.cr, "post-credit.py", "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertEqual((graded.trust, set_by_hand.trust), ("bad", "good"))

    def test_old_rules_become_the_new_ones_and_stay_on_or_off(self):
        """R52"""
        rule = self.env.ref("kehu_archive.kehu_need_rule_rep")
        domain = rule.domain_force
        rule.domain_force = "[(1, '=', 1)]"
        self.env["res.partner"]._kehu_set_isolation("private")
        run(self.cr, "post-rules.py")
        self.assertEqual(rule.domain_force, domain)
        self.assertEqual(self.env["res.partner"]._kehu_get_isolation(), "private")
