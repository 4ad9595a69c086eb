"""Invoices, credit notes and payments for the tests of grading."""

from odoo.fields import Command

from .common import GradeCase


class GradeInvoiceCase(GradeCase):
    """The company has the generic chart of accounts that every Odoo brings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.company.currency_id = cls._currency("CNY")
        cls.product.invoice_policy = "order"
        cls.bank = cls.env["account.account"].search(
            [("company_ids", "in", cls.company.ids), ("account_type", "=", "asset_cash")], limit=1
        )

    @classmethod
    def _invoice(cls, partner, amount, day, due=None, move_type="out_invoice", **values):
        """Post an invoice or credit note that belongs to no order."""
        move = cls.env["account.move"].create({
            "move_type": move_type,
            "partner_id": partner.id,
            "invoice_date": day,
            "date": day,
            "invoice_payment_term_id": False,
            "invoice_date_due": due or day,
            "invoice_line_ids": [
                Command.create({"product_id": cls.product.id, "price_unit": amount, "tax_ids": [Command.clear()]})
            ],
            **values,
        })
        move.action_post()
        return move

    @classmethod
    def _receivable(cls, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    @classmethod
    def _pay(cls, invoice, amount, day):
        """Receive a payment and match it with the invoice."""
        receivable = cls._receivable(invoice)
        entry = cls.env["account.move"].create({
            "move_type": "entry",
            "date": day,
            "line_ids": [
                Command.create({"account_id": cls.bank.id, "debit": amount}),
                Command.create({
                    "account_id": receivable.account_id.id,
                    "partner_id": invoice.partner_id.id,
                    "credit": amount,
                }),
            ],
        })
        entry.action_post()
        (receivable + cls._receivable(entry)).reconcile()

    @classmethod
    def _invoice_order(cls, order, day):
        """Invoice what is to be invoiced of an order."""
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    @classmethod
    def _credit(cls, invoice, day, quantity=None, correct=False):
        """Credit an invoice, all of it or some of the goods.

        :param correct: write a corrected invoice, too; it is returned as a draft
        """
        wizard = (
            cls
            .env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": day, "journal_id": invoice.journal_id.id})
        )
        if correct:
            return cls.env["account.move"].browse(wizard.modify_moves()["res_id"])
        credit_note = cls.env["account.move"].browse(wizard.refund_moves()["res_id"])
        credit_note.invoice_date = day
        if quantity is not None:
            credit_note.invoice_line_ids.quantity = quantity
        credit_note.action_post()
        return credit_note
