from random import Random

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9, NEEDED

from ..tools.staging import by_hand_change, company_cost
from .common_fees import FeeCase


@tagged("at_install")
class TestCompanyCost(BaseCase):
    def test_share_of_what_is_opened(self):
        for opened, cost, part, expected in [
            (0, 3000, 1500, 0),
            (1500, 3000, 1500, 750),
            (3000, 3000, 1500, 1500),
            (3400, 3000, 1500, 1900),  # the fee is fixed: what is dearer is the company's
            (3000, 3000, 0, 0),
            (100, 0, 0, 100),
        ]:
            with self.subTest(opened=opened, cost=cost, part=part):
                self.assertEqual(company_cost(opened, cost, part), expected)


@tagged("at_install")
class TestByHandChange(BaseCase):
    def test_what_is_missing(self):
        for expected, billed, actual, entered, change in [
            (750, 0, 0, 0, 750),
            (750, 500, 500, 0, 250),
            (750, 1200, 1450, 250, -250),  # the bill was corrected upwards: nothing is expected beside it
            (750, 800, 1050, 250, -250),
            (750, 800, 1150, 250, -250),  # no more than was entered
            (750, 750, 750, 0, 0),
            (500, 0, 750, 750, -250),
        ]:
            with self.subTest(expected=expected, billed=billed, actual=actual, entered=entered):
                self.assertEqual(by_hand_change(expected, billed, actual, entered), change)


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeBudget(FeeCase):
    """The company's part: reserved, spent as moulds are opened, given back; nothing stays reserved for ever."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._budget(5000.0, date_to="2026-12-31")
        cls._policy(pay_before_shipping=False)
        cls.reason = cls.env["sale.sample.reason"].create({"name": "Test rejected", "kind": "rejected"})

    def _decided_mould(self, **values):
        """Return request and mould of 3,000, half of it the company's, of which one size of four is opened first."""
        request = self._request()
        mould = self._mould(request_id=request.id, **values)
        request = request.with_user(self.salesman)
        request.action_submit()
        request.action_confirm_fee()
        return request, mould

    def _rejected(self, request):
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=0.0)
        request._end("rejected", self.reason)

    def _released(self, mould):
        mould.action_open()
        mould.action_trial()
        mould.action_release()

    def test_sizes_opened_later_are_booked(self):
        _request, mould = self._decided_mould()
        self.assertEqual(self._figures(self.line), (1500.0, 0.0, 3500.0))
        self._released(mould)
        self.assertEqual(self._figures(self.line), (0.0, 750.0, 4250.0), "half of 1,500; what waits is free again")
        planned = mould.size_ids.filtered(lambda size: size.state == "planned")
        mould._open_sizes(planned[:1])
        self.assertEqual(self._figures(self.line), (0.0, 1000.0, 4000.0))
        mould._open_sizes(planned[1:])
        self.assertEqual(self._figures(self.line), (0.0, 1500.0, 3500.0))

    def test_sizes_that_the_budget_does_not_cover_are_not_opened(self):
        _request, mould = self._decided_mould()
        self._released(mould)
        self.env["sale.budget.amendment"].sudo().create({"line_id": self.line.id, "amount": -4200.0, "reason": "Cut"})
        planned = mould.size_ids.filtered(lambda size: size.state == "planned")
        with self.assertRefused("not enough money"):
            mould._open_sizes(planned)
        self.assertEqual(set(planned.mapped("state")), {"planned"})

    def test_dearer_than_decided(self):
        """What has arisen is booked, over the budget if need be, and said."""
        request, mould = self._decided_mould(size_ids=[])
        self.assertEqual(self._figures(self.line)[0], 750.0)
        mould.action_open()
        mould.part_ids[0].cost += 5000.0
        mould.action_trial()
        mould.action_release()
        self.assertEqual(self._figures(self.line), (0.0, 5750.0, -750.0))
        self.assertIn("over budget", " ".join(request.fee_decision_id.sudo().message_ids.mapped("body")))

    def test_scrapped_on_trial(self):
        _request, mould = self._decided_mould()
        mould.action_open()
        mould.action_trial()
        mould._scrap("Cracked")
        self.assertEqual(self._figures(self.line), (0.0, 750.0, 4250.0))

    def test_not_opened(self):
        request, mould = self._decided_mould()
        mould.action_drop()
        self.assertEqual(
            self._figures(self.line)[0], 1500.0, "another mould may be registered while the request goes on"
        )
        self._rejected(request)
        self.assertEqual(self._figures(self.line), (0.0, 0.0, 5000.0))

    def test_two_moulds(self):
        request, first = self._decided_mould()
        second = self._mould(request_id=request.id)
        self._released(first)
        self.assertEqual(self._figures(self.line)[:2], (1500.0, 0.0), "the other mould is on its way")
        self._released(second)
        self.assertEqual(self._figures(self.line)[:2], (0.0, 1500.0))

    def test_released_before_the_decision(self):
        request = self._request()
        mould = self._mould(request_id=request.id, size_ids=[])
        self._released(mould)
        request.with_user(self.salesman).action_submit()
        request.with_user(self.salesman).action_confirm_fee()
        self.assertEqual(self._figures(self.line)[:2], (0.0, 750.0))

    def test_ended_without_a_mould(self):
        request = self._decided(cost=2000.0)
        self.assertEqual(self._figures(self.line)[0], 1000.0)
        self._rejected(request)
        self.assertEqual(self._figures(self.line), (0.0, 0.0, 5000.0))

    def test_sample_without_a_mould_is_reserved_once(self):
        self.type.needs_mould = False
        purpose = self.env.ref("sale_budget.purpose_sample")
        self.line.budget_id.sudo().line_ids = [Command.create({"purpose_id": purpose.id})]
        samples = self.line.budget_id.line_ids - self.line
        self.env["sale.budget.amendment"].sudo().create({"line_id": samples.id, "amount": 3000.0, "reason": "Samples"})
        request = self._decided(cost=2000.0)
        self.assertEqual(self._figures(samples)[0], 1000.0)
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=1800.0)
        self.assertEqual(self._figures(samples)[0], 1800.0)

    def _bill(self, mould, amount):
        """Return the draft bill of a mould maker."""
        self._ledger()
        expense, payable = self.env["account.account"].create([
            {
                "name": "Moulds T",
                "code": "T5001",
                "account_type": "expense",
                "company_ids": [Command.set(self.company.ids)],
            },
            {
                "name": "Payable T",
                "code": "T2202",
                "account_type": "liability_payable",
                "reconcile": True,
                "company_ids": [Command.set(self.company.ids)],
            },
        ])
        maker = self.env["res.partner"].create({"name": "Mould Maker T"})
        maker.with_company(self.company).property_account_payable_id = payable
        self.env["account.journal"].create({
            "name": "Bills T",
            "code": "TP",
            "type": "purchase",
            "company_id": self.company.id,
            "default_account_id": expense.id,
        })
        return self.env["account.move"].create({
            "move_type": "in_invoice",
            "partner_id": maker.id,
            "invoice_date": "2026-03-02",
            "company_id": self.company.id,
            "invoice_line_ids": [
                Command.create({
                    "name": "Cup sole, first size",
                    "price_unit": amount,
                    "tax_ids": False,
                    "account_id": expense.id,
                    "sale_sample_mould_id": mould.id,
                })
            ],
        })

    def test_bill_before_the_release(self):
        """The company's share of the bill uses up the reservation; the release adds nothing to it."""
        _request, mould = self._decided_mould()
        bill = self._bill(mould, 1600.0)
        self.assertEqual(bill.invoice_line_ids.sale_budget_line_id, self.line)
        bill.action_post()
        self.assertEqual(self._figures(self.line), (700.0, 800.0, 3500.0))
        self.assertEqual(mould.billed_cost, 1600.0)
        self._released(mould)
        self.assertEqual(self._figures(self.line), (0.0, 800.0, 4200.0), "dearer than the 750 expected")

    def test_bill_corrected_after_the_release(self):
        """As if it had been right at once: the cost expected beside a cheap bill goes when the bill turns out dear."""
        _request, mould = self._decided_mould(size_ids=[])
        bill = self._bill(mould, 1000.0)
        bill.action_post()
        self._released(mould)
        self.assertEqual(self._figures(self.line)[:2], (0.0, 750.0), "500 are proved, 250 expected")
        for amount, actual in ((2400.0, 1200.0), (1000.0, 750.0), (1500.0, 750.0), (1501.0, 750.5), (0.0, 750.0)):
            with self.subTest(amount=amount):
                bill.button_draft()
                bill.invoice_line_ids.price_unit = amount
                bill.action_post()
                self.assertEqual(self._figures(self.line)[:2], (0.0, actual))
                mould.invalidate_recordset(["billed_cost"])
                self.assertEqual(mould.billed_cost, amount)

    def test_bill_credited_in_part_after_the_release(self):
        _request, mould = self._decided_mould(size_ids=[])
        bill = self._bill(mould, 2400.0)
        bill.action_post()
        self._released(mould)
        self.assertEqual(self._figures(self.line)[1], 1200.0)
        note = bill._reverse_moves([{"invoice_date": "2026-03-02"}])
        note.invoice_line_ids.price_unit = 400.0
        note.invoice_line_ids.sale_sample_mould_id = mould
        note.action_post()
        self.assertEqual((self._figures(self.line)[1], mould.billed_cost), (1000.0, 2000.0))
        note.button_draft()
        self.assertEqual(self._figures(self.line)[1], 1200.0)

    def test_bill_before_the_decision(self):
        """A maker may ask for money before anybody has decided who pays."""
        request = self._request()
        mould = self._mould(request_id=request.id, size_ids=[])
        bill = self._bill(mould, 1600.0)
        bill.action_post()
        self.assertEqual(self._figures(self.line)[:2], (0.0, 0.0))
        request = request.with_user(self.salesman)
        request.action_submit()
        request.action_confirm_fee()
        self.assertEqual(self._figures(self.line)[:2], (0.0, 800.0), "800 of 750")
        self._released(mould)
        self.assertEqual(self._figures(self.line)[:2], (0.0, 800.0))
        bill.button_draft()
        self.assertEqual(self._figures(self.line)[:2], (0.0, 750.0))

    def test_bill_in_another_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", usd.id)]).unlink()
        self.env["res.currency.rate"].create({
            "currency_id": usd.id,
            "company_id": self.company.id,
            "name": "2026-01-01",
            "rate": 0.125,
        })
        _request, mould = self._decided_mould(size_ids=[])
        bill = self._bill(mould, 1.0)
        bill.currency_id = usd
        bill.invoice_line_ids.price_unit = 200.0
        bill.action_post()
        self.assertEqual((self._figures(self.line)[1], mould.billed_cost), (800.0, 1600.0))
        self._released(mould)
        self.assertEqual(self._figures(self.line)[1], 800.0)

    def test_cost_of_a_part_corrected_after_the_release(self):
        _request, mould = self._decided_mould(size_ids=[])
        mould.part_ids[0].cost = 10000.0
        self._released(mould)
        self.assertEqual(self._figures(self.line)[1], 9750.0)
        mould.part_ids[0].cost = 1000.0
        self.assertEqual(self._figures(self.line)[1], 750.0)
        mould.part_ids[1:].unlink()
        self.assertEqual(self._figures(self.line)[1], 500.0)

    def test_release_with_a_closed_budget(self):
        """What has happened is booked and told; what has not is refused."""
        request, mould = self._decided_mould()
        request.fee_decision_id.sudo()._budget_release()
        self.line.budget_id.sudo()._change_state("closed")
        self._released(mould)
        self.assertEqual(mould.state, "released")
        self.assertEqual(self._figures(self.line)[1], 750.0)
        told = self.env["mail.activity"].search([
            ("res_model", "=", "sale.budget"),
            ("res_id", "=", self.line.budget_id.id),
        ])
        self.assertIn(self.manager, told.user_id)
        with self.assertRaises(UserError):
            mould._open_sizes(mould.size_ids.filtered(lambda size: size.state == "planned"))

    def test_any_order_of_bills(self):
        """Whatever was posted, reset, corrected and credited before: the figures are those of the bills as they stand."""
        _request, mould = self._decided_mould(size_ids=[])
        first = self._bill(mould, 300.0)
        second = first.copy({"invoice_date": "2026-03-02"})
        second.invoice_line_ids.sale_sample_mould_id = mould
        random = Random(5)
        for step in range(24):
            if step == 8:
                self._released(mould)
            bill = random.choice((first, second))
            if bill.state == "posted":
                bill.button_draft()
            elif random.random() < 0.4:
                bill.invoice_line_ids.price_unit = random.choice((100.0, 700.0, 1500.0, 4000.01))
            else:
                bill.action_post()
            posted = (first | second).filtered(lambda bill: bill.state == "posted")
            shares = [round(bill.amount_untaxed / 2, 2) for bill in posted]
            actual = sum(shares) if step < 8 else max(sum(shares), 750.0)
            self.assertEqual(self._figures(self.line)[1], round(actual, 2), f"step {step}")

    def test_bill_reset_during_the_release(self):
        """The expected cost that was booked while the bill was reset is replaced when it is posted again."""
        _request, mould = self._decided_mould()
        bill = self._bill(mould, 1600.0)
        bill.action_post()
        bill.button_draft()
        self._released(mould)
        self.assertEqual(self._figures(self.line), (0.0, 750.0, 4250.0))
        bill.action_post()
        self.assertEqual(self._figures(self.line), (0.0, 800.0, 4200.0))

    def test_bill_after_the_release(self):
        """The bill takes the place of the cost expected, and gives it back when it is taken back."""
        _request, mould = self._decided_mould()
        self._released(mould)
        bill = self._bill(mould, 1400.0)
        bill.action_post()
        self.assertEqual(
            self._figures(self.line)[:2], (0.0, 750.0), "700 are proved, 50 of the expected cost are not yet"
        )
        bill.button_draft()
        self.assertEqual(self._figures(self.line)[1], 750.0)
        bill.invoice_line_ids.price_unit = 1800.0
        bill.action_post()
        self.assertEqual((self._figures(self.line)[1], mould.billed_cost), (900.0, 1800.0))

    def test_later_cost_is_paid_by_the_budget_of_the_day(self):
        _request, mould = self._decided_mould()
        self._released(mould)
        planned = mould.size_ids.filtered(lambda size: size.state == "planned")
        with freeze_time("2027-02-01 01:00:00"):
            with self.assertRaises(UserError):
                mould._open_sizes(planned)
            later = self._budget(9000.0, date_from="2027-01-01")
            mould._open_sizes(planned)
        self.assertEqual((self._figures(self.line)[1], self._figures(later)[1]), (750.0, 750.0))
