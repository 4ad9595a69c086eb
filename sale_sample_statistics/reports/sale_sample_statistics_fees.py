from odoo import models
from odoo.tools import SQL

from .sale_sample_statistics_rows import KINDS_OF_FACTS

REFUNDED = 5


class SaleSampleStatistics(models.Model):
    """Mould fees charged, collected and refunded, each on its day: what a past month says does not change later."""

    _inherit = "sale.sample.statistics"
    _depends = {
        "sale.sample.fee.decision": ["collected_amount", "decided_at", "fee_amount", "request_id"],
        "sale.order": ["date_order", "state"],
        "sale.order.line": ["invoice_lines", "is_downpayment", "order_id", "price_total", "sample_fee_decision_id"],
        "account.move": ["amount_total", "amount_untaxed_signed", "invoice_date", "move_type", "state"],
        "account.move.line": ["account_id", "move_id", "price_total"],
        "account.partial.reconcile": ["credit_move_id", "debit_amount_currency", "debit_move_id", "max_date"],
        "account.payment": ["amount", "date", "move_id", "state"],
        "sale.sample.mould.agreement": ["commercial_partner_id", "company_id", "request_id", "team_id", "user_id"],
        "sale.sample.refund": ["agreement_id", "move_id"],
    }

    def _get_facts(self):
        return [*super()._get_facts(), self._select_refunds(), self._select_charged(), self._select_collected()]

    def _get_spending(self):
        return [
            *super()._get_spending(),
            SQL("SELECT request_id, -collected_amount FROM sale_sample_fee_decision WHERE collected_amount <> 0"),
            SQL("SELECT request_id, amount FROM posted_refund WHERE request_id IS NOT NULL"),
        ]

    def _get_shared(self):
        posted = SQL(
            """
            SELECT refund.id, agreement.request_id, note.invoice_date AS day, ABS(note.amount_untaxed_signed) AS amount,
                   agreement.company_id, agreement.commercial_partner_id AS partner_id, agreement.user_id,
                   agreement.team_id
              FROM sale_sample_refund refund
              JOIN account_move note ON note.id = refund.move_id AND note.state = 'posted'
              JOIN sale_sample_mould_agreement agreement ON agreement.id = refund.agreement_id
            """
        )
        # share: which part of the invoice is the fee. A down payment on the order is one on the fee, too, for as much
        # of the order as the fee is; the final invoice deducts it again
        bills = SQL(
            """
            SELECT part.decision_id, invoice.id AS move_id,
                   SUM(part.share * invoiced.price_total) / invoice.amount_total AS share
              FROM (
                    SELECT fee.sample_fee_decision_id AS decision_id, fee.id AS line_id, 1.0 AS share
                      FROM sale_order_line fee
                     WHERE fee.sample_fee_decision_id IS NOT NULL
                     UNION ALL
                    SELECT fee.sample_fee_decision_id, deposit.id, fee.price_total / ordered.amount
                      FROM sale_order_line fee
                      JOIN sale_order_line deposit ON deposit.order_id = fee.order_id AND deposit.is_downpayment
                      JOIN LATERAL (
                               SELECT SUM(line.price_total) AS amount
                                 FROM sale_order_line line
                                WHERE line.order_id = fee.order_id AND line.is_downpayment IS NOT TRUE
                           ) AS ordered ON ordered.amount > 0
                     WHERE fee.sample_fee_decision_id IS NOT NULL
                   ) AS part
              JOIN sale_order_line line ON line.id = part.line_id
              JOIN sale_order orders ON orders.id = line.order_id AND orders.state <> 'cancel'
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = part.line_id
              JOIN account_move_line invoiced ON invoiced.id = rel.invoice_line_id
              JOIN account_move invoice ON invoice.id = invoiced.move_id
             WHERE invoice.state = 'posted'
               AND invoice.move_type = 'out_invoice'
               AND invoice.amount_total > 0
             GROUP BY part.decision_id, invoice.id
            """
        )
        return super()._get_shared() | {"posted_refund": posted, "fee_bill": bills}

    def action_open_request(self):
        if self.event == "refunded" and not self.request_id:
            refund = self.env["sale.sample.refund"].browse(self.id // KINDS_OF_FACTS)
            return refund.agreement_id._get_records_action()
        return super().action_open_request()

    def _select_refunds(self) -> SQL:
        """Credit notes that were posted; also those of agreements entered by hand, which have no request."""
        names = ("company_id", "partner_id", "user_id", "team_id")
        return self._fact(
            REFUNDED,
            SQL("posted_refund refund"),
            row_id="refund.id",
            event="'refunded'",
            request="refund.request_id",
            day="refund.day",
            own={name: f"CASE WHEN refund.request_id IS NULL THEN refund.{name} END" for name in names},
            refunded="refund.amount",
        )

    def _select_charged(self) -> SQL:
        """Fees on the day of the first confirmed order that charges them."""
        return self._fact(
            6,
            SQL(
                """
                (SELECT line.sample_fee_decision_id AS id, MIN(orders.date_order) AS moment
                   FROM sale_order_line line
                   JOIN sale_order orders ON orders.id = line.order_id AND orders.state = 'sale'
                  WHERE line.sample_fee_decision_id IS NOT NULL
                  GROUP BY line.sample_fee_decision_id) AS charged
                  JOIN sale_sample_fee_decision decision ON decision.id = charged.id AND decision.fee_amount > 0
                """
            ),
            row_id="decision.id",
            event="'charged'",
            request="decision.request_id",
            moment="charged.moment",
            charged="decision.fee_amount",
        )

    def _select_collected(self) -> SQL:
        """What customers paid of the fees: a row for each decision and day of payment.

        What was collected of a decision is shared out by what was paid on each day. Each day takes what is due up to
        it less what was due before, so that rounding loses nothing.
        """
        return self._fact(
            7,
            SQL(
                """
                (SELECT due.id, due.request_id, due.decided_at, due.day,
                        CASE WHEN due.whole > 0
                             THEN ROUND(due.amount * due.so_far / due.whole, due.digits)
                                  - ROUND(due.amount * (due.so_far - due.weight) / due.whole, due.digits)
                             ELSE due.amount END AS amount
                   FROM (
                         SELECT decision.id, decision.request_id, decision.decided_at, paid.day, paid.weight,
                                decision.collected_amount AS amount, currency.decimal_places AS digits,
                                SUM(paid.weight) OVER (PARTITION BY decision.id ORDER BY paid.day) AS so_far,
                                SUM(paid.weight) OVER (PARTITION BY decision.id) AS whole
                           FROM sale_sample_fee_decision decision
                           JOIN res_company company ON company.id = decision.company_id
                           JOIN res_currency currency ON currency.id = company.currency_id
                           LEFT JOIN (%s) AS paid ON paid.decision_id = decision.id
                          WHERE decision.collected_amount > 0
                        ) AS due
                ) AS collected WHERE collected.amount <> 0
                """,
                self._paid_days_sql(),
            ),
            # a day in 16 bits: 1970 to 2149
            row_id="(collected.id::bigint * 65536 + COALESCE(collected.day - DATE '1970-01-01', 0))",
            event="'collected'",
            request="collected.request_id",
            moment="collected.decided_at",
            day="collected.day",
            collected="collected.amount",
        )

    def _paid_days_sql(self) -> SQL:
        """Return a query of the payments of fees: decision, day, weight.

        Credit notes pay nothing. Payments without a journal entry are read where nothing was reconciled.
        """
        return SQL(
            """
            SELECT payment.decision_id, payment.day, SUM(payment.weight) AS weight
              FROM (
                    SELECT found.*, MIN(found.rank) OVER (PARTITION BY found.decision_id) AS best
                      FROM (
                            SELECT bill.decision_id, 1 AS rank, partial.max_date AS day,
                                   partial.debit_amount_currency * bill.share AS weight
                              FROM fee_bill bill
                              JOIN account_move_line receivable ON receivable.move_id = bill.move_id
                              JOIN account_account account
                                ON account.id = receivable.account_id AND account.account_type = 'asset_receivable'
                              JOIN account_partial_reconcile partial ON partial.debit_move_id = receivable.id
                              JOIN account_move_line credit ON credit.id = partial.credit_move_id
                              JOIN account_move counterpart
                                ON counterpart.id = credit.move_id AND counterpart.move_type <> 'out_refund'
                             UNION ALL
                            SELECT bill.decision_id, 2, payment.date, payment.amount * bill.share
                              FROM fee_bill bill
                              JOIN account_move__account_payment matched ON matched.invoice_id = bill.move_id
                              JOIN account_payment payment
                                ON payment.id = matched.payment_id
                               AND payment.move_id IS NULL
                               AND payment.state IN ('in_process', 'paid')
                           ) AS found
                     WHERE found.weight > 0
                   ) AS payment
             WHERE payment.rank = payment.best
             GROUP BY payment.decision_id, payment.day
            """
        )
