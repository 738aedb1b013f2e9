from datetime import timedelta

from odoo import Command, api, models

_LAYERS = ["一层", "二层", "三层", "四层", "五层"]
_SLOTS, _FILES_PER_SLOT = 12, 3
_CABINETS = ("cabinet_a_demo", "cabinet_b_demo", "cabinet_c_demo", "cabinet_d_demo")


class KehuDemo(models.AbstractModel):
    """The archive room: places, keys, inspections with a fault, a finished count."""

    _inherit = "kehu.demo"

    @api.model
    def _load_places(self):
        """Divide the cabinets; those of the files name their slots like 二层03."""
        for name in _CABINETS:
            self._ref(name)._make_places(
                len(_LAYERS),
                _SLOTS,
                _FILES_PER_SLOT,
                layer_codes=_LAYERS,
                width=len(str(_SLOTS)),
            )
            self._ref(name).in_use_from = self._days_ago(730)

    @api.model
    def _load_room(self):
        """Care for the cabinets and count two of them, as the archive room does."""
        self._hand_over_keys()
        self._load_inspections()
        self._load_stocktake()

    @api.model
    def _hand_over_keys(self):
        """The spare key of the first cabinet went to the sales manager and came back."""
        archivist, manager = (
            self._ref("user_archivist_demo"),
            self._ref("user_manager_demo"),
        )
        key = self.env["kehu.cabinet.key"].create(
            {
                "cabinet_id": self._ref("cabinet_a_demo").id,
                "name": "2",
                "holder_id": archivist.id,
            }
        )
        key = key.with_user(archivist)
        key._hand_over(manager, manager.name, "档案管理员年休假，代管备用钥匙")
        key._hand_over(archivist, archivist.name, "休假结束，交回备用钥匙")

    @api.model
    def _load_inspections(self):
        """Monthly looks; one fault was put right, one waits, one cabinet is overdue."""
        damp = {
            "finding": "fault",
            "note": "湿度72%，超出60%上限",
            "rectify_by": self._days_ago(50),
        }
        closed = self._inspect("cabinet_a_demo", 58, {"damp": damp})
        faults = closed.line_ids.filtered(lambda line: line.state == "open")
        faults.action_rectify("加装除湿机并更换干燥剂，复测湿度52%")
        faults._write_protected({"rectified_on": self._days_ago(54)})
        fire = {
            "finding": "fault",
            "note": "柜旁灭火器压力不足，临近检验期",
            "rectify_by": self._days_ago(-10),
        }
        self._inspect("cabinet_a_demo", 6, {"fire": fire})
        self._inspect("cabinet_b_demo", 6, {})
        pests = {"finding": "unchecked", "note": "防虫药剂待采购，下次检查"}
        self._inspect("cabinet_c_demo", 20, {"pests": pests})
        self._inspect("cabinet_d_demo", 45, {})

    @api.model
    def _inspect(self, cabinet, days, findings):
        """Inspect a cabinet so many days ago.

        :param str cabinet: external id
        :param dict findings: {condition: values of its line}; the rest is in order
        """
        inspection = (
            self.env["kehu.inspection"]
            .with_user(self._ref("user_archivist_demo"))
            .with_context(**self._get_quiet_context())
            .create(
                {
                    "cabinet_id": self._ref(cabinet).id,
                    "inspected_on": self._days_ago(days),
                }
            )
        )
        for line in inspection.line_ids:
            line.write(findings.get(line.condition, {"finding": "ok"}))
        inspection.action_done()
        return inspection

    @api.model
    def _load_stocktake(self):
        """Two cabinets were counted: one file lay elsewhere, one was not there."""
        archivist = self._ref("user_archivist_demo")
        stocktake = (
            self.env["kehu.stocktake"]
            .with_user(archivist)
            .with_context(**self._get_quiet_context())
            .create(
                {
                    "cabinet_ids": [
                        Command.set(
                            [
                                self._ref("cabinet_c_demo").id,
                                self._ref("cabinet_d_demo").id,
                            ]
                        )
                    ],
                    "witness_id": self._ref("user_auditor_demo").id,
                    "note": "年度清点，先清点里间两柜",
                }
            )
        )
        stocktake.action_start()
        misplaced, missing = (
            self._ref("archive_member_liu_demo"),
            self._ref("archive_member_zhang_demo"),
        )
        place = self._ref("cabinet_d_demo").place_ids.filtered(
            lambda place: place.label == "二层01"
        )
        stocktake._count_file(misplaced, place.cabinet_id, place)
        stocktake.line_ids.filtered(
            lambda line: line.archive_id not in misplaced | missing
        ).action_found()
        stocktake.action_finish()
        self._date_stocktake_back(stocktake)

    @api.model
    def _date_stocktake_back(self, stocktake):
        """Put the count on its day; the only place that writes its stamps by hand."""
        start = self._moment(self._days_ago(12))
        stocktake._write_protected(
            {"started_at": start, "finished_at": start + timedelta(hours=2)}
        )
        lines = self.env["kehu.stocktake.line"].search(
            [("stocktake_id", "=", stocktake.id), ("counted_at", "!=", False)]
        )
        for number, line in enumerate(lines):
            line.counted_at = start + timedelta(minutes=number + 1)
        stocktake.count_ids.cabinet_id.write({"counted_on": self._days_ago(12)})
        cases = self.env["kehu.missing.case"].search(
            [("stocktake_id", "=", stocktake.id)]
        )
        cases._write_protected({"opened_at": start + timedelta(hours=2)})
        cases.write({"note": "已询问经办销售，待核对上次借阅登记"})
