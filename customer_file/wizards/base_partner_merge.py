from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Of several customer files one is left; the register says so."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Gaps belong to the file as it was; those of the merged file are computed afresh.
        gaps = self.env["customer.file.gap"].sudo().search([("partner_id", "in", src_partners.ids)])  # sudo: read-only
        gaps.unlink()
        self._enter_merged_files(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env["customer.file.gap"]._refresh(dst_partner.commercial_partner_id.ids)
        return result

    @api.model
    def _update_values(self, src_partners, dst_partner):
        merged, kept = src_partners.sudo(), dst_partner.sudo()  # sudo: merging copies every field, closed ones, too
        return super()._update_values(merged, kept)

    def _enter_merged_files(self, src_partners, dst_partner) -> None:
        """Enter in the register that of several files one is left, so that additions less losses stay right.

        A file that is open stays open, whichever of the customers had it.
        """
        reason = self.env["customer.register.reason"]._get_standard("merged")
        for company in self.env["customer.file.requirement"]._get_companies():
            register = self.env["customer.register.entry"].with_company(company)
            target = dst_partner.sudo().with_company(company)  # sudo: the state is closed to clients
            for source in src_partners.sudo().with_company(company):  # sudo: as above
                if source.customer_file_state != "open":
                    continue
                if target.customer_file_state == "open":
                    note = self.env._(
                        "File of %(merged)s, merged with %(kept)s", merged=source.display_name, kept=target.display_name
                    )
                    register._record(source, "closed", company._sales_today(), "merge", reason, note)
                else:
                    target.write({"customer_file_state": "open", "customer_file_since": source.customer_file_since})
