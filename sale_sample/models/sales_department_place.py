from odoo import fields, models


class SalesDepartmentPlace(models.Model):
    """A place shows the samples kept in it."""

    _inherit = "sales.department.place"

    kept_count = fields.Integer(compute="_compute_kept_count", string="Kept Samples")

    def _compute_kept_count(self):
        counts = dict(
            self.env["sale.sample.kept"]._read_group(
                [("place_id", "in", self.ids), ("state", "!=", "disposed")], ["place_id"], ["__count"]
            )
        )
        for place in self:
            place.kept_count = counts.get(place, 0)

    def action_open_kept(self) -> dict:
        """Open the samples kept here, in shelves and boxes within included."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale_sample.sale_sample_kept_action")
        return {**action, "domain": [("place_id", "child_of", self.id)], "context": {"default_place_id": self.id}}
