from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    """Merging duplicates joins their grade histories."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._prepare_grade_histories(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _prepare_grade_histories(self, src_partners, dst_partner) -> None:
        """Leave one valid grade a company and one assessment a review: those of the customer who stays.

        Grades once given stay in the history; of a review that both were in, the others
        are kept apart from it. Proposals that were not applied yet are dropped.
        """
        history = self.env["customer.grade.assessment"].sudo()  # sudo: nobody may write it directly
        entries = history.search([("partner_id", "in", (src_partners | dst_partner).ids)])
        entries = entries.sorted(lambda entry: entry.partner_id != dst_partner)
        for current in entries.filtered("is_current").grouped("company_id").values():
            current[1:].is_current = False
        for review, assessed in entries.grouped("review_id").items():
            if review:
                surplus = assessed[1:]
                surplus.filtered(lambda entry: entry.state == "applied").review_id = False
                surplus.filtered(lambda entry: entry.state == "proposed").unlink()
