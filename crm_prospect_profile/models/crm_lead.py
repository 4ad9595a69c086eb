from odoo import fields, models
from odoo.fields import Command

from odoo.addons.sales_department_base.constants import SALES_GROUP


class CrmLead(models.Model):
    """Prospect data of a lead; it goes on to the partner and survives merging."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.prospect.mixin", "sales.department.closed.mixin"]

    prospect_industry_id = fields.Many2one("res.partner.industry", "Industry", groups=SALES_GROUP)
    prospect_answer_ids = fields.One2many("crm.prospect.answer", "lead_id", string="Answers", groups=SALES_GROUP)

    def _get_prospect_fields(self):
        return [*super()._get_prospect_fields(), "prospect_industry_id", "source_id", "partner_id"]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            self._fill_partner_prospect_data()
        return result

    def _fill_partner_prospect_data(self) -> None:
        """Fill what the commercial partner does not know yet; nothing there is overwritten."""
        for lead in self:
            partner = lead.partner_id.commercial_partner_id
            if not partner or not partner.has_access("write"):
                continue
            vals = {
                name: value
                for name, value in lead._prepare_partner_prospect_values().items()
                if value and not partner[name]
            }
            if lead.prospect_family_ids and not partner.prospect_family_ids:
                vals["prospect_family_ids"] = [Command.set(lead.prospect_family_ids.ids)]
            answers = lead.prospect_answer_ids.filtered(
                lambda answer, known=partner.prospect_answer_ids.question_id: answer.question_id not in known
            )
            if answers:
                vals["prospect_answer_ids"] = [
                    Command.create({"question_id": answer.question_id.id, "answer": answer.answer})
                    for answer in answers
                ]
            if vals:
                partner.write(vals)

    def _prepare_partner_prospect_values(self) -> dict:
        """Return the plain values a partner takes over from this lead."""
        self.ensure_one()
        return {
            "industry_id": self.prospect_industry_id.id,
            "prospect_employees": self.prospect_employees,
            "prospect_volume": self.prospect_volume,
        }

    def action_view_prospect(self) -> dict:
        """Open the answers of this lead and its fit to the profile."""
        return self._get_prospect_action()

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "prospect_industry_id", "prospect_employees", "prospect_volume"]

    def _merge_get_fields_specific(self):
        return super()._merge_get_fields_specific() | {
            "prospect_family_ids": lambda _name, leads: [Command.set(leads.prospect_family_ids.ids)]
        }

    def _merge_dependences(self, opportunities):
        """Also keep the answers: nothing of a merged lead is lost."""
        result = super()._merge_dependences(opportunities)
        known = self.prospect_answer_ids.question_id
        for answer in opportunities.prospect_answer_ids.sudo():  # sudo: an answer stays with its lead; this one goes
            if answer.question_id not in known:
                answer.lead_id = self
                known |= answer.question_id
        return result
