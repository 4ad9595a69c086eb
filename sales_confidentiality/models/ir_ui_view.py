from odoo import models

from ..constants import CONTACT_GROUPS, COST_GROUP


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    def _add_missing_fields(self, node, name_manager):
        """Take away with a closed field what depends on it, such as ``invisible="standard_price == 0"``.

        Odoo leaves such an element, and the hidden field that it needs, to those who may not read the field: their
        screen breaks.
        """
        missing = super()._add_missing_fields(node, name_manager)
        groups = self.env["res.groups"]._get_group_definitions()
        for name, (common, reasons) in missing.items():
            field = name_manager.model._fields.get(name)
            if common is not False or not field or field.groups not in (COST_GROUP, CONTACT_GROUPS):
                continue
            allowed = name_manager._get_field_groups(name)
            hidden = node.xpath("./field[@name=$name][@data-used-by]", name=name)
            for element in [*hidden, *(element for _groups, _use, element in reasons)]:
                if element is node:
                    continue
                known = element.get("__groups_key__")
                element.set("__groups_key__", (groups.from_key(known) & allowed if known else allowed).key)
            for _groups, (attribute, _expression), element in reasons:
                if element is node:  # the whole view stays, without what it says of the field
                    element.attrib.pop(attribute, None)
        return missing
