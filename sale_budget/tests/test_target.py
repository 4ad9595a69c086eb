"""What a document should hold of its budget: examples, and what holds for every history (hypothesis)."""

import doctest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..tools import target
from ..tools.target import Entry, Figures, difference

LINE = "samples"
amounts = st.decimals(0, 500, places=2)


class Ledger:
    """A ledger in memory that books as the model does: a fact, then what is missing."""

    def __init__(self):
        self.rows = []
        self.posted = {}

    def _book(self, kind, origin, amount, line=LINE, **more):
        self.rows.append(Entry(line, kind, origin, Decimal(amount), **more))
        for of_line, missing in difference(self.rows).items():
            self.rows.append(Entry(of_line, "commitment", "spend", missing.reserved))
            self.rows.append(Entry(of_line, "actual", "offset", missing.actual))

    def approve(self, amount, line=LINE):
        self._book("commitment", "commit", amount, line)

    def release(self):
        self._book("commitment", "release", 0)

    def manual(self, amount):
        self._book("actual", "spend", amount)

    def post(self, paper, amount, bill=None, line=LINE):
        """Let a bill or credit note count with this amount from now on; 0 when it is reset."""
        change = Decimal(amount) - self.posted.get((paper, line), 0)
        self.posted[paper, line] = Decimal(amount)
        self._book("actual", "source", change, line, source=paper, bill=bill)

    def figures(self, line=LINE):
        """Return what is booked: reserved and actual."""
        booked = target.booked(self.rows).get(line, Figures())
        return booked.reserved, booked.actual


class TestTarget(BaseCase):
    def setUp(self):
        super().setUp()
        self.ledger = Ledger()

    def test_docstring(self):
        self.assertFalse(doctest.testmod(target).failed)

    def test_first_of_two_bills_is_reset(self):
        self.ledger.approve(300)
        self.ledger.post("a", 200)
        self.ledger.post("b", 150)
        self.assertEqual(self.ledger.figures(), (0, 350))
        self.ledger.post("a", 0)
        self.assertEqual(self.ledger.figures(), (150, 150))

    def test_bill_replaces_cost_entered_before_it(self):
        self.ledger.approve(300)
        self.ledger.manual(100)
        self.ledger.post("a", 200)
        self.assertEqual(self.ledger.figures(), (0, 300))
        self.ledger.post("b", 60)
        self.assertEqual(self.ledger.figures(), (0, 300))
        self.ledger.post("a", 0)
        self.assertEqual(self.ledger.figures(), (140, 160))
        self.ledger.post("a", 200)
        self.assertEqual(self.ledger.figures(), (0, 300))

    def test_cost_entered_after_the_bill_comes_on_top(self):
        self.ledger.approve(300)
        self.ledger.post("a", 300)
        self.ledger.manual(50)
        self.ledger.post("a", 0)
        self.assertEqual(self.ledger.figures(), (250, 50))
        self.ledger.post("a", 300)
        self.assertEqual(self.ledger.figures(), (0, 350))

    def test_bill_replaces_cost_entered_while_it_was_reset(self):
        for is_final in (False, True):
            with self.subTest(is_final=is_final):
                self.setUp()
                self.ledger.approve(300)
                self.ledger.post("a", 300)
                self.ledger.post("a", 0)
                self.ledger.manual(300)
                if is_final:
                    self.ledger.release()
                self.ledger.post("a", 300)
                self.assertEqual(self.ledger.figures(), (0, 300))
                self.ledger.post("a", 310)
                self.assertEqual(self.ledger.figures(), (0, 310))

    def test_closed_document_reserves_nothing_again(self):
        self.ledger.approve(300)
        self.ledger.post("a", 200)
        self.ledger.release()
        self.assertEqual(self.ledger.figures(), (0, 200))
        self.ledger.post("a", 0)
        self.assertEqual(self.ledger.figures(), (0, 0))

    def test_approved_again_after_a_release(self):
        self.ledger.approve(300)
        self.ledger.post("a", 200)
        self.ledger.post("a", 0)
        self.ledger.release()
        self.ledger.approve(400)
        self.assertEqual(self.ledger.figures(), (400, 0))
        self.ledger.post("a", 200)
        self.assertEqual(self.ledger.figures(), (200, 200))

    def test_credit_note_of_a_part_gives_back_no_reservation(self):
        self.ledger.approve(300)
        self.ledger.post("bill", 200)
        self.ledger.post("credit", -50, bill="bill")
        self.assertEqual(self.ledger.figures(), (100, 150))

    def test_bill_that_was_taken_back_counts_as_if_it_had_never_been(self):
        self.ledger.approve(300)
        self.ledger.manual(50)
        self.ledger.post("bill", 280)
        self.assertEqual(self.ledger.figures(), (0, 300))
        self.ledger.post("credit", -280, bill="bill")
        self.assertEqual(self.ledger.figures(), (250, 50))
        self.ledger.post("instead", 280)
        self.assertEqual(self.ledger.figures(), (0, 300))
        self.ledger.post("credit", 0, bill="bill")
        self.assertEqual(self.ledger.figures(), (0, 560))

    def test_bill_of_another_line_uses_no_reservation(self):
        self.ledger.approve(300)
        self.ledger.post("a", 200, line="visits")
        self.assertEqual(self.ledger.figures(), (300, 0))
        self.assertEqual(self.ledger.figures("visits"), (0, 200))
        self.ledger.approve(100, line="visits")
        self.ledger.release()
        self.assertEqual(self.ledger.figures(), (0, 0))
        self.assertEqual(self.ledger.figures("visits"), (0, 200))


#: What may happen to a document: its papers are two bills and a credit note of the first.
events = st.lists(
    st.one_of(
        st.tuples(st.just("approve"), amounts),
        st.tuples(st.just("manual"), amounts),
        st.tuples(st.just("release")),
        st.tuples(st.just("post"), st.sampled_from(["a", "b"]), amounts),
        st.tuples(st.just("post"), st.just("credit"), amounts.map(lambda amount: -amount), st.just("a")),
        st.tuples(st.just("post"), st.sampled_from(["a", "b"]), st.just(0)),
        st.tuples(st.just("post"), st.just("credit"), st.just(0), st.just("a")),
    ),
    max_size=12,
)
reproducible = settings(database=None, deadline=None, derandomize=True)


class TestEveryHistory(BaseCase):
    def _from_scratch(self, history):
        """Book every paper once, where it was first seen, with the amount that it has in the end.

        One that stood reset when cost was entered by hand is first seen after that.
        """
        facts = {}
        for place, (kind, *details) in enumerate(history):
            if kind == "manual":
                facts = {key: fact for key, fact in facts.items() if fact[0] != "post" or fact[2]}
            facts[details[0] if kind == "post" else place] = (kind, *details)
        ledger = Ledger()
        for kind, *details in facts.values():
            getattr(ledger, kind)(*details)
        return ledger.figures()

    @reproducible
    @given(events)
    def test_corrections_leave_no_trace(self, history):
        ledger = Ledger()
        for number, (kind, *details) in enumerate(history, 1):
            getattr(ledger, kind)(*details)
            self.assertEqual(ledger.figures(), self._from_scratch(history[:number]))

    @reproducible
    @given(events)
    def test_nothing_is_lost_or_counted_twice(self, history):
        ledger, approved, manual = Ledger(), 0, 0
        for kind, *details in history:
            getattr(ledger, kind)(*details)
            if kind == "approve":
                approved += details[0]
            elif kind == "release":
                approved = 0
            elif kind == "manual":
                manual += details[0]
        reserved, actual = ledger.figures()
        posted = sum(ledger.posted.values())
        self.assertTrue(posted <= actual <= posted + manual)
        self.assertTrue(0 <= reserved <= approved)
        if all(amount >= 0 for amount in ledger.posted.values()):
            self.assertGreaterEqual(actual, manual)
            self.assertEqual(reserved, max(approved - actual, 0))

    @reproducible
    @given(st.permutations("aaabbcc"), st.integers(0, 7), st.integers(0, 7), st.booleans())
    def test_order_of_approval_bills_credits_resets_and_close_does_not_matter(self, order, first, second, stays_open):
        """Approved, released, perhaps approved again, whenever that happens between the changes of three papers."""
        papers = {"a": [200, 0, 120], "b": [150, 250], "c": [-70, -20]}
        ledger = Ledger()
        ledger.approve(900)
        for place in range(len(order) + 1):
            if place == min(first, second):
                ledger.release()
            if place == max(first, second) and stays_open:
                ledger.approve(400)
            if place < len(order):
                paper = order[place]
                ledger.post(paper, papers[paper].pop(0), bill="a" if paper == "c" else None)
        self.assertEqual(ledger.figures(), (30 if stays_open else 0, 350))

    @reproducible
    @given(st.permutations([("manual", 60), ("manual", 40), ("post", "a", 70), ("post", "b", 80), ("post", "a", 90)]))
    def test_order_of_all_cost_within_the_estimate_does_not_matter(self, order):
        ledger = Ledger()
        ledger.approve(300)
        for kind, *details in order:
            getattr(ledger, kind)(*details)
        spent = 180 + ledger.posted["a", LINE]
        self.assertEqual(ledger.figures(), (300 - spent, spent))
