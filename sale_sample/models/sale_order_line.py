from odoo import api, fields, models
from odoo.tools import SQL

from ..constants import READER_GROUPS


class SaleOrderLine(models.Model):
    """A line may sell what an approved sample showed."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "sales.department.closed.mixin"]

    sample_request_id = fields.Many2one(
        "sale.sample.request",
        index="btree_not_null",
        copy=False,
        readonly=True,
        groups=READER_GROUPS,
        help="The approved sample whose product this line sells.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._link_samples()  # those added to an order that is confirmed already
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "product_id" in vals:
            self._link_samples()
        return result

    def _link_samples(self) -> None:
        """Name on each confirmed line the approved sample that won it, unless it names one from its quotation.

        It is the last sample of the product that the customer had approved by the day of the order, if the customer
        had not ordered the product before that sample was handed over: what would have been ordered anyway is not
        won. Set once, so later samples and orders do not change what a past one says; but a line that has got another
        product, or whose order another customer, sells something else than its sample showed, and is asked anew.
        """
        confirmed = self.sudo().filtered(  # sudo: a colleague's sample won it, too
            lambda line: line.state == "sale" and line.product_id and not (line.display_type or line.is_downpayment)
        )
        confirmed.filtered(lambda line: line.sample_request_id and not line._sells_sample()).sample_request_id = False
        asking = confirmed.filtered(lambda line: not line.sample_request_id)
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
            confirmed.browse(line).sample_request_id = request

    def _sells_sample(self) -> bool:
        """Tell whether this one line is of the customer and the product, or a variant, of the sample that it names."""
        sample = self.sample_request_id
        if sample.commercial_partner_id != self.order_id.partner_id.commercial_partner_id:
            return False
        return not sample.product_id or sample.product_id.product_tmpl_id == self.product_id.product_tmpl_id
