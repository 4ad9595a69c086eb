import doctest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.sales_department_base.tests.properties import reproducible

from ..tools import money
from ..tools.money import Balance, Booking, Demand, book, settle, share_out, shortfalls, take_back
from ..tools.thresholds import newly_reached, still_told


class TestMoney(BaseCase):
    def test_available_and_share(self):
        balance = Balance(planned=1000, amended=-200, committed=300, actual=340)
        self.assertEqual(balance.available, 160)
        self.assertEqual(balance.share_used, 0.8)

    def test_share_of_nothing(self):
        self.assertEqual(Balance().share_used, 0.0)
        self.assertEqual(Balance(actual=5).share_used, 1.0)

    def test_five_figures(self):
        balance = Balance(planned=1000, amended=200, committed=300, actual=300)
        self.assertEqual((balance.budget, balance.available, balance.share_used), (1200, 600, 0.5))
        self.assertEqual((Balance().budget, Balance().available), (0.0, 0.0))
        self.assertEqual(Balance(planned=-1, committed=5).share_used, 1.0)
        self.assertEqual(Balance(planned=1, actual=5).share_used, 5.0)
        self.assertEqual(Balance(committed=-1).share_used, 0.0)
        self.assertEqual(Balance(committed=0.5).share_used, 1.0)

    def test_what_a_document_lacks_leaves_its_money_to_others(self):
        demands = [Demand("a", 1, 50.0), Demand("b", 1, 60.0), Demand("c", 1, 50.0), Demand("d", 1, 0.01)]
        self.assertEqual(shortfalls({1: 100.0}, demands), {"b": 10.0, "d": 0.01})
        self.assertFalse(shortfalls({1: 0.0}, [Demand("a", 1, 0.005)]))
        self.assertTrue(shortfalls({1: 0.0}, [Demand("a", 1, 0.0051)]))
        self.assertFalse(shortfalls({1: 10.0}, [Demand("a", 1, 10.4)], rounding=1))
        self.assertTrue(shortfalls({1: 10.0}, [Demand("a", 1, 10.6)], rounding=1))
        self.assertFalse(shortfalls({1: -5.0}, [Demand("a", 1, -0.5)]))
        self.assertEqual(shortfalls({1: 1.0}, [Demand("a", 1, -5.0), Demand("b", 1, 6.0)]), {})

    def test_documents_are_served_in_order(self):
        demands = [Demand("a", 1, 60.0), Demand("b", 1, 50.0), Demand("c", 1, 40.0), Demand("d", 2, 10.0)]
        self.assertEqual(shortfalls({1: 100.0, 2: 10.0}, demands), {"b": 10.0})

    def test_overdrawn_line_lacks_all_of_it_and_no_more(self):
        self.assertEqual(shortfalls({1: -70.0}, [Demand("a", 1, 30.0)]), {"a": 30.0})

    def test_noise_of_floats_is_no_shortfall(self):
        self.assertFalse(shortfalls({1: 0.1 + 0.2}, [Demand("a", 1, 0.3000000001)]))
        self.assertTrue(shortfalls({1: 0.3}, [Demand("a", 1, 0.31)]))

    def test_nothing_asked_for_is_never_refused(self):
        self.assertFalse(shortfalls({1: -5.0}, [Demand("a", 1, 0.0)]))

    def test_bill_uses_reservation_then_replaces_entries_by_hand(self):
        self.assertEqual(book(80, reserved=100, manual=50), Booking(80, 80, 0))
        self.assertEqual(book(130, reserved=100, manual=50), Booking(130, 100, 30))
        self.assertEqual(book(300, reserved=100, manual=50), Booking(300, 100, 50))

    def test_credit_note_gives_back_no_reservation(self):
        self.assertEqual(book(-40, reserved=100, manual=50), Booking(-40))
        self.assertEqual(book(-40, reserved=100, manual=50, awaiting=20), Booking(-40))
        self.assertEqual(book(0, reserved=100, manual=50, awaiting=20), Booking(0, 0, 0, 0))

    def test_bill_replaces_first_what_awaits_it(self):
        self.assertEqual(book(30, reserved=100, manual=50, awaiting=40), Booking(30, 0, 0, 30))
        self.assertEqual(book(60, reserved=100, manual=50, awaiting=40), Booking(60, 20, 0, 40))
        self.assertEqual(book(160, reserved=100, manual=50, awaiting=40), Booking(160, 100, 20, 40))
        self.assertEqual(book(1), Booking(1, 0, 0, 0))
        self.assertEqual(book(5, reserved=-1, manual=-2, awaiting=-3), Booking(5, 0, 0, 0))

    def test_what_an_expense_adds(self):
        self.assertEqual(Booking(160, 100, 20, 40).new, 100)
        self.assertEqual(Booking(7).new, 7)


class TestTakeBack(BaseCase):
    def test_the_latest_first(self):
        self.assertEqual(take_back([100, 50, 30], 60), [0, 30, 30])
        self.assertEqual(take_back([100, 50, 30], 30), [0, 0, 30])
        self.assertEqual(take_back([100, 50, 30], 0), [0, 0, 0])

    def test_not_more_than_there_is(self):
        self.assertEqual(take_back([100, 50], 151), [100, 50])
        self.assertEqual(take_back([100, -20, 50], 70), [20, 0, 50])
        self.assertEqual(take_back([], 5), [])


cents = st.decimals(-1000, 1000, places=2)
weights = st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=6)
CENT = Decimal("0.01")


class TestShareOut(BaseCase):
    def test_docstring(self):
        self.assertFalse(doctest.testmod(money).failed)

    def _shared(self, total, weights, unit="0.01"):
        parts = share_out(Decimal(total), [Decimal(weight) for weight in weights], Decimal(unit))
        return [str(part.normalize()) for part in parts]

    def test_by_weight(self):
        self.assertEqual(self._shared("130", [1, 3]), ["32.5", "97.5"])
        self.assertEqual(self._shared("130", [0, 3]), ["0", "1.3E+2"])

    def test_what_rounding_leaves(self):
        self.assertEqual(self._shared("1", [1, 1, 1]), ["0.34", "0.33", "0.33"])
        self.assertEqual(self._shared("0.02", [1, 1, 1]), ["0.01", "0.01", "0"])
        self.assertEqual(self._shared("10", [1, 2]), ["3.33", "6.67"])
        self.assertEqual(self._shared("-1", [1, 1, 1]), ["-0.33", "-0.33", "-0.34"])
        self.assertEqual(self._shared("10", [1, 2], "1"), ["3", "7"])
        self.assertEqual(self._shared("10", [2, 1], "5"), ["5", "5"])

    def test_without_weights_all_count_alike(self):
        self.assertEqual(self._shared("3", [0, 0]), ["1.5", "1.5"])
        self.assertEqual(self._shared("0", [0]), ["0"])

    @reproducible
    @given(cents, weights)
    def test_nothing_is_lost(self, total, weights):
        parts = share_out(total, weights, CENT)
        self.assertEqual(sum(parts), total)
        whole = sum(weights) or len(weights)
        for part, weight in zip(parts, weights if any(weights) else [1] * len(weights), strict=True):
            self.assertLess(abs(part - total * weight / whole), CENT)
            self.assertEqual(part, part.quantize(CENT))

    @reproducible
    @given(cents, st.lists(cents, min_size=1, max_size=6))
    def test_settled_amounts_are_the_total(self, total, amounts):
        self.assertEqual(sum(settle(total, amounts, CENT)), total)
        self.assertEqual(settle(sum(amounts), amounts, CENT), amounts)

    def test_settled_by_size(self):
        amounts = [Decimal("13.00"), Decimal("-1.30"), Decimal(0)]
        settled = settle(Decimal("13.13"), amounts, CENT)
        self.assertEqual(settled, [Decimal("14.30"), Decimal("-1.17"), Decimal(0)])


class TestThresholds(BaseCase):
    def test_told_once_the_highest(self):
        self.assertIsNone(newly_reached(0.79, (0.8, 1.0), 0.0))
        self.assertEqual(newly_reached(0.8, (0.8, 1.0), 0.0), 0.8)
        self.assertIsNone(newly_reached(0.95, (0.8, 1.0), 0.8))
        self.assertEqual(newly_reached(1.3, (1.0, 0.8), 0.0), 1.0)
        self.assertIsNone(newly_reached(1.4, (0.8, 1.0), 1.0))

    def test_noise_of_floats(self):
        self.assertEqual(newly_reached(0.8 - 4e-10, (0.8,), 0.0), 0.8)
        self.assertIsNone(newly_reached(0.8 - 6e-10, (0.8,), 0.0))
        self.assertIsNone(newly_reached(0.9, (0.8,), 0.8 - 4e-10))
        self.assertEqual(newly_reached(0.9, (0.8,), 0.8 - 6e-10), 0.8)
        self.assertEqual(still_told(0.8 - 4e-10, 0.8), 0.8)
        self.assertEqual(still_told(0.8 - 6e-10, 0.8), 0.0)
        self.assertEqual(still_told(0.8, 0.8), 0.8)

    def test_told_again_after_the_budget_grew(self):
        self.assertEqual(still_told(0.5, 0.8), 0.0)
        self.assertEqual(still_told(0.9, 0.8), 0.8)
