from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleSampleLocation(models.Model):
    """Where samples are kept: rooms, their shelves, and boxes on these."""

    _name = "sale.sample.location"
    _description = "Sample Place"
    _order = "complete_name"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name"]
    _parent_name = "parent_id"
    _parent_store = True
    _check_company_auto = True

    name = fields.Char(required=True)
    complete_name = fields.Char(compute="_compute_complete_name", store=True, recursive=True)
    kind = fields.Selection([("room", "Room"), ("shelf", "Shelf"), ("box", "Box")], required=True, default="box")
    parent_id = fields.Many2one(
        "sale.sample.location", string="In", index=True, ondelete="restrict", check_company=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("sale.sample.location", "parent_id", string="Holds")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    kept_count = fields.Integer(compute="_compute_kept_count", string="Kept Samples")

    _name_unique = models.UniqueIndex(
        "(company_id, COALESCE(parent_id, 0), name) WHERE active IS TRUE", "There is a place of this name already."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for place in self:
            place.complete_name = f"{place.parent_id.complete_name} / {place.name}" if place.parent_id else place.name

    def _compute_kept_count(self):
        counts = dict(
            self.env["sale.sample.kept"]._read_group(
                [("location_id", "in", self.ids), ("state", "!=", "disposed")], ["location_id"], ["__count"]
            )
        )
        for place in self:
            place.kept_count = counts.get(place, 0)

    @api.constrains("parent_id", "kind")
    def _check_parent(self):
        order = {"room": 0, "shelf": 1, "box": 2}
        for place in self.filtered("parent_id"):
            if order[place.parent_id.kind] >= order[place.kind]:
                raise ValidationError(
                    self.env._(
                        "“%(place)s” cannot lie in “%(parent)s”: boxes stand on shelves or in rooms, shelves in rooms.",
                        place=place.name,
                        parent=place.parent_id.complete_name,
                    )
                )

    def action_open_kept(self) -> dict:
        """Open the samples kept here, in shelves and boxes within included."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale_sample.sale_sample_kept_action")
        return {**action, "domain": [("location_id", "child_of", self.id)], "context": {"default_location_id": self.id}}
