from datetime import timedelta

from odoo import Command, api, models

# Customers of long ago: name, business, remark.
_OLD = {
    "泉城五金商行": ("五金零售", "2012 年起往来，2014 年终止"),
    "鲁中包装材料有限公司": ("纸箱与包装材料", "合同已全部履行完毕"),
    "岱岳仪表经营部": ("仪表代理", "负责人退休，停止经营"),
    "济水建材有限公司": ("建筑材料", "已注销"),
}
_REASON = "合作终止多年，保管期限已满，经鉴定无继续保存价值"
_BASIS = "本公司客户档案保管期限表；《中华人民共和国档案法实施条例》第二十四条"


class KehuDemo(models.AbstractModel):
    """Destruction lists at several steps, made through the real procedure."""

    _inherit = "kehu.demo"

    @api.model
    def _load_destructions(self):
        """Apply, approve, register, verify, witness, execute (R19-R24)."""
        archives = [
            self._make_old_archive(name, *facts) for name, facts in _OLD.items()
        ]
        self._apply_for(archives[0])
        self._advance(self._apply_for(archives[1]), "submit approve register")
        self._advance(self._apply_for(archives[2]), "submit approve register verify")
        self._advance(
            self._apply_for(archives[3]),
            "submit approve register verify witness execute",
        )

    @api.model
    def _make_old_archive(self, name, business, remark):
        rep = self._ref("user_rep_demo")
        with self._at(self._moment(self._days_ago(5000))):
            partner = self.env["res.partner"].create(
                {"name": name, "is_company": True, "user_id": rep.id}
            )
            archive = partner.archive_id or self.env["kehu.archive"].create(
                {"partner_id": partner.id}
            )
            archive.write({"main_business": business, "remark": remark})
            self.env["kehu.archive.item"].create(
                {
                    "archive_id": archive.id,
                    "title": "客户档案登记表",
                    "category": "10_registration",
                    "date": self._days_ago(5000),
                    "pages": 2,
                }
            )
            archive.with_user(rep).action_submit()
            self._as_archivist(archive).action_file()
        with self._at(self._moment(self._days_ago(4200))):
            self._as_archivist(archive).action_close("合作终止")
        archive._write_protected(
            {
                "closed_on": self._days_ago(4200),
                "traits_until": False,
                "retention_until": self._days_ago(60),
            }
        )
        return archive

    @api.model
    def _apply_for(self, archive):
        return (
            self.env["kehu.destruction"]
            .with_user(self._ref("user_archivist_demo"))
            .create(
                {
                    "reason": _REASON,
                    "legal_basis": _BASIS,
                    "line_ids": [Command.create({"archive_id": archive.id})],
                }
            )
        )

    @api.model
    def _advance(self, application, steps):
        """Take steps as the users who take them; an executed list cooled off.

        Whatever was executed was verified twelve days ago, the others two.
        """
        days = 12 if "execute" in steps else 2
        moment = self._moment(self._days_ago(days))
        head, auditor = self._ref("user_manager_demo"), self._ref("user_auditor_demo")
        with self._at(moment):
            for step in steps.replace("execute", "").split():
                if step == "approve":
                    application.with_user(head).action_approve()
                elif step == "verify":
                    application.action_verify(paper_seen=True)
                    application.with_user(auditor).action_verify(paper_seen=True)
                elif step == "witness":
                    application.with_user(auditor).action_witness()
                else:
                    getattr(application, f"action_{step}")()
        if "execute" in steps:
            with self._at(moment + timedelta(days=9)):
                application.with_user(
                    self._ref("user_archivist2_demo")
                ).action_execute()
