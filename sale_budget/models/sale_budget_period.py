from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.tools.periods import MONTHS, Period


class SaleBudget(models.Model):
    """The period of a budget, and that no two budgets pay for the same."""

    _inherit = "sale.budget"

    period_kind = fields.Selection(
        [
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half_year", "Half Year"),
            ("year", "Year"),
            ("free", "Other Dates"),
        ],
        "Period",
        required=True,
        default="year",
    )
    date_from = fields.Date("First Day", required=True, index=True, default=lambda self: self._default_date_from())
    date_to = fields.Date(
        "Last Day", required=True, compute="_compute_date_to", store=True, readonly=False, precompute=True
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_from <= date_to)", "The last day of a budget must not be before its first day."
    )

    @api.model
    def _default_date_from(self):
        return Period.of("year", self.env.company._sales_today()).start

    @api.depends("period_kind", "date_from")
    def _compute_date_to(self):
        for budget in self:
            if budget.period_kind in MONTHS and budget.date_from:
                budget.date_to = Period.of(budget.period_kind, budget.date_from).last_day
            elif not budget.date_to:
                budget.date_to = budget.date_from

    @api.onchange("period_kind", "date_from")
    def _onchange_period(self):
        if self.period_kind in MONTHS and self.date_from:
            self.date_from = Period.of(self.period_kind, self.date_from).start

    @api.constrains("period_kind", "date_from", "date_to")
    def _check_period(self):
        for budget in self.filtered(lambda budget: budget.period_kind in MONTHS):
            period = Period.of(budget.period_kind, budget.date_from)
            if (budget.date_from, budget.date_to) != (period.start, period.last_day):
                raise ValidationError(
                    self.env._(
                        "%(budget)s: the period must run from %(start)s to %(end)s. Choose “Other Dates” for any "
                        "other.",
                        budget=budget.display_name,
                        start=period.start,
                        end=period.last_day,
                    )
                )

    @api.constrains("company_id", "team_id", "user_id", "date_from", "date_to")
    def _check_overlap(self):
        self.line_ids._check_overlap()

    def copy_data(self, default=None):
        """A copy is the budget of the following period: two for the same are not allowed."""
        default = dict(default or {})
        vals_list = super().copy_data(default=default)
        for budget, vals in zip(self, vals_list, strict=True):
            if {"date_from", "date_to", "period_kind"} & default.keys():
                continue
            if budget.period_kind in MONTHS:
                period = Period.of(budget.period_kind, budget.date_from).next()
                vals.update(date_from=period.start, date_to=period.last_day)
            else:
                start = budget.date_to + timedelta(days=1)
                vals.update(date_from=start, date_to=start + (budget.date_to - budget.date_from))
            vals.setdefault("name", budget.name)
            if "name" not in default:
                vals["name"] = self.env._("%(budget)s (next period)", budget=budget.name)
        return vals_list
