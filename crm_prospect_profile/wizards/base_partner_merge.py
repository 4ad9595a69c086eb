from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts keeps their answers."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._merge_prospect_answers(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_prospect_answers(self, src_partners, dst_partner) -> None:
        """Drop the answers the kept contact has itself; the others move with it."""
        known = dst_partner.sudo().prospect_answer_ids.question_id  # sudo: as the rest of the merge
        for partner in src_partners.sudo():  # sudo: as the rest of the merge
            partner.prospect_answer_ids.filtered(lambda answer, known=known: answer.question_id in known).unlink()
            known |= partner.prospect_answer_ids.question_id
        self.env.flush_all()
