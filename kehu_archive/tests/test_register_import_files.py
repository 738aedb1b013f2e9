import io
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..registration.refused_rows import REASON
from .register_import_common import RegisterImportCommon


@tagged("post_install", "-at_install")
class TestRegisterImportFiles(RegisterImportCommon):
    """Whole files: old ones, wrong ones, long ones, interrupted ones (R96)."""

    def test_an_old_xls_of_500_rows_adds_up(self):
        """An old .xls: created, updated, refused add up to its rows (R96)."""
        self.make_archive(ref="REG0001", name="老客户一有限公司")
        self.make_archive(
            ref="REG0002", name="老客户二有限公司", user_id=self.stranger.id
        )
        data = self.xls_file(500)
        job = self.imported(self.rep, data, "客户.xls")
        self.assertEqual(job.row_count, 500)
        self.assertEqual(job.update_count, 1)
        self.assertEqual(self.counts(job), (488, 1, 0, 11))
        self.assertEqual(
            self.env["kehu.archive"].search_count(
                [("partner_id.ref", "=like", "REG0%")]
            ),
            490,
        )

    def xls_file(self, count):
        """Return an .xls of so many rows; every fiftieth has a wrong region."""
        from .xls_writer import write_xls

        head = ["序号", "客户编码", "客户名称", "地区", "注册资本(万元)"]
        rows = [
            [
                n,
                f"REG{n:04d}",
                f"老客户{n}有限公司",
                "999999" if n % 50 == 0 else "370200",
                100 + n,
            ]
            for n in range(1, count + 1)
        ]
        return write_xls([head, *rows])

    def test_a_wrong_file_ends_in_one_sentence(self):
        for data, words in (
            (b"no workbook at all", "is not a workbook"),
            (self.sheet(["x", "y"], head=["天气", "温度"]), "no row of headings"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.job(self.rep, data)

    def test_the_refused_rows_come_back_with_the_reason(self):
        data = self.sheet(
            ["REG181", "好的有限公司", None, None, None],
            ["REG182", "坏的有限公司", None, "999999", None],
        )
        job = self.imported(self.rep, data)
        stream = io.BytesIO()
        job._write_refused_rows(stream)
        (row,) = self.rows(stream.getvalue())
        self.assertEqual(row["客户名称"], "坏的有限公司")
        self.assertIn("D3", row[REASON])
        again = self.job(self.rep, stream.getvalue())
        self.assertEqual(self.counts(again), (0, 0, 0, 1))

    def test_a_crash_between_chunks_loses_and_doubles_nothing(self):
        rows = [[f"REG19{n}", f"断点{n}有限公司", None, None, None] for n in range(6)]
        job = self.job(self.rep, self.sheet(*rows))
        module = "odoo.addons.kehu_archive.wizards.kehu_register_import"
        with patch(f"{module}._CHUNK", 2), self.kept_chunks() as kept:
            kept.side_effect = self.power_cut_at_second_chunk()
            try:
                job.action_apply()
            except RuntimeError:
                self.env.cr.execute("ROLLBACK TO SAVEPOINT kept_chunk")
                self.env.cr.clear()
            self.assertEqual((job.state, job.done_count), ("running", 2))
            kept.side_effect = None
            job.action_apply()
        self.assertEqual(self.counts(job), (6, 0, 0, 0))
        self.assertEqual(job.state, "done")
        self.assertEqual(len(self.find("REG195")), 1)

    def power_cut_at_second_chunk(self):
        """Keep the first chunk for good; fail while the second is being kept."""

        def keep():
            self.env.flush_all()
            self.env.cr.execute("SAVEPOINT kept_chunk")
            yield
            raise RuntimeError("power cut")

        steps = keep()
        return lambda: next(steps)

    def test_the_queries_do_not_grow_with_the_rows(self):
        def queries(first, count):
            rows = [
                [f"REGQ{n}", f"查询{n}有限公司", None, "370200", None]
                for n in range(first, first + count)
            ]
            job = self.job(self.rep, self.sheet(*rows))
            self.env.invalidate_all()
            begin = self.env.cr.sql_log_count
            with self.kept_chunks():
                job.action_apply()
            return self.env.cr.sql_log_count - begin

        queries(0, 2)
        self.assertLess(queries(100, 200), queries(400, 50) + 20)
