"""A type of sample that somebody has to decide about who pays, rules and money."""

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.sale_sample_mould.tests.common import MouldCase


class OverspendMixin:
    """A sales manager who may go over the budget."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.overspender = new_test_user(
            cls.env,
            "request_overspender",
            groups="sales_team.group_sale_manager,sale_budget.group_overspend",
            email="overspender@example.com",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )


class FeeCase(OverspendMixin, MouldCase):
    """Nobody's rules but those made here hold in the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.sample.fee.policy"].search([("active", "=", True)]).active = False
        cls.type.needs_fee_decision = True
        cls.purpose = cls.env.ref("sale_budget.purpose_mould")

    @classmethod
    def _mould(cls, request_id=False, **values):
        """Return a mould quoted by R&D; a manager names its request, which R&D sees after the hand-over only."""
        mould = super()._mould(**values)
        if request_id:
            mould.with_user(cls.manager).request_id = request_id
        return mould

    @classmethod
    def _policy(cls, **values):
        return cls.env["sale.sample.fee.policy"].create({
            "name": "Rule",
            "charge": "shared",
            "share_percent": 50.0,
            "pay_before_shipping": True,
            **values,
        })

    @classmethod
    def _budget(cls, amount=50000.0, **values):
        budget = cls.env["sale.budget"].create({
            "name": "Moulds 2026",
            "company_id": cls.company.id,
            "period_kind": "free",
            "date_from": "2026-01-01",
            "date_to": "2099-12-31",
            "owner_id": cls.manager.id,
            "line_ids": [Command.create({"purpose_id": cls.purpose.id, "amount": amount})],
            **values,
        })
        budget.sudo()._change_state("approved")
        return budget.line_ids

    @classmethod
    def _handed_over(cls, cost=8000.0, **values):
        """Return a request with the proposal of a fee, as its salesperson."""
        return cls._submitted(fee_cost=cost, **values).with_user(cls.salesman)

    @classmethod
    def _decided(cls, **values):
        request = cls._handed_over(**values)
        request.action_confirm_fee()
        return request

    @classmethod
    def _charged(cls, **values):
        """Return a request whose fee is decided and on a quotation, and the quotation."""
        request = cls._decided(**values)
        request.action_charge_fee()
        return request, request.fee_decision_id.order_line_ids.order_id

    def _figures(self, line):
        line.invalidate_recordset()
        return line.committed_amount, line.actual_amount, line.available_amount

    @classmethod
    def _ledger(cls):
        """Give the company what invoices need."""
        receivable, income, bank = cls.env["account.account"].create([
            {
                "name": "Receivable T",
                "code": "T1221",
                "account_type": "asset_receivable",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            },
            {
                "name": "Income T",
                "code": "T6001",
                "account_type": "income",
                "company_ids": [Command.set(cls.company.ids)],
            },
            {
                "name": "Bank T",
                "code": "T1002",
                "account_type": "asset_cash",
                "company_ids": [Command.set(cls.company.ids)],
            },
        ])
        cls.env["account.journal"].create([
            {
                "name": "Sales T",
                "code": "TS",
                "type": "sale",
                "company_id": cls.company.id,
                "default_account_id": income.id,
            },
            {"name": "Misc T", "code": "TM", "type": "general", "company_id": cls.company.id},
        ])
        (cls.customer | cls.other_customer).with_company(cls.company).property_account_receivable_id = receivable
        cls.income, cls.bank, cls.receivable = income, bank, receivable

    def _pay(self, invoice, amount, day=None):
        """Pay part of an invoice by a journal entry, on its own day if no other is given."""
        move = self.env["account.move"].create({
            "move_type": "entry",
            "company_id": self.company.id,
            "journal_id": self
            .env["account.journal"]
            .search([("company_id", "=", self.company.id), ("type", "=", "general")], limit=1)
            .id,
            "date": day or invoice.invoice_date,
            "line_ids": [
                Command.create({"account_id": self.bank.id, "debit": amount, "name": "in"}),
                Command.create({
                    "account_id": self.receivable.id,
                    "credit": amount,
                    "name": "in",
                    "partner_id": invoice.partner_id.id,
                }),
            ],
        })
        move.action_post()
        lines = (invoice | move).line_ids.filtered(lambda line: line.account_id == self.receivable)
        lines.reconcile()
        self.env.flush_all()

    def _invoice(self, order):
        """Confirm an order and invoice it."""
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.invoice_date = "2026-03-02"
        invoice.invoice_date_due = "2026-03-20"
        invoice.action_post()
        return invoice

    def _paid(self):
        """Return the agreement of a shared mould fee of 4,000 that is charged and paid, as superuser."""
        self._ledger()
        self._budget()
        self._policy(
            refund_step_ids=[
                Command.create({"threshold_pairs": 2000, "percent": 50.0, "within_months": 12}),
                Command.create({"threshold_pairs": 5000, "percent": 50.0}),
            ]
        )
        request, order = self._charged()
        invoice = self._invoice(order)
        self._pay(invoice, invoice.amount_total)
        return request.fee_decision_id.sudo().agreement_ids

    def _refund(self, agreement):
        """Book deliveries that reach the first threshold."""
        sole = self.env["product.product"].create({"name": "Sole of the Mould", "type": "consu"})
        agreement = agreement.with_user(self.finance)
        agreement.product_ids = sole
        agreement.action_start()
        agreement._book_by_hand(2100, agreement.date_start, "Delivery note 4711")
