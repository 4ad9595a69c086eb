from odoo import models


class CommentWizard(models.TransientModel):
    _inherit = "comment.wizard"

    def add_comment(self):
        """Keep the comment with reviews that are the user's turn, and decide them.

        :raises AccessError: one of the reviews is not the user's to decide now
        """
        self.ensure_one()
        if self.res_model not in self.env["tier.review"]._get_closed_models():
            return super().add_comment()
        self.env[self.res_model].browse(self.res_id)._check_may_review(self.review_ids)
        wizard = self.sudo()  # sudo: reviews are closed to users, that these are the user's was checked above
        return super(CommentWizard, wizard).add_comment()
