from odoo import models
from odoo.tools import SQL


class SaleSampleStatistics(models.Model):
    """Mould fees charged, collected and refunded, each in its month."""

    _inherit = "sale.sample.statistics"
    _depends = {
        "sale.sample.fee.decision": ["collected_amount", "decided_at", "fee_amount", "request_id", "state"],
        "sale.order.line": ["invoice_lines", "sample_fee_decision_id"],
        "account.partial.reconcile": ["credit_move_id", "debit_move_id", "max_date"],
        "sale.sample.mould.agreement": ["request_id"],
        "sale.sample.refund": ["agreement_id", "company_amount", "granted_on"],
    }

    def _get_facts(self):
        return [*super()._get_facts(), self._select_refunds(), self._select_charged(), self._select_collected()]

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
            row_id="refund.id",
            event=SQL("'refunded'"),
            request="agreement.request_id",
            day="refund.granted_on",
            refunded="refund.company_amount",
        )

    def _select_charged(self) -> SQL:
        """Fees that were decided, on the day of the approval."""
        return self._fact(
            6,
            SQL("sale_sample_fee_decision decision WHERE decision.state = 'approved' AND decision.fee_amount > 0"),
            row_id="decision.id",
            event=SQL("'charged'"),
            request="decision.request_id",
            moment="decision.decided_at",
            charged="decision.fee_amount",
        )

    def _select_collected(self) -> SQL:
        """What customers paid of the fees, on the day of the last payment."""
        return self._fact(
            7,
            SQL(
                """
                sale_sample_fee_decision decision
                  LEFT JOIN LATERAL (
                           SELECT MAX(partial.max_date) AS day
                             FROM sale_order_line line
                             JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                             JOIN account_move_line invoiced ON invoiced.id = rel.invoice_line_id
                             JOIN account_move_line receivable ON receivable.move_id = invoiced.move_id
                             JOIN account_partial_reconcile partial ON partial.debit_move_id = receivable.id
                            WHERE line.sample_fee_decision_id = decision.id
                       ) AS payment ON TRUE
                 WHERE decision.collected_amount > 0
                """
            ),
            row_id="decision.id",
            event=SQL("'collected'"),
            request="decision.request_id",
            moment="decision.decided_at",
            day="payment.day",
            collected="decision.collected_amount",
        )
