from odoo import api, fields, models

from odoo.addons.sales_department_base.records import fill_count


class SaleSampleRequest(models.Model):
    """Moulds made for a request, and the grade that its customer had when it was handed over."""

    _inherit = "sale.sample.request"

    grade_id = fields.Many2one(
        "customer.grade",
        "Customer Grade",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="As it was when the request was handed over",
    )
    mould_ids = fields.One2many(
        "sale.sample.mould", "request_id", "Moulds", groups="base.group_user", context={"active_test": False}
    )
    mould_count = fields.Integer("Number of Moulds", compute="_compute_mould_count", groups="base.group_user")

    @api.depends("mould_ids")
    def _compute_mould_count(self):
        fill_count(self, "mould_count", self.env["sale.sample.mould"], "request_id")

    def action_open_moulds(self) -> dict:
        """Open the moulds of this request."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample_mould.sale_sample_mould_action")
        return dict(action, domain=[("request_id", "=", self.id)], context={"default_request_id": self.id})

    def _after_submit(self):
        for grade, requests in self.grouped(lambda request: request._get_present_grade()).items():
            requests.sudo().grade_id = grade  # sudo: the field is closed to hands
        return super()._after_submit()

    def _get_present_grade(self):
        """Return the grade that the customer, or else the lead, has now."""
        self.ensure_one()
        holder = self.with_company(self.company_id).sudo()  # sudo: the grade decides, whoever asks; it is not shown
        return holder.partner_id.commercial_partner_id.customer_grade_id or holder.lead_id.customer_grade_id
