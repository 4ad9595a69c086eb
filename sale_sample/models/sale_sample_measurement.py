from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.records import refuse

from ..tools.measurement import Limit, deviation, judge
from .sale_sample_round import RESULTS


class SaleSampleMeasurement(models.Model):
    """One value measured on a round, judged against what the customer asked for."""

    _name = "sale.sample.measurement"
    _description = "Measured Value"
    _inherit = ["sales.department.closed.mixin"]
    _order = "round_id, sequence, id"
    _rec_name = "property_id"
    _open_parents = frozenset({"round_id"})  # quality, too, measures a round that it may only read
    _fixed_fields = frozenset({"property_line_id"})

    round_id = fields.Many2one("sale.sample.round", required=True, index=True, ondelete="cascade")
    request_id = fields.Many2one(related="round_id.request_id", store=True, index=True)
    company_id = fields.Many2one(related="round_id.company_id", store=True)
    property_line_id = fields.Many2one(
        "sale.sample.property.line",
        string="Requirement",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('request_id', '=', request_id)]",
    )
    property_id = fields.Many2one(related="property_line_id.property_id", store=True)
    sequence = fields.Integer(related="property_line_id.sequence", store=True)
    requirement = fields.Char(related="property_line_id.requirement", string="Asked For")
    limit_kind = fields.Selection(related="property_line_id.limit_kind")
    value = fields.Float(digits=(16, 3), min_display_digits=1, aggregator="avg")
    is_measured = fields.Boolean(
        string="Measured",
        compute="_compute_is_measured",
        store=True,
        readonly=False,
        precompute=True,
        help="Ticked by itself when a value is entered. Tick it by hand where 0 is what was measured.",
    )
    text_value = fields.Char(string="Observed", help="For properties described in words.")
    text_result = fields.Selection([("pass", "Pass"), ("fail", "Fail")], string="Judged")
    result = fields.Selection(RESULTS, compute="_compute_result", store=True, precompute=True)
    deviation = fields.Float(
        compute="_compute_result",
        store=True,
        precompute=True,
        digits=(16, 3),
        min_display_digits=1,
        aggregator=None,
        help="How far the value lies outside its limit.",
    )
    tested_on = fields.Date()
    tested_by_id = fields.Many2one("res.users")
    note = fields.Char()

    _once_a_round = models.UniqueIndex(
        "(round_id, property_line_id)", "Each property is measured once a round: correct the value that is there."
    )

    @api.depends("value", "text_value", "text_result")
    def _compute_is_measured(self):
        for record in self:
            if record.limit_kind == "text":
                record.is_measured = bool(record.text_value or record.text_result)
            else:
                record.is_measured = record.is_measured or bool(record.value)

    @api.depends(
        "value",
        "is_measured",
        "text_result",
        "property_line_id.limit_kind",
        "property_line_id.target",
        "property_line_id.tolerance_minus",
        "property_line_id.tolerance_plus",
    )
    def _compute_result(self):
        for record in self:
            line = record.property_line_id
            if line.limit_kind == "text":
                record.result = record.text_result or "none"
                record.deviation = 0.0
                continue
            limit = record._get_limit()
            record.result = judge(record.value if record.is_measured else None, limit)
            record.deviation = deviation(record.value, limit) if record.is_measured else 0.0

    def _get_limit(self) -> Limit:
        """Return what the customer asked of this property."""
        line = self.property_line_id
        return Limit(line.limit_kind or "text", line.target, line.tolerance_minus, line.tolerance_plus)

    def _get_value_in_words(self) -> str:
        """Return what was measured with its unit: 65.5 Shore A; "–" where nothing was."""
        self.ensure_one()
        line = self.property_line_id
        if not self.is_measured:
            return "–"
        if line.limit_kind == "text":
            results = dict(self._fields["text_result"]._description_selection(self.env))
            return self.text_value or results.get(self.text_result, "–")
        return " ".join(filter(None, (f"{self.value:g}", line.uom_name)))

    @api.constrains("property_line_id", "round_id")
    def _check_same_request(self):
        for record in self:
            if record.property_line_id.request_id != record.round_id.request_id:
                raise ValidationError(
                    self.env._(
                        "“%(property)s” is a requirement of another request than %(round)s. "
                        "Choose one of the requirements of this request.",
                        property=record.property_id.display_name,
                        round=record.round_id.display_name,
                    )
                )
            if record.property_line_id not in record.round_id.asked_property_ids:
                raise ValidationError(
                    self.env._(
                        "“%(property)s” is a requirement of another revision than the one %(round)s is made to, revision "
                        "%(revision)s. Choose one of the requirements of that revision.",
                        property=record.property_id.display_name,
                        round=record.round_id.display_name,
                        revision=record.round_id.revision_number,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.round_id.check_access("read")
        records._check_round_open()
        return records

    def write(self, vals):
        self._check_round_open()
        self._check_not_sent()
        measured = {"value", "text_value", "text_result", "is_measured"} & vals.keys()
        if measured and "tested_on" not in vals:
            vals = {"tested_on": self.env.company._sales_today(), "tested_by_id": self.env.uid, **vals}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_round_over(self):
        self._check_round_open()
        if not self.env.su:
            refuse(
                self.filtered(lambda record: record.property_line_id.required or record.is_measured),
                self.env._("%(names)s: what the customer asked for is measured, and what was measured stays."),
            )

    def _check_not_sent(self) -> None:
        """Refuse to change what was measured on a round that the customer has; what is still missing can be entered.

        :raises UserError: naming the rounds
        """
        if not self.env.su:
            refuse(
                self.filtered(lambda record: record.is_measured and record.round_id.state == "sent").round_id,
                self.env._(
                    "%(names)s: the customer has it with the values measured then, which stay. Write to the customer, "
                    "and measure the next round."
                ),
            )

    def _check_round_open(self) -> None:
        """Refuse to change what was measured on a round that is over.

        :raises UserError: when a round is answered or cancelled
        """
        refuse(
            self.round_id.filtered(lambda record: record.state in ("answered", "cancelled")),
            self.env._("%(names)s: the round is over, and its measured values with it. Measure the next round."),
        )
