import re

from odoo import models

from ..constants import CONTACT_GROUPS, COST_GROUP

#: How the template of a card names a field.
CARD_FIELD = re.compile(r"\brecord\.(\w+)")


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    def _postprocess_view(self, node, model_name, *args, **kwargs):
        """Take away from cards, too, what depends on a closed field: the template would look for it in vain."""
        result = super()._postprocess_view(node, model_name, *args, **kwargs)
        if node.tag == "kanban":
            fields = self.env[model_name]._fields
            for element in node.iter():
                said = " ".join(value for name, value in element.items() if name.startswith("t-"))
                for name in set(CARD_FIELD.findall(said)):
                    if name in fields and fields[name].groups in (COST_GROUP, CONTACT_GROUPS):
                        self._limit_element(element, fields[name].groups)
        return result

    def _postprocess_tag_field(self, node, name_manager, node_info):
        """Take away the icon in front of a closed field with it."""
        result = super()._postprocess_tag_field(node, name_manager, node_info)
        field = name_manager.model._fields.get(node.get("name"))
        row = node.getparent()
        if field and field.groups == CONTACT_GROUPS and row is not None and row.tag == "div":
            if all(element is node or element.tag == "i" for element in row):
                self._limit_element(row, field.groups)
        return result

    def _limit_element(self, element, groups: str) -> None:
        """Leave an element of a view to the members of these groups, as ``groups`` of a file would."""
        definitions = self.env["res.groups"]._get_group_definitions()
        allowed = definitions.parse(groups, raise_if_not_found=False)
        if known := element.get("__groups_key__"):
            allowed &= definitions.from_key(known)
        element.set("__groups_key__", allowed.key)

    def _add_missing_fields(self, node, name_manager):
        """Take away with a closed field what depends on it, such as ``invisible="standard_price == 0"``.

        Odoo leaves such an element, and the hidden field that it needs, to those who may not read the field: their
        screen breaks.
        """
        missing = super()._add_missing_fields(node, name_manager)
        for name, (common, reasons) in missing.items():
            field = name_manager.model._fields.get(name)
            if common is not False or not field or field.groups not in (COST_GROUP, CONTACT_GROUPS):
                continue
            hidden = node.xpath("./field[@name=$name][@data-used-by]", name=name)
            for element in [*hidden, *(element for _groups, _use, element in reasons)]:
                if element is not node:
                    self._limit_element(element, field.groups)
            for _groups, (attribute, _expression), element in reasons:
                if element is node:  # the whole view stays, without what it says of the field
                    element.attrib.pop(attribute, None)
        return missing
