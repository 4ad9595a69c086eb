from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

TOP_GRADES = 2
"""Gaps of the best grades are looked at first: in most schemes A and B."""


class CustomerFileGap(models.Model):
    """A field that one customer's file lacks, or whose value nobody confirmed for too long.

    Filled by the statement in the file beside and never by hand: access rights give
    reading only.
    """

    _name = "customer.file.gap"
    _description = "Customer File Gap"
    _order = "partner_id, requirement_id, id"
    _rec_name = "field_label"
    _log_access = False  # nobody edits gaps; who and when would only slow the statement down

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    requirement_id = fields.Many2one(
        "customer.file.requirement", "Field", required=True, readonly=True, index=True, ondelete="cascade"
    )
    field_name = fields.Char("Technical Name", required=True, readonly=True)
    field_label = fields.Char("Label", compute="_compute_field_label")
    type = fields.Selection(
        [("missing", "Missing"), ("stale", "To Confirm")],
        "Gap",
        required=True,
        readonly=True,
        help="To Confirm: the value is there, but was not confirmed for longer than the requirement allows.",
    )
    kind = fields.Selection([("customer", "Customer"), ("prospect", "Prospect")], readonly=True)
    # Of the customer, at the last computation: a change of either computes the file again.
    grade_id = fields.Many2one("customer.grade", "Customer Grade", readonly=True, index="btree_not_null")
    grade_color = fields.Integer("Colour of Grade", related="grade_id.color")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, index="btree_not_null")
    since = fields.Date("Lacking Since", readonly=True, required=True)
    confirmed_on = fields.Date(readonly=True)
    # The name as text: showing a customer must not cost a query for the user's name.
    confirmed_by = fields.Char(readonly=True)
    is_top_grade = fields.Boolean(
        "Best Grades", compute="_compute_is_top_grade", search="_search_is_top_grade", help="One of the two best grades"
    )

    _once = models.UniqueIndex("(partner_id, requirement_id, company_id)", "A file lacks a field once.")

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_field_label(self):
        labels = self.env["ir.model.fields"].get_field_string("res.partner")
        for gap in self:
            gap.field_label = labels.get(gap.field_name) or gap.field_name

    @api.model
    def _get_top_grades(self) -> dict[int, list[int]]:
        """Return the ids of the best grades by id of the company, shared grades among them."""
        grades = self.env["customer.grade"].search([("is_unrated", "=", False)])
        return {
            company.id: grades.filtered_domain([("company_id", "in", [company.id, False])])[:TOP_GRADES].ids
            for company in self.env.companies
        }

    def _compute_is_top_grade(self):
        best = self._get_top_grades()
        for gap in self:
            gap.is_top_grade = gap.grade_id.id in best.get(gap.company_id.id, [])

    def _search_is_top_grade(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "=", company_id) & Domain("grade_id", "in", grade_ids)
            for company_id, grade_ids in self._get_top_grades().items()
        )

    def action_confirm(self) -> bool:
        """Confirm that the values are still right: the current user vouches for them today.

        :raise UserError: a field is empty, so there is nothing to confirm
        :raise AccessError: the user may not change one of the customers
        """
        self.check_access("read")
        missing = self.filtered(lambda gap: gap.type == "missing")
        if missing:
            raise UserError(
                self.env._(
                    "%(field)s of %(customer)s is empty: fill it in, there is nothing to confirm yet.",
                    field=missing[0].field_label,
                    customer=missing[0].partner_id.display_name,
                )
            )
        partners = self.partner_id
        partners.check_access("write")
        for company, gaps in self.grouped("company_id").items():
            by_field = {name: group.partner_id.ids for name, group in gaps.grouped("field_name").items()}
            self.env["customer.file.confirmation"].with_company(company)._record(by_field, "confirmed")
        self._refresh(partners.ids)
        return True
