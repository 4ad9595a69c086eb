from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP
from odoo.addons.sales_department_base.records import refuse

#: What decides whose contact a partner is.
MOVES = frozenset({"parent_id", "is_company"})


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

    # ------------------------------------------------------------------
    # Whose documents they are
    # ------------------------------------------------------------------

    def write(self, vals):
        """Leave it to sales managers to make a customer with documents part of another one.

        What the customer was promised would become the other's, and be read by the other on the portal; whoever logs
        in there would read the other's.

        :raises AccessError: naming the customers
        """
        if MOVES.isdisjoint(vals) or self.env.su or self.env.user.has_group(SALES_MANAGER_GROUP):
            return super().write(vals)
        owned = self.sudo()  # sudo: documents and logins the user need not see
        companies = {partner: partner.commercial_partner_id for partner in owned}
        result = super().write(vals)
        moved = owned.filtered(lambda partner: partner.commercial_partner_id != companies[partner])
        if moved:
            refuse(
                moved._get_bound().sudo(False),
                self.env._(
                    "%(names)s: there are sample documents of this customer, or a login to the portal. Ask a sales "
                    "manager to make it part of another company."
                ),
                AccessError,
            )
        return result

    def _get_bound(self) -> models.Model:
        """Return those of these partners whose documents would become another customer's. Extension point."""
        requests = self.env["sale.sample.request"].search([
            ("partner_id", "in", self.ids),
            ("submitted_at", "!=", False),
        ])
        logging_in = self.with_context(active_test=False).user_ids.filtered("share").partner_id
        return (requests.partner_id | logging_in) & self
