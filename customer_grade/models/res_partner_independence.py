from odoo import models


class ResPartner(models.Model):
    """Contacts that become customers of their own: a person leaves a company, a branch becomes a company."""

    _inherit = "res.partner"

    def write(self, vals):
        if not {"parent_id", "is_company"} & vals.keys():
            return super().write(vals)
        companies = {
            partner: partner.commercial_partner_id for partner in self if partner.commercial_partner_id != partner
        }
        result = super().write(vals)
        independent = {
            partner: company for partner, company in companies.items() if partner.commercial_partner_id == partner
        }
        if independent:
            history = self.env["customer.grade.assessment"].sudo()  # sudo: nobody may write grades directly
            history._return_to_own_grades(independent)
        return result
