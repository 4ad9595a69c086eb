"""What a document should hold of its budget: examples, and what holds for every history (hypothesis)."""

import doctest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.sales_department_base.tests.properties import reproducible

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

    def manual(self, amount, awaits_bill=None, line=LINE, source=None):
        self._book("actual", "spend", amount, line, awaits_bill=awaits_bill, source=source)

    def correct(self, amount, line=LINE, source=None):
        """Change what was entered by hand: by a negative amount where it was too much."""
        self._book("actual", "correct", amount, line, source=source)

    def post(self, paper, amount, bill=None, line=LINE, discount=0):
        """Let a bill or credit note count with this amount from now on, less a discount line; 0 when it is reset."""
        for source, part in ((paper, amount), (f"discount on {paper}", -discount)):
            change = Decimal(part) - self.posted.get((source, line), 0)
            self.posted[source, line] = Decimal(part)
            if change:
                self._book("actual", "source", change, line, source=source, paper=paper, bill=bill)

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

    def test_zero_is_booked_as_nothing(self):
        self.assertEqual(self.ledger.figures(), (0, 0))
        self.assertEqual(target.target([]), {})
        self.assertEqual(difference([]), {})

    def test_facts_and_what_follows(self):
        rows = [
            (("commitment", "commit"), True, False),
            (("commitment", "release"), True, False),
            (("commitment", "spend"), False, False),
            (("commitment", "correct"), False, False),
            (("commitment", "source"), False, False),
            (("actual", "spend"), True, True),
            (("actual", "correct"), True, True),
            (("actual", "source"), True, False),
            (("actual", "offset"), False, False),
        ]
        for (kind, origin), is_fact, is_by_hand in rows:
            entry = Entry(LINE, kind, origin, Decimal(1))
            self.assertEqual((entry.is_fact, entry.is_by_hand), (is_fact, is_by_hand), (kind, origin))

    def test_bill_replaces_first_what_awaits_it(self):
        self.ledger.approve(1000)
        self.ledger.manual(400, awaits_bill=True)
        self.assertEqual(self.ledger.figures(), (600, 400))
        self.ledger.post("a", 400)
        self.assertEqual(self.ledger.figures(), (600, 400))
        self.ledger.release()
        self.assertEqual(self.ledger.figures(), (0, 400))
        self.ledger.post("b", 50)
        self.assertEqual(self.ledger.figures(), (0, 450))

    def test_bill_comes_on_top_of_what_awaits_none(self):
        self.ledger.approve(300)
        self.ledger.manual(200, awaits_bill=False)
        self.ledger.post("a", 250)
        self.assertEqual(self.ledger.figures(), (0, 450))

    def test_bill_replaces_all_three_kinds_in_their_order(self):
        self.ledger.approve(200)
        self.ledger.manual(30, awaits_bill=True)
        self.ledger.manual(40)
        self.ledger.manual(50, awaits_bill=False)
        self.assertEqual(self.ledger.figures(), (80, 120))
        self.ledger.post("a", 30)
        self.assertEqual(self.ledger.figures(), (80, 120))
        self.ledger.post("a", 110)
        self.assertEqual(self.ledger.figures(), (0, 200))
        self.ledger.post("a", 150)
        self.assertEqual(self.ledger.figures(), (0, 200))
        self.ledger.post("a", 151)
        self.assertEqual(self.ledger.figures(), (0, 201))

    def test_discount_line_is_part_of_the_bill(self):
        self.ledger.approve(300)
        self.ledger.post("a", 150, discount=50)
        self.assertEqual(self.ledger.figures(), (200, 100))
        self.ledger.post("credit", -100, bill="a")
        self.assertEqual(self.ledger.figures(), (300, 0))
        self.ledger.post("credit", -60, bill="a")
        self.assertEqual(self.ledger.figures(), (200, 40))
        self.ledger.post("a", 0)
        self.assertEqual(self.ledger.figures(), (300, -60))

    def test_bill_of_which_the_discount_takes_all(self):
        self.ledger.approve(300)
        self.ledger.post("a", 150, discount=150)
        self.assertEqual(self.ledger.figures(), (300, 0))
        self.ledger.post("a", 150, discount=160)
        self.assertEqual(self.ledger.figures(), (300, -10))

    def test_correction_of_a_typing_error(self):
        self.ledger.approve(300)
        self.ledger.manual(1200)
        self.ledger.correct(-1080)
        self.assertEqual(self.ledger.figures(), (180, 120))
        self.ledger.correct(-120)
        self.assertEqual(self.ledger.figures(), (300, 0))

    def test_correction_takes_the_latest_first(self):
        """Cost that awaits a bill came first, so the correction does not touch it."""
        self.ledger.approve(300)
        self.ledger.manual(100, awaits_bill=True)
        self.ledger.manual(60, awaits_bill=False)
        self.ledger.correct(-50)
        self.ledger.post("a", 100)
        self.assertEqual(self.ledger.figures(), (190, 110))
        self.ledger.correct(-30)
        self.assertEqual(self.ledger.figures(), (200, 100))

    def test_correction_of_a_source(self):
        self.ledger.approve(300)
        self.ledger.manual(100, source="round 1")
        self.ledger.manual(70, source="round 2")
        self.ledger.correct(-90, source="round 1")
        self.assertEqual(self.ledger.figures(), (220, 80))
        self.ledger.correct(15, source="round 1")
        self.assertEqual([fact.amount for fact in target.facts(self.ledger.rows)], [300, 25, 70])
        self.ledger.correct(-80)
        self.assertEqual([fact.amount for fact in target.facts(self.ledger.rows)], [300, 15, 0])

    def test_correction_stays_where_the_cost_was_entered(self):
        self.ledger.approve(100)
        self.ledger.approve(100, line="visits")
        self.ledger.manual(80)
        self.ledger.manual(50, line="visits")
        self.ledger.correct(-30)
        self.assertEqual(self.ledger.figures(), (50, 50))
        self.assertEqual(self.ledger.figures("visits"), (50, 50))

    def test_correction_moves_no_bill(self):
        """A bill that stands reset when cost is corrected keeps its place before the cost."""
        self.ledger.approve(100)
        self.ledger.post("a", 100)
        self.ledger.manual(50)
        self.ledger.post("a", 0)
        self.ledger.correct(-20)
        self.ledger.post("a", 100)
        self.assertEqual(self.ledger.figures(), (0, 130))

    def test_what_is_corrected_beyond_all_cost_counts_all_the_same(self):
        """The model refuses it; nothing is lost where it happens."""
        self.ledger.manual(50)
        self.ledger.correct(-80)
        self.assertEqual(self.ledger.figures(), (0, -30))

    def test_bill_and_cost_with_the_same_name_on_two_lines(self):
        self.ledger.approve(100)
        self.ledger.approve(100, line="visits")
        self.ledger.post("a", 30)
        self.ledger.post("a", 50, line="visits")
        self.ledger.post("credit", -30, bill="a")
        self.assertEqual(self.ledger.figures(), (100, 0))
        self.assertEqual(self.ledger.figures("visits"), (50, 50))

    def test_difference_names_only_what_changes(self):
        rows = [Entry(LINE, "commitment", "commit", Decimal(9)), Entry("visits", "actual", "spend", Decimal(4))]
        self.assertEqual(difference(rows), {})
        rows.append(Entry(LINE, "actual", "spend", Decimal(5)))
        self.assertEqual(difference(rows), {LINE: Figures(Decimal(-5), Decimal(0))})
        rows = [Entry(LINE, "actual", "offset", Decimal(3)), Entry(LINE, "commitment", "source", Decimal(2))]
        self.assertEqual(difference(rows), {LINE: Figures(Decimal(-2), Decimal(-3))})

    def test_sources_without_paper(self):
        """Expenses: each is its own paper."""
        rows = [
            Entry(LINE, "commitment", "commit", Decimal(300)),
            Entry(LINE, "actual", "source", Decimal(100), source="one"),
            Entry(LINE, "actual", "source", Decimal(-40), source="other"),
        ]
        self.assertEqual(target.target(rows), {LINE: Figures(Decimal(200), Decimal(60))})
        rows.append(Entry(LINE, "actual", "source", Decimal(-360), source="other"))
        self.assertEqual(target.target(rows), {LINE: Figures(Decimal(200), Decimal(-300))})

    def test_small_change(self):
        self.ledger.approve(10)
        self.ledger.post("a", "0.5")
        self.assertEqual(self.ledger.figures(), (Decimal("9.5"), Decimal("0.5")))
        self.ledger.post("a", 5)
        self.ledger.post("credit", "-0.5", bill="a")
        self.assertEqual(self.ledger.figures(), (5, Decimal("4.5")))
        self.ledger.manual("0.7")
        self.ledger.correct("-0.5")
        self.assertEqual(self.ledger.figures(), (Decimal("4.8"), Decimal("4.7")))
        self.ledger.correct("0.3")
        self.assertEqual(self.ledger.figures(), (Decimal("4.5"), Decimal("5.0")))


#: What may happen to a document: its papers are two bills and a credit note of the first.
said = st.sampled_from([None, True, False])
events = st.lists(
    st.one_of(
        st.tuples(st.just("approve"), amounts),
        st.tuples(st.just("manual"), amounts, said),
        st.tuples(st.just("correct"), amounts.map(lambda amount: -amount)),
        st.tuples(st.just("release")),
        st.tuples(st.just("post"), st.sampled_from(["a", "b"]), amounts),
        st.tuples(st.just("post"), st.just("credit"), amounts.map(lambda amount: -amount), st.just("a")),
        st.tuples(st.just("post"), st.sampled_from(["a", "b"]), st.just(0)),
        st.tuples(st.just("post"), st.just("credit"), st.just(0), st.just("a")),
    ),
    max_size=12,
)


def possible(history):
    """Return the history with corrections only of what was entered by hand."""
    entered, kept = Decimal(0), []
    for kind, *details in history:
        if kind == "correct":
            details = [max(details[0], -entered)]
        if kind in ("manual", "correct"):
            entered += details[0]
        kept.append((kind, *details))
    return kept


class TestEveryHistory(BaseCase):
    def _from_scratch(self, history):
        """Book every paper once, where it was first seen, with the amount that it has in the end, and cost entered by hand
        as it stands after its corrections.

        A paper that stood reset when cost was entered by hand is first seen after that.
        """
        facts = {}
        for place, (kind, *details) in enumerate(history):
            if kind == "manual":
                facts = {key: fact for key, fact in facts.items() if fact[0] != "post" or fact[2]}
            if kind == "correct":
                left = -details[0]
                for key, fact in reversed(facts.items()):
                    if fact[0] == "manual":
                        part = min(fact[1], left)
                        facts[key] = ("manual", fact[1] - part, fact[2])
                        left -= part
                continue
            facts[details[0] if kind == "post" else place] = (kind, *details)
        ledger = Ledger()
        for kind, *details in facts.values():
            getattr(ledger, kind)(*details)
        return ledger.figures()

    @reproducible
    @given(events.map(possible))
    def test_corrections_leave_no_trace(self, history):
        ledger = Ledger()
        for number, (kind, *details) in enumerate(history, 1):
            getattr(ledger, kind)(*details)
            self.assertEqual(ledger.figures(), self._from_scratch(history[:number]))

    @reproducible
    @given(events.map(possible))
    def test_nothing_is_lost_or_counted_twice(self, history):
        ledger, approved, manual, without = Ledger(), 0, 0, 0
        for kind, *details in history:
            getattr(ledger, kind)(*details)
            if kind == "approve":
                approved += details[0]
            elif kind == "release":
                approved = 0
            elif kind in ("manual", "correct"):
                manual += details[0]
                without += details[0] if kind == "manual" and details[1] is False else 0
        corrected = any(event[0] == "correct" for event in history)
        reserved, actual = ledger.figures()
        posted = sum(ledger.posted.values())
        self.assertTrue(posted <= actual <= posted + manual)
        self.assertTrue(0 <= reserved <= approved)
        if not corrected:
            self.assertGreaterEqual(actual, posted + without)
        if all(amount >= 0 for amount in ledger.posted.values()):
            self.assertGreaterEqual(actual, manual)
            self.assertEqual(reserved, max(approved - actual, 0))

    @reproducible
    @given(amounts, amounts, amounts, st.permutations("abc"))
    def test_reversed_and_made_anew_leaves_the_reservation(self, approved, amount, again, order):
        """A bill, the credit note that takes it back, and the one made instead, posted in any order."""
        ledger = Ledger()
        ledger.approve(approved)
        papers = {"a": ("a", amount, None), "b": ("credit", -amount, "a"), "c": ("again", again, None)}
        for name in order:
            ledger.post(papers[name][0], papers[name][1], bill=papers[name][2])
        self.assertEqual(ledger.figures(), (max(approved - again, 0), again))

    @reproducible
    @given(amounts, amounts, amounts, st.booleans())
    def test_a_discount_line_is_as_a_lower_price(self, approved, amount, discount, released):
        ledger, lower = Ledger(), Ledger()
        for one in (ledger, lower):
            one.approve(approved)
            one.manual(100)
            if released:
                one.release()
        ledger.post("a", amount, discount=discount)
        lower.post("a", amount - discount)
        self.assertEqual(ledger.figures(), lower.figures())

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
