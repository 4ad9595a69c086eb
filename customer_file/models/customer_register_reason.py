from odoo import api, fields, models

EVENTS = [("opened", "Opened"), ("closed", "Closed"), ("reopened", "Reopened")]
"""What happens to a customer file."""


class CustomerRegisterReason(models.Model):
    """Why a customer file was opened, closed or reopened."""

    _name = "customer.register.reason"
    _description = "Customer Register Reason"
    _inherit = ["sales.department.closed.mixin"]
    _order = "event, sequence, id"

    name = fields.Char(required=True, translate=True)
    event = fields.Selection(EVENTS, required=True, default="closed")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(event, name) WHERE active IS TRUE", "This reason already exists for the same event."
    )

    @api.model
    def _get_standard(self, name: str) -> "CustomerRegisterReason":
        """Return one of the reasons the addon brings, or none where it was removed.

        :param name: end of its XML id
        """
        reason_id = self.env["ir.model.data"]._xmlid_to_res_id(f"customer_file.customer_register_reason_{name}")
        return self.browse(reason_id or ())
