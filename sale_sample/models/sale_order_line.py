from odoo import api, fields, models
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """A line may sell what an approved sample showed."""

    _inherit = "sale.order.line"

    sample_request_id = fields.Many2one(
        "sale.sample.request",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The approved sample whose product this line sells.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._link_samples()  # those added to an order that is confirmed already
        return lines

    def _link_samples(self) -> None:
        """Name on each confirmed line the approved sample that won it, unless it names one from its quotation.

        It is the last sample of the product that the customer had approved by the day of the order, if the customer
        had not ordered the product before that sample was handed over: what would have been ordered anyway is not
        won. Set once, so later samples and orders do not change what a past one says.
        """
        asking = self.filtered(
            lambda line: (
                line.state == "sale"
                and line.product_id
                and not (line.sample_request_id or line.display_type or line.is_downpayment)
            )
        )
        if not asking:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (line.id) line.id, sample.id
                  FROM sale_order_line line
                  JOIN sale_order orders ON orders.id = line.order_id
                  JOIN res_partner buyer ON buyer.id = orders.partner_id
                  JOIN sale_sample_request sample
                    ON sample.commercial_partner_id = buyer.commercial_partner_id
                   AND sample.product_id = line.product_id
                   AND sample.company_id = orders.company_id
                   AND sample.state = 'approved'
                   AND sample.closed_at <= orders.date_order
                 WHERE line.id IN %s
                   AND NOT EXISTS (
                           SELECT 1
                             FROM sale_order_line earlier
                             JOIN sale_order bought ON bought.id = earlier.order_id
                             JOIN res_partner who ON who.id = bought.partner_id
                            WHERE earlier.product_id = sample.product_id
                              AND bought.company_id = sample.company_id
                              AND bought.state = 'sale'
                              AND bought.date_order < sample.submitted_at
                              AND who.commercial_partner_id = sample.commercial_partner_id)
                 ORDER BY line.id, sample.closed_at DESC, sample.id DESC
                """,
                tuple(asking.ids),
            )
        )
        for line, request in rows:
            self.browse(line).sudo().sample_request_id = request  # sudo: a colleague's sample won it, too
