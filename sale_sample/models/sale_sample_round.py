from typing import ClassVar

from odoo import fields, models


class SaleSampleRound(models.Model):
    """One making of a request. Round 2 answers what the customer said about round 1."""

    _name = "sale.sample.round"
    _description = "Sample Round"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.department.transition.mixin"]
    _order = "request_id, number, id"
    _check_company_auto = True

    _TRANSITIONS: ClassVar = {
        "planned": {"making", "cancelled"},
        "making": {"made", "cancelled"},
        "made": {"sent", "cancelled"},
        "sent": {"answered"},
    }

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade", check_company=True)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    number = fields.Integer(required=True, default=1, readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("making", "Being Made"),
            ("made", "Made"),
            ("sent", "Sent"),
            ("answered", "Answered"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        tracking=True,
    )
    stage_id = fields.Many2one("sale.sample.stage", domain=[("kind", "=", "work")], index="btree_not_null")
    verdict = fields.Selection(
        [("approved", "Approved"), ("changes", "Changes Asked For"), ("rejected", "Rejected")], readonly=True, copy=False
    )
    cost = fields.Monetary("Making Cost")
    measurement_ids = fields.One2many("sale.sample.measurement", "round_id")
    verdict_line_ids = fields.One2many("sale.sample.verdict.line", "round_id")

    _number_uniq = models.UniqueIndex("(request_id, number)", "A request has each round only once.")
