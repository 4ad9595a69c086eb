from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.records import fill_count, refuse, used_by


class SaleSampleType(models.Model):
    """The norm for one type of sample: what it needs, how long it takes, what must come before it."""

    _name = "sale.sample.type"
    _description = "Sample Type"
    _inherit = ["sales.department.closed.mixin"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    lead_time_days = fields.Integer("Lead Time", default=7, help="Working days from acceptance to shipping")
    stage_ids = fields.Many2many(
        "sale.sample.stage", string="Stages of Work", domain=[("kind", "=", "work")], help="Empty: all stages of work"
    )
    is_sealed = fields.Boolean(
        "Sealed Sample", help="The approved sample is sealed and signed, and kept as the standard."
    )
    prerequisite_type_id = fields.Many2one(
        "sale.sample.type",
        "Needs Approved First",
        index="btree_not_null",
        ondelete="restrict",
        help="A sample of this type must have been approved for the same customer and article before.",
    )
    retained_quantity = fields.Integer("Retained Pairs", help="Pairs that the company keeps of each round")
    retention_months = fields.Integer("Retention", default=12, help="Months for which kept samples stay")
    requires_style = fields.Boolean("Style", default=True)
    requires_reference = fields.Boolean("Last, 3D File or Drawing")
    requires_properties = fields.Boolean("Physical Properties")
    requires_function = fields.Boolean("Function")
    requires_sizes = fields.Boolean("Pairs per Size", default=True)
    requires_volume = fields.Boolean("Yearly Volume")
    note = fields.Html("Norm", translate=True, help="The company's written norm for this type; shown on its requests")
    request_count = fields.Integer("Requests", compute="_compute_request_count")

    _code_uniq = models.UniqueIndex("(code)", "This code is already used by another sample type.")
    _lead_time_sensible = models.Constraint(
        "CHECK(lead_time_days >= 0 AND lead_time_days <= 365)",
        "The lead time is a number of working days from 0 to 365.",
    )
    _retained_not_negative = models.Constraint(
        "CHECK(retained_quantity >= 0)", "The number of retained pairs cannot be negative."
    )
    _retention_not_negative = models.Constraint("CHECK(retention_months >= 0)", "The retention cannot be negative.")
    _retention_sensible = models.Constraint(
        "CHECK(retention_months <= 1200)", "Samples are kept for 1200 months at most. Enter 0 to keep them for ever."
    )

    def _compute_request_count(self):
        fill_count(self, "request_count", self.env["sale.sample.request"], "type_id")

    @api.constrains("prerequisite_type_id")
    def _check_prerequisite(self):
        refuse(
            self if self._has_cycle("prerequisite_type_id") else self.browse(),
            self.env._("%(names)s would have to be approved before itself. Choose another type that must come first."),
            ValidationError,
        )

    @api.constrains("stage_ids")
    def _check_stages(self):
        for sample_type in self:
            wrong = sample_type.stage_ids.filtered(lambda stage: stage.kind != "work")
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(type)s: only stages of R&D's work can be chosen, not %(stages)s.",
                        type=sample_type.name,
                        stages=", ".join(wrong.mapped("name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        requests = self.env["sale.sample.request"].sudo().with_context(active_test=False)  # sudo: of all companies
        refuse(
            used_by(self, requests, "type_id"),
            self.env._(
                "There are requests of these sample types, they cannot be deleted: %(names)s. Archive them instead."
            ),
        )

    def action_view_requests(self) -> dict:
        """Open the requests of these types."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample.sale_sample_request_action")
        return dict(action, domain=[("type_id", "in", self.ids)], context={})
