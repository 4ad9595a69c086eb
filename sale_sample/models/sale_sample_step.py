from odoo import fields, models


class SaleSampleStep(models.Model):
    """What a request went through, and how long each step took. Rows are added, never changed by hand."""

    _name = "sale.sample.step"
    _description = "Step of a Sample Request"
    _order = "request_id, entered_at, id"
    _rec_name = "step"

    request_id = fields.Many2one("sale.sample.request", required=True, readonly=True, index=True, ondelete="cascade")
    round_id = fields.Many2one("sale.sample.round", readonly=True, index="btree_not_null", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    step = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Waiting for R&D"),
            ("returned", "Waiting for Sales"),
            ("accepted", "Accepted"),
            ("planned", "Round Planned"),
            ("making", "Being Made"),
            ("made", "Made"),
            ("sent", "With the Customer"),
            ("answered", "Answered"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    entered_at = fields.Datetime(required=True, readonly=True)
    left_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    working_hours = fields.Float(readonly=True, help="Working hours of the company's calendar between the two moments")

    _one_open = models.UniqueIndex("(request_id) WHERE left_at IS NULL", "A request is in one step at a time.")
