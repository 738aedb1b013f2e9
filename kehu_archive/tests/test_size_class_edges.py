from odoo.tests import BaseCase, TransactionCase, tagged

from ..registration import sizing

# The national table of 2017, written out from its text, one line per row: the lower
# limits (大型, 中型, 小型) of employees (人), revenue (万元) and total assets (万元).
TABLE = {
    "农、林、牧、渔业": ("A", None, (20000, 500, 50), None),
    "工业": ("C", (1000, 300, 20), (40000, 2000, 300), None),
    "建筑业": ("E", None, (80000, 6000, 300), (80000, 5000, 300)),
    "批发业": ("51", (200, 20, 5), (40000, 5000, 1000), None),
    "零售业": ("52", (300, 50, 10), (20000, 500, 100), None),
    "交通运输业": ("54", (1000, 300, 20), (30000, 3000, 200), None),
    "仓储业": ("592", (200, 100, 20), (30000, 1000, 100), None),
    "邮政业": ("60", (1000, 300, 20), (30000, 2000, 100), None),
    "住宿业": ("61", (300, 100, 10), (10000, 2000, 100), None),
    "餐饮业": ("62", (300, 100, 10), (10000, 2000, 100), None),
    "信息传输业": ("63", (2000, 100, 10), (100000, 1000, 100), None),
    "软件和信息技术服务业": ("65", (300, 100, 10), (10000, 1000, 50), None),
    "房地产开发经营": ("701", None, (200000, 1000, 100), (10000, 5000, 2000)),
    "物业管理": ("702", (1000, 300, 100), (5000, 1000, 500), None),
    "租赁和商务服务业": ("L", (300, 100, 10), None, (120000, 8000, 100)),
    "其他未列明行业": ("82", (300, 100, 10), None, None),
}
SIZES = ("large", "medium", "small", "micro")
INDICATORS = ("employees", "revenue", "assets")


@tagged("post_install", "-at_install")
class TestSizeClassEdges(TransactionCase):
    """R05: every edge of every row of the national size table."""

    def _get_rows(self):
        """Yield each row: its name, the rule of its industry, its limits."""
        Industry = self.env["res.partner.industry"]
        for name, (code, *limits) in TABLE.items():
            industry = Industry.search([("code", "=", code)])
            used = {
                indicator: floors
                for indicator, floors in zip(INDICATORS, limits, strict=True)
                if floors
            }
            yield name, industry._get_size_rule(), used

    def test_r05_each_lower_limit_is_met_exactly_and_missed_by_one(self):
        for name, rule, limits in self._get_rows():
            for edge, size in enumerate(SIZES[:3]):
                met = {key: floors[edge] for key, floors in limits.items()}
                with self.subTest(row=name, size=size):
                    self.assertEqual(sizing.classify(rule, **met)[0], size)
                for indicator in limits:
                    missed = {**met, indicator: met[indicator] - 1}
                    with self.subTest(row=name, size=size, missed=indicator):
                        below = SIZES[edge + 1]
                        self.assertEqual(
                            sizing.classify(rule, **missed), (below, indicator)
                        )

    def test_r05_the_lowest_indicator_decides(self):
        """All limits must be met: one poor indicator pulls down by several classes."""
        for name, rule, limits in self._get_rows():
            top = {key: floors[0] for key, floors in limits.items()}
            for indicator, floors in limits.items():
                for edge, size in ((1, "medium"), (2, "small")):
                    facts = {**top, indicator: floors[edge]}
                    with self.subTest(row=name, indicator=indicator, size=size):
                        self.assertEqual(sizing.classify(rule, **facts)[0], size)

    def test_r05_one_indicator_alone_makes_a_micro_enterprise(self):
        for name, rule, limits in self._get_rows():
            for indicator, floors in limits.items():
                with self.subTest(row=name, indicator=indicator):
                    size = sizing.classify(rule, **{indicator: floors[2] - 1})
                    self.assertEqual(size, ("micro", indicator))

    def test_r05_a_missing_indicator_gives_no_class_but_says_which(self):
        for name, rule, limits in self._get_rows():
            for indicator in limits:
                facts = {key: floors[0] for key, floors in limits.items()}
                del facts[indicator]
                with self.subTest(row=name, missing=indicator):
                    self.assertEqual(
                        sizing.classify(rule, **facts), (None, f"missing_{indicator}")
                    )

    def test_r05_indicators_that_the_row_does_not_use_change_nothing(self):
        for name, rule, limits in self._get_rows():
            facts = {key: floors[0] for key, floors in limits.items()}
            unused = dict.fromkeys(set(INDICATORS) - set(limits), 0)
            with self.subTest(row=name):
                self.assertEqual(sizing.classify(rule, **facts, **unused)[0], "large")

    def test_r05_fractions_just_below_a_limit_miss_it(self):
        self.assertEqual(sizing.classify("agriculture", revenue=49.99)[0], "micro")
        self.assertEqual(sizing.classify("agriculture", revenue=499.99)[0], "small")
        self.assertEqual(sizing.classify("agriculture", revenue=0)[0], "micro")

    def test_r05_industries_out_of_the_table_have_no_class(self):
        Industry = self.env["res.partner.industry"]
        for code in ("53", "J", "66", "P", "83", "84", "S", "91", "T", "97", "704"):
            rule = Industry.search([("code", "=", code)])._get_size_rule()
            with self.subTest(code=code):
                self.assertEqual(
                    sizing.classify(rule, 5000, 500000, 500000), (None, "not_covered")
                )

    def test_r05_a_section_of_several_rows_does_not_decide(self):
        Industry = self.env["res.partner.industry"]
        for code in ("F", "G", "59", "I", "K", "70", "Q"):
            rule = Industry.search([("code", "=", code)])._get_size_rule()
            with self.subTest(code=code):
                self.assertEqual(
                    sizing.classify(rule, 5000, 500000, 500000), (None, "no_rule")
                )

    def test_r05_divisions_outside_the_named_rows_are_other_industries(self):
        Industry = self.env["res.partner.industry"]
        codes = "M 73 74 75 N 76 77 78 79 O 80 81 82 85 R 86 87 88 89 90 703 709"
        for code in codes.split():
            with self.subTest(code=code):
                industry = Industry.search([("code", "=", code)])
                self.assertEqual(industry._get_size_rule(), "other")

    def test_r05_a_narrower_industry_takes_the_row_of_what_it_is_part_of(self):
        division = self.env.ref("kehu_archive.industry_34")
        group = division.create(
            {"name": "Boilers", "code": "341", "parent_id": division.id}
        )
        self.assertEqual(group._get_size_rule(), "industry")


@tagged("kehu_pure")
class TestSizeClassFacts(BaseCase):
    """R05: facts that cannot be are refused, not classified."""

    def test_r05_negative_facts_are_refused(self):
        self.assertEqual(
            sizing.classify("industry", -1, 40000), (None, "invalid_employees")
        )
        self.assertEqual(
            sizing.classify("industry", 1000, -0.01), (None, "invalid_revenue")
        )
        self.assertEqual(
            sizing.classify("construction", None, 80000, -5), (None, "invalid_assets")
        )

    def test_r05_an_industry_without_a_row_has_no_class(self):
        for rule in (None, False, "", "unknown"):
            with self.subTest(rule=rule):
                self.assertEqual(sizing.classify(rule, 1, 1, 1), (None, "no_rule"))
