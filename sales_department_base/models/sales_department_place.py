from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What can lie in what: from the outside to the inside.
KINDS = ("room", "shelf", "box")


class SalesDepartmentPlace(models.Model):
    """Where things are kept: rooms, their shelves, and boxes on these."""

    _name = "sales.department.place"
    _description = "Place"
    _order = "complete_name"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name"]
    _inherit = ["sales.department.closed.mixin"]
    _parent_store = True
    _fixed_fields = frozenset({"company_id"})
    _check_company_auto = True

    name = fields.Char(required=True)
    complete_name = fields.Char(compute="_compute_complete_name", store=True, recursive=True)
    kind = fields.Selection([("room", "Room"), ("shelf", "Shelf"), ("box", "Box")], required=True, default="box")
    parent_id = fields.Many2one(
        "sales.department.place", string="In", index=True, ondelete="restrict", check_company=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("sales.department.place", "parent_id", string="Holds")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex(
        "(company_id, COALESCE(parent_id, 0), name) WHERE active IS TRUE", "There is a place of this name already."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for place in self:
            place.complete_name = f"{place.parent_id.complete_name} / {place.name}" if place.parent_id else place.name

    @api.constrains("parent_id", "kind")
    def _check_parent(self):
        for place in self:
            for inner in place.child_ids | place:
                outer = inner.parent_id
                if outer and KINDS.index(outer.kind) >= KINDS.index(inner.kind):
                    raise ValidationError(
                        self.env._(
                            "“%(place)s” cannot lie in “%(parent)s”: boxes stand on shelves or in rooms, shelves in rooms.",
                            place=inner.name,
                            parent=outer.complete_name,
                        )
                    )

    def _fixed_refusal(self, field):
        if field.name == "company_id":
            return self.env._("A place stays with its company. Register it anew in the other one.")
        return super()._fixed_refusal(field)
