from odoo import fields, models

from ..constants import CLOSED_STATES


class SaleSampleStep(models.Model):
    """What a request went through, and how long each step took.

    Rows are added by the transitions; access rights give reading only.
    """

    _name = "sale.sample.step"
    _description = "Step of a Sample Request"
    _inherit = ["sales.department.closed.mixin", "sales.department.step.mixin"]
    _order = "request_id, entered_at, id"
    _rec_name = "step"
    _step_document = "request_id"
    _step_final = frozenset(CLOSED_STATES)

    request_id = fields.Many2one("sale.sample.request", required=True, readonly=True, index=True, ondelete="cascade")
    round_id = fields.Many2one("sale.sample.round", readonly=True, index="btree_not_null", ondelete="set null")
    type_id = fields.Many2one(related="request_id.type_id", store=True, index=True)
    salesperson_id = fields.Many2one(
        related="request_id.user_id", store=True, string="Salesperson", index="btree_not_null"
    )
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
        index=True,
    )

    _one_open = models.UniqueIndex("(request_id) WHERE left_at IS NULL", "A request is in one step at a time.")
