from datetime import date
from random import Random

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9, NEEDED, SampleCase

from .common_fees import OverspendMixin


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestRequestBudget(OverspendMixin, SampleCase):
    """R&D's estimate is reserved, rounds spend it, the end gives the rest back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env.ref("sale_budget.purpose_sample")

    def _budget(self, amount=1000.0, state="approved", purpose=None):
        budget = self.env["sale.budget"].create({
            "name": "Samples 2026",
            "company_id": self.company.id,
            "date_from": "2026-01-01",
            "date_to": "2026-12-31",
            "owner_id": self.manager.id,
            "line_ids": [Command.create({"purpose_id": (purpose or self.purpose).id, "amount": amount})],
        })
        for target in {"draft": (), "approved": ("approved",), "closed": ("approved", "closed")}[state]:
            budget.sudo()._change_state(target)
        return budget.line_ids

    def _figures(self, line):
        line.invalidate_recordset()
        return line.committed_amount, line.actual_amount, line.available_amount

    def _accept(self, cost=300.0, **values):
        request = self._submitted(**values)
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=cost)
        return request

    def _made(self, request, cost):
        """Let R&D make the current round at a cost."""
        sample_round = request.current_round_id or self.env["sale.sample.round"].create({"request_id": request.id})
        sample_round = sample_round.with_user(self.rnd)
        sample_round.cost = cost
        if sample_round.state == "planned":
            sample_round._change_state("making")
        sample_round._change_state("made")
        return sample_round

    def test_reserved_spent_released(self):
        line = self._budget()
        request = self._accept()
        self.assertEqual(self._figures(line), (300.0, 0.0, 700.0))
        self.assertEqual((request.budget_line_id, request.budget_committed_amount), (line, 300.0))
        sample_round = self._made(request, 120.0)
        self.assertEqual(self._figures(line), (180.0, 120.0, 700.0))
        sample_round.cost = 150.0
        self.assertEqual(self._figures(line), (150.0, 150.0, 700.0))
        request.sudo()._change_state("rejected")
        self.assertEqual(self._figures(line), (0.0, 150.0, 850.0))

    def test_cancelling_after_spending_keeps_what_was_spent(self):
        line = self._budget()
        request = self._accept()
        self._made(request, 120.0)
        request.sudo()._change_state("cancelled")
        self.assertEqual(self._figures(line), (0.0, 120.0, 880.0))
        request.invalidate_recordset()
        self.assertEqual((request.budget_committed_amount, request.budget_actual_amount), (0.0, 120.0))

    def _rows(self, request):
        """Return origin and amount of what the ledger has of actual cost of a request."""
        entries = self.env["sale.budget.entry"].search(
            [("res_model", "=", request._name), ("res_id", "=", request.id), ("kind", "=", "actual")], order="id"
        )
        return [(entry.origin, entry.amount) for entry in entries]

    def test_more_than_was_reserved_when_nothing_is_left(self):
        """R&D enters what it cost: 130 where 100 was reserved, and the budget is used up."""
        line = self._budget(amount=100.0)
        request = self._accept(cost=100.0)
        sample_round = self._made(request, 130.0)
        self.assertEqual(sample_round.state, "made")
        self.assertEqual(self._figures(line), (0.0, 130.0, -30.0))
        self.assertIn(
            (self.manager.login, line.budget_id._name),
            [
                (activity.user_id.login, activity.res_model)
                for activity in self.env["mail.activity"].search([("res_id", "=", line.budget_id.id)])
            ],
        )
        self.assertIn("130", " ".join(request.message_ids.mapped("body")))

    def test_cost_in_a_closed_budget(self):
        line = self._budget()
        request = self._accept()
        request._budget_release()
        line.budget_id.sudo()._change_state("closed")
        self._made(request, 130.0)
        self.assertEqual(self._figures(line)[1], 130.0)
        told = self.env["mail.activity"].search([("res_model", "=", "sale.budget"), ("res_id", "=", line.budget_id.id)])
        self.assertIn(self.manager, told.user_id)

    def test_cost_without_a_budget_waits_for_one(self):
        request = self._accept()
        sample_round = self._made(request, 130.0)
        self.assertIn("counted nowhere", " ".join(request.message_ids.mapped("body")))
        self.assertEqual(sample_round.budget_booked_amount, 0.0)
        line = self._budget()
        sample_round.cost = 140.0
        self.assertEqual((self._figures(line)[1], sample_round.budget_booked_amount), (140.0, 140.0))

    def test_typing_error_is_corrected_visibly(self):
        line = self._budget(amount=1000.0)
        request = self._accept()
        sample_round = self._made(request, 1200.0)
        self.assertEqual(self._figures(line), (0.0, 1200.0, -200.0))
        sample_round.cost = 120.0
        self.assertEqual(self._figures(line), (180.0, 120.0, 700.0), "as if it had been right at once")
        self.assertEqual(self._rows(request), [("spend", 1200.0), ("correct", -1080.0)])
        self.assertEqual(sample_round.budget_booked_amount, 120.0)
        self.assertIn("taken back", " ".join(request.message_ids.mapped("body")))
        sample_round.cost = 0.0
        self.assertEqual(self._figures(line), (300.0, 0.0, 700.0))
        sample_round.cost = 50.0
        self.assertEqual(self._figures(line), (250.0, 50.0, 700.0))
        with self.assertRaises(AccessError):
            sample_round.budget_booked_amount = 0.0

    def test_who_corrects_the_cost(self):
        """Whoever enters it, until the sample is sent; then a sales manager."""
        line = self._budget()
        sample_round = self._made(self._accept(), 120.0)
        sample_round.sudo()._change_state("sent")
        with self.assertRaisesRegex(UserError, "Only a sales manager"):
            sample_round.cost = 100.0
        sample_round.with_user(self.manager).sudo(False).cost = 100.0
        self.assertEqual(self._figures(line)[1], 100.0)

    def test_each_round_corrects_its_own_cost(self):
        line = self._budget()
        request = self._accept()
        first = self._made(request, 120.0)
        first.sudo()._change_state("cancelled")
        request.sudo()._open_round()
        second = self._made(request, 80.0)
        self.assertNotEqual(second, first)
        self.assertEqual(self._figures(line)[1], 200.0)
        first.sudo().cost = 20.0
        self.assertEqual(self._figures(line)[1], 100.0)
        second.cost = 90.0
        self.assertEqual(self._figures(line)[1], 110.0)

    def test_any_order_of_corrections(self):
        """The ledger says what the rounds cost today, whatever was entered before."""
        line = self._budget(amount=500.0)
        request = self._accept()
        sample_round = self._made(request, 10.0)
        random = Random(12)
        for _step in range(15):
            sample_round.cost = random.choice((0.0, 0.01, 120.0, 299.99, 300.0, 300.01, 900.0))
            reserved, actual, available = self._figures(line)
            self.assertEqual(actual, sample_round.cost)
            self.assertEqual(reserved, round(max(300.0 - sample_round.cost, 0.0), 2))
            self.assertEqual(available, round(500.0 - reserved - actual, 2))

    def test_exhausted(self):
        line = self._budget(amount=200.0)
        with self.assertRaises(UserError) as caught:
            self._accept()
        self.assertIn("SR/", str(caught.exception))
        self.assertEqual(self._figures(line), (0.0, 0.0, 200.0))

    def test_not_spent_twice(self):
        line = self._budget(amount=500.0)
        first, second = self._submitted(), self._submitted(style_name="Other")
        with self.assertRaises(UserError):
            (first + second).with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0)
        self.assertEqual(first.state, "submitted")
        first.with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0)
        self.assertEqual(self._figures(line)[0], 300.0)

    def test_over_budget_with_a_reason(self):
        line = self._budget(amount=200.0)
        request = self._submitted()
        with self.assertRaises(AccessError):
            request.with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0, overspend_reason="Key customer")
        context = request.with_user(self.overspender).action_open_accept()["context"]
        form = Form(self.env["sale.sample.accept"].with_user(self.overspender).with_context(**context))
        form.rnd_user_id = self.rnd
        form.estimated_cost = 300.0
        form.overspend_reason = "Key customer"
        form.save().action_accept()
        self.assertEqual(self._figures(line), (300.0, 0.0, -100.0))

    def test_rnd_is_not_asked_for_a_reason(self):
        request = self._submitted()
        context = request.with_user(self.rnd).action_open_accept()["context"]
        form = Form(self.env["sale.sample.accept"].with_user(self.rnd).with_context(**context))
        self.assertNotIn("overspend_reason", form._view["fields"])
        form.save().action_accept()
        self.assertEqual(request.state, "accepted")

    def test_closed(self):
        self._budget(state="closed")
        with self.assertRaisesRegex(UserError, "closed"):
            self._accept()

    def test_without_budget_it_goes_on_and_says_so(self):
        for state in (None, "draft"):
            if state:
                self._budget(state=state)
            request = self._accept(style_name=str(state))
            with self.subTest(state=state):
                self.assertEqual(request.state, "accepted")
                self.assertIn("nothing was reserved", " ".join(request.message_ids.mapped("body")))
                self._made(request, 120.0)
                self.assertFalse(request.budget_actual_amount)

    def test_moulds_have_their_own_purpose(self):
        samples = self._budget()
        moulds = self._budget(purpose=self.env.ref("sale_budget.purpose_mould"), amount=5000.0)
        self.type.needs_mould = True
        self._accept(cost=4000.0)
        self.assertEqual((self._figures(samples)[0], self._figures(moulds)[0]), (0.0, 4000.0))

    def test_no_cost_no_reservation(self):
        line = self._budget(amount=1.0)
        request = self._accept(cost=0.0)
        self.assertFalse(request.budget_line_id)
        self.assertEqual(self._figures(line)[0], 0.0)

    def test_the_day_of_acceptance_finds_the_budget(self):
        self._budget()
        with freeze_time("2027-01-04 01:00:00"):
            request = self._submitted(needed_by=date(2027, 2, 1))
            request.with_user(self.rnd)._accept(date(2027, 2, 1), estimated_cost=5.0)
        self.assertFalse(request.budget_line_id)
