from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tools import SQL

from odoo.addons.sale_sample.tests.common import MONDAY_9
from odoo.addons.sale_sample_fee.tests.common_fees import FeeCase
from odoo.addons.sale_sample_fee.tests.common_refund import RefundCase

from .common_statistics import StatisticsCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestStatisticsFees(FeeCase):
    """Fees of 4,000 stand in the month in which they are charged and paid, and stay there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        cls._budget()
        cls._policy()

    def _invoiced(self, order):
        invoice = self._invoice(order)
        self.env.flush_all()
        return invoice

    def _rows(self, request, event):
        """Return day and amount of the rows of an event."""
        rows = self.env["sale.sample.statistics"].search([("request_id", "=", request.id), ("event", "=", event)])
        return sorted((str(row.date), row[event]) for row in rows)

    def test_charged_when_the_order_is_confirmed(self):
        request, order = self._charged()
        self.assertFalse(self._rows(request, "charged"))
        with freeze_time("2026-04-01 01:00:00"):
            order.action_confirm()
            self.env.flush_all()
        self.assertEqual(self._rows(request, "charged"), [("2026-04-01", 4000.0)])

    def test_each_payment_on_its_day(self):
        request, order = self._charged()
        invoice = self._invoiced(order)
        self._pay(invoice, invoice.amount_total / 4, "2026-03-10")
        self.assertEqual(self._rows(request, "collected"), [("2026-03-10", 1000.0)])
        self._pay(invoice, invoice.amount_residual / 9, "2026-04-15")
        self._pay(invoice, invoice.amount_residual / 2, "2026-04-15")
        self._pay(invoice, invoice.amount_residual, "2026-05-02")
        rows = self._rows(request, "collected")
        self.assertEqual(rows[0], ("2026-03-10", 1000.0), "a past month does not change")
        self.assertEqual([day for day, _amount in rows], ["2026-03-10", "2026-04-15", "2026-05-02"])
        self.assertEqual(round(sum(amount for _day, amount in rows), 2), 4000.0)
        ids = self.env["sale.sample.statistics"].search([("company_id", "=", self.company.id)]).ids
        self.assertEqual(len(ids), len(set(ids)))

    def test_credit_note_is_no_payment(self):
        request, order = self._charged()
        invoice = self._invoiced(order)
        self._pay(invoice, 1000.0, "2026-03-10")
        note = invoice._reverse_moves([{"invoice_date": "2026-04-20", "date": "2026-04-20"}])
        note.invoice_line_ids.price_unit = 500.0
        note.action_post()
        (invoice | note).line_ids.filtered(lambda line: line.account_id == self.receivable).reconcile()
        self._pay(invoice, 2500.0, "2026-05-05")
        self.assertEqual([day for day, _amount in self._rows(request, "collected")], ["2026-03-10", "2026-05-05"])

    def test_down_payment(self):
        """What is paid in advance counts on its day, the rest with the final invoice."""
        request, order = self._charged()
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        deposit = wizard.create({"advance_payment_method": "percentage", "amount": 25})._create_invoices(order)
        deposit.invoice_date = "2026-03-03"
        deposit.action_post()
        self._pay(deposit, deposit.amount_total, "2026-03-10")
        self.assertEqual(self._rows(request, "collected"), [("2026-03-10", 1000.0)])
        rest = order.sudo()._create_invoices(final=True)
        rest.invoice_date = "2026-04-01"
        rest.action_post()
        self._pay(rest, rest.amount_total, "2026-04-15")
        self.assertEqual(self._rows(request, "collected"), [("2026-03-10", 1000.0), ("2026-04-15", 3000.0)])

    def test_payment_without_entry(self):
        """Where an accounting app reconciles bank statements, a payment makes no entry of its own."""
        self.patch(type(self.env["account.move"]), "_get_invoice_in_payment_state", lambda _move: "in_payment")
        request, order = self._charged()
        invoice = self._invoiced(order)
        journal = self.env["account.journal"].create({
            "name": "Bank T",
            "code": "TB",
            "type": "bank",
            "company_id": self.company.id,
        })
        wizard = (
            self
            .env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": journal.id, "payment_date": "2026-03-25"})
        )
        payment = wizard._create_payments()
        self.assertFalse(payment.move_id)
        self.env.flush_all()
        self.assertEqual(self._rows(request, "collected"), [("2026-03-25", 4000.0)])

    def test_invoice_in_another_currency(self):
        """4,000 on an invoice of 500 dollars, paid on two days at another rate."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", usd.id)]).unlink()
        self.env["res.currency.rate"].create([
            {"currency_id": usd.id, "company_id": self.company.id, "name": day, "rate": rate}
            for day, rate in (("2026-01-01", 0.125), ("2026-03-15", 0.13))
        ])
        request, order = self._charged()
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.write({"invoice_date": "2026-03-02", "currency_id": usd.id})
        invoice.invoice_line_ids.price_unit = 500.0
        invoice.action_post()
        for amount, day in ((125.0, "2026-03-10"), (375.0, "2026-04-15")):
            entry = self.env["account.move"].create({
                "move_type": "entry",
                "company_id": self.company.id,
                "journal_id": self
                .env["account.journal"]
                .search([("company_id", "=", self.company.id), ("type", "=", "general")], limit=1)
                .id,
                "date": day,
                "line_ids": [
                    Command.create({
                        "account_id": account.id,
                        "currency_id": usd.id,
                        "amount_currency": sign * amount,
                        "balance": sign * amount * 8,
                        "partner_id": invoice.partner_id.id,
                    })
                    for account, sign in ((self.bank, 1), (self.receivable, -1))
                ],
            })
            entry.action_post()
            (invoice | entry).line_ids.filtered(
                lambda line: line.account_id == self.receivable and not line.reconciled
            ).reconcile()
        self.env.flush_all()
        self.assertEqual(request.fee_collected_amount, 4000.0)
        self.assertEqual(self._rows(request, "collected"), [("2026-03-10", 1000.0), ("2026-04-15", 3000.0)])

    def test_order_cancelled_after_the_payment(self):
        """The invoice stands: charged and collected stay, until it is taken back and repaid."""
        request, order = self._charged()
        invoice = self._invoiced(order)
        self._pay(invoice, 4000.0, "2026-03-10")
        charged = self._rows(request, "charged")
        order._action_cancel()
        self.env.flush_all()
        self.assertEqual(self._rows(request, "charged"), charged)
        self.assertEqual(self._rows(request, "collected"), [("2026-03-10", 4000.0)])
        note = invoice._reverse_moves([{"invoice_date": "2026-03-02", "date": "2026-03-02"}])
        note.action_post()
        self.env.flush_all()
        self.assertFalse(self._rows(request, "charged"))
        self.assertFalse(self._rows(request, "collected"))

    def test_paid_again_after_it_was_taken_back(self):
        """What was repaid has no month any more."""
        request, order = self._charged()
        invoice = self._invoiced(order)
        self._pay(invoice, 4000.0, "2026-03-10")
        note = invoice._reverse_moves([{"invoice_date": "2026-03-02", "date": "2026-03-02"}])
        note.action_post()
        again = order.sudo()._create_invoices()
        again.invoice_date = "2026-05-04"
        again.action_post()
        self._pay(again, 4000.0, "2026-05-05")
        self.assertEqual(self._rows(request, "collected"), [("2026-05-05", 4000.0)])

    def test_two_fees_on_one_invoice(self):
        """Each decision takes its part of each payment."""
        first, order = self._charged()
        second, other = self._charged(style_name="Second")
        order.action_confirm()
        other.action_confirm()
        invoice = (order | other).sudo()._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.invoice_date = "2026-03-02"
        invoice.action_post()
        self._pay(invoice, 2000.0, "2026-03-10")
        for request in (first, second):
            self.assertEqual(self._rows(request, "collected"), [("2026-03-10", 1000.0)])


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestStatisticsRefunds(RefundCase):
    """Refunds count when their credit note is posted, also those of agreements entered by hand."""

    def _refunded(self, **values):
        agreement = self._agreement(**values)
        self._booked(agreement, "2026-02-02", 1000)
        return agreement, agreement.refund_ids.move_id

    def _row(self, agreement, **values):
        domain = [("event", "=", "refunded"), ("company_id", "=", agreement.company_id.id)]
        return self.env["sale.sample.statistics"].search(domain)

    def test_counted_when_posted(self):
        request = self._request()
        agreement, note = self._refunded(request_id=request.id)
        self.assertFalse(self._row(agreement))
        note.invoice_line_ids.price_unit = 480
        note.invoice_date = "2026-04-07"
        note.action_post()
        self.env.flush_all()
        row = self._row(agreement)
        self.assertEqual((row.refunded, str(row.date), row.request_id), (480.0, "2026-04-07", request))

    def test_in_company_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create({
            "currency_id": dollar.id,
            "company_id": self.company.id,
            "name": "2026-01-01",
            "rate": 0.125,
        })
        agreement, note = self._refunded(currency_id=dollar.id)
        note.action_post()
        self.env.flush_all()
        self.assertEqual(self._row(agreement).refunded, 4000.0)

    def test_agreement_without_request(self):
        agreement, note = self._refunded(partner_id=self.contact.id)
        note.action_post()
        self.env.flush_all()
        row = self._row(agreement)
        self.assertFalse(row.request_id)
        self.assertEqual((row.partner_id, row.user_id, row.team_id), (self.customer, self.salesman, agreement.team_id))
        self.assertEqual((row.refunded, row.currency_id), (500.0, self.company.currency_id))
        self.assertEqual(row.action_open_request()["res_id"], agreement.id)
        for user, seen in ((self.salesman, row), (self.other_salesman, row.browse()), (self.finance, row)):
            with self.subTest(user.login):
                statistics = self.env["sale.sample.statistics"].with_user(user)
                self.assertEqual(statistics.search([("event", "=", "refunded")]), seen)
                total = statistics._read_group([("event", "=", "refunded")], [], ["refunded:sum"])
                self.assertEqual(total[0][0] or 0.0, sum(seen.mapped("refunded")))


@tagged("post_install", "-at_install")
class TestStatisticsCosts(StatisticsCase):
    """What moulds cost, and the net cost that ended samples have to bring back."""

    @classmethod
    def _mould(cls, request, day, sizes=(), once=1000.0, each=100.0):
        """Return a mould opened on a day, with its first size."""
        mould = cls.env["sale.sample.mould"].create({
            "shape": "Cup Sole",
            "request_id": request.id,
            "part_ids": [
                Command.create({"kind": "sole", "cost": each, "per_size": True}),
                Command.create({"kind": "last", "cost": once}),
            ],
            "size_ids": [Command.create({"size": size, "is_first": size == sizes[0]}) for size in sizes],
        })
        with freeze_time(f"{day} 01:00:00"):
            mould.with_user(cls.rnd).action_open()
        return mould

    def _sum(self, name, *domain):
        self.env.flush_all()
        domain = [("company_id", "=", self.company.id), *domain]
        return self.env["sale.sample.statistics"]._read_group(domain, [], [f"{name}:sum"])[0][0]

    def test_mould_cost_on_the_days_of_opening(self):
        mould = self._mould(self.request_a, "2026-03-10", sizes=(40, 41, 42))
        with freeze_time("2026-04-20 01:00:00"):
            mould.with_user(self.manager)._open_sizes(mould.size_ids[1:], "Orders to come")
        march = (("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01"))
        self.assertEqual(self._sum("mould_cost", *march), 1100.0)
        self.assertEqual(self._sum("mould_cost", ("date", "=", "2026-04-20")), 200.0)
        self.assertEqual(self._sum("mould_cost"), mould.opened_cost)

    def test_mould_without_sizes_and_mould_not_opened(self):
        mould = self._mould(self.request_a, "2026-03-10")
        quoted = mould.copy()
        dropped = mould.copy()
        dropped.with_user(self.rnd).action_drop()
        self.assertEqual((quoted.state, dropped.state), ("quoted", "cancelled"))
        self.assertEqual(self._sum("mould_cost"), 1100.0)

    def test_net_cost_and_payback(self):
        """A: 100 for the round and 1,100 for the mould are reached with the order of 1 June."""
        self._mould(self.request_a, "2026-03-10")
        mine = [("request_id", "=", self.request_a.id)]
        names = ("ended_cost:sum", "return_ratio:avg", "cost_per_won:avg", "payback_days:avg")
        self.env.flush_all()
        statistics = self.env["sale.sample.statistics"]
        self.assertEqual(statistics._read_group(mine, [], names), [(1200.0, 1.25, 1200.0, 91.0)])

    def test_nothing_to_pay_back(self):
        self.request_a.current_round_id.sudo().cost = 0
        mine = [("request_id", "=", self.request_a.id)]
        self.env.flush_all()
        found = self.env["sale.sample.statistics"]._read_group(mine, [], ["return_ratio:avg", "payback_days:avg"])
        self.assertEqual(found, [(False, False)])

    def test_payback_begins_with_the_first_hand_over(self):
        self.request_a.sudo().submitted_at = "2026-03-04 01:00:00"  # as the hand-over after a return does
        self.env.flush_all()
        found = self.env["sale.sample.statistics"]._read_group([], [], ["payback_days:avg"])
        self.assertEqual(found, [(30.0,)])

    def test_no_quotient_of_two_currencies(self):
        dollars = self.env["res.company"].create({"name": "Heels", "currency_id": self.env.ref("base.USD").id})
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE sale_sample_request SET company_id = %s WHERE id = %s", dollars.id, self.request_c.id)
        )
        self.env.invalidate_all()
        both = self.env["sale.sample.statistics"].with_context(allowed_company_ids=(self.company | dollars).ids)
        names = ("cost_per_won:avg", "return_ratio:avg")
        mine = [("request_id", "in", (self.request_a | self.request_c).ids)]
        self.assertEqual(both._read_group(mine, [], names), [(False, False)])
        self.assertEqual(
            both._read_group(mine, ["company_id"], names), [(self.company, 100.0, 15.0), (dollars, False, 0.0)]
        )

    @users("sample_rnd")
    def test_departments_see_no_mould_cost(self):
        statistics = self.env["sale.sample.statistics"]
        self.assertFalse(statistics._has_field_access(statistics._fields["mould_cost"], "read"))


@tagged("post_install", "-at_install")
class TestStatisticsRevenue(StatisticsCase):
    """What A won: 1,000 on 1 April and 500 on 1 June 2026, and what credit notes leave of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        currency = cls.company.currency_id
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.company.currency_id = currency
        cls.product.invoice_policy = "order"
        cls.lines = cls.env["sale.order.line"].search([("product_id", "=", cls.product.id)], order="id")
        cls.lines.tax_ids = False

    def _figures(self, *names):
        self.env.flush_all()
        [values] = self.env["sale.sample.statistics"]._read_group([("request_id", "=", self.request_a.id)], [], names)
        return values

    def _credit(self, line, **values):
        invoice = line.order_id.sudo()._create_invoices()
        invoice.invoice_date = "2026-06-10"
        invoice.action_post()
        note = invoice._reverse_moves([{"invoice_date": "2026-06-20", "date": "2026-06-20"}])
        note.invoice_line_ids.write(values)
        note.action_post()
        return note

    def test_net_of_an_allowance(self):
        self.assertEqual(self._figures("revenue:sum", "payback_days:avg"), (1500.0, 30.0))
        note = self._credit(self.lines[0], price_unit=10.0)
        self.assertEqual(self._figures("revenue:sum"), (1400.0,))
        note.button_draft()
        note.invoice_line_ids.price_unit = 95.0
        note.action_post()
        self.assertEqual(self._figures("revenue:sum", "payback_days:avg"), (550.0, 91.0), "100 only with the second")

    def test_net_of_returned_goods(self):
        self._credit(self.lines[1], quantity=2)
        self.assertEqual(self._figures("revenue:sum"), (1300.0,))

    def test_orders_before_their_currency_had_a_rate(self):
        dollar = self.env["res.currency"].create({"name": "XSD", "symbol": "x"})
        order = self.lines[0].order_id
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE sale_order SET currency_id = %s, currency_rate = 1 WHERE id = %s", dollar.id, order.id)
        )
        self.env.invalidate_all()
        names = ("revenue:sum", "return_ratio:avg")
        self.assertEqual(self._figures(*names), (500.0, False))
        self.env.flush_all()
        rows = self.env["sale.sample.statistics"].search([("request_id", "=", self.request_a.id)])
        self.assertEqual(rows.filtered("is_unconverted").mapped("event"), ["approved"])
        self.env["res.currency.rate"].create({
            "currency_id": dollar.id,
            "rate": 0.125,
            "name": "2026-07-01",
            "company_id": self.company.id,
        })
        self.assertEqual(self._figures(*names), (8500.0, 85.0))
        rows.invalidate_recordset()
        self.assertFalse(rows.filtered("is_unconverted"))
