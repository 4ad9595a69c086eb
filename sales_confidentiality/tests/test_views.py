from lxml import etree

from odoo.tests import tagged

from .common import ConfidentialCase

KINDS = ("form", "list", "kanban", "search", "pivot", "graph", "calendar", "activity")


@tagged("post_install", "-at_install")
class TestViews(ConfidentialCase):
    def test_no_screen_asks_for_what_is_closed(self):
        """Every view has, for each role, only fields that are described to that role; else the screen breaks."""
        self.limit(cost=False, contact=False, export=False)
        views = self.env["ir.ui.view"].search([("type", "in", KINDS), ("mode", "=", "primary")])
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
                unknown = self._get_unknown(etree.fromstring(found["views"][view.type]["arch"]), view.model, described)
                self.assertFalse(unknown, f"{view.xml_id or view.name} for {user.login}")
                checked += 1
        self.assertGreater(checked, 100)

    def _get_unknown(self, node, model, described):
        """Return the fields of a view that are not described to the reader."""
        unknown = set()
        for child in node:
            inner = model
            field = self.env[model]._fields.get(child.get("name")) if child.tag == "field" else None
            if field is not None:
                if field.name not in described.get(model, {}):
                    unknown.add((model, field.name))
                inner = field.comodel_name or model
            unknown |= self._get_unknown(child, inner, described)
        return unknown
