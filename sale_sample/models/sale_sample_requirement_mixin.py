from odoo import api, models


class SaleSampleRequirementMixin(models.AbstractModel):
    """A line of a requirement: it changes only while the request itself may."""

    _name = "sale.sample.requirement.mixin"
    _description = "Line of a Sample's Requirement"
    _inherit = ["sales.department.closed.mixin"]

    def _check_request_open(self) -> None:
        """Refuse changes while R&D works from the requirement.

        :raises UserError: naming the requests
        """
        if not self.env.su:
            self.request_id._check_requirement_open()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_request_open()
        return lines

    def write(self, vals):
        self._check_request_open()
        result = super().write(vals)
        if "request_id" in vals:
            self._check_request_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        self._check_request_open()
