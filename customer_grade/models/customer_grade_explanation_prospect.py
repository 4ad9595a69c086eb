from odoo import models


class CustomerGradeAssessment(models.Model):
    """Sentences that are said differently of a prospect, who has no orders yet."""

    _inherit = "customer.grade.assessment"

    def _history_sentence(self, reason):
        if self.kind != "prospect":
            return super()._history_sentence(reason)
        months = reason["months"]
        return self.env._(
            "Too little history: the prospect has been known for %(months)s months (%(minimum_months)s needed).",
            months=0 if months is None else months,
            minimum_months=reason["minimum_months"],
        )

    def _condition_sentence(self, reason):
        if self.kind != "prospect" or reason["code"] != "history":
            return super()._condition_sentence(reason)
        return self.env._("First the prospect must be known for at least %s months.", reason["minimum_months"])
