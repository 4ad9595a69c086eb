from odoo import models


class ResPartner(models.Model):
    """Customers show the sample requests of their company, contacts those of theirs."""

    _name = "res.partner"
    _inherit = ["res.partner", "sale.sample.request.count.mixin", "sales.department.closed.mixin"]
    _sample_link = "commercial_partner_id"

    def _get_counted_records(self):
        return {partner: partner.commercial_partner_id._origin for partner in self}

    def _get_sample_defaults(self):
        company = self.commercial_partner_id
        return {"partner_id": company.id, **({"contact_id": self.id} if self != company else {})}
