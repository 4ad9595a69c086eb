from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.sales_department_base.tests.properties import reproducible

from ..tools.register import Entry, Step, follow_orders, standing

MAY_1, MAY_2, MAY_9, JUNE_1 = date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 9), date(2026, 6, 1)


@tagged("at_install")
class TestToolsRegister(BaseCase):
    """What the register says, as the orders stand."""

    def test_standing(self):
        opened, closed = Entry(1, "opened", "order", MAY_1, 7), Entry(2, "closed", "manual", MAY_2)
        self.assertEqual(standing([opened, closed]), [opened, closed])
        self.assertEqual(standing([opened, closed, Entry(3, "withdrawn", "order", MAY_1, 7, 1)]), [closed])
        self.assertEqual(standing([]), [])

    def test_follow_orders(self):
        opened = Entry(1, "opened", "order", MAY_1, 7)
        taken_over = Entry(1, "opened", "takeover", MAY_1)
        by_hand = Entry(1, "opened", "manual", MAY_1)
        closed = Entry(2, "closed", "manual", MAY_2)
        archived = Entry(2, "closed", "archive", MAY_2)
        unarchived = Entry(3, "reopened", "archive", MAY_9)
        reopened = Entry(3, "reopened", "order", MAY_2, 9)
        other, merged = Entry(2, "opened", "order", MAY_2, 8), Entry(3, "closed", "merge", MAY_9)
        joined = Entry(4, "closed", "merge", JUNE_1)
        gone = Entry(4, "withdrawn", "order", MAY_1, 7, 1)
        for case, entries, orders, is_open, expected in [
            ("nothing entered", [], [(MAY_1, 7)], True, Step()),
            ("the order stands", [opened], [(MAY_1, 7)], True, Step()),
            ("with another day", [opened], [(JUNE_1, 7)], True, Step()),
            ("no order", [opened], [], True, Step((1,))),
            ("no order, taken over", [taken_over], [], True, Step((1,))),
            ("taken over, one left", [taken_over], [(JUNE_1, 7)], True, Step()),
            ("another order", [opened], [(JUNE_1, 9), (MAY_9, 12)], True, Step((1,), MAY_9, 12)),
            ("withdrawn already", [opened, gone], [], False, Step()),
            ("opened by hand", [by_hand], [], True, Step()),
            ("opened by hand, merged with one opened", [by_hand, other, merged], [], True, Step()),
            ("closed by hand", [opened, closed], [], False, Step()),
            ("reopened, the order stands", [opened, closed, reopened], [(MAY_1, 7), (MAY_2, 9)], True, Step()),
            ("reopened, the order is gone", [opened, closed, reopened], [(MAY_1, 7)], True, Step((3,))),
            ("an earlier one of that day", [opened, closed, reopened], [(MAY_2, 8)], True, Step((3,))),
            ("a later one of that day", [opened, closed, reopened], [(MAY_2, 10)], True, Step((3,), MAY_2, 10)),
            ("one of another day", [opened, closed, reopened], [(MAY_9, 5)], True, Step((3,), MAY_9, 5)),
            ("archived", [opened, archived], [], False, Step((1, 2))),
            ("archived, the order stands", [opened, archived], [(MAY_1, 7)], False, Step()),
            ("archived and back", [opened, archived, unarchived], [], True, Step((1, 2, 3))),
            ("archived and back, another order", [opened, archived, unarchived], [(JUNE_1, 9)], True, Step()),
            ("two files merged", [opened, other, merged], [], True, Step((1, 2, 3))),
            ("two files merged, one order", [opened, other, merged], [(MAY_2, 8)], True, Step()),
            ("part of another customer", [opened, merged], [], False, Step()),
            ("archived, back, then part of another", [opened, archived, unarchived, joined], [], False, Step()),
            ("archived by hand only", [by_hand, archived], [], False, Step()),
            ("closed by orders never", [archived], [], False, Step()),
            ("opened and closed by hand", [by_hand, closed, reopened], [(MAY_1, 7)], True, Step((3,))),
            ("archived, another order", [opened, archived], [(JUNE_1, 9)], False, Step()),
            ("closed by hand, archived and back", [closed, unarchived], [], True, Step()),
        ]:
            with self.subTest(case):
                self.assertEqual(follow_orders(entries, orders, is_open=is_open), expected)


@tagged("at_install")
class TestRandomOrders(BaseCase):
    """Orders confirmed and cancelled in any sequence: the register says what those say that are left."""

    @settings(reproducible, max_examples=300)
    @given(st.lists(st.tuples(st.sampled_from(("confirm", "cancel", "archive", "unarchive")), st.integers(0, 5))))
    def test_net_is_what_the_orders_say(self, steps):
        entries, orders, state, active = [], {}, None, True

        def enter(event, origin, order_id=None, withdrawn_id=None, day=None):
            day = day or MAY_1 + timedelta(days=len(entries))
            entries.append(Entry(len(entries) + 1, event, origin, day, order_id, withdrawn_id))

        for step, number in steps:
            today = MAY_1 + timedelta(days=len(entries))
            if step == "confirm" and active:
                orders[number] = today
                if state != "open":
                    enter("reopened" if state else "opened", "order", number, day=today)
                    state = "open"
            elif step == "cancel" and orders.pop(number, None):
                history = sorted(entries, key=lambda entry: (entry.day, entry.id))
                done = follow_orders(history, [(day, id_) for id_, day in orders.items()], is_open=state == "open")
                events = {entry.id: (entry.event, entry.day) for entry in entries}
                for gone in done.withdrawn:
                    enter("withdrawn", "order", withdrawn_id=gone, day=events[gone][1])
                if done.opened_on:
                    enter(events[done.withdrawn[0]][0], "order", done.order_id, day=done.opened_on)
                elif done.withdrawn:
                    state = None
            elif step == "archive" and active:
                active = False
                if state == "open":
                    enter("closed", "archive")
                    state = "closed"
            elif step == "unarchive" and not active:
                active = True
                if state == "closed":
                    enter("reopened", "archive")
                    state = "open"
            kept = standing(entries)
            net = sum(1 if entry.event != "closed" else -1 for entry in kept)
            self.assertEqual(net, int(state == "open"))
            self.assertEqual(bool(kept), bool(orders))
            self.assertEqual(state == "open", active and bool(orders))
            again = follow_orders(
                sorted(entries, key=lambda entry: (entry.day, entry.id)),
                [(day, id_) for id_, day in orders.items()],
                is_open=state == "open",
            )
            self.assertFalse(orders and again.withdrawn, "nothing is left to do")
