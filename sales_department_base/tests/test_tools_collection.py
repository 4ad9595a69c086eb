"""What was really paid, out of invoices, payments and credit notes: examples, and what holds for every history."""

from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.collection import InvoicedPart, collection
from .properties import reproducible


@dataclass
class Paper:
    """An invoice of a charge and of goods in cents, and what happened to it, as a bookkeeper would note it."""

    charge: int
    goods: int
    paid: int = 0
    repaid: int = 0
    charge_back: int = 0
    goods_back: int = 0
    open_credit: int = 0
    given_back: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        return self.charge + self.goods

    @property
    def applied(self) -> int:
        """Credit deducted from what is due."""
        return self.charge_back + self.goods_back - self.open_credit - self.repaid

    @property
    def due(self) -> int:
        return self.total - self.paid - self.applied - self.given_back - self.lost

    def pay(self, amount: int) -> None:
        self.paid += min(amount, self.due)

    def credit(self, charge: int, goods: int) -> None:
        """Credit the charge, the goods; what is not due any more waits."""
        charge = min(charge, self.charge - self.charge_back)
        goods = min(goods, self.goods - self.goods_back)
        left = max(self.total - self.charge_back - self.goods_back - self.given_back - self.lost, 0)
        charge = min(charge, left)
        goods = min(goods, left - charge)
        waiting = max(charge + goods - self.due, 0)
        self.charge_back += charge
        self.goods_back += goods
        self.open_credit += waiting

    def repay(self) -> None:
        """Pay back the credit that waits."""
        self.repaid += self.open_credit
        self.open_credit = 0

    def lose(self, amount: int) -> None:
        self.lost += min(amount, self.due)

    def give_back(self, amount: int) -> None:
        """Settle the invoice with what was promised back."""
        self.given_back += min(amount, self.due)

    def net(self) -> tuple[int, int]:
        """Return what is charged now: of the charge, and in all."""
        charge = self.charge - self.charge_back
        return charge, charge + self.goods - self.goods_back

    def held(self) -> int:
        """Return the money that pays for what is charged now."""
        return self.paid - self.repaid - self.open_credit

    def said(self, rate: int = 1, converted: bool = False) -> InvoicedPart:
        return InvoicedPart(
            part=self.charge * rate,
            total=self.total * rate,
            due=self.due * rate,
            corrected=(self.charge_back + self.goods_back) * rate,
            refunded=self.given_back * rate,
            corrected_part=self.charge_back * rate,
            open_credit=self.open_credit * rate,
            written_off=self.lost * rate,
            charge=self.charge,
            quantity=self.charge,
            is_converted=converted,
        )


cents = st.integers(0, 100_000)
events = st.one_of(
    st.tuples(st.just("pay"), cents),
    st.tuples(st.just("credit"), cents, cents),
    st.tuples(st.just("repay")),
    st.tuples(st.just("lose"), st.integers(0, 500)),
    st.tuples(st.just("give_back"), st.integers(0, 20_000)),
)


@st.composite
def papers(draw):
    """Return an invoice after a random history."""
    paper = Paper(draw(st.integers(1, 100_000)), draw(st.sampled_from((0, 1, 5_000, 300_000))))
    for name, *amounts in draw(st.lists(events, max_size=8)):
        getattr(paper, name)(*amounts)
    return paper


def expected(found: list[Paper], charged: int) -> tuple[Fraction, Fraction]:
    """Return what was paid of a charge, and what is owed of it, worked out exactly."""
    paid, owed = Fraction(0), Fraction(charged)
    for paper in found:
        charge, whole = paper.net()
        if charge:
            paid += Fraction(charge * paper.held(), whole)
            owed -= paper.charge - Fraction(charge * (paper.due), whole)
    return paid, max(owed, Fraction(0))


@tagged("at_install")
class TestToolsCollection(BaseCase):
    """What was really paid, out of invoices, payments and credit notes."""

    def test_collection(self):
        for case, invoices, charged, wanted in [
            ("nothing invoiced", [], 100, (0, 0)),
            ("unpaid", [(100, 100, 100)], 100, (0, 0)),
            ("part of a larger invoice", [(100, 200, 50)], 100, (0.75, 0.75)),
            ("one of two invoices", [(60, 60, 0), (40, 40, 40)], 100, (0.6, 0.6)),
            ("paid", [(100, 100, 0)], 100, (1, 1)),
            ("all by down payment", [(100, 100, 0), (0, 0, 0)], 100, (1, 1)),
            ("down payment of 30", [(30, 30, 0), (70, 70, 70)], 100, (0.3, 0.3)),
            ("nothing ordered", [(1, 1, 0)], 0, (0, 0)),
            ("a discount line", [(100, 1, 0)], 100, (0.01, 0.01)),
            ("corrected, not paid", [(100, 100, 50, 50)], 100, (0, 0)),
            ("corrected, the rest paid", [(100, 100, 0, 50)], 100, (0.5, 1)),
            ("paid, repaid by half", [(100, 100, 0, 50)], 100, (0.5, 1)),
            ("taken back", [(100, 100, 0, 100)], 100, (0, 0)),
            ("taken back, invoiced again", [(100, 100, 0, 100), (100, 100, 0)], 100, (1, 1)),
            ("a refund settles half of an unpaid fee", [(100, 100, 50, 0, 50)], 100, (0, 0.5)),
            ("a refund settles all of it", [(100, 100, 0, 0, 100)], 100, (0, 1)),
            ("the fee of a larger invoice is taken back", [(100, 400, 0, 100, 0, 100)], 100, (0, 0)),
            ("credit for the rest of a larger invoice", [(100, 400, 150, 100, 0, 0)], 100, (0.5, 0.5)),
            ("credit for more than the rest", [(100, 400, 0, 340, 0, 0)], 100, (0.6, 1)),
            ("more credit for the fee than it was", [(100, 400, 0, 150, 0, 150)], 100, (0, 0)),
            ("more credited than invoiced of the rest", [(100, 400, 0, 100, 0, -1)], 100, (1, 1)),
            ("credit alike", [(100, 400, 0, 100)], 100, (0.75, 1)),
            ("a discount of 2", [(100, 100, 0, 0, 0, None, 0, 2)], 100, (0.98, 1)),
            ("credit that waits beside what is due", [(100, 100, 100, 50, 0, None, 50)], 100, (0, 0)),
            ("credit that waits, the rest paid", [(100, 100, 50, 50, 0, None, 50)], 100, (0.5, 1)),
            ("credit that waits, more paid", [(100, 100, 40, 50, 0, None, 50)], 100, (0.5, 1)),
            ("invoiced twice, one paid", [(100, 100, 0), (100, 100, 100)], 100, (1, 0)),
            ("too much invoiced, and paid", [(100, 100, 0), (10, 10, 0)], 100, (1, 1)),
            ("nothing due, nothing charged", [(0, 0, 0)], 100, (0, 0)),
            ("less than one", [(0.5, 0.5, 0)], 0.5, (1, 1)),
            ("a tenth of a cent on a billion", [(1e9, 1e9, 0.01)], 1e9, (0.99999999999, 0.99999999999)),
            ("a tenth of a cent on a hundred billion", [(1e9, 1e9, 0.001)], 1e9, (0.999999999999, 0.999999999999)),
            ("noise on a billion", [(1e9, 1e9, 0.0004)], 1e9, (1, 1)),
            ("less than nothing ordered", [(1, 1, 0)], -0.5, (0, 0)),
            ("a charge that is more than noise", [(4e-12, 4e-12, 0)], 4e-12, (1, 1)),
            ("a charge that is noise", [(4e-13, 4e-13, 0)], 4e-13, (0, 0)),
            ("more credited of the rest, half paid", [(100, 400, 150, 100, 0, -1)], 100, (0.5, 0.5)),
            ("credit that nothing tells of", [(100, 100, 100, 50), (100, 100, 0)], 200, (0.5, 0.666666666667)),
            ("settled beyond its total", [(100, 100, 0, 60, 50), (100, 100, 0)], 200, (0.5, 1)),
            (
                "settled beyond its total, one unpaid",
                [(100, 100, 0, 60, 50), (100, 100, 100)],
                200,
                (0, 0.285714285714),
            ),
            ("settled beyond its total, credit waits", [(100, 100, 0, 60, 50, None, 60)], 100, (0, 1)),
            ("an invoice of other things", [(0, 50, 0), (100, 100, 0)], 100, (1, 1)),
            ("less than one deducted", [(100, 100, 0), (-0.5, 50, 50)], 100, (0.995, 0.995)),
            ("deducted, and two invoices", [(-20, 100, 0), (60, 60, 30), (60, 60, 0)], 100, (0.7, 0.7)),
            ("deducted from nothing", [(-50, 100, 0)], 100, (0, 0)),
            ("a discount of all", [(100, 0, 0)], 100, (0, 0)),
            ("a tenth of a cent open in two", [(1, 1, 0), (1, 1, 1)], 2, (0.5, 0.5)),
        ]:
            with self.subTest(case):
                found = collection([InvoicedPart(*invoice) for invoice in invoices], charged)
                self.assertEqual((found.share, found.settled), wanted)

    def test_down_payment_deducted_elsewhere(self):
        """A down payment on 100 of 400, deducted from an invoice that charges only the other 300, is no payment."""
        deposit = InvoicedPart(50, 200, 0)
        others = InvoicedPart(-50, 100, 100)
        self.assertEqual(collection([deposit, others], 100).share, 0.0)
        self.assertEqual(collection([deposit, replace(others, due=0)], 100).settled, 0.0)
        last = InvoicedPart(100, 100, 0)
        self.assertEqual(collection([deposit, others, last], 100), collection([last], 100))
        self.assertFalse(replace(others, corrected=50).is_reversed)
        self.assertTrue(replace(others, corrected=100).is_reversed)
        self.assertEqual(collection([deposit, replace(others, charge=-20, due=0)], 100).share, 0.3)

    def test_in_the_terms_of_the_charge(self):
        """What an invoice says about the charge is told apart from its own amounts."""
        dollars = InvoicedPart(125, 250, 125, charge=1.0)
        self.assertEqual((collection([dollars], 1).share, collection([dollars], 1).settled), (0.5, 0.5))
        self.assertEqual(collection([replace(dollars, charge=0.5, due=0)], 1).settled, 0.5)
        self.assertEqual(collection([dollars, dollars], 2).share, 0.5)

    def test_rates_that_drift(self):
        """An invoice in another currency that charges the whole quantity charges all of what is left, near enough."""
        whole = InvoicedPart(125, 125, 0, charge=0.96, quantity=1.0, is_converted=True)
        for case, change, wanted in [
            ("a little less", {}, (1.0, 1.0)),
            ("a little more", {"charge": 1.06}, (1.0, 1.0)),
            ("half paid", {"due": 62.5}, (0.5, 0.5)),
            ("just near enough", {"charge": 0.90909090909091}, (1.0, 1.0)),
            ("a little too far", {"charge": 0.909}, (0.909, 0.909)),
            ("half the quantity", {"quantity": 0.5}, (0.96, 0.96)),
            ("all but noise of the quantity", {"quantity": 1 - 4e-7}, (1.0, 1.0)),
            ("more than noise is missing", {"quantity": 1 - 4e-6}, (0.96, 0.96)),
            ("the same currency", {"is_converted": False}, (0.96, 0.96)),
        ]:
            with self.subTest(case):
                found = collection([replace(whole, **change)], 1)
                self.assertEqual((found.share, found.settled), wanted)
        ten = replace(whole, charge=10, quantity=11)
        self.assertEqual(collection([ten], 11).share, 1, "a tenth of ten is near enough")
        too_much = collection([replace(whole, charge=1.2, due=62.5)], 1)
        self.assertEqual((too_much.share, too_much.settled), (0.6, 0.4))

    def test_rates_that_drift_beside_another_currency(self):
        mine = InvoicedPart(400, 400, 400, charge=0.4, quantity=0.4)
        dollars = InvoicedPart(75, 75, 0, charge=0.58, quantity=0.6, is_converted=True)
        found = collection([mine, dollars], 1)
        self.assertEqual((found.share, found.settled), (0.6, 0.6))
        found = collection([replace(mine, due=0), replace(dollars, due=75)], 1)
        self.assertEqual((found.share, found.settled), (0.4, 0.4))
        back = replace(dollars, corrected=37.5)
        found = collection([replace(mine, due=0), back], 1)
        self.assertEqual((found.share, found.settled), (0.7, 1.0))
        found = collection([replace(mine, due=0), replace(back, due=37.5)], 1)
        self.assertEqual((found.share, found.settled), (0.4, round(1 - 0.3 / 0.7, 12)))
        gone = replace(dollars, corrected=75)
        self.assertEqual(collection([mine, gone], 1).settled, 0.0)

    def test_noise(self):
        """A millionth is noise, ten of them are not; the defaults say nothing."""
        plain = InvoicedPart(100, 100, 100)
        self.assertEqual((plain.quantity, plain.open_credit, plain.written_off, plain.charge), (0, 0, 0, None))
        for left, is_reversed in ((4e-7, True), (6e-7, False), (4e-6, False)):
            self.assertEqual(replace(plain, corrected=100 - left).is_reversed, is_reversed)
            self.assertEqual(replace(plain, due=left).is_owed, not is_reversed)
        small = InvoicedPart(0.5, 1, 1, corrected=0.5, corrected_part=0.5)
        self.assertTrue(small.is_reversed)

    def test_what_one_invoice_tells(self):
        whole = InvoicedPart(100, 400, 400)
        for case, invoice, is_reversed, is_owed, counts in [
            ("unpaid", whole, False, True, True),
            ("paid", replace(whole, due=0), False, False, True),
            ("a cent is due", replace(whole, due=0.01), False, True, True),
            ("noise is due", replace(whole, due=1e-7), False, False, True),
            ("taken back", replace(whole, corrected=400), True, False, False),
            ("taken back but for noise", replace(whole, corrected=400 - 1e-7), True, False, False),
            ("taken back but for a cent", replace(whole, corrected=399.99, due=0.01), False, True, True),
            ("the charge taken back", replace(whole, corrected=100, corrected_part=100), True, False, False),
            ("the charge taken back, waiting", replace(whole, corrected=100, corrected_part=100.5), True, False, False),
            ("the rest taken back", replace(whole, corrected=300, due=100, corrected_part=0), False, True, True),
            ("nothing charged", InvoicedPart(0, 0, 0), False, False, False),
            ("a discount of all", InvoicedPart(100, 0, 0), False, False, False),
            ("a discount of all, credited", InvoicedPart(100, 0, 0, 50), False, False, False),
            ("other things", InvoicedPart(0, 50, 50), False, True, True),
            ("other things, credited in part", InvoicedPart(0, 50, 0, 20), False, False, True),
            ("a bit deducted, credited in part", InvoicedPart(-0.5, 50, 0, 20), False, False, True),
            ("very little charged", InvoicedPart(0.01, 0.01, 0.01), False, True, True),
        ]:
            with self.subTest(case):
                self.assertEqual((invoice.is_reversed, invoice.is_owed, invoice.counts), (is_reversed, is_owed, counts))

    @settings(reproducible, max_examples=400)
    @given(st.lists(papers(), max_size=3), st.integers(0, 100_000))
    def test_any_history(self, found, not_invoiced):
        """As a bookkeeper works it out; what is settled says when nothing is owed; the order does not matter."""
        charged = sum(paper.charge for paper in found if paper.net()[0]) + not_invoiced
        said = [paper.said() for paper in found]
        result = collection(said, charged)
        paid, owed = expected(found, charged)
        self.assertAlmostEqual(result.share, float(paid / charged) if charged else 0.0, 9)
        self.assertTrue(0 <= result.share <= 1 and 0 <= result.settled <= 1)
        if charged:
            self.assertEqual(result.settled == 1, not owed, (found, owed))
        turned = collection(reversed(said), charged)
        self.assertAlmostEqual(turned.share, result.share, 9)
        self.assertAlmostEqual(turned.settled, result.settled, 9)
        for paper, invoice in zip(found, said, strict=True):
            self.assertEqual(invoice.is_reversed, not paper.net()[0])
            self.assertEqual(invoice.is_owed, bool(paper.net()[0] and paper.due))

    @settings(reproducible, max_examples=200)
    @given(st.lists(st.tuples(papers(), st.sampled_from((1, 3, 8))), min_size=1, max_size=3))
    def test_any_currency(self, found):
        """What was collected does not depend on the currency in which an invoice counts."""
        charged = sum(paper.charge for paper, _rate in found)
        own = collection([paper.said() for paper, _rate in found], charged)
        changed = collection([paper.said(rate) for paper, rate in found], charged)
        self.assertAlmostEqual(own.share, changed.share, 9)
        self.assertAlmostEqual(own.settled, changed.settled, 9)
