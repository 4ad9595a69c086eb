from odoo import api, models
from odoo.exceptions import AccessError

#: The reviewer has said yes or no.
DECIDED = ("approved", "rejected")


class TierReview(models.Model):
    """Reviews of our documents are the server's: made from the definitions, decided by the buttons, kept.

    The addon itself lets every employee make, change and delete any review. Those of other models are as they were.
    """

    _inherit = "tier.review"

    @api.model
    def _get_closed_models(self) -> frozenset[str]:
        """Return the models whose reviews no user touches by hand. Extension point.

        Such a model asks :meth:`_check_may_review` (see ``sale.sample.fee.decision``) in each of its buttons.
        """
        return frozenset({"sale.sample.fee.decision"})

    def _get_closed(self):
        """Return those of the reviews that no user touches by hand."""
        closed = self._get_closed_models()
        return self.filtered(lambda review: review.model in closed)

    def _check_not_by_hand(self) -> None:
        """:raises AccessError: a user makes, changes or deletes a review of our documents"""
        closed = not self.env.su and self._get_closed()
        if closed:
            raise AccessError(
                self.env._(
                    "Reviews are not entered by hand: %s. Open the document and use “Validate” or “Reject” there.",
                    ", ".join(filter(None, closed.sudo().mapped("name"))) or closed[0].display_name,  # sudo: names only
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews._check_not_by_hand()
        return reviews

    def write(self, vals):
        self._check_not_by_hand()
        result = super().write(vals)
        if "model" in vals:
            self._check_not_by_hand()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never_by_hand(self):
        self._check_not_by_hand()

    def _compute_reviewer_ids(self):
        """Who has decided stays its reviewer, whoever joins or leaves the group afterwards."""
        decided = self._get_closed().filtered(lambda review: review.status in DECIDED)
        for review in decided:
            review.reviewer_ids = review.reviewer_ids
        return super(TierReview, self - decided)._compute_reviewer_ids()

    def _update_review_status(self):
        """Say whose turn it is: follows from the reviews, whoever looks at them."""
        closed = self._get_closed()
        super(TierReview, closed.sudo())._update_review_status()  # sudo: reviews are closed to users
        return super(TierReview, self - closed)._update_review_status()
