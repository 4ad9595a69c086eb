from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sample_photo_max_mb = fields.Float("Greatest Photo (MB)", default=10.0, help="0: no limit")
