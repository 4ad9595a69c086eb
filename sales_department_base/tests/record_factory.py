"""Makes a record of any model of ours, with the documents it belongs to, from nothing but the registry.

An addon whose models need more than their required fields says so in ``tests/attack_world.py``::

    def fill(factory):
        factory.set_values("sale.sample.measurement", property_line_id=lambda world: world.make("sale.sample.property.line"))
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from odoo.fields import Command, Field
from odoo.models import BaseModel
from odoo.tools import mute_logger

from .closed_fields import PIXEL
from .house_registry import TECHNICAL, House, load_hooks

#: Where the worlds stand in time: a Monday morning in Shanghai.
NOW = datetime(2026, 3, 2, 1, 0)
#: Links that say whose a record is: they are filled even where a model does not ask for them.
OWNERS = {
    "res.users": ("user_id",),
    "res.company": ("company_id",),
    "crm.team": ("team_id",),
    "res.partner": ("partner_id",),
}

Value = Any | Callable[["World"], Any]


class RecordFactory:
    """Knows what records of each model need; worlds ask it."""

    def __init__(self, env):
        self.env = env
        self.house = House(env)
        self._values: dict[str, dict[str, Value]] = {}
        self._records: dict[str, Callable[[World], BaseModel]] = {}
        self.repeatable: set[str] = set()
        self._settling: dict[str, Callable[[World, BaseModel], None]] = {}
        for fill in load_hooks(self.house, "attack_world", "fill"):
            fill(self)

    def set_values(self, model: str, **values: Value) -> None:
        """Say with which values a record of the model is made; a function is given the world."""
        if model in self.env:
            self._values.setdefault(model, {}).update(values)

    def set_record(self, model: str, find: Callable[["World"], BaseModel]) -> None:
        """Say where the record of a model is, when it comes with another one."""
        self._records[model] = find

    def set_settling(self, model: str, settle: Callable[["World", BaseModel], None]) -> None:
        """Say how a record of the model becomes evidence: answered, signed, sent …"""
        self._settling[model] = settle

    def allow_again(self, method: str) -> None:
        """Say that a button, as ``model.method``, does something each time it is pressed, as its user expects."""
        self.repeatable.add(method)

    def get_values(self, model: str) -> dict[str, Value]:
        """Return what the addons say about a model."""
        return self._values.get(model, {})

    def find(self, world: "World", model: str) -> BaseModel:
        """Return the record of the world that comes with another one, if any."""
        return self._records[model](world) if model in self._records else world.env[model]

    def settle(self, world: "World", record: BaseModel) -> None:
        """Make a record evidence, where an addon says how."""
        if record._name in self._settling:
            self._settling[record._name](world, record)


class World:
    """A salesperson with a team, a company and a customer, and one record of each model."""

    def __init__(self, factory: RecordFactory, key: str, user, team, company, number: int):
        self.factory, self.key, self.user, self.team, self.company, self.number = (
            factory,
            key,
            user,
            team,
            company,
            number,
        )
        #: Stands in every text of this world, so that a leak is seen.
        self.marker = f"only{key.title()}{number}x"
        context = {"allowed_company_ids": company.ids, "tracking_disable": True, "mail_create_nolog": True}
        self.env = factory.env(context={**factory.env.context, **context}, su=True)
        self.records: dict[str, BaseModel] = {}
        self.failures: dict[str, str] = {}
        self._making: list[str] = []
        self.put(user.with_env(self.env), team.with_env(self.env), company.with_env(self.env))
        self.put(company.currency_id.with_env(self.env))

    def put(self, *records: BaseModel) -> None:
        """Make these the records of their models."""
        self.records.update({record._name: record for record in records})

    def make(self, model: str) -> BaseModel:
        """Return the record of this world of a model, made when there is none yet; empty when it cannot be made."""
        if model not in self.records and model not in self.failures and model not in self._making:
            self._making.append(model)
            try:
                record = self.factory.find(self, model)
                if not self.env[model]._auto:
                    record = record or self._find_row(model)
                values = {} if record else self.get_values(model)  # makes what the record belongs to, which stays
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    record = record or self.env[model].create(values)
                    self._own(record)
                    self.env.flush_all()
                self.put(record)
            except Exception as error:  # noqa: BLE001 - whatever it was is told by the test that needs the record
                self.env.invalidate_all(flush=False)
                self.failures[model] = f"{type(error).__name__}: {error}"
            finally:
                self._making.remove(model)
        return self.records.get(model, self.env[model])

    def make_all(self) -> None:
        """Make a record of every stored model of ours and of those we extend, then find a row of every view."""
        house = self.factory.house
        for name in [*house.stored, *house.get_extended_models(), *house.views]:
            self.make(name)

    def _find_row(self, view: str) -> BaseModel:
        """Return the row of a view that tells of a document of this world."""
        self.env.flush_all()
        for field in self.env[view]._fields.values():
            if field.comodel_name in self.factory.house.documents:
                documents = self.make(field.comodel_name)
                if row := self.env[view].search([(field.name, "in", documents.ids)], limit=1):
                    return row
        raise LookupError("no row tells of a document of this world")

    def _own(self, record: BaseModel) -> None:
        """Dialogs belong to who opened them."""
        if record._transient:
            record.flush_recordset()
            self.env.cr.execute(
                f'UPDATE "{record._table}" SET create_uid = %s WHERE id IN %s', (self.user.id, tuple(record.ids))
            )
            record.invalidate_recordset()

    # ------------------------------------------------------------------
    # Values
    # ------------------------------------------------------------------

    def get_values(self, model: str) -> dict[str, Any]:
        """Return values from which a record of the model can be made in this world."""
        told = self.factory.get_values(model)
        values = {}
        for field in self.env[model]._fields.values():
            if field.name in told:
                value = told[field.name]
                values[field.name] = self._to_write(value(self) if callable(value) else value)
            elif self._is_needed(field):
                value = self.get_value(field)
                if value is not None:
                    values[field.name] = value
        return values

    def get_client_values(self, model: str) -> dict[str, Any]:
        """Return what of these values a form would send."""
        fields = self.env[model]._fields
        return {name: value for name, value in self.get_values(model).items() if not fields[name].readonly}

    @staticmethod
    def _to_write(value: Any) -> Any:
        return value.id if isinstance(value, BaseModel) else value

    def _is_needed(self, field: Field) -> bool:
        if not field.store or field.name in TECHNICAL or field.inherited:
            return False
        if field.name in OWNERS.get(field.comodel_name or "", ()) and not field.related:
            return not field.compute or not field.readonly
        return field.required and not field.compute and not field.related and not field.default

    def get_value(self, field: Field) -> Any:
        """Return a value of this world for a field, None when there is none."""
        if field.type == "many2one":
            return self.make(field.comodel_name).id or None
        if field.type == "many2many":
            return [Command.set(self.make(field.comodel_name).ids)]
        if field.type == "selection":
            values = field.get_values(self.env)
            return values[0] if values else None
        simple = {
            "char": f"{self.marker} {field.name}",
            "text": f"{self.marker} {field.name}",
            "html": f"<p>{self.marker} {field.name}</p>",
            "boolean": True,
            "integer": 1,
            "float": 1.0,
            "monetary": 100.0 + self.number,
            "date": (NOW + timedelta(days=self.number)).date(),
            "datetime": NOW + timedelta(days=self.number),
            "binary": PIXEL,
            "image": PIXEL,
        }
        return simple.get(field.type)
