from odoo import fields, models

from .customer_graded_mixin import GRADE_READERS
from .grade_history import GradeHistory


class CrmLead(models.Model):
    """The grade of a lead or opportunity: set by reviews, handed on to its partner."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "customer.graded.mixin", "sales.department.closed.mixin"]

    # Readonly for everybody: only applying writes them, in bulk.
    customer_grade_id = fields.Many2one(
        "customer.grade",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=GRADE_READERS,
        help="Value class of the prospect. Reviews set it; it goes on to the partner.",
    )
    customer_grade_score = fields.Float(
        "Grade Score", readonly=True, copy=False, digits=(16, 1), aggregator="avg", groups=GRADE_READERS
    )
    customer_grade_since = fields.Date("Grade Since", readonly=True, copy=False, groups=GRADE_READERS)
    customer_grade_color = fields.Integer(related="customer_grade_id.color", groups=GRADE_READERS)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            graded = self.sudo().filtered("customer_grade_id")  # sudo: whoever links it, the grade goes along
            if graded:
                history = self.env["customer.grade.assessment"].sudo()  # sudo: nobody may write grades directly
                history._hand_on_to_partners(graded)
        return result

    def _merge_dependences(self, opportunities):
        """Also keep the grades: nothing of a merged lead is lost."""
        result = super()._merge_dependences(opportunities)
        GradeHistory(self.env).merge_leads(opportunities, self)
        return result

    def action_view_customer_grade_history(self) -> dict:
        """Open the grades this lead has had."""
        self._ensure_chosen()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_assessment_action_history")
        return dict(action, domain=[("lead_id", "=", self.id), ("state", "=", "applied")])
