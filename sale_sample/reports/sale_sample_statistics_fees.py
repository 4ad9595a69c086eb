from odoo import models
from odoo.tools import SQL


class SaleSampleStatistics(models.Model):
    """Mould fees charged, collected and refunded, each in its month."""

    _inherit = "sale.sample.statistics"
    _depends = {
        "sale.sample.mould.agreement": ["request_id"],
        "sale.sample.refund": ["agreement_id", "company_amount", "granted_on"],
    }

    def _get_facts(self):
        return [*super()._get_facts(), self._select_refunds()]

    def _select_refunds(self) -> SQL:
        """Refunds granted, in company currency at the rate of the day."""
        return self._fact(
            5,
            SQL(
                """
                sale_sample_refund refund
                  JOIN sale_sample_mould_agreement agreement ON agreement.id = refund.agreement_id
                 WHERE agreement.request_id IS NOT NULL
                """
            ),
            id_="refund.id",
            event=SQL("'refunded'"),
            request="agreement.request_id",
            day="refund.granted_on",
            refunded="refund.company_amount",
        )
