import io
import zipfile
from datetime import date
from pathlib import Path

from odoo import Command
from odoo.tests import tagged
from odoo.tools import config

from .accounting import KehuAccounting
from .destruction_common import DestructionCommon

MARK = "销毁标记QX7号"


def mark(place):
    """A value that stands in one place only."""
    return f"{MARK}{place}"


@tagged("post_install", "-at_install")
class TestDestructionProof(DestructionCommon, KehuAccounting):
    """What was destroyed is nowhere any more, and that is proven (R19, R24)."""

    def plant(self, archive):
        """Put a mark in every kind of place that an archive's words get to."""
        env, partner = self.env, archive.partner_id
        archive.write({"main_business": mark("主营"), "remark": mark("备注")})
        principal = self.make_principal(archive, personality=mark("性格"))
        principal.name = mark("人物")
        note = env["kehu.archive.note"].create(
            {"archive_id": archive.id, "text": mark("记事")}
        )
        env["kehu.competitor"].create({"archive_id": archive.id, "name": mark("对手")})
        files = env["ir.attachment"].create(
            [
                {
                    "name": f"{mark('文件名')}.txt",
                    "raw": mark("文件内容").encode(),
                    "mimetype": "text/plain",
                    "index_content": mark("索引"),
                    "res_model": "kehu.archive",
                    "res_id": archive.id,
                },
            ]
        )
        env["ir.attachment"].create(
            {
                "name": mark("缩略图"),
                "raw": mark("缩略图内容").encode(),
                "res_model": "ir.attachment",
                "res_id": files.id,
            }
        )
        env["kehu.archive.item"].create(
            {
                "archive_id": archive.id,
                "title": mark("材料"),
                "attachment_ids": [
                    Command.create({"name": mark("材料文件"), "raw": b"scan"})
                ],
            }
        )
        message = archive.message_post(body=mark("沟通"))
        field = env["ir.model.fields"]._get("kehu.archive", "slot")
        env["mail.tracking.value"].create(
            {
                "mail_message_id": message.id,
                "field_id": field.id,
                "old_value_char": mark("旧值"),
                "new_value_char": mark("新值"),
            }
        )
        env["mail.mail"].create(
            {"mail_message_id": message.id, "body_html": mark("邮件队列")}
        )
        env["mail.mail"].create({"subject": mark("备注"), "body_html": "x"})
        archive.activity_schedule(
            "mail.mail_activity_data_todo", summary=mark("待办"), user_id=self.rep.id
        ).action_feedback(feedback=mark("反馈"))
        env["kehu.opinion"].sudo().create(
            {"partner_id": partner.id, "text": mark("意见")}
        )
        loan = env["kehu.loan"].create(
            {"archive_id": archive.id, "purpose": mark("查阅用途")}
        )
        loan.message_post(body=mark("查阅沟通"))
        env["ir.model.data"].create(
            {
                "name": mark("外部标识"),
                "module": "__import__",
                "model": "kehu.archive.note",
                "res_id": note.id,
            }
        )
        request = env["kehu.person.request"].create(
            {
                "archive_id": archive.id,
                "name": mark("来访者"),
                "kind": "access",
                "details": mark("来访内容"),
                "answer": mark("答复"),
            }
        )
        request.action_refuse()
        workbook = io.BytesIO()
        with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as upload:
            upload.writestr("xl/sharedStrings.xml", mark("备注"))
        env["ir.attachment"].create(
            {
                "name": "upload.xlsx",
                "raw": workbook.getvalue(),
                "res_model": "kehu.register.import",
                "res_id": 1,
            }
        )
        env["kehu.archive.reason"].create(
            {
                "archive_ids": archive.ids,
                "step": "close",
                "reason": mark("备注"),
            }
        )
        env.cr.execute(
            "INSERT INTO ir_logging (name, type, dbname, level, message, path, func, line)"
            " VALUES ('x', 'server', 'x', 'INFO', %s, 'x', 'x', '1')",
            [mark("备注")],
        )
        env["bus.bus"].sudo().create({"channel": "x", "message": mark("备注")})
        partner.message_post(body=mark("卡片沟通"))
        partner.write({"comment": mark("卡片备注"), "street": mark("街道地址")})
        env["res.partner"].create({"parent_id": partner.id, "name": mark("联系人")})
        env["res.partner.bank"].create(
            {
                "partner_id": partner.id,
                "acc_number": "QX7-123456789",
                "acc_holder_name": mark("户名"),
            }
        )
        env.flush_all()

    def test_marks_in_thirty_places_are_gone_and_the_scan_proves_it(self):
        archive = self.make_archive()
        self.plant(archive)
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.archivist).action_file()
        archive.with_user(self.archivist).action_close("End")
        archive.retention_until = self.yesterday
        self.env["kehu.ledger"]._flush()
        other = self.make_archive({"main_business": mark("主营")})
        application = self.make_ready(archive, customer_after="stub")
        self.assertGreater(len(self.find_marks()), 25)
        self.execute(application)
        self.env["ir.attachment"]._gc_file_store_unsafe()
        application = application.sudo()
        self.assertEqual(application.proof, "pending")
        scan = application._prove()
        left = scan.finding_ids.filtered(lambda finding: finding.kind == "left")
        self.assertFalse(left.mapped("place"))
        # What another customer's archive says is its own, and named.
        self.assertIn(
            "kehu_archive.main_business",
            scan.finding_ids.filtered(lambda f: f.kind == "other").mapped("place"),
        )
        self.assertEqual(scan.result, "clean")
        self.assertGreater(scan.column_count, 1000)
        self.assertGreater(scan.value_count, 20)
        self.assertIn("ir_attachment: ", scan.columns)
        self.assertFalse(application.line_ids.proof_cipher)
        # Told by other means than the scan's own.
        self.assertEqual(set(self.find_marks()), {"kehu_archive"})
        other.remark = False
        self.assertEqual(self.find_files(), [])
        self.assertIn("upload.xlsx", "".join(scan.finding_ids.mapped("place")))
        self.assertEqual(self.env["kehu.event"].verify_chain(), [])

    def find_marks(self):
        """Tables in which a mark stands, row by row, told by the database alone."""
        self.env.cr.execute(
            """SELECT table_name FROM information_schema.tables
                WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"""
        )
        found = []
        for (table,) in self.env.cr.fetchall():
            self.env.cr.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s',  # noqa: S608
                [f"%{MARK}%"],
            )
            found += [table] * self.env.cr.fetchone()[0]
        return found

    def find_files(self):
        root = Path(config.filestore(self.env.cr.dbname))
        return [
            str(path)
            for path in root.rglob("*")
            if path.is_file() and MARK.encode() in path.read_bytes()
        ]

    def test_posted_invoices_of_a_stub_still_print(self):
        archive = self.make_archive(name="青岛海风机械有限公司")
        partner = archive.partner_id
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": date(2020, 1, 10),
                "invoice_line_ids": [
                    Command.create({"name": "Pump", "price_unit": 100.0, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        partner.write({"street": mark("街道"), "phone": "13912345678"})
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.archivist).action_file()
        archive.with_user(self.archivist).action_close("End")
        archive.retention_until = self.yesterday
        application = self.make_ready(archive, customer_after="stub")
        self.execute(application)
        self.assertFalse(partner.street)
        self.assertFalse(partner.phone)
        printed = (
            self.env["ir.actions.report"]
            ._render_qweb_html("account.report_invoice", invoice.ids)[0]
            .decode()
        )
        self.assertIn("青岛海风机械有限公司", printed)
        self.assertNotIn(MARK, printed)

    def test_a_file_that_another_record_owns_stays_and_is_counted(self):
        archive = self.make_archive()
        order_file = self.env["ir.attachment"].create(
            {
                "name": "contract.txt",
                "raw": b"shared",
                "res_model": "res.partner",
                "res_id": archive.partner_id.id,
            }
        )
        self.env["kehu.archive.item"].create(
            {
                "archive_id": archive.id,
                "title": "Contract",
                "attachment_ids": [Command.link(order_file.id)],
            }
        )
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.archivist).action_file()
        archive.with_user(self.archivist).action_close("End")
        archive.retention_until = self.yesterday
        self.execute(self.make_ready(archive))
        self.assertTrue(order_file.exists())
        entry = self.env["kehu.destruction.register"].search(
            [("archive_id", "=", archive.id)]
        )
        self.assertEqual(entry.kept_file_count, 1)

    def test_the_proof_leaves_a_task_for_the_backups(self):
        application = self.make_ready(self.make_due())
        self.execute(application)
        application.sudo()._prove()
        activity = application.activity_ids.filtered(
            lambda activity: activity.user_id == self.executor
        )
        self.assertTrue(activity)
        self.assertEqual((activity.date_deadline - self.company._kehu_today()).days, 30)
        self.assertTrue(application.certificate_digest)

    def test_list_and_certificate_print_in_chinese_with_their_digest(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["kehu_archive"], ["zh_CN"])
        application = self.make_ready(self.make_due(name="青岛海风机械有限公司"))
        self.execute(application)
        application.sudo()._prove()
        reports = self.env["ir.actions.report"].with_user(self.auditor)
        printed = reports._render_qweb_html(
            "kehu_archive.action_report_kehu_destruction", application.ids
        )[0].decode()
        for text in (
            "档案销毁证明",
            "应保管至",
            "青岛海风机械有限公司",
            application.number,
            application.certificate_digest,
            "未发现",
        ):
            self.assertIn(text, printed)
