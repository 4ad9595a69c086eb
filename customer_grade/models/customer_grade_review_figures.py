from odoo import api, fields, models


class CustomerGradeReview(models.Model):
    """What a review shows of itself: counts and the migration matrix."""

    _inherit = "customer.grade.review"

    matrix = fields.Json("Migration", compute="_compute_matrix")
    assessment_count = fields.Integer("Customers", compute="_compute_counts")
    pending_count = fields.Integer("To Decide", compute="_compute_counts")
    changed_count = fields.Integer("Changes", compute="_compute_counts")
    incomplete_count = fields.Integer("Incomplete Figures", compute="_compute_counts")

    @api.depends("assessment_ids.decision", "assessment_ids.movement")
    def _compute_counts(self):
        counts = {review.id: dict.fromkeys(("all", "pending", "changed", "incomplete"), 0) for review in self}
        for review, decision, movement, incomplete, count in self.env["customer.grade.assessment"]._read_group(
            [("review_id", "in", self.ids)], ["review_id", "decision", "movement", "is_incomplete"], ["__count"]
        ):
            own = counts[review.id]
            own["all"] += count
            own["pending"] += count if decision == "pending" else 0
            own["changed"] += count if movement != "same" else 0
            own["incomplete"] += count if incomplete else 0
        for review in self:
            own = counts.get(review.id, {})
            review.assessment_count = own.get("all", 0)
            review.pending_count = own.get("pending", 0)
            review.changed_count = own.get("changed", 0)
            review.incomplete_count = own.get("incomplete", 0)

    @api.depends("assessment_ids.grade_id", "assessment_ids.previous_grade_id")
    @api.depends_context("lang")
    def _compute_matrix(self):
        """Customers and revenue from each grade to each grade, see ``_get_migration_matrix``."""
        cells: dict[int, dict] = {review.id: {} for review in self}
        for review, before, after, count, revenue in self.env["customer.grade.assessment"]._read_group(
            [("review_id", "in", self.ids)], ["review_id", "previous_grade_id", "grade_id"], ["__count", "revenue:sum"]
        ):
            cells[review.id][f"{before.id or 0},{after.id or 0}"] = {"count": count, "revenue": revenue}
        Grade = self.env["customer.grade"]
        for review in self:
            review.matrix = Grade._get_migration_matrix(cells.get(review.id, {}), review.company_id)
