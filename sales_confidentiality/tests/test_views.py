from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged

from ..constants import CONTACT_GROUPS, COST_GROUP
from ..models.ir_ui_view import CARD_FIELD
from .common import ConfidentialCase

CLOSED = (COST_GROUP, CONTACT_GROUPS)
KINDS = ("form", "list", "kanban", "search", "pivot", "graph", "calendar", "activity")


@tagged("post_install", "-at_install")
class TestViews(ConfidentialCase):
    def test_no_screen_asks_for_what_is_closed(self):
        """Every view has, for each role, only fields that are described to that role; else the screen breaks."""
        self.limit(cost=False, contact=False, export=False)
        views = self._get_views()
        checked = 0
        for user in (self.rnd, self.anna):
            for view in views:
                model = self.env.get(view.model)
                if model is None or not model.with_user(user).has_access("read"):
                    continue
                if view.group_ids and not view.group_ids & user.all_group_ids:
                    continue
                found = model.with_user(user).get_views([(view.id, view.type)])
                described = {name: info["fields"] for name, info in found["models"].items()}
                tree = etree.fromstring(found["views"][view.type]["arch"])
                unknown = self._get_unknown(tree, view.model, described)
                self.assertFalse(unknown, f"{view.xml_id or view.name} for {user.login}")
                checked += 1
        self.assertGreater(checked, 20)

    def _get_views(self):
        """Return the screens that have a closed field in them, by themselves or by an inheriting view."""
        closed = {
            field.name for model in self.env.values() for field in model._fields.values() if field.groups in CLOSED
        }
        views = self.env["ir.ui.view"]
        found = views.search([("type", "in", KINDS), *Domain.OR(Domain("arch_db", "like", name) for name in closed)])
        while inherited := found.filtered(lambda view: view.mode != "primary" and view.inherit_id):
            found = found - inherited | inherited.inherit_id
        # views for a purpose of their own take all that the one they begin with has
        while more := views.search([("inherit_id", "in", found.ids), ("mode", "=", "primary")]) - found:
            found |= more
        return found

    def _get_unknown(self, node, model, described):
        """Return the fields of a view that are not described to the reader."""
        unknown = set()
        for child in node:
            inner = model
            field = self.env[model]._fields.get(child.get("name")) if child.tag == "field" else None
            for name in CARD_FIELD.findall(" ".join(value for key, value in child.items() if key.startswith("t-"))):
                spoken = self.env[model]._fields.get(name)
                if spoken is not None and spoken.groups in CLOSED and name not in described.get(model, {}):
                    unknown.add((model, f"record.{name}"))
            if field is not None:
                if field.name not in described.get(model, {}):
                    unknown.add((model, field.name))
                inner = field.comodel_name or model
            unknown |= self._get_unknown(child, inner, described)
        return unknown
