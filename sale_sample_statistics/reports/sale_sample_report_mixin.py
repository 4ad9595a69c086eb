from odoo import fields, models


class SaleSampleReportMixin(models.AbstractModel):
    """The dimensions that the reports on samples share, and the way from a row to its request."""

    _name = "sale.sample.report.mixin"
    _description = "Report on Samples"
    _inherit = ["sales.department.report.mixin", "sales.department.closed.mixin"]

    date = fields.Date(readonly=True, help="Day of the event, by the company's clock")
    request_id = fields.Many2one("sale.sample.request", readonly=True)
    round_id = fields.Many2one("sale.sample.round", readonly=True)
    type_id = fields.Many2one("sale.sample.type", "Sample Type", readonly=True)
    grade_id = fields.Many2one("customer.grade", "Customer Grade", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    rnd_user_id = fields.Many2one("res.users", "R&D Engineer", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_family_id = fields.Many2one("product.category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    def _open_request(self) -> dict:
        """Return the action that opens the sample request of one row. Reports offer it as a button."""
        self.ensure_one()
        return self.request_id._get_records_action()
