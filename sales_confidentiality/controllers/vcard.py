from odoo.http import request, route

from odoo.addons.web.controllers.vcard import Partner


class ConfidentialPartner(Partner):
    @route()
    def download_vcard(self, partner_ids=None, partner=None, **kwargs):
        """Ask an employee for the right to export here, too, and log the cards: those of colleagues are free."""
        if not request.env.user._is_internal():
            return super().download_vcard(partner_ids=partner_ids, partner=partner, **kwargs)
        asked = [int(number) for number in (partner_ids or "").split(",") if number.isdigit()]
        contacts = (
            request.env["res.partner"].browse(filter(None, asked)) | (partner or request.env["res.partner"])
        ).exists()
        customers = contacts.filtered(lambda contact: contact.sudo().partner_share)  # sudo: whether a colleague only
        log = request.env["sales.export.log"]
        if customers:
            log._check_export_right()
        result = super().download_vcard(partner_ids=partner_ids, partner=partner, **kwargs)
        if customers:
            log._add("vcard", customers, len(customers), ["vCard"])
        return result
