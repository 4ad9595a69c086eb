from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sample_photo_max_mb = fields.Float(
        "Largest Photo", default=10.0, digits=(6, 1), help="Megabytes that a photo of a sample may have; 0: no limit"
    )

    _sample_photo_not_negative = models.Constraint(
        "CHECK(sample_photo_max_mb >= 0)", "The size of a photo cannot be negative. Use 0 for no limit."
    )
