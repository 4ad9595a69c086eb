"""A mould fee of 1,000 that comes back in two halves."""

from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time

from odoo.addons.sale_sample.tests.common_rounds import RoundCase


class RefundCase(RoundCase):
    """Half of the fee after 1,000 pairs within six months, the rest after 2,000 whenever."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sole, cls.other_sole = cls.env["product.product"].create([
            {"name": "Sole", "type": "consu"},
            {"name": "Other Sole", "type": "consu"},
        ])
        cls.journal = cls.env["account.journal"].create({
            "name": "Sales",
            "code": "SSAL",
            "type": "sale",
            "company_id": cls.company.id,
            "default_account_id": cls
            .env["account.account"]
            .create({
                "name": "Sample Income",
                "code": "600100",
                "account_type": "income",
                "company_ids": [Command.set(cls.company.ids)],
            })
            .id,
        })
        receivable = cls.receivable = cls.env["account.account"].create({
            "name": "Sample Receivable",
            "code": "112200",
            "account_type": "asset_receivable",
            "reconcile": True,
            "company_ids": [Command.set(cls.company.ids)],
        })
        for partner in (cls.customer, cls.contact):
            partner.with_company(cls.company).property_account_receivable_id = receivable

    @classmethod
    def _agreement(cls, started=True, steps=((1000, 50, 6), (2000, 50, 0)), **values):
        """Return an agreement of the salesman, running since 5 January 2026 unless told otherwise."""
        agreement = cls.env["sale.sample.mould.agreement"].create({
            "partner_id": cls.customer.id,
            "user_id": cls.salesman.id,
            "fee_amount": 1000,
            "date_start": "2026-01-05",
            "product_ids": [Command.set(cls.sole.ids)],
            "step_ids": [
                Command.create({"threshold_pairs": pairs, "percent": percent, "months": months})
                for pairs, percent, months in steps
            ],
            **values,
        })
        if started:
            agreement.action_start()
        return agreement

    @classmethod
    def _booked(cls, agreement, day, pairs):
        """Book pairs on a day, as finance does."""
        with freeze_time(f"{day} 04:00:00"):
            return agreement.with_user(cls.finance)._book_by_hand(pairs, cls._day(day), "Paper note")

    # ---- the fee on an invoice ----

    @classmethod
    def _bill(cls, *prices, taxes=None, paid=True, **values):
        """Return a posted invoice to the customer with a line for each price, paid unless told otherwise."""
        invoice = cls.env["account.move"].create({
            "move_type": "out_invoice",
            "partner_id": cls.customer.id,
            "journal_id": cls.journal.id,
            "invoice_date": "2026-03-02",
            "invoice_line_ids": [
                Command.create({
                    "name": f"Mould fee {number}",
                    "price_unit": price,
                    "tax_ids": [Command.set(taxes.ids if taxes else [])],
                })
                for number, price in enumerate(prices)
            ],
            **values,
        })
        invoice.action_post()
        if paid:
            cls._pay(invoice)
        return invoice

    @classmethod
    def _pay(cls, invoice, amount=None):
        """Pay what is open of an invoice, or so much of it, in its currency, by a journal entry; return the entry."""
        bank, journal = cls._get_bank()
        lines = invoice.line_ids.filtered(lambda line: line.account_id == cls.receivable)
        amount = invoice.amount_residual if amount is None else amount
        company_amount = cls.company.currency_id.round(amount / invoice.invoice_currency_rate)
        values = {"currency_id": invoice.currency_id.id, "partner_id": invoice.partner_id.id}
        payment = cls.env["account.move"].create({
            "move_type": "entry",
            "journal_id": journal.id,
            "date": invoice.invoice_date,
            "line_ids": [
                Command.create({"account_id": bank.id, "debit": company_amount, "amount_currency": amount, **values}),
                Command.create({
                    "account_id": cls.receivable.id,
                    "credit": company_amount,
                    "amount_currency": -amount,
                    **values,
                }),
            ],
        })
        payment.action_post()
        (lines | payment.line_ids.filtered("credit")).reconcile()
        cls.env.flush_all()
        return payment

    @classmethod
    def _get_bank(cls):
        accounts, journals = cls.env["account.account"], cls.env["account.journal"]
        mine = [("code", "=", "100299"), ("company_ids", "in", cls.company.ids)]
        bank = accounts.with_company(cls.company).search(mine) or accounts.create({
            "name": "Sample Bank",
            "code": "100299",
            "account_type": "asset_cash",
            "company_ids": [Command.set(cls.company.ids)],
        })
        entries = [("company_id", "=", cls.company.id), ("code", "=", "SMSC")]
        journal = journals.search(entries) or journals.create({
            "name": "Sample Misc",
            "code": "SMSC",
            "type": "general",
            "company_id": cls.company.id,
        })
        return bank, journal

    @classmethod
    def _credit(cls, invoice, amount):
        """Credit so much of an invoice, taxes of its first line added, and reconcile it; return the credit note."""
        note = cls.env["account.move"].create({
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "journal_id": invoice.journal_id.id,
            "currency_id": invoice.currency_id.id,
            "invoice_date": invoice.invoice_date,
            "reversed_entry_id": invoice.id,
            "invoice_line_ids": [
                Command.create({
                    "name": "Price allowance",
                    "price_unit": amount,
                    "tax_ids": [Command.set(invoice.invoice_line_ids[:1].tax_ids.ids)],
                })
            ],
        })
        note.action_post()
        lines = (invoice | note).line_ids.filtered(lambda line: line.account_id == cls.receivable)
        lines.filtered(lambda line: not line.reconciled).reconcile()
        cls.env.flush_all()
        return note

    def _every_day(self):
        with self.enter_registry_test_mode():
            self.env.ref("sale_sample_fee.ir_cron_refunds").method_direct_trigger()

    @staticmethod
    def _day(text):
        return date.fromisoformat(text)
