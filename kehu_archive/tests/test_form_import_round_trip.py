from odoo.tests import tagged

from ..registration import definition
from .form_import_common import FormImportCommon
from .registration_factories import (
    comparable,
    cooperation,
    filled,
    principal,
    typical_archive,
)

# What the form prints of other records, and never takes back.
_COMPUTED = {key for key, fact in definition.FIELDS.items() if fact.readonly}
# Given by the archive room, or the other way to say a fact that is there.
_ELSEWHERE = {
    "name",
    "partner_id.customer_class_id",
    "partner_id.industry_id",
    "partner_id.enterprise_nature_text",
    "partner_id.credit_partner_id",
}


@tagged("post_install", "-at_install")
class TestFormImportRoundTrip(FormImportCommon):
    """Out and in again: nothing changes, nothing is lost, nothing hidden is touched."""

    def full_rows(self):
        """More lines than page 1 holds, with every fact that a line has."""
        return {
            "principal_ids": [
                principal(
                    role=filled(raw=role),
                    name=filled(f"人员{role}"),
                    job_title=filled("总经理"),
                    birth_month=filled(raw="1968-05"),
                    phone=filled("13805321234"),
                    wechat=filled("wjg1968"),
                    email=filled("wjg@hairun.cn"),
                    education=filled("本科"),
                    personality=filled("爱钓鱼\n爱下棋"),
                    family=filled("已婚"),
                    background=filled("二十年机械"),
                    ability=filled("善谈判"),
                    consent_summary=filled(raw="granted"),
                )
                for role in ("owner", "manager", "legal", "purchasing", "finance")
            ],
            "cooperation_ids": [
                cooperation(
                    project=filled(f"项目{number}"),
                    date_start=filled(raw="2026-01-01"),
                    date_end=filled(raw="2026-12-31"),
                    contract_number=filled(f"HT-2026-{number}"),
                    performance=filled(raw="128.6"),
                    collection=filled("按期"),
                )
                for number in range(5)
            ],
        }

    def full(self):
        """Register a customer whose every fact is filled, 无 or refused."""
        # All of the form's rows, whatever the definition calls their facts.
        rows = {
            key: [
                {
                    fact: value
                    for fact, value in line.items()
                    if fact in definition.ROW_FIELDS
                }
                for line in lines
            ]
            for key, lines in self.full_rows().items()
        }
        line = self.imported(self.rep, self.new_form(rows))
        self.assertEqual(line.outcome, "create", line.message)
        archive = self.find().archive_id.with_user(self.rep)
        archive.set_fact_state("development_potential", "refused")
        return archive

    def test_export_then_import_changes_nothing(self):
        """R91, R93, R115: rows, continuation sheets, 无, refusals, traits, market"""
        archive = self.full()
        self.assertEqual(
            archive.principal_ids[0].with_user(self.rep).family, "已婚", "R40"
        )
        self.env.flush_all()
        before = comparable(archive._get_form_data()[0])
        _archive, data = self.printed(archive)
        line = self.imported(self.rep, data)
        self.assertEqual((line.outcome, line.message), ("unchanged", False))
        self.assertEqual((line.change_count, line.cell_ids.mapped("label")), (0, []))
        self.assertEqual(comparable(archive._get_form_data()[0]), before)

    def test_export_then_import_into_an_empty_database_gives_the_same_archive(self):
        """R96: every key of the definition, through a token that means nothing there"""
        archive = self.full()
        before = comparable(archive._get_form_data()[0])
        answered = set(before[0])
        expected = set(typical_archive()) - _COMPUTED - _ELSEWHERE
        self.assertEqual(expected - answered, set(), "the test covers these facts")
        _archive, data = self.printed(archive)
        self.find().unlink()
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "elsewhere")
        line = self.imported(self.rep, data)
        self.assertEqual(line.outcome, "create", line.message)
        again = self.find().archive_id.with_user(self.rep)
        self.assertNotEqual(again, archive)
        after = comparable(again._get_form_data()[0])
        for key in definition.FIELDS:
            with self.subTest(key=key):
                self.assertEqual(after[0].get(key), before[0].get(key))
        self.assertEqual(after[1], before[1])

    def test_a_fact_that_the_reader_may_not_see_is_never_overwritten(self):
        """R96: typed over 未授权, the archive stays as it is"""
        archive = self.registered()
        bank = archive.partner_id.sudo().bank_ids
        self.env["ir.rule"].create(
            {
                "name": "No bank for anybody",
                "model_id": self.env["ir.model"]._get_id("res.partner.bank"),
                "domain_force": "[(0, '=', 1)]",
            }
        )
        _archive, data = self.printed(archive)
        line = self.imported(self.rep, data, apply=False)
        self.assertEqual(line.outcome, "unchanged", line.message)
        key = "partner_id__bank_ids__acc_number"
        line = self.imported(self.rep, self.edited(data, **{key: "6222000000"}))
        self.assertEqual(line.outcome, "unchanged", line.message)
        kept = line.cell_ids.filtered(lambda cell: cell.kind == "kept")
        self.assertIn("未授权", kept.mapped("current"))
        self.assertEqual(bank.acc_number, "3803020119200123456")

    def test_a_trait_without_consent_is_refused_and_names_the_person(self):
        """R40: what is typed over 未取得同意 needs the consent first"""
        archive = self.registered()
        archive.principal_ids.consent_ids.unlink()
        archive.invalidate_recordset()
        _archive, data = self.printed(archive)
        self.assertEqual(self.imported(self.rep, data).outcome, "unchanged")
        line = self.imported(
            self.rep, self.edited(data, principal_ids__personality="爱钓鱼")
        )
        self.assertEqual(line.outcome, "refused")
        self.assertIn("王建国", line.message)
        self.assertFalse(archive.principal_ids.personality)

    def test_a_mark_on_paper_is_a_mark_in_the_archive(self):
        """R91: 无 comes in as not applicable, 拒绝提供 as refused"""
        archive, data = self.printed()
        data = self.edited(data, remark="无", main_business="拒绝提供")
        line = self.imported(self.rep, data)
        self.assertEqual(line.outcome, "update", line.message)
        states = {fact.key: fact.state for fact in archive.fact_ids}
        self.assertEqual(states["remark"], "na")
        self.assertEqual(states["main_business"], "refused")
        self.assertFalse(archive.main_business)

    def test_natures_industries_and_categories_come_in_as_they_went_out(self):
        """R84, R85, R86: each value of the form's lists"""
        archive, data = self.printed()
        lists = {
            "partner_id.enterprise_nature_id": "nature",
            "partner_id.customer_category": "category",
        }
        for key, options in lists.items():
            for option in definition.OPTIONS[options]:
                with self.subTest(key=key, option=option.code):
                    edited = self.edited(data, **{key.replace(".", "__"): option.label})
                    line = self.imported(self.rep, edited)
                    self.assertNotEqual(line.outcome, "refused", line.message)
                    after = archive._get_form_data()[0].get(key)
                    self.assertEqual(after.raw, option.code)
                    _archive, data = self.printed(archive)
        for label in self.env["kehu.industry.label"].search([]):
            with self.subTest(industry=label.name):
                name = label.with_context(lang="zh_CN").name
                edited = self.edited(data, partner_id__industry_text=name)
                line = self.imported(self.rep, edited)
                self.assertNotEqual(line.outcome, "refused", line.message)
                self.assertEqual(archive.partner_id.industry_text, name)
                if label.industry_id:
                    industry = archive.partner_id.industry_id
                    self.assertEqual(industry, label.industry_id)
                _archive, data = self.printed(archive)
