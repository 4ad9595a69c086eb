from datetime import date

from odoo import api, models
from odoo.tools import SQL


class SalesDepartmentRevenue(models.AbstractModel):
    """What revenue and margin are: the one definition, for every report and every grade.

    **Revenue** is the amount of confirmed orders, net of what credit notes took off.

    - *Tax*: without taxes, on both sides.
    - *Currency*: company currency, at the rate the order has stored. Odoo stores a rate of exactly 1 where the
      currency had none when the order was written; then the rate of the order's day counts that was entered since.
      Without any rate the amount is unknown (NULL) and the row says so (``is_unconverted``): it is never counted 1:1.
      An invoice or credit note in another currency than its order counts by what the invoiced quantity is worth on the
      order, whatever the rates of its day: the exchange difference is no revenue.
    - *Day*: that of the order, also for what is credited later. What is credited after a given day can be left out.
    - *Credits* count by amount, line by line, see ``tools.revenue``: a price allowance by its amount, returned goods
      by theirs, a credit note that a corrected invoice followed not at all. If the order is invoiced in part, only
      the invoice that was made in one transaction with the credit note ("Reverse and Create Invoice") is known to be
      a correction; any other may be over the rest of the order. A line without a link to an order, on a credit note
      that reverses an invoice of orders, is shared out over the order lines of that invoice by amount; unless it
      takes back a line that was typed on the invoice itself, and is in no order. Down payments are no revenue, and
      crediting one takes nothing off.
    - A credit note that has nothing to do with any order is no part of an order: it counts for the customer on its
      own invoice date, see :meth:`_select_free_credits`.

    **Margin** is that of ``sale_margin``, where it is installed, on the same terms. An allowance lowers it by its whole
    amount; goods that came back bring their cost back.

    All is read as superuser, set-based: it starts from the credit notes, which are few. Only posted documents count.
    """

    _name = "sales.department.revenue"
    _description = "Revenue of Confirmed Orders"

    @api.model
    def _has_margin(self) -> bool:
        """Return whether orders know their margin."""
        return "margin" in self.env["sale.order"]._fields

    # ------------------------------------------------------------------
    # Orders and their lines, net
    # ------------------------------------------------------------------

    @api.model
    def _select_orders(self, companies, day: date | None = None) -> SQL:
        """Return a query of all confirmed orders of companies, with what credit notes leave of them.

        Columns: id, name, company_id, partner_id, user_id, team_id, currency_id, date_order, is_purchase (ordered for
        more than nothing), is_unconverted, revenue, margin; amounts in company currency.

        :param day: last day whose credit notes count; None = all
        """
        return SQL(
            """
            SELECT o.id, o.name, o.company_id, o.partner_id, o.user_id, o.team_id, o.currency_id, o.date_order,
                   o.amount_untaxed > 0 AS is_purchase, rate.value IS NULL AS is_unconverted,
                   (o.amount_untaxed - COALESCE(off.revenue, 0)) / rate.value AS revenue,
                   %(margin)s / rate.value AS margin
              FROM sale_order o
              JOIN res_company company ON company.id = o.company_id
         LEFT JOIN (SELECT order_id, SUM(revenue) AS revenue, SUM(margin) AS margin
                      FROM (%(taken_off)s) AS line
                  GROUP BY order_id) off ON off.order_id = o.id
        CROSS JOIN LATERAL (SELECT %(rate)s AS value) rate
             WHERE o.company_id IN %(companies)s AND o.state = 'sale'
            """,
            margin=SQL("(o.margin - COALESCE(off.margin, 0))") if self._has_margin() else SQL("0"),
            taken_off=self._select_taken_off(companies, day),
            rate=self._rate(),
            companies=tuple(companies.ids),
        )

    @api.model
    def _select_lines(self, companies, day: date | None = None) -> SQL:
        """Return a query of all lines of confirmed orders of companies, with what credit notes leave of them.

        Columns: id, order_id, date_order, is_unconverted, revenue, margin; amounts in company currency. Lines without
        an amount of their own, and down payments, are left out.

        :param day: last day whose credit notes count; None = all
        """
        return SQL(
            """
            SELECT s.id, s.order_id, o.date_order, rate.value IS NULL AS is_unconverted,
                   (s.price_subtotal - COALESCE(off.revenue, 0)) / rate.value AS revenue,
                   %(margin)s / rate.value AS margin
              FROM sale_order_line s
              JOIN sale_order o ON o.id = s.order_id AND o.state = 'sale'
              JOIN res_company company ON company.id = o.company_id
         LEFT JOIN (%(taken_off)s) AS off ON off.order_line_id = s.id
        CROSS JOIN LATERAL (SELECT %(rate)s AS value) rate
             WHERE o.company_id IN %(companies)s AND s.display_type IS NULL AND s.is_downpayment IS NOT TRUE
            """,
            margin=SQL("(s.margin - COALESCE(off.margin, 0))") if self._has_margin() else SQL("0"),
            taken_off=self._select_taken_off(companies, day),
            rate=self._rate(),
            companies=tuple(companies.ids),
        )

    @api.model
    def _select_free_credits(self, companies) -> SQL:
        """Return a query of the posted credit notes of companies that have nothing to do with an order.

        Columns: id, name, company_id, partner_id (the commercial one), user_id, team_id, date, amount; without taxes,
        in company currency at the rate of the document. Lines of orders, and of what was typed on an invoice of
        orders, are not in the amount.
        """
        return SQL(
            """
            SELECT m.id, m.name, m.company_id, m.commercial_partner_id AS partner_id, m.invoice_user_id AS user_id,
                   m.team_id, m.invoice_date AS date, SUM(l.balance) AS amount
              FROM account_move m
              JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
             WHERE m.company_id IN %(companies)s AND m.move_type = 'out_refund' AND m.state = 'posted'
               AND NOT EXISTS (SELECT FROM sale_order_line_invoice_rel x WHERE x.invoice_line_id = l.id)
               AND NOT EXISTS (SELECT FROM account_move_line i
                                 JOIN sale_order_line_invoice_rel x ON x.invoice_line_id = i.id
                                WHERE i.move_id = m.reversed_entry_id)
          GROUP BY m.id
            """,
            companies=tuple(companies.ids),
        )

    # ------------------------------------------------------------------
    # What credit notes take off
    # ------------------------------------------------------------------

    @api.model
    def _select_taken_off(self, companies, day: date | None = None) -> SQL:
        """Return a query of the order lines of companies from which credit notes took something off.

        Columns: order_id, order_line_id, revenue, margin; in the currency of the order. ``tools.revenue`` says the
        same of one line in plain words.

        :param day: last day whose credit notes count; None = all. Invoices count whatever their day: a corrected
            invoice written later shows that a credit note was none
        """
        return SQL(
            """
            WITH credit AS MATERIALIZED (
                SELECT l.id, m.id AS move_id, CASE WHEN m.reversed_entry_id IS NOT NULL THEN m.create_date END AS made,
                       l.product_id, l.name, l.quantity, l.product_uom_id, l.price_subtotal, l.balance,
                       m.currency_id, m.reversed_entry_id,
                       EXISTS (SELECT FROM sale_order_line_invoice_rel x WHERE x.invoice_line_id = l.id) AS is_linked
                  FROM account_move m
                  JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
                 WHERE m.company_id IN %(companies)s AND m.move_type = 'out_refund' AND m.state = 'posted'
                   AND %(until)s
            ),
            credited AS MATERIALIZED (
                SELECT c.*, x.order_line_id,
                       1.0 / COUNT(*) OVER (PARTITION BY c.id) AS share
                  FROM credit c
                  JOIN sale_order_line_invoice_rel x ON x.invoice_line_id = c.id
                 WHERE c.is_linked
             UNION ALL
                SELECT c.*, x.order_line_id,
                       i.price_subtotal / SUM(i.price_subtotal) OVER (PARTITION BY c.id)
                  FROM credit c
                  JOIN account_move_line i
                    ON i.move_id = c.reversed_entry_id AND i.display_type = 'product' AND i.price_subtotal > 0
                  JOIN sale_order_line_invoice_rel x ON x.invoice_line_id = i.id
                  JOIN sale_order_line s ON s.id = x.order_line_id AND s.is_downpayment IS NOT TRUE
                 WHERE NOT c.is_linked
                   AND NOT EXISTS (
                           SELECT FROM account_move_line typed
                            WHERE typed.move_id = c.reversed_entry_id AND typed.display_type = 'product'
                              AND typed.product_id IS NOT DISTINCT FROM c.product_id
                              AND typed.name IS NOT DISTINCT FROM c.name
                              AND NOT EXISTS (SELECT FROM sale_order_line_invoice_rel y
                                               WHERE y.invoice_line_id = typed.id))
            ),
            line AS MATERIALIZED (
                SELECT s.id, s.order_id, s.price_subtotal AS ordered, s.product_uom_qty AS quantity, s.product_id,
                       o.currency_id, uom.factor, %(margin)s AS margin, %(rate)s AS rate
                  FROM (SELECT DISTINCT order_line_id FROM credited) c
                  JOIN sale_order_line s
                    ON s.id = c.order_line_id AND s.display_type IS NULL AND s.is_downpayment IS NOT TRUE
                  JOIN sale_order o ON o.id = s.order_id AND o.state = 'sale'
                  JOIN res_company company ON company.id = o.company_id
             LEFT JOIN uom_uom uom ON uom.id = s.product_uom_id
            ),
            bill AS MATERIALIZED (
                SELECT line.id AS order_line_id, m.id AS move_id, m.create_date AS made, m.currency_id,
                       l.price_subtotal * links.share AS amount, -l.balance * links.share AS balance,
                       l.quantity * COALESCE(uom.factor / line.factor, 1) * links.share AS quantity
                  FROM line
                  JOIN sale_order_line_invoice_rel x ON x.order_line_id = line.id
                  JOIN account_move_line l ON l.id = x.invoice_line_id AND l.display_type = 'product'
                  JOIN account_move m ON m.id = l.move_id AND m.move_type = 'out_invoice' AND m.state = 'posted'
             LEFT JOIN uom_uom uom ON uom.id = l.product_uom_id
            CROSS JOIN LATERAL (SELECT 1.0 / NULLIF(COUNT(*), 0) AS share FROM sale_order_line_invoice_rel y
                                 WHERE y.invoice_line_id = l.id) links
            ),
            invoiced AS MATERIALIZED (
                SELECT order_line_id, currency_id, SUM(amount) AS amount, SUM(balance) AS balance,
                       SUM(quantity) AS quantity
                  FROM bill
              GROUP BY order_line_id, currency_id
            ),
            correction AS MATERIALIZED (
                SELECT DISTINCT c.order_line_id, c.move_id AS credit_note_id, bill.move_id AS invoice_id
                  FROM credited c
                  JOIN bill
                    ON bill.order_line_id = c.order_line_id AND bill.made = c.made AND bill.move_id > c.move_id
            ),
            worth AS MATERIALIZED (
                SELECT i.order_line_id, i.currency_id, i.quantity,
                       CASE WHEN i.currency_id = line.currency_id THEN 1
                            WHEN line.ordered * line.quantity * i.quantity <> 0
                            THEN line.ordered * i.quantity / line.quantity / NULLIF(i.amount, 0) END AS factor,
                       i.amount, i.balance
                  FROM invoiced i JOIN line ON line.id = i.order_line_id
            ),
            piece AS (
                SELECT line.id, c.share * CASE WHEN c.currency_id = line.currency_id THEN c.price_subtotal
                                               ELSE COALESCE(c.price_subtotal * w.factor, c.balance * line.rate) END
                           AS amount,
                       CASE WHEN c.is_linked AND c.product_id = line.product_id
                            THEN c.share * c.quantity * COALESCE(uom.factor / line.factor, 1) END AS quantity,
                       EXISTS (SELECT FROM correction x
                                WHERE x.order_line_id = line.id AND x.credit_note_id = c.move_id) AS is_corrected
                  FROM credited c
                  JOIN line ON line.id = c.order_line_id
             LEFT JOIN worth w ON w.order_line_id = line.id AND w.currency_id = c.currency_id
             LEFT JOIN uom_uom uom ON uom.id = c.product_uom_id
            ),
            back AS (
                SELECT p.id, SUM(p.amount) AS credited,
                       SUM(p.amount) FILTER (WHERE told.is_return) AS returned,
                       SUM(p.quantity) FILTER (WHERE told.is_return) AS pieces,
                       SUM(p.amount) FILTER (WHERE p.is_corrected) AS corrected,
                       SUM(p.quantity) FILTER (WHERE p.is_corrected AND told.is_return) AS corrected_pieces
                  FROM piece p
                  JOIN line ON line.id = p.id
            CROSS JOIN LATERAL (SELECT line.ordered * p.quantity / NULLIF(line.quantity, 0) AS value) full_price
            CROSS JOIN LATERAL (SELECT p.amount * full_price.value > 0
                                       AND 2 * ABS(p.amount) > ABS(full_price.value) AS is_return) told
              GROUP BY p.id
            ),
            billed AS (
                SELECT w.order_line_id AS id, SUM(COALESCE(w.amount * w.factor, w.balance * line.rate)) AS amount,
                       SUM(w.quantity) AS quantity
                  FROM worth w JOIN line ON line.id = w.order_line_id
              GROUP BY w.order_line_id
            ),
            again AS (
                SELECT bill.order_line_id AS id, SUM(bill.quantity) AS quantity,
                       SUM(COALESCE(bill.amount * w.factor, bill.balance * line.rate)) AS amount
                  FROM bill
                  JOIN line ON line.id = bill.order_line_id
                  JOIN worth w ON w.order_line_id = line.id AND w.currency_id = bill.currency_id
                 WHERE EXISTS (SELECT FROM correction x
                                WHERE x.order_line_id = line.id AND x.invoice_id = bill.move_id)
              GROUP BY bill.order_line_id
            )
            SELECT line.order_id, line.id AS order_line_id, off.revenue,
                   off.revenue - (line.ordered - line.margin) * COALESCE(
                       LEAST(off.pieces / NULLIF(back.pieces, 0), GREATEST(off.revenue / NULLIF(returned.worth, 0), 0))
                       * returned.share, 0) AS margin
              FROM back
              JOIN line ON line.id = back.id
         LEFT JOIN billed ON billed.id = back.id
         LEFT JOIN again ON again.id = back.id
        CROSS JOIN LATERAL (SELECT %(pieces_again)s AS quantity) pieces_again
        CROSS JOIN LATERAL (
                SELECT again.amount * COALESCE(NULLIF(pieces_again.quantity, 0) / NULLIF(again.quantity, 0), 1) AS amount
             ) of_same_goods
        CROSS JOIN LATERAL (SELECT %(revenue_again)s AS amount) revenue_again
        CROSS JOIN LATERAL (
                SELECT %(revenue_off)s AS revenue, %(pieces_off)s AS pieces
             ) off
        CROSS JOIN LATERAL (SELECT back.pieces / NULLIF(line.quantity, 0) AS share) part
        CROSS JOIN LATERAL (
                SELECT part.share,
                       CASE WHEN ABS(back.returned) < ABS(line.ordered * part.share) THEN back.returned
                            ELSE line.ordered * part.share END AS worth
             ) returned
            """,
            companies=tuple(companies.ids),
            until=SQL("m.invoice_date <= %s", day) if day else SQL("TRUE"),
            margin=SQL("s.margin") if self._has_margin() else SQL("0"),
            rate=self._rate(),
            pieces_again=self._smaller_of_same_sign(SQL("back.corrected_pieces"), SQL("again.quantity")),
            revenue_again=self._smaller_of_same_sign(SQL("back.corrected"), SQL("of_same_goods.amount")),
            revenue_off=self._taken_off(
                SQL("line.ordered"),
                SQL("COALESCE(billed.amount, 0) - revenue_again.amount"),
                SQL("(back.credited - revenue_again.amount)"),
            ),
            pieces_off=self._taken_off(
                SQL("line.quantity"),
                SQL("COALESCE(billed.quantity, 0) - pieces_again.quantity"),
                SQL("(back.pieces - pieces_again.quantity)"),
            ),
        )

    @api.model
    def _taken_off(self, ordered: SQL, invoiced: SQL, credited: SQL) -> SQL:
        """Return ``tools.revenue.taken_off`` as SQL; NULL where nothing was credited."""
        return SQL(
            "GREATEST(LEAST(%(ordered)s - (%(invoiced)s) + %(credited)s, GREATEST(%(credited)s, 0)),"
            " LEAST(%(credited)s, 0))",
            ordered=ordered,
            invoiced=invoiced,
            credited=credited,
        )

    @api.model
    def _smaller_of_same_sign(self, one: SQL, other: SQL) -> SQL:
        """Return ``tools.revenue.smaller_of_same_sign`` as SQL; NULL is nothing."""
        return SQL(
            "(GREATEST(LEAST(COALESCE(%(one)s, 0), COALESCE(%(other)s, 0)), 0)"
            " + LEAST(GREATEST(COALESCE(%(one)s, 0), COALESCE(%(other)s, 0)), 0))",
            one=one,
            other=other,
        )

    # ------------------------------------------------------------------
    # Currencies
    # ------------------------------------------------------------------

    @api.model
    def _rate(self) -> SQL:
        """Return the rate of an order ``o`` of a ``company``: units of its currency for one of the company's.

        That which the order has stored. Odoo stores exactly 1 where the currency had no rate, which would take
        100 USD for 100 CNY: then the rate of the order's day, or the first one after it, as ``res.currency`` itself
        takes it; NULL where there is none.
        """

        def rate_of(currency: SQL) -> SQL:
            return SQL(
                """(SELECT r.rate FROM res_currency_rate r
                     WHERE r.currency_id = %s
                       AND (r.company_id IS NULL OR r.company_id = split_part(company.parent_path, '/', 1)::int)
                  ORDER BY r.company_id IS NULL, r.name > o.date_order::date, ABS(r.name - o.date_order::date)
                     LIMIT 1)""",
                currency,
            )

        return SQL(
            """
            CASE WHEN o.currency_id = company.currency_id THEN 1
                 WHEN COALESCE(o.currency_rate, 0) NOT IN (0, 1) THEN o.currency_rate
                 ELSE %s / COALESCE(%s, 1) END
            """,
            rate_of(SQL("o.currency_id")),
            rate_of(SQL("company.currency_id")),
        )

    @api.model
    def _in_one_currency(self, quotient: SQL, currency: SQL, rows: SQL | None = None) -> SQL:
        """Return a quotient of sums of money, NULL where the sums are of several currencies: they mean nothing.

        :param quotient: an aggregate
        :param currency: the column of the currency
        :param rows: which rows of a group the sums are of, as a condition; None = all
        """
        of = SQL("FILTER (WHERE %s)", rows) if rows else SQL()
        return SQL(
            "CASE WHEN MIN(%(currency)s) %(of)s = MAX(%(currency)s) %(of)s THEN (%(quotient)s)::double precision END",
            currency=currency,
            of=of,
            quotient=quotient,
        )
