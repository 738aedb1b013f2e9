import random
from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ..credit import PLAIN, Facts, Lift, Rules, find_lift, is_better, judge

TODAY = date(2026, 6, 30)
RULES = Rules()


def facts(**values):
    return Facts(1, 1, TODAY, **values)


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


@tagged("post_install", "-at_install")
class TestCreditScoring(BaseCase):
    """The rules of the grades, without database (R88-R90)."""

    def test_who_pays_in_time_is_a(self):
        """R88"""
        verdict = judge(facts(judged=10, on_credit=10), RULES)
        self.assertEqual(verdict.grade, "a")
        self.assertEqual(codes(verdict), ["on_time"])

    def test_who_pays_in_cash_is_a(self):
        """R88"""
        self.assertEqual(codes(judge(facts(judged=4), RULES)), ["cash"])
        agreed = judge(facts(pays_cash=True), RULES)
        self.assertEqual((agreed.grade, codes(agreed)), ("a", ["cash_agreed"]))

    def test_without_history_there_is_no_grade(self):
        verdict = judge(facts(pending=2), RULES)
        self.assertIsNone(verdict.grade)
        self.assertEqual(codes(verdict), ["no_history"])

    def test_late_once_less_than_often_is_a_and_often_is_b(self):
        """R89: x - 1 and x"""
        few = facts(judged=40, late=2, slowest=10)
        self.assertEqual(judge(few, RULES).grade, "a")
        self.assertEqual(judge(few._replace(late=3), RULES).grade, "b")

    def test_a_share_of_late_ones_is_often_too(self):
        """R89"""
        few = facts(judged=11, late=2, slowest=10)
        self.assertEqual(judge(few, RULES).grade, "a")
        self.assertEqual(judge(few._replace(judged=10), RULES).grade, "b")
        off = RULES._replace(often_percent=0)
        self.assertEqual(judge(few._replace(judged=2), off).grade, "a")

    def test_recovered_within_the_days_is_b_and_a_day_later_c(self):
        """R89, R90: y and y + 1"""
        easy = facts(judged=5, late=3, slowest=60)
        self.assertEqual(judge(easy, RULES).grade, "b")
        self.assertEqual(judge(easy._replace(slowest=61), RULES).grade, "c")

    def test_open_for_longer_than_the_days_is_c(self):
        """R90: z and z + 1"""
        owing = facts(judged=9, late=1, overdue_age=90, overdue_amount=5)
        self.assertEqual(judge(owing, RULES).grade, "a")
        self.assertEqual(judge(owing._replace(overdue_age=91), RULES).grade, "c")

    def test_a_written_off_receivable_or_a_dispute_is_c(self):
        """R90"""
        for hard in ({"written_count": 1}, {"disputed": 1}):
            with self.subTest(**hard):
                verdict = judge(facts(judged=20, **hard), RULES)
                self.assertEqual(verdict.grade, "c")

    def test_c_goes_before_b_and_all_reasons_are_told(self):
        """R90"""
        verdict = judge(facts(judged=5, late=5, slowest=70, written_count=1), RULES)
        self.assertEqual(verdict.grade, "c")
        self.assertEqual(
            codes(verdict), ["written_off", "slow", "often_count", "often_share"]
        )

    def test_unmatched_payments_that_cover_the_debt_are_told_and_do_not_count(self):
        owing = facts(
            judged=9, late=1, overdue_age=200, overdue_amount=100, unapplied=100
        )
        verdict = judge(owing, RULES)
        self.assertEqual((verdict.grade, codes(verdict)[-1]), ("a", "unmatched"))
        self.assertEqual(judge(owing._replace(unapplied=99), RULES).grade, "c")

    def test_paying_lifts_a_grade_that_only_an_open_debt_makes(self):
        due = TODAY - timedelta(days=50)
        owing = facts(
            judged=30,
            late=1,
            overdue_age=50,
            overdue_amount=5,
            items=[[1, due.toordinal(), 50, 2]],
        )
        strict = RULES._replace(open_days=40)
        self.assertEqual(judge(owing, strict).grade, "c")
        self.assertEqual(find_lift(owing, strict), Lift("a", TODAY))

    def test_an_old_delay_stops_counting_when_it_leaves_the_window(self):
        due = date(2025, 1, 15)
        slow = facts(
            judged=30, late=1, slowest=100, items=[[1, due.toordinal(), 100, 1]]
        )
        self.assertEqual(find_lift(slow, RULES), Lift("a", date(2027, 1, 16)))

    def test_c_becomes_b_before_it_becomes_a(self):
        items = [[1, date(2024, 9, 1).toordinal(), 90, 1]] + [
            [n, date(2026, 1, n).toordinal(), 9, 1] for n in range(2, 7)
        ]
        slow = facts(judged=12, late=6, slowest=90, items=items)
        self.assertEqual(find_lift(slow, RULES), Lift("b", date(2026, 9, 2)))

    def test_only_taking_the_mark_away_lifts_a_dispute(self):
        self.assertIsNone(find_lift(facts(judged=3, disputed=1), RULES))

    def test_grades_are_ordered(self):
        self.assertTrue(is_better("a", "b"))
        self.assertTrue(is_better("b", "c"))
        self.assertFalse(is_better("c", "c"))
        self.assertTrue(is_better("c", None))
        self.assertFalse(is_better(None, "c"))

    def test_who_owes_nothing_late_is_judged_by_a_few_figures_alone(self):
        """N8: what may be judged once for all of whom the books say the same"""
        dice = random.Random(11)
        for _each in range(2000):
            one = facts(
                judged=dice.randint(0, 5),
                pending=dice.randint(0, 2),
                open_amount=dice.random(),
                unapplied=dice.random(),
                disputed=dice.choice((0, 0, 1)),
                on_credit=dice.randint(0, 2),
                pays_cash=dice.choice((True, False)),
            )
            few = Facts(
                one.party_id,
                **{name: getattr(one, name) for name in PLAIN},
            )
            self.assertEqual(judge(one, RULES), judge(few, RULES))
            self.assertEqual(find_lift(one, RULES), find_lift(few, RULES))
