from odoo.tests import BaseCase

from ..tools.money import Balance, Booking, Demand, book, shortfalls
from ..tools.thresholds import newly_reached, still_told


class TestMoney(BaseCase):
    def test_available_and_share(self):
        balance = Balance(planned=1000, amended=-200, committed=300, actual=340)
        self.assertEqual(balance.available, 160)
        self.assertEqual(balance.share_used, 0.8)

    def test_share_of_nothing(self):
        self.assertEqual(Balance().share_used, 0.0)
        self.assertEqual(Balance(actual=5).share_used, 1.0)

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


class TestThresholds(BaseCase):
    def test_told_once_the_highest(self):
        self.assertIsNone(newly_reached(0.79, (0.8, 1.0), 0.0))
        self.assertEqual(newly_reached(0.8, (0.8, 1.0), 0.0), 0.8)
        self.assertIsNone(newly_reached(0.95, (0.8, 1.0), 0.8))
        self.assertEqual(newly_reached(1.3, (1.0, 0.8), 0.0), 1.0)
        self.assertIsNone(newly_reached(1.4, (0.8, 1.0), 1.0))

    def test_told_again_after_the_budget_grew(self):
        self.assertEqual(still_told(0.5, 0.8), 0.0)
        self.assertEqual(still_told(0.9, 0.8), 0.8)
