from odoo import api, fields, models

#: Days after which it is forgotten who opened whom; the counts stay.
KEPT_DAYS = 31


class SalesCustomerOpening(models.Model):
    """Which customers somebody opened on a day. Written by SQL, see `sales.confidentiality.day`."""

    _name = "sales.customer.opening"
    _description = "Opened Customer"
    _inherit = ["sales.department.append.only.mixin", "sales.department.closed.mixin"]
    _order = "day DESC, opened_at DESC"
    _rec_name = "partner_id"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    opened_at = fields.Datetime("First Opened", required=True, readonly=True)

    _once_a_day = models.UniqueIndex("(user_id, day, partner_id)", "An opening is counted once a day.")

    def _append_only_refusal(self) -> str:
        return self.env._(
            "Openings of customers are recorded, not written: %s.", ", ".join(self[:3].mapped("display_name"))
        )

    @api.autovacuum
    def _gc_openings(self) -> None:
        """Forget who opened whom after a month."""
        self.env.cr.execute(
            "DELETE FROM sales_customer_opening WHERE day < %s",
            [fields.Date.subtract(fields.Date.today(), days=KEPT_DAYS)],
        )
