"""Tries the closed fields of every model over every way in. Used by the tests of this addon for all addons."""

from collections.abc import Iterator
from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw

#: Something of each type that a client could send.
VALUES = {
    "boolean": True,
    "integer": 7,
    "float": 7.0,
    "monetary": 7.0,
    "date": "2001-01-01",
    "datetime": "2001-01-01 00:00:00",
    "binary": "R0lGODlhAQABAAAAACw=",
    "image": "R0lGODlhAQABAAAAACw=",
    "one2many": [Command.clear()],
    "many2many": [Command.clear()],
    "json": {"x": 7},
}


def get_closed_models(env) -> Iterator[str]:
    """Yield the names of all models of the registry, abstract ones left out, that have closed fields."""
    for name, model in sorted(env.items()):
        if not model._abstract and hasattr(model, "_closed_field_names") and model._closed_field_names():
            yield name


def get_declaration_faults(model) -> list[str]:
    """Return what is wrong with the declaration of a model's closed fields, in words."""
    faults = []
    for name in sorted(model._closed_field_names()):
        if name not in model._fields:
            faults.append(f"{model._name} has no field {name} to close")
    return faults


def _get_value(env, field):
    """Return a value of the field that differs from the present one as far as that is easily had."""
    if field.type == "selection":
        return (field.get_values(env) or ["x"])[-1]
    if field.type == "many2one":
        return env[field.comodel_name].sudo().search([], limit=1, order="id desc").id
    return VALUES.get(field.type, "x")


def _get_attempts(model, field, value) -> Iterator[tuple[str, str, str, list, dict]]:
    """Yield (way in, model, method, arguments, context) of every call over which a client could set the field."""
    name = field.name
    records = model.sudo().search([], limit=1)
    key = "id" if field.type in ("many2one", "one2many", "many2many") else None
    column, text = f"{name}/.id" if key else name, str(value if not isinstance(value, list | dict) else "")
    yield "create", model._name, "create", [[{name: value}]], {}
    yield "create, empty", model._name, "create", [[{name: False}]], {}
    yield "default_…", model._name, "create", [[{}]], {f"default_{name}": value}
    yield "web_save, new", model._name, "web_save", [[], {name: value}, {}], {}
    yield "load, new", model._name, "load", [[column], [[text]]], {}
    if records:
        yield "write", model._name, "write", [records.ids, {name: value}], {}
        yield "web_save", model._name, "web_save", [records.ids, {name: value}, {}], {}
        yield "load", model._name, "load", [[".id", column], [[str(records.id), text]]], {}
    for parent_name, parent in model.env.items():
        if parent._abstract or parent._transient:
            continue
        for link in parent._fields.values():
            if link.type != "one2many" or link.comodel_name != model._name or link.readonly:
                continue
            owner = parent.sudo().search([(link.name, "in", records.ids)] if records and link.store else [], limit=1)
            if owner:
                commands = [Command.create({name: value})]
                if records and records in owner[link.name]:
                    commands.append(Command.update(records.id, {name: value}))
                for command in commands:
                    yield f"{parent_name}.{link.name}", parent_name, "write", [owner.ids, {link.name: [command]}], {}


def get_open_doors(model) -> tuple[list[str], int]:
    """Try to set every closed field of a model as the user of its environment, as a client would.

    :param model: an empty recordset of a model with closed fields
    :return: every way over which a field was not refused, in words; and how many ways were tried
    """
    found, tried = [], 0
    for name in sorted(model._closed_field_names()):
        if not model._is_closed_field(name):
            continue  # these users may
        field = model._fields[name]
        with suppress(AccessError):
            model._check_field_access(field, "write")
            found.append(f"{model._name}.{name}: the field is not closed")
        for way, target, method, args, context in list(_get_attempts(model, field, _get_value(model.env, field))):
            tried += 1
            refused = False
            try:
                with suppress(_Undo), model.env.cr.savepoint():
                    result = call_kw(model.env[target], method, args, {"context": context})
                    refused = method == "load" and not result["ids"] and bool(result["messages"])
                    if not refused:
                        raise _Undo
            except UserError:
                refused = True  # closed; or refused earlier, by the user's rights or because values are missing
            model.env.invalidate_all(flush=False)
            if not refused:
                found.append(f"{model._name}.{name}: set over {way}")
    return found, tried


class _Undo(Exception):
    """What an attempt has changed is undone."""
