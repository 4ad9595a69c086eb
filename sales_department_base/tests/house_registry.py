"""What is ours in a registry: modules, models, fields and methods of the addons that build on this one.

Nothing is named here: what a new addon brings is found.
"""

import functools
import importlib
import inspect
import re
from collections.abc import Callable, Iterator

from odoo.exceptions import AccessError
from odoo.fields import Field
from odoo.models import BaseModel
from odoo.service.model import get_public_method

BASE = "sales_department_base"
#: What the ORM gives every model.
TECHNICAL = frozenset({"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"})


def get_house_modules(env) -> frozenset[str]:
    """Return the names of the installed modules that are this one or depend on it, directly or not."""
    needs = {
        module.name: set(module.dependencies_id.mapped("name"))
        for module in env["ir.module.module"]
        .sudo()
        .search([("state", "in", ("installed", "to upgrade", "to install"))])
    }
    house, found = {BASE}, {BASE}
    while found:
        found = {name for name, needed in needs.items() if needed & house} - house
        house |= found
    return frozenset(house)


class House:
    """The house as it is installed in a database; asked once, for all tests of a class."""

    def __init__(self, env):
        self.env = env
        self.modules = get_house_modules(env)
        self.models = [name for name, model in sorted(env.items()) if model._original_module in self.modules]
        self.stored = [name for name in self.models if not env[name]._abstract and env[name]._auto]
        self.views = [name for name in self.models if not env[name]._abstract and not env[name]._auto]
        self.dialogs = [name for name in self.stored if env[name]._transient]
        self.documents = [name for name in self.stored if not env[name]._transient]

    def get_addons(self) -> list[str]:
        """Return the names of our installed addons, each after those it needs."""
        left = {
            module.name: set(module.dependencies_id.mapped("name")) & self.modules
            for module in self.env["ir.module.module"].sudo().search([("name", "in", list(self.modules))], order="name")
        }
        found: list[str] = []
        while left:
            found += [name for name, needed in left.items() if needed <= set(found)]
            left = {name: needed for name, needed in left.items() if name not in found}
        return found

    def get_fields(self, name: str) -> list[Field]:
        """Return the fields that our addons brought to a model, ours or not, by name."""
        fields = self.env[name]._fields.values()
        return sorted((one for one in fields if self.is_ours(one)), key=lambda field: field.name)

    def is_ours(self, field: Field) -> bool:
        """Tell whether the field is one of ours: Odoo's own technical columns and mixins are not."""
        return bool(field._modules) and self.modules.issuperset(field._modules) and field.name not in TECHNICAL

    def get_extended_models(self) -> list[str]:
        """Return the names of all models, abstract ones left out, that have fields of ours."""
        return [
            name
            for name, model in sorted(self.env.items())
            if not model._abstract and any(self.is_ours(field) for field in model._fields.values())
        ]

    # ------------------------------------------------------------------
    # Fields by what a client may not do
    # ------------------------------------------------------------------

    def get_server_fields(self, name: str) -> list[Field]:
        """Return the stored fields of ours that only the server sets, by what their Python says."""
        return [field for field in self.get_fields(name) if field.store and field.readonly]

    def get_parent_fields(self, name: str) -> list[Field]:
        """Return the stored fields of a model that say to which document of ours its records belong."""
        return [
            field
            for field in self.get_fields(name)
            if field.type == "many2one" and field.store and not field.readonly and self._is_parent(field)
        ]

    def _is_parent(self, field: Field) -> bool:
        whole = self.env[field.comodel_name]
        if field.name in getattr(self.env[field.model_name], "_fixed_fields", ()):
            return True
        if whole._name not in self.stored or whole._name == field.model_name:
            return False
        if self.env[field.model_name]._transient and not whole._transient:
            return False  # what a dialog is opened for: see the attacks on dialogs
        deleted_with_it = field.required and field.ondelete == "cascade"
        return deleted_with_it or any(
            link.type == "one2many" and (link.comodel_name, link.inverse_name) == (field.model_name, field.name)
            for link in whole._fields.values()
        )

    def get_restricted_fields(self, name: str) -> list[Field]:
        """Return the fields of ours of a model that only members of some groups may read."""
        return [field for field in self.get_fields(name) if field.groups]

    def get_links(self, name: str, *types: str) -> Iterator[tuple[str, Field]]:
        """Yield (model, field) of every stored relation that leads to a model, from any that is not abstract."""
        for owner, model in sorted(self.env.items()):
            if not model._abstract and not model._transient:
                for field in model._fields.values():
                    if field.comodel_name == name and field.type in types and field.store:
                        yield owner, field

    # ------------------------------------------------------------------
    # Methods that a client may call
    # ------------------------------------------------------------------

    def get_public_methods(self, name: str) -> list[str]:
        """Return the public methods of a model that our addons define, and the buttons that its views show."""
        model = self.env[name]
        ours = {
            method
            for cls in type(model).mro()
            if self.is_our_module(cls.__module__)
            for method, value in vars(cls).items()
            if inspect.isroutine(value)
        }
        if name in self.models:
            ours |= self._buttons.get(name, set())
        return sorted(method for method in ours if self._is_public(model, method))

    def is_new_method(self, name: str, method: str) -> bool:
        """Tell whether a method of a model is ours alone, not one of Odoo that we extend."""
        return all(self.is_our_module(cls.__module__) for cls in type(self.env[name]).mro() if method in vars(cls))

    def is_our_module(self, path: str) -> bool:
        """Tell whether a Python module, by its dotted path, is of one of our addons."""
        package, _dot, rest = path.removeprefix("odoo.addons.").partition(".")
        return bool(rest) and package in self.modules

    @staticmethod
    def _is_public(model: BaseModel, method: str) -> bool:
        try:
            get_public_method(model, method)
        except (AccessError, AttributeError):
            return False
        return True

    @functools.cached_property
    def _buttons(self) -> dict[str, set[str]]:
        """The object buttons of all views, by model; those of lists within a form are taken for the form's as well."""
        buttons: dict[str, set[str]] = {}
        for view in self.env["ir.ui.view"].sudo().search([("model", "in", self.models)]):
            found = set(re.findall(r"""name=["']([a-z]\w+)["'][^>]*type=["']object["']""", view.arch))
            found |= set(re.findall(r"""type=["']object["'][^>]*name=["']([a-z]\w+)["']""", view.arch))
            buttons.setdefault(view.model, set()).update(found)
        return buttons


def load_hooks(house: House, file: str, name: str) -> Iterator[Callable]:
    """Yield a function of each installed addon of ours that has such a file among its tests, lower addons first."""
    for addon in house.get_addons():
        path = f"odoo.addons.{addon}.tests.{file}"
        if importlib.util.find_spec(path):
            yield getattr(importlib.import_module(path), name)
