from odoo import api, fields, models


class ResourceCalendarMakeupDay(models.Model):
    """A day off that is worked to make up for a holiday (调休)."""

    _name = "resource.calendar.makeup.day"
    _description = "Make-up Day"
    _inherit = ["sales.department.closed.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True, index=True)
    weekday = fields.Selection(
        selection="_weekday_selection",
        string="Works the Hours of",
        required=True,
        default="0",
        help="The working hours of this day of the week are worked on that date.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a day that all working hours of the company share.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="Leave empty for a day that all companies share.",
    )

    _calendar_date_uniq = models.UniqueIndex(
        "(calendar_id, date) WHERE calendar_id IS NOT NULL",
        "These working hours already have a make-up day on this date.",
    )
    _company_date_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), date) WHERE calendar_id IS NULL",
        "The company already has a make-up day on this date.",
    )

    @api.model
    def _weekday_selection(self) -> list[tuple[str, str]]:
        """Return Odoo's days of the week, in the user's language."""
        attendance = self.env["resource.calendar.attendance"]
        return attendance._fields["dayofweek"]._description_selection(self.env)

    @api.depends("calendar_id.company_id")
    def _compute_company_id(self):
        for day in self:
            if day.calendar_id:
                day.company_id = day.calendar_id.company_id
            else:
                day.company_id = day.company_id or self.env.company

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        self.env.registry.clear_cache()
        return days

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
