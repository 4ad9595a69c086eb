from odoo import api, models

TRIGGERS = frozenset({"active", "company_id", "partner_id", "probability", "stage_id"})


class CrmLead(models.Model):
    """An open lead or opportunity makes its partner a prospect, who has a file."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if any(vals.get("partner_id") for vals in vals_list):
            leads._refresh_prospect_files(leads.partner_id)
        return leads

    def write(self, vals):
        if not TRIGGERS & vals.keys():
            return super().write(vals)
        before = {lead.id: lead._get_prospect_traits() for lead in self}
        result = super().write(vals)
        moved = self.filtered(lambda lead: lead._get_prospect_traits() != before[lead.id])
        if moved:
            partner_ids = {before[lead.id][0] for lead in moved if before[lead.id][0]} | set(moved.partner_id.ids)
            moved._refresh_prospect_files(self.env["res.partner"].browse(partner_ids))
        return result

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        self._refresh_prospect_files(partners)
        return result

    def _get_prospect_traits(self) -> tuple:
        """Return what decides whose file this lead calls for, in which company."""
        self.ensure_one()
        return self.partner_id.id, self.company_id.id, self.active, self.won_status

    def _refresh_prospect_files(self, partners) -> None:
        """Compute the files of partners that may have become prospects, or stopped to be."""
        in_force = self.env["customer.file.requirement"]._get_in_force()
        if partners and any(requirement.kind != "customer" for requirement in in_force):
            holders = partners.sudo().commercial_partner_id  # sudo: files are not "my" documents
            self.env["customer.file.gap"]._refresh(holders.ids)
