from datetime import date, timedelta

from odoo import api, fields, models

#: What a company has decided on samples is no business of customers on the portal.
INTERNAL_GROUP = "base.group_user"
#: Most days that a limit may lie ahead: ten years.
MOST_DAYS = 3653


class ResCompany(models.Model):
    _inherit = "res.company"

    sample_rnd_user_id = fields.Many2one(
        "res.users",
        "R&D Responsible for Samples",
        groups=INTERNAL_GROUP,
        help="Gets the sample requests that name no engineer",
    )
    sample_escalation_user_id = fields.Many2one(
        "res.users",
        "Samples: Escalate to",
        groups=INTERNAL_GROUP,
        help="Is told of sample requests that are stuck between sales and R&D",
    )
    sample_reminder_hours = fields.Float(
        "Remind after",
        default=4.0,
        groups=INTERNAL_GROUP,
        help="Working hours a request waits before a reminder; 0: never",
    )
    sample_escalation_hours = fields.Float(
        "Escalate after",
        default=16.0,
        groups=INTERNAL_GROUP,
        help="Working hours a request waits before an escalation; 0: never",
    )
    sample_due_soon_days = fields.Integer(
        "Due Soon within",
        default=3,
        groups=INTERNAL_GROUP,
        help="Days before the due date from which a request counts as due soon",
    )
    sample_photo_max_mb = fields.Float(
        "Largest Photo",
        default=10.0,
        digits=(6, 1),
        groups=INTERNAL_GROUP,
        help="Megabytes that a photo of a sample may have; 0: no limit",
    )

    _sample_hours_not_negative = models.Constraint(
        "CHECK(sample_reminder_hours >= 0 AND sample_escalation_hours >= 0 AND sample_due_soon_days >= 0)",
        "Hours and days of sample requests cannot be negative.",
    )
    _sample_days_sensible = models.Constraint(
        f"CHECK(sample_due_soon_days <= {MOST_DAYS})", "A request cannot be due soon for more than ten years."
    )
    _sample_photo_not_negative = models.Constraint(
        "CHECK(sample_photo_max_mb >= 0)", "The size of a photo cannot be negative. Use 0 for no limit."
    )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        hidden = [name for name in defaults if not self._has_field_access(self._fields[name], "read")]
        for name in hidden:  # a default is a policy, too
            del defaults[name]
        return defaults

    def _get_sample_due_days(self) -> tuple[date, date]:
        """Return the company's day, and the last day on which what is due counts as due soon."""
        self.ensure_one()
        today = self._sales_today()
        return today, today + timedelta(days=self.sudo().sample_due_soon_days)  # sudo: policy counts for portal users
