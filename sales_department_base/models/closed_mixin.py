from collections.abc import Mapping
from typing import Any, ClassVar

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Field
from odoo.tools import ormcache


class SalesDepartmentClosedMixin(models.AbstractModel):
    """Fields that only the server sets.

    A model inherits this mixin and names them. Every class of the model names its own: those of abstract mixins
    and of other addons are added up::

        class SaleSampleRequest(models.Model):
            _name = "sale.sample.request"
            _inherit = ["mail.thread", "sales.department.closed.mixin"]

            _closed_fields = frozenset({"submitted_at", "closed_at"})
            _closed_except_groups = {"cost": "sales_department_base.group_collaborator_rnd"}

    On a model of Odoo, inherit both and keep its name: ``_name = "res.partner"`` with
    ``_inherit = ["res.partner", "sales.department.closed.mixin"]``.

    Clients can neither write such a field nor give its first value: not by a form or a list, not by an import, an
    RPC call, the commands of a parent document, ``default_…`` keys of the context or default values of their own.
    The field's own default applies. Forms show the field read-only. Only code that runs as superuser sets it. What
    is closed must not be copied either (``copy=False``, which computed and related fields are already).
    """

    _name = "sales.department.closed.mixin"
    _description = "Fields that Only the Server Sets"

    #: Fields that only the server sets, as far as this class brings them.
    _closed_fields: ClassVar[frozenset[str]] = frozenset()
    #: Closed fields that members of groups set all the same: name of the field → groups, as in a view.
    _closed_except_groups: ClassVar[Mapping[str, str]] = {}

    # ------------------------------------------------------------------
    # What is closed
    # ------------------------------------------------------------------

    @api.model
    def _get_closed_fields(self) -> frozenset[str]:
        """Return the names of the model's closed fields. Extension point; asked once, whoever the user is."""
        declared = (vars(cls).get("_closed_fields", ()) for cls in type(self).__mro__)
        return frozenset().union(*declared, self._get_closed_except_groups())

    @api.model
    def _get_closed_except_groups(self) -> dict[str, str]:
        """Return the closed fields that some may set, and the groups of those."""
        declared = (vars(cls).get("_closed_except_groups", {}) for cls in reversed(type(self).__mro__))
        return {name: groups for part in declared for name, groups in part.items()}

    @api.model
    @ormcache()
    def _closed_field_names(self) -> frozenset[str]:
        """Return :meth:`_get_closed_fields`, kept with the registry."""
        return self._get_closed_fields()

    @api.model
    def _is_closed_field(self, name: str) -> bool:
        """Tell whether the field is closed to the user of the environment, the rights of the code left aside."""
        if name not in self._closed_field_names():
            return False
        groups = self._get_closed_except_groups().get(name)
        return not (groups and self.env.user.has_groups(groups))

    @api.model
    def _closed_field_refusal(self, field: Field) -> str:
        """Return why the user cannot set this closed field, in words for the user."""
        groups = self._get_closed_except_groups().get(field.name)
        names = {"field": field._description_string(self.env), "model": self.env["ir.model"]._get(self._name).name}
        if not groups:
            return self.env._("The field “%(field)s” of %(model)s is set by the system, not by hand.", **names)
        allowed = [self.env.ref(group).sudo().display_name for group in groups.split(",")]  # sudo: names of groups only
        return self.env._(
            "The field “%(field)s” of %(model)s is set by: %(groups)s. Ask one of them.",
            groups=", ".join(allowed),
            **names,
        )

    # ------------------------------------------------------------------
    # Every way in
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_closed_field(field.name):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _check_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_closed_field(field.name):
            # The ORM's own message sends the user to the administrator, who could not help.
            raise AccessError(self._closed_field_refusal(field))
        return super()._check_field_access(field, operation)

    @api.model
    def default_get(self, fields) -> dict[str, Any]:
        defaults = super().default_get(fields)
        for name in self._closed_field_names() & defaults.keys():
            chosen_by_code = self.env.su and f"default_{name}" in self.env.context
            if chosen_by_code or not self._is_closed_field(name):
                continue
            # Each user may store default values of their own (ir.default), and any client sends a context: neither
            # decides what only the server sets.
            del defaults[name]
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                defaults[name] = field.convert_to_write(value, self)
        return defaults
