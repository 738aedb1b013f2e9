from unittest.mock import patch

from odoo import api
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .register_import_common import RegisterImportCommon

CITY_HEAD = ["客户编号", "客户名称", "城市", "主营业务"]


@tagged("post_install", "-at_install")
class TestFaultsNameTheCell(RegisterImportCommon):
    """R96: what only the database or another module knows is told by cell, too."""

    def taken(self, *rows, head=None):
        """Take rows over whatever the preview says; return {row: reason}."""
        job = self.job(self.rep, self.sheet(*rows, head=head or CITY_HEAD))
        self.assertFalse(job.refused_count, job.line_ids.mapped("message"))
        with self.kept_chunks(), mute_logger("odoo.sql_db"):
            job.action_apply()
        return self.reasons(job)

    def test_a_condition_of_the_database(self):
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT kehu_test_no_x "
            "CHECK (city IS DISTINCT FROM 'X')"
        )
        reasons = self.taken(
            ["FLT01", "甲有限公司", "Y", None], ["FLT02", "乙有限公司", "X", None]
        )
        self.assertEqual(list(reasons), [3])
        self.assertTrue(reasons[3].startswith("C3: 城市 “X”: "), reasons[3])
        self.assertIn("kehu_test_no_x", reasons[3])
        self.assertNotIn("Failing row", reasons[3])

    def test_a_unique_index_of_the_database(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX kehu_test_uniq ON kehu_archive (upper(main_business))"
        )
        reasons = self.taken(
            ["FLT03", "甲有限公司", None, "齿轮a"],
            ["FLT04", "乙有限公司", None, "齿轮A"],
        )
        self.assertEqual(list(reasons), [3])
        self.assertTrue(reasons[3].startswith("D3: 主营业务 “齿轮A”: "), reasons[3])

    def test_a_value_that_does_not_go_into_its_column(self):
        self.env.cr.execute("ALTER TABLE res_partner ALTER city TYPE varchar(3)")
        reasons = self.taken(
            ["FLT05", "甲有限公司", "青岛市", None],
            ["FLT06", "乙有限公司", "乌鲁木齐", None],
        )
        self.assertEqual(list(reasons), [3])
        self.assertTrue(reasons[3].startswith("C3: 城市 “乌鲁木齐”: "), reasons[3])

    def test_a_rule_of_another_module(self):
        model = self.env.registry["res.partner"]

        @api.constrains("city")
        def _check_city(self):
            if any(partner.city == "X" for partner in self):
                raise ValidationError(  # pylint: disable=translation-required
                    "No such city."
                )

        self.patch(
            model,
            "_constraint_methods",
            [*self.env["res.partner"]._constraint_methods, _check_city],
        )
        reasons = self.taken(
            ["FLT07", "甲有限公司", "X", None], ["FLT08", "乙有限公司", "Y", None]
        )
        self.assertEqual(reasons, {2: "C2: 城市 “X”: No such city."})

    def test_a_rule_of_the_company_meets_the_one_row_that_is_unlike_the_others(self):
        self.env["ir.rule"].create(
            [
                {
                    "name": f"Only {field}",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "domain_force": domain,
                    "perm_read": False,
                    "perm_write": False,
                    "perm_unlink": False,
                }
                for field, domain in (
                    ("city", "[('city', '!=', 'X')]"),
                    # No row fills it.
                    ("barcode", "[('barcode', '=', False)]"),
                )
            ]
        )
        reasons = self.taken(
            ["FLT12", "甲有限公司", "Y", None],
            ["FLT13", "乙有限公司", "X", None],
            ["FLT14", "丙有限公司", "Y", None],
        )
        self.assertEqual(list(reasons), [3])
        taken = self.env["res.partner"].search([("ref", "like", "FLT1_")])
        self.assertEqual(set(taken.mapped("ref")), {"FLT12", "FLT14"})

    def test_a_code_that_somebody_took_in_between(self):
        loader = type(self.env["kehu.register.loader"])
        original = loader._match_rows

        def before(loader, rows, lookup, survey):
            # Neither the plan nor the rule sees what commits after they have looked.
            original(loader, rows, lookup, survey)
            for row in rows:
                row.partner_id = row.archive_id = 0

        self.make_archive(ref="FLT09", name="先到有限公司")
        with (
            patch.object(loader, "_match_rows", before),
            patch.object(
                type(self.env["res.partner"]), "_find_taken_codes", lambda self: []
            ),
        ):
            reasons = self.taken(["flt09", "后到有限公司", None, None])
        self.assertTrue(reasons[2].startswith("A2: 客户编号 “flt09”: "), reasons[2])
        self.assertIn("customer code", reasons[2])

    def test_an_error_of_no_field_names_no_cell(self):
        partners = type(self.env["res.partner"])

        def create(self, vals_list):
            raise ValidationError(  # pylint: disable=translation-required
                "Not today."
            )

        with patch.object(partners, "create", create):
            reasons = self.taken(["FLT10", "甲有限公司", None, None])
        self.assertEqual(reasons, {2: "Not today."})
