from odoo import fields, models

from odoo.addons.sales_department_base.records import fill_count


class SalesDepartmentPlace(models.Model):
    """A place shows the samples kept in it."""

    _inherit = "sales.department.place"

    kept_count = fields.Integer(compute="_compute_kept_count", string="Kept Samples")

    def _compute_kept_count(self):
        fill_count(self, "kept_count", self.env["sale.sample.kept"], "place_id", [("state", "!=", "disposed")])

    def action_open_kept(self) -> dict:
        """Open the samples kept here, in shelves and boxes within included."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample.sale_sample_kept_action")
        return dict(action, domain=[("place_id", "child_of", self.id)], context={"default_place_id": self.id})
