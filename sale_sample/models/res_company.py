from datetime import date, timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sample_rnd_user_id = fields.Many2one(
        "res.users", "R&D Responsible for Samples", help="Gets the sample requests that name no engineer"
    )
    sample_escalation_user_id = fields.Many2one(
        "res.users", "Samples: Escalate to", help="Is told of sample requests that are stuck between sales and R&D"
    )
    sample_reminder_hours = fields.Float(
        "Remind after", default=4.0, help="Working hours a request waits before a reminder; 0: never"
    )
    sample_escalation_hours = fields.Float(
        "Escalate after", default=16.0, help="Working hours a request waits before an escalation; 0: never"
    )
    sample_due_soon_days = fields.Integer(
        "Due Soon within", default=3, help="Days before the due date from which a request counts as due soon"
    )
    sample_photo_max_mb = fields.Float(
        "Largest Photo", default=10.0, digits=(6, 1), help="Megabytes that a photo of a sample may have; 0: no limit"
    )

    _sample_hours_not_negative = models.Constraint(
        "CHECK(sample_reminder_hours >= 0 AND sample_escalation_hours >= 0 AND sample_due_soon_days >= 0)",
        "Hours and days of sample requests cannot be negative.",
    )
    _sample_photo_not_negative = models.Constraint(
        "CHECK(sample_photo_max_mb >= 0)", "The size of a photo cannot be negative. Use 0 for no limit."
    )

    def _get_sample_due_days(self) -> tuple[date, date]:
        """Return the company's day, and the last day on which what is due counts as due soon."""
        self.ensure_one()
        today = self._sales_today()
        return today, today + timedelta(days=self.sudo().sample_due_soon_days)  # sudo: policy counts for portal users
