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
        receivable = cls.env["account.account"].create({
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

    @staticmethod
    def _day(text):
        return date.fromisoformat(text)
