"""Tries the closed fields of every model over every way in. Used by the tests of this addon for all addons."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Field
from odoo.models import BaseModel
from odoo.service.model import call_kw

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
#: Something of each type that a client could send.
VALUES = {
    "boolean": True,
    "integer": 7,
    "float": 7.0,
    "monetary": 7.0,
    "date": "2001-01-01",
    "datetime": "2001-01-01 00:00:00",
    "binary": PIXEL,
    "image": PIXEL,
    "html": "<p>x</p>",
    "one2many": [Command.clear()],
    "many2many": [Command.clear()],
    "json": {"x": 7},
    "properties": [],
}


def get_closed_models(env) -> Iterator[str]:
    """Yield the names of all models of the registry, abstract ones left out, that have closed fields."""
    for name, model in sorted(env.items()):
        if not model._abstract and hasattr(model, "_closed_field_names") and model._closed_field_names():
            yield name


def get_declaration_faults(model) -> list[str]:
    """Return what is wrong with the declaration of a model's closed fields, in words."""
    unknown = sorted(model._closed_field_names() - model._fields.keys())
    return [f"{model._name} has no field {name} to close" for name in unknown]


def get_hostile_value(env, field: Field) -> Any:
    """Return a value of the field that differs from the present one as far as that is easily had."""
    if field.type == "selection":
        return (field.get_values(env) or ["x"])[-1]
    if field.type == "many2one":
        return env[field.comodel_name].sudo().search([], limit=1, order="id desc").id
    return VALUES.get(field.type, "x")


def _get_attempts(
    records: BaseModel, owners: list[tuple[BaseModel, Field]], field: Field, value: Any, others: dict
) -> Iterator[tuple[str, str, str, list]]:
    """Yield (way in, model, method, arguments) of every call over which a client could set the field."""
    name, model = field.name, records._name
    column, text = f"{name}/.id" if field.relational else name, str(value if not isinstance(value, list | dict) else "")
    yield "create", model, "create", [[{**others, name: value}]]
    yield "create, empty", model, "create", [[{**others, name: False}]]
    yield "web_save, new", model, "web_save", [[], {**others, name: value}, {}]
    yield "load, new", model, "load", [[column], [[text]]]
    if records:
        yield "write", model, "write", [records.ids, {name: value}]
        yield "web_save", model, "web_save", [records.ids, {name: value}, {}]
        yield "load", model, "load", [[".id", column], [[str(records.id), text]]]
    for owner, link in owners:
        commands = [Command.create({**others, name: value})]
        if records and records in owner[link.name]:
            commands.append(Command.update(records.id, {name: value}))
        for command in commands:
            yield f"{owner._name}.{link.name}", owner._name, "write", [owner.ids, {link.name: [command]}]


def _get_owners(records: BaseModel) -> Iterator[tuple[BaseModel, Field]]:
    """Yield a document of each model with a list of these records that clients fill, and the field of the list."""
    for parent in records.sudo().env.values():
        if parent._abstract or parent._transient:
            continue
        for link in parent._fields.values():
            if link.type != "one2many" or link.comodel_name != records._name or link.readonly:
                continue
            owner = parent.search([(link.name, "in", records.ids)] if records and link.store else [], limit=1)
            if owner:
                yield owner, link


def get_open_doors(
    model: BaseModel,
    names: Collection[str] | None = None,
    records: BaseModel | None = None,
    values: dict[str, Any] | None = None,
    ways: Collection[str] = (),
) -> tuple[list[str], int]:
    """Try to set closed fields of a model as the user of its environment, as a client would.

    :param model: an empty recordset of a model with closed fields
    :param names: the fields, by default all that the model declares
    :param records: the record on which they are tried, by default any
    :param values: what a new record needs besides
    :param ways: only these ways in, by default all
    :return: every way over which a field was not refused, in words; and how many ways were tried
    """
    found, tried = [], 0
    declared = model._closed_field_names() if hasattr(model, "_closed_field_names") else frozenset()
    records = model.sudo().search([], limit=1) if records is None else records.sudo()
    values = {name: value for name, value in (values or {}).items() if not model._fields[name].readonly}
    fields = [model._fields[name] for name in sorted(declared if names is None else names)]
    fields = [field for field in fields if field.name not in declared or model._is_closed_field(field.name)]
    owners = list(_get_owners(records)) if fields and not ways else []
    for field in fields:
        with suppress(AccessError):
            model._check_field_access(field, "write")
            found.append(f"{model._name}.{field.name}: the field is not closed")
        for way, target, method, args in _get_attempts(
            records, owners, field, get_hostile_value(model.env, field), values
        ):
            tried += 1
            if why := _try(model.env[target], method, args, {}):
                found.append(f"{model._name}.{field.name}: {why} over {way}")
    if ways and "default_…" not in ways:
        return found, tried
    defaults, more = _try_defaults(model, fields, values)
    return found + defaults, tried + more


def _try_defaults(model: BaseModel, fields: list[Field], values: dict[str, Any]) -> tuple[list[str], int]:
    """Try the keys of a context, which are not refused but left aside: all at once, one by one if that fails."""
    hostile = {field.name: get_hostile_value(model.env, field) for field in fields}
    found, tried = [], bool(fields)

    def look(new: list[int]) -> None:
        record = model.sudo().browse(new)
        for name, value in hostile.items():
            if value and str(getattr(record[name], "id", record[name])) == str(value):
                found.append(f"{model._name}.{name}: set over default_…")

    context = {f"default_{name}": value for name, value in hostile.items()}
    why = _try(model, "create", [[values]], context, look) if fields else "set"
    if len(fields) > 1 and why != "set":
        for field in fields:
            more, count = _try_defaults(model, [field], values)
            found, tried = found + more, tried + count
    return found, tried


def _try(model: BaseModel, method: str, args: list, context: dict[str, Any], look=lambda result: None) -> str:
    """Make a call and undo it; return "set" when it went through, how it broke, or nothing when it was refused."""
    why = ""
    try:
        with suppress(_Undo), model.env.cr.savepoint():
            result = call_kw(model, method, args, {"context": context})
            model.env.flush_all()
            if method != "load" or result["ids"] or not result["messages"]:
                why = "set"
                look(result)
            raise _Undo
    except (UserError, IntegrityError):
        why = ""  # closed; or refused earlier, by the user's rights or because values are missing
    except Exception as error:  # noqa: BLE001 - a traceback is what a user must not see
        why = f"{type(error).__name__} ({str(error)[:100]})"
    model.env.invalidate_all(flush=False)
    return why


class _Undo(Exception):
    """What an attempt has changed is undone."""
