from odoo import fields, models


class SaleSampleType(models.Model):
    """The norm for one type of sample: what it needs, how long it takes, what must come before it."""

    _name = "sale.sample.type"
    _description = "Sample Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    lead_time_days = fields.Integer("Lead Time", default=7, help="Working days from acceptance to shipping")
    stage_ids = fields.Many2many("sale.sample.stage", string="Stages of Work", domain=[("kind", "=", "work")])
    needs_mould = fields.Boolean()
    is_sealed = fields.Boolean("Sealed Sample", help="The approved sample is sealed and signed, and kept as the standard.")
    prerequisite_type_id = fields.Many2one(
        "sale.sample.type",
        "Needs Approved First",
        index="btree_not_null",
        ondelete="restrict",
        help="A sample of this type must have been approved for the same customer and article before.",
    )
    retained_quantity = fields.Integer("Retained Pairs", help="Pairs that the company keeps of each approved round")
    retention_months = fields.Integer("Retention", default=12, help="Months that retained samples are kept")
    requires_style = fields.Boolean("Requires the Style", default=True)
    requires_reference = fields.Boolean("Requires Last, 3D File or Drawing")
    requires_properties = fields.Boolean("Requires Physical Properties")
    requires_function = fields.Boolean("Requires the Function")
    requires_sizes = fields.Boolean("Requires Pairs per Size", default=True)
    requires_volume = fields.Boolean("Requires the Yearly Volume")
    note = fields.Html("Norm", translate=True, help="The company's written norm for this type")

    _code_uniq = models.UniqueIndex("(code)", "This code is already used by another sample type.")
    _lead_time_not_negative = models.Constraint("CHECK(lead_time_days >= 0)", "The lead time cannot be negative.")
    _retained_not_negative = models.Constraint(
        "CHECK(retained_quantity >= 0)", "The number of retained pairs cannot be negative."
    )
    _retention_not_negative = models.Constraint("CHECK(retention_months >= 0)", "The retention cannot be negative.")
