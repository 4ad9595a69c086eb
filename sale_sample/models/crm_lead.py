from odoo import models


class CrmLead(models.Model):
    """Sample requests of a lead go along when it gets a customer or is merged."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "sale.sample.request.count.mixin", "sales.department.closed.mixin"]
    _sample_link = "lead_id"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            requests = self.env["sale.sample.request"].sudo()  # sudo: a colleague's request gets the customer, too
            nameless = requests.search([("lead_id", "in", self.ids), ("partner_id", "=", False)])
            for lead, mine in nameless.grouped("lead_id").items():
                person = lead.partner_id
                mine.write({
                    "partner_id": person.commercial_partner_id.id,
                    "contact_id": person.id if person != person.commercial_partner_id else False,
                })
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        requests = self.env["sale.sample.request"].sudo()  # sudo: of all salespeople of the merged leads
        requests = requests.with_context(active_test=False)
        requests.search([("lead_id", "in", opportunities.ids)]).write({"lead_id": self.id})
        return result
