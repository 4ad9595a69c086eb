"""Reading a form as the browser does."""

from lxml import etree


def view_arch(records, kind="form"):
    """Return the arch of the view that the user of these records gets."""
    return etree.fromstring(records.get_views([(False, kind)])["views"][kind]["arch"])


def read_form(record) -> dict:
    """Return what the browser gets when the user of one record opens its form."""
    return record.web_read(_specification(record, view_arch(record)))[0]


def _specification(model, node) -> dict:
    """Return what a view reads of a model, with the lists inside it."""
    wanted = {}
    for child in node:
        if child.tag != "field":
            wanted |= _specification(model, child)
            continue
        field = model._fields[child.get("name")]
        wanted[field.name] = {}
        if field.type == "many2one" or "many2many_tags" in child.get("widget", ""):
            wanted[field.name] = {"fields": {"display_name": {}}}
        elif field.relational and len(child):
            wanted[field.name] = {"fields": _specification(model.env[field.comodel_name], child[0])}
    return wanted
