from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sample_rnd_user_id = fields.Many2one(related="company_id.sample_rnd_user_id", readonly=False)
    sample_escalation_user_id = fields.Many2one(related="company_id.sample_escalation_user_id", readonly=False)
    sample_reminder_hours = fields.Float(related="company_id.sample_reminder_hours", readonly=False)
    sample_escalation_hours = fields.Float(related="company_id.sample_escalation_hours", readonly=False)
    sample_due_soon_days = fields.Integer(related="company_id.sample_due_soon_days", readonly=False)
    sample_photo_max_mb = fields.Float(related="company_id.sample_photo_max_mb", readonly=False)
