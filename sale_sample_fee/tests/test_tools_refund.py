"""Pairs, thresholds and money of refunds: examples, and what holds for every history (hypothesis)."""

import doctest
from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.sales_department_base.tests.properties import reproducible

from ..tools import refund
from ..tools.refund import (
    GrantedRefund,
    Posting,
    RefundStep,
    corrections,
    fee_to_refund,
    last_day,
    net_pairs,
    order_days,
    peak_pairs,
    refunds_to_take_back,
    split_amount,
    step_amounts,
    step_progress,
    step_refunds,
)

JUNE, JULY, AUGUST = date(2026, 6, 10), date(2026, 7, 10), date(2026, 8, 10)
FIRST = date(2026, 7, 1)
days = st.integers(0, 9).map(lambda number: FIRST + timedelta(number))
quantities = st.integers(0, 1500)


def posting(source, day, pairs, agreement="A", product="sole"):
    return Posting(source, agreement, product, day, pairs)


class TestRefundArithmetic(BaseCase):
    """Pairs against thresholds, net of returns and within deadlines."""

    def _states(self, entries, granted=(), today=AUGUST, drafted=()):
        steps = [RefundStep("half", 1000, 50, date(2026, 6, 30)), RefundStep("rest", 2000, 50)]
        return [progress.state for progress in step_progress(entries, steps, granted, today, drafted)]

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(refund).failed, 0)

    def test_last_day(self):
        self.assertIsNone(last_day(None, 6))
        self.assertIsNone(last_day(JUNE, 0))
        self.assertIsNone(last_day(JUNE, -1))
        self.assertEqual(last_day(JUNE, 1), JULY)
        self.assertEqual(last_day(JUNE, 2), AUGUST)
        self.assertIsNone(last_day(JUNE, 10**9))

    def test_net_pairs(self):
        entries = [(JUNE, 900), (JULY, -100), (AUGUST, 300)]
        self.assertEqual(net_pairs(entries), 1100)
        self.assertEqual(net_pairs(entries, JULY), 800)
        self.assertEqual(net_pairs([]), 0)

    def test_each_state(self):
        self.assertEqual(self._states([], today=JUNE), ["open", "open"])
        self.assertEqual(self._states([(JUNE, 799)], today=JUNE), ["open", "open"])
        self.assertEqual(self._states([(JUNE, 800)], today=JUNE), ["near", "open"])
        self.assertEqual(self._states([(JUNE, 1000)]), ["reached", "open"])
        self.assertEqual(self._states([(JUNE, 999.5)]), ["missed", "open"])
        self.assertEqual(self._states([(JUNE, 999.5)], today=date(2026, 6, 30)), ["near", "open"])
        self.assertEqual(self._states([(JUNE, 999.5)], today=date(2026, 7, 1)), ["missed", "open"])
        self.assertEqual(self._states([(JUNE, 1000), (JULY, 1000)]), ["reached", "reached"])

    def test_pairs_after_the_deadline_do_not_count(self):
        self.assertEqual(self._states([(JUNE, 999), (JULY, 700)]), ["missed", "near"])
        self.assertEqual(self._states([(date(2026, 6, 30), 1000)])[0], "reached")
        self.assertEqual(self._states([(date(2026, 7, 1), 1000)])[0], "missed")

    def test_booked_late_but_left_in_time(self):
        self.assertEqual(self._states([(JUNE, 600), (JUNE, 400)], today=AUGUST)[0], "reached")

    def test_granted_stays_when_goods_come_back(self):
        entries = [(JUNE, 1000), (JUNE, -300)]
        self.assertEqual(self._states(entries, granted={"half"}), ["fallen", "open"])
        self.assertEqual(self._states([(JUNE, 1000)], granted={"half"}), ["granted", "open"])

    def test_drafted(self):
        """A refund whose credit note is a draft is no refund yet."""
        self.assertEqual(self._states([(JUNE, 1000)], drafted={"half"}), ["drafted", "open"])
        self.assertEqual(self._states([(JUNE, 999)], drafted={"half"}), ["fallen", "open"])
        both = [(JUNE, 1000), (JULY, 1000)]
        self.assertEqual(self._states(both, granted=["half"], drafted=["rest"]), ["granted", "drafted"])
        self.assertEqual(self._states(both, granted=["half"], drafted=["half"]), ["granted", "reached"])

    def test_share_and_missing(self):
        progress = step_progress([(JUNE, -50)], [RefundStep("all", 2000, 100)], (), JUNE)[0]
        self.assertEqual((progress.share, progress.missing, progress.pairs), (0.0, 2050, -50))
        progress = step_progress([(JUNE, 3000)], [RefundStep("all", 2000, 100)], (), JUNE)[0]
        self.assertEqual((progress.share, progress.missing, progress.pairs), (1.0, 0.0, 3000))
        progress = step_progress([(JUNE, 500)], [RefundStep("all", 2000, 100)], (), JUNE)[0]
        self.assertEqual((progress.key, progress.share, progress.missing), ("all", 0.25, 1500))

    def test_amounts_add_up_to_the_fee(self):
        amounts = step_amounts(1000, {1: 33.33, 2: 33.33, 3: 33.34})
        self.assertEqual(amounts, {1: 333.3, 2: 333.3, 3: 333.4})
        thirds = step_amounts(100, {"a": 100 / 3, "b": 100 / 3, "c": 100 / 3})
        self.assertEqual(thirds, {"a": 33.33, "b": 33.34, "c": 33.33})
        self.assertEqual(step_amounts(1000, {1: 25}), {1: 250.0})
        self.assertEqual(sum(step_amounts(1001, {1: 50, 2: 50}, digits=0).values()), 1001)
        self.assertEqual(step_amounts(0.05, {1: 50, 2: 50}), {1: 0.03, 2: 0.02})
        self.assertEqual(step_amounts(1, {1: 12.25}, digits=3), {1: 0.123})
        self.assertEqual(step_amounts(100, {1: 0.1, 2: 99.9}), {1: 0.1, 2: 99.9})

    def test_more_than_the_fee(self):
        with self.assertRaises(ValueError):
            step_amounts(100, {1: 60, 2: 50})
        with self.assertRaises(ValueError):
            step_amounts(100, {1: 100.001})
        self.assertEqual(step_amounts(100, {1: 100.0 + 1e-9}), {1: 100.0})


class TestLedgerCorrections(BaseCase):
    """What a ledger lacks to say what the documents say."""

    def test_new(self):
        wanted = [posting("move", JUNE, 1000)]
        self.assertEqual(corrections([], wanted), wanted)
        self.assertEqual(corrections(wanted, wanted), [])

    def test_quantity(self):
        booked = [posting("move", JUNE, 1000)]
        self.assertEqual(corrections(booked, [posting("move", JUNE, 100)]), [posting("move", JUNE, -900)])
        self.assertEqual(corrections(booked, [posting("move", JUNE, 1001)]), [posting("move", JUNE, 1)])

    def test_corrected_twice(self):
        booked = [posting("move", JUNE, 1000), posting("move", JUNE, -900)]
        self.assertEqual(corrections(booked, [posting("move", JUNE, 100)]), [])
        self.assertEqual(corrections(booked, [posting("move", JUNE, 60)]), [posting("move", JUNE, -40)])

    def test_day(self):
        """Back on the old day, anew on the right one."""
        booked = [posting("move", JULY, 1000)]
        self.assertEqual(
            corrections(booked, [posting("move", JUNE, 1000)]),
            [posting("move", JULY, -1000), posting("move", JUNE, 1000)],
        )

    def test_customer_and_product(self):
        booked = [posting("move", JUNE, 1000)]
        for other in ({"agreement": "B"}, {"product": "heel"}):
            with self.subTest(other):
                wanted = [posting("move", JUNE, 1000, **other)]
                self.assertEqual(corrections(booked, wanted), [posting("move", JUNE, -1000), *wanted])

    def test_counts_no_more(self):
        booked = [posting("move", JUNE, 1000), posting("other", JUNE, 5)]
        self.assertEqual(corrections(booked, [posting("other", JUNE, 5)]), [posting("move", JUNE, -1000)])

    def test_first_what_is_taken_back(self):
        booked = [posting("a", JUNE, 10), posting("b", JUNE, -4)]
        wanted = [posting("new", JUNE, 1), posting("b", JUNE, -3), posting("a", JUNE, 9)]
        self.assertEqual(
            corrections(booked, wanted), [posting("a", JUNE, -1), posting("b", JUNE, 1), posting("new", JUNE, 1)]
        )

    def test_smallest_difference(self):
        self.assertEqual(len(corrections([], [posting("move", JUNE, refund.NOTHING)])), 1)
        self.assertEqual(order_days([(JUNE, refund.NOTHING)], refund.NOTHING, JULY), [(JUNE, refund.NOTHING)])

    def test_rounding_is_no_difference(self):
        booked = [posting("move", JUNE, 0.1), posting("move", JUNE, 0.2)]
        self.assertEqual(corrections(booked, [posting("move", JUNE, 0.3)]), [])
        self.assertEqual(len(corrections(booked, [posting("move", JUNE, 0.30001)])), 1)
        self.assertEqual(corrections([], [posting("move", JUNE, 0.0)]), [])

    def test_order_days(self):
        self.assertEqual(order_days([], 600, JUNE), [(JUNE, 600)])
        self.assertEqual(order_days([(JUNE, 600)], 600, JULY), [(JUNE, 600)])
        self.assertEqual(order_days([(JUNE, 600)], 1000, JULY), [(JUNE, 600), (JULY, 400)])
        self.assertEqual(order_days([(JUNE, 600), (JULY, 400)], 950, JULY), [(JUNE, 600), (JULY, 350)])
        self.assertEqual(order_days([(JUNE, 600), (JULY, 400)], 950, AUGUST)[-1], (AUGUST, -50))
        self.assertEqual(order_days([(JUNE, 5)], 0, JUNE), [])
        self.assertEqual(order_days([(JUNE, 0.1), (JUNE, 0.2)], 0.3, JUNE)[0][0], JUNE)
        self.assertEqual(order_days([(JUNE, 0.1), (JULY, 0.2)], 0.3, AUGUST), [(JUNE, 0.1), (JULY, 0.2)])
        self.assertEqual(order_days([(AUGUST, 5)], 9, JUNE), [(JUNE, 4), (AUGUST, 5)])

    def test_peak(self):
        """A return does not undo what was reached; a correction does."""
        self.assertEqual(peak_pairs([]), 0)
        self.assertEqual(peak_pairs([("a", JUNE, 1000), ("b", JULY, -300)]), 1000)
        self.assertEqual(peak_pairs([("a", JUNE, 1000), ("b", JUNE, -300)]), 1000)
        self.assertEqual(peak_pairs([("b", JUNE, -300), ("a", JUNE, 1000)]), 700)
        self.assertEqual(peak_pairs([("a", JUNE, 100), ("b", JUNE, -40), ("c", JUNE, 40), ("a", JUNE, -10)]), 90)
        self.assertEqual(peak_pairs([("a", JUNE, 1000), ("a", JUNE, -900)]), 100)
        self.assertEqual(peak_pairs([("a", JULY, 1000), ("a", JULY, -1000), ("a", JUNE, 1000)], JUNE), 1000)
        self.assertEqual(peak_pairs([("a", JUNE, 600), ("b", JULY, -500), ("c", AUGUST, 600)]), 700)
        self.assertEqual(peak_pairs([("a", JUNE, 600), ("b", JULY, 500)], JUNE), 600)
        self.assertEqual(peak_pairs([("a", JUNE, 600), ("b", JULY, 500)], JULY), 1100)
        self.assertEqual(peak_pairs([("a", JUNE, -5)]), 0)
        self.assertEqual(peak_pairs([("a", JUNE, 5), ("b", JUNE, 7), ("c", JUNE, -1), ("d", JULY, 1)]), 12)


class TestRefundMoney(BaseCase):
    """How much comes back: never more than was paid."""

    def test_fee(self):
        self.assertEqual(fee_to_refund(4000, 4000, 4000), 4000)
        self.assertEqual(fee_to_refund(4000, 4000, 3000), 3000)
        self.assertEqual(fee_to_refund(4000, 5000, 5000), 4000)
        self.assertEqual(fee_to_refund(4000, 3500, 3500), 3500)
        self.assertEqual(fee_to_refund(None, 125, 125), 125)
        self.assertEqual(fee_to_refund(None, 125, 100), 100)
        self.assertEqual(fee_to_refund(None, 125, 130), 125)
        self.assertEqual(fee_to_refund(4000, 4000, 0), 0)
        self.assertEqual(fee_to_refund(4000, 4000, -5), 0)
        self.assertEqual(fee_to_refund(4000, 4000, 0.5), 0.5)

    def test_split(self):
        self.assertEqual(split_amount(125, {"a": 100, "b": 25}), {"a": 100, "b": 25})
        self.assertEqual(split_amount(62.5, {"a": 100, "b": 25}), {"a": 50, "b": 12.5})
        self.assertEqual(split_amount(100, {1: 1, 2: 1, 3: 1}), {1: 33.33, 2: 33.34, 3: 33.33})
        self.assertEqual(split_amount(100, {1: 1, 2: 1, 3: 1}, digits=0), {1: 33, 2: 34, 3: 33})
        self.assertEqual(split_amount(1, {1: 0.5, 2: 0.25}, digits=3), {1: 0.667, 2: 0.333})
        self.assertEqual(split_amount(10, {1: 1, 2: 0}), {1: 10, 2: 0})
        self.assertEqual(split_amount(0.05, {1: 1, 2: 1}), {1: 0.03, 2: 0.02})
        for weights in ({}, {1: 0}, {1: -1}):
            with self.subTest(weights), self.assertRaises(ValueError):
                split_amount(10, weights)

    def test_steps(self):
        halves = {"half": 50, "rest": 50}
        self.assertEqual(step_refunds(3000, halves, ["half"], 0), {"half": 1500})
        self.assertEqual(step_refunds(3000, halves, ["rest"], 1500), {"rest": 1500})
        self.assertEqual(step_refunds(3000, halves, ["rest", "half"], 0), {"half": 1500, "rest": 1500})
        # 2,000 came back of 4,000; then 1,000 were credited
        self.assertEqual(step_refunds(3000, halves, ["rest"], 2000), {"rest": 1000})
        self.assertEqual(step_refunds(3000, halves, halves, 2000), {"half": 1000, "rest": 0})
        self.assertEqual(step_refunds(3000, halves, ["rest"], 3500), {"rest": 0})
        self.assertEqual(step_refunds(3000, halves, ["rest"], 2999.5), {"rest": 0.5})
        self.assertEqual(step_refunds(100.01, halves, halves, 0), {"half": 50.01, "rest": 50.0})
        self.assertEqual(step_refunds(101, halves, halves, 0, digits=0), {"half": 51, "rest": 50})
        self.assertEqual(step_refunds(0.3, {1: 100}, [1], 0.1), {1: 0.2})
        with self.assertRaises(ValueError):
            step_refunds(100, {1: 60, 2: 60}, [1], 0)

    def test_taken_back(self):
        draft, posted = GrantedRefund(1, "half", 500), GrantedRefund(2, "rest", 500, posted=True)
        self.assertEqual(refunds_to_take_back([draft, posted], {"half", "rest"}, 1000), ([], []))
        self.assertEqual(refunds_to_take_back([draft, posted], {"rest"}, 1000), ([1], []))
        self.assertEqual(refunds_to_take_back([draft, posted], {"half"}, 1000), ([], []))
        self.assertEqual(refunds_to_take_back([draft, posted], {"half", "rest"}, 999), ([], [1]))
        self.assertEqual(refunds_to_take_back([draft, posted], (), 0), ([1], []))
        self.assertEqual(refunds_to_take_back([draft, posted], {"half", "rest"}, 999.9999999), ([], []))
        self.assertEqual(refunds_to_take_back([GrantedRefund(1, "half", refund.NOTHING)], {"half"}, 0), ([], []))
        self.assertFalse(GrantedRefund(1, "half", 500).posted)

    def test_last_taken_back_first(self):
        refunds = [GrantedRefund(number, number, 100) for number in (1, 2, 3)]
        self.assertEqual(refunds_to_take_back(refunds, {1, 2, 3}, 250), ([], [3]))
        self.assertEqual(refunds_to_take_back(refunds, {1, 2, 3}, 150), ([], [3, 2]))
        self.assertEqual(refunds_to_take_back(refunds, {1, 2}, 150), ([3], [2]))
        self.assertEqual(refunds_to_take_back(refunds, {1, 2}, 200), ([3], []))


class Books:
    """Deliveries and their returns, an order line, and the ledger and refunds that follow from them."""

    STEPS = (RefundStep(1, 1000, 50, FIRST + timedelta(4)), RefundStep(2, 2000, 50))

    def __init__(self, fee):
        self.moves = {}  # number → [agreement, day, pairs, number of the delivery it returns]
        self.ordered, self.today = 0, FIRST
        self.ledger = []
        self.fee = self.paid = fee
        self.refunds = []  # [step, amount, posted]

    def wanted(self):
        rows = []
        for number, (agreement, day, pairs, origin) in self.moves.items():
            whose = self.moves[origin][0] if origin is not None else agreement
            rows.append(posting(number, day, pairs if origin is None else -pairs, whose))
        history = [(row.day, row.pairs) for row in self.ledger if row.source == "order"]
        return rows + [posting("order", day, pairs) for day, pairs in order_days(history, self.ordered, self.today)]

    def book(self):
        self.ledger += corrections(self.ledger, self.wanted())

    def settle(self):
        """Take back and grant, as the model does."""
        rows = [row for row in self.ledger if row.agreement == "A"]
        movements = [(row.source, row.day, row.pairs) for row in rows]
        earned = {step.key for step in self.STEPS if peak_pairs(movements, step.deadline) >= step.threshold}
        granted = [GrantedRefund(number, *one) for number, one in enumerate(self.refunds)]
        limit = fee_to_refund(self.fee, self.fee, self.paid)
        gone = sum(refunds_to_take_back(granted, earned, limit), [])
        self.refunds = [one for number, one in enumerate(self.refunds) if number not in gone]
        known = {step for step, _amount, _posted in self.refunds}
        progress = step_progress([(row.day, row.pairs) for row in rows], self.STEPS, known, FIRST + timedelta(20))
        due = [one.key for one in progress if one.state == "reached"]
        back = sum(amount for _step, amount, _posted in self.refunds)
        for step, amount in step_refunds(limit, {one.key: one.percent for one in self.STEPS}, due, back).items():
            if amount:
                self.refunds.append([step, amount, False])
        return earned, limit


def totals(rows):
    found = defaultdict(float)
    for row in rows:
        found[row.source, row.agreement, row.product, row.day] += row.pairs
    return {key: pairs for key, pairs in found.items() if pairs}


operations = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.sampled_from("AB"), days, quantities),
        st.tuples(st.just("return"), st.integers(0, 5), days, quantities),
        st.tuples(st.just("quantity"), st.integers(0, 5), quantities),
        st.tuples(st.just("day"), st.integers(0, 5), days),
        st.tuples(st.just("customer"), st.integers(0, 5), st.sampled_from("AB")),
        st.tuples(st.just("remove"), st.integers(0, 5)),
        st.tuples(st.just("order"), quantities, days),
        st.tuples(st.just("pay"), st.integers(0, 100000)),
        st.tuples(st.just("post"), st.integers(0, 1)),
        st.tuples(st.just("cancel"), st.integers(0, 1)),
    ),
    max_size=25,
)


class TestRefundProperties(BaseCase):
    """Whatever is delivered, corrected, returned, ordered, paid, posted and cancelled."""

    def _apply(self, books, name, *values):
        number = values[0] if values else None
        if name == "deliver":
            books.moves[len(books.moves)] = [*values, None]
        elif name == "return" and number in books.moves:
            origin = books.moves[number][3]
            books.moves[len(books.moves)] = ["A", *values[1:], number if origin is None else origin]
        elif name == "quantity" and number in books.moves:
            books.moves[number][2] = values[1]
        elif name == "day" and number in books.moves:
            books.moves[number][1] = values[1]
        elif name == "customer" and number in books.moves:
            books.moves[number][0] = values[1]
        elif name == "remove" and number in books.moves:
            books.moves[number][2] = 0
        elif name == "order":
            books.ordered, books.today = values
        elif name == "pay":
            books.paid = values[0] / 100
        elif name == "post" and number < len(books.refunds):
            books.refunds[number][2] = True
        elif name == "cancel" and number < len(books.refunds):
            books.refunds.pop(number)

    @settings(reproducible, max_examples=200)
    @given(operations)
    def test_ledger_says_what_the_documents_say(self, done):
        books = Books(1000.01)
        for operation in done:
            self._apply(books, *operation)
            wanted = books.wanted()
            books.book()
            self.assertEqual(totals(books.ledger), totals(wanted))
            size = len(books.ledger)
            books.book()
            self.assertEqual(len(books.ledger), size, "nothing is booked twice")
        whole = sum(pairs if origin is None else -pairs for _agreement, _day, pairs, origin in books.moves.values())
        self.assertAlmostEqual(sum(row.pairs for row in books.ledger), whole + books.ordered)

    @settings(reproducible, max_examples=200)
    @given(operations)
    def test_never_more_than_was_paid(self, done):
        books = Books(1000.01)
        for operation in done:
            self._apply(books, *operation)
            books.book()
            earned, limit = books.settle()
            posted = sum(amount for _step, amount, posted in books.refunds if posted)
            back = sum(amount for _step, amount, _posted in books.refunds)
            self.assertLessEqual(round(back, 2), max(limit, round(posted, 2)))
            steps = [step for step, _amount, _posted in books.refunds]
            self.assertEqual(len(steps), len(set(steps)), "each step once")
            self.assertTrue(all(posted or step in earned for step, _amount, posted in books.refunds))
            before = [list(one) for one in books.refunds]
            books.settle()
            self.assertEqual(books.refunds, before, "settled is settled")

    @settings(reproducible, max_examples=200)
    @given(st.integers(0, 10**7), st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(0, 3))
    def test_rounding_is_exact_over_the_steps(self, cents, weights, digits):
        amount = round(cents / 100, digits)
        whole = sum(weights)
        percents = {number: 100.0 * weight / whole for number, weight in enumerate(weights)}
        for parts in (
            split_amount(amount, dict(enumerate(weights)), digits),
            step_amounts(amount, percents, digits),
            step_refunds(amount, percents, percents, 0.0, digits),
        ):
            self.assertEqual(round(sum(parts.values()), digits), amount)
            for number, part in parts.items():
                self.assertAlmostEqual(part, amount * weights[number] / whole, delta=10**-digits)
