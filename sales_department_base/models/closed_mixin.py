from collections.abc import Mapping
from math import isfinite
from typing import Any, ClassVar

from odoo import api, models
from odoo.exceptions import AccessError, LockError, MissingError, UserError
from odoo.fields import Domain, Field
from odoo.tools import ormcache

from ..records import get_names, refuse

#: The addon whose dependents make up the house.
HOUSE = "sales_department_base"


class SalesDepartmentClosedMixin(models.AbstractModel):
    """What clients cannot do, on every model of the house: a door is closed unless it is opened.

    Every model of an addon that depends on this one inherits the mixin (a test finds one that does not), and so does
    a model of Odoo that gets fields which only the server sets: ``_name = "res.partner"`` with
    ``_inherit = ["res.partner", "sales.department.closed.mixin"]``; last, also beside a mixin that brings it, or
    Python finds no order with what other addons inherit. A client is whoever does not run as superuser:
    forms, lists, imports, RPC calls, the commands of a parent document, ``default_…`` keys of a context, default
    values of one's own. Server code sets what is closed as superuser, after it has checked what it must.

    **Closed fields.** Each field of the house that is read-only (``readonly=True``, computed or related without
    ``readonly=False``) is closed; ``_closed_fields`` names further ones, such as a token of a mixin of Odoo. The
    field's own default applies, to copies too. Every class of a model adds its own to these declarations::

        class SaleSampleRequest(models.Model):
            _name = "sale.sample.request"
            _inherit = ["mail.thread", "portal.mixin", "sales.department.closed.mixin"]

            _closed_fields = frozenset({"access_token"})
            _closed_except_groups = {"cost": "sales_department_base.group_collaborator_rnd"}

    **Fixed fields.** A part stays with its whole: a required many2one field to another model of the house that
    deletes its records with it, or lists them, is set once. Whoever adds a part must be allowed to write the whole,
    unless ``_open_parents`` names the field. ``_fixed_fields`` names further fields that are set once.

    **Settled records.** What has been answered, promised, signed or sent is evidence: the records that
    :meth:`_get_settled` returns can be neither changed nor deleted, nor can one be added to them. The same holds for
    the files behind their fields.

    **Links.** A client names only records that they may read: what is computed from a link, and its very name, would
    tell the rest. Changing a form asks as saving does.

    **Restricted fields.** Searching, grouping, ordering and totals ask for the groups of a field that no column holds,
    too. A copy goes without what its maker may not read.
    """

    _name = "sales.department.closed.mixin"
    _description = "What Clients Cannot Do"

    #: Fields that only the server sets though they are not read-only, as far as this class brings them.
    _closed_fields: ClassVar[frozenset[str]] = frozenset()
    #: Closed fields that members of groups set all the same: name of the field → groups, as in a view.
    _closed_except_groups: ClassVar[Mapping[str, str]] = {}
    #: Fields that are set when the record is made and never again, besides the parents.
    _fixed_fields: ClassVar[frozenset[str]] = frozenset()
    #: Parents to which whoever may create the record adds it, even without the right to write them.
    _open_parents: ClassVar[frozenset[str]] = frozenset()
    #: The fields that stay as they are on a settled record; by default all of the house.
    _settled_fields: ClassVar[frozenset[str] | None] = None

    # ------------------------------------------------------------------
    # What is closed
    # ------------------------------------------------------------------

    @api.model
    def _get_house_modules(self) -> frozenset[str]:
        """Return the names of the installed modules that make up the house: this one, and all that depend on it."""
        return self.env["sales.department.closed.mixin"]._read_house_modules()  # kept once, not for each model

    @api.model
    @ormcache()
    def _read_house_modules(self) -> frozenset[str]:
        """Return :meth:`_get_house_modules`, read from the database."""
        modules = self.env["ir.module.module"].sudo()  # sudo: users may not read the list of modules
        base = modules.search([("name", "=", HOUSE)])
        return frozenset((base | base.downstream_dependencies()).mapped("name"))

    @api.model
    def _is_house_field(self, field: Field) -> bool:
        """Tell whether a field of this model was brought by the house, not by Odoo or its mixins."""
        if not field._modules or field.name in (*models.MAGIC_COLUMNS, "display_name"):
            return False
        return self._get_house_modules().issuperset(field._modules)

    @api.model
    def _sum_up(self, declaration: str) -> frozenset[str]:
        """Return the names that the classes of the model declare under this name, added up."""
        return frozenset().union(*(vars(cls).get(declaration) or () for cls in type(self).__mro__))

    @api.model
    def _get_closed_fields(self) -> frozenset[str]:
        """Return the names of the model's closed fields. Extension point; asked once, whoever the user is."""
        readonly = {name for name, field in self._fields.items() if field.readonly and self._is_house_field(field)}
        return self._sum_up("_closed_fields").union(readonly, self._get_closed_except_groups())

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
    @ormcache()
    def _get_parent_fields(self) -> tuple[str, ...]:
        """Return the names of the fields that lead from a part to its whole."""
        house = self._get_house_modules()
        parents = []
        for name, field in self._fields.items():
            if field.type != "many2one" or not (field.store and field.required) or field.comodel_name == self._name:
                continue
            whole = self.env[field.comodel_name]
            if field.related or whole._original_module not in house or (self._transient and not whole._transient):
                continue
            if field.ondelete == "cascade" or any(
                link.type == "one2many" and link.inverse_name == name and link.comodel_name == self._name
                for link in whole._fields.values()
            ):
                parents.append(name)
        return tuple(parents)

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

    @api.model
    def _is_settled_field(self, name: str) -> bool:
        """Tell whether the field stays as it is on settled records: those declared, else each of the house."""
        if self._settled_fields is None:
            return self._is_house_field(self._fields[name])
        return name in self._sum_up("_settled_fields")

    # ------------------------------------------------------------------
    # What stays as it is. Extension points
    # ------------------------------------------------------------------

    def _get_settled(self) -> models.Model:
        """Return those of the records that are evidence and stay as they are. Superuser code is not asked.

        A new record that is settled at once is refused: it would have been added to what is evidence.
        """
        return self.browse()

    def _settled_refusal(self) -> str:
        """Return why these settled records stay as they are, and what to do instead; ``%(names)s`` for the records."""
        return self.env._("%(names)s: this is on record and stays as it is. Enter what has changed as something new.")

    def _fixed_refusal(self, field: Field) -> str:
        """Return why the field of these records stays as it is, and what to do instead."""
        return self.env._(
            "“%(field)s” of %(records)s is fixed. Make a new record in the right place instead.",
            field=field._description_string(self.env),
            records=get_names(self),
        )

    # ------------------------------------------------------------------
    # Every way in
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_numbers(vals)
        records = super().create(vals_list)
        if not self.env.su:
            chosen = {key.removeprefix("default_") for key in self.env.context if key.startswith("default_")}
            records._check_given(chosen.union(*vals_list))
            for name in self._get_parent_fields():
                if name not in self._sum_up("_open_parents"):
                    wholes = records.sudo()[name]  # sudo: whose they are is asked right now
                    wholes.sudo(False).check_access("write")
            records._check_not_settled()
        return records

    def copy_data(self, default=None):
        if self.env.su:
            return super().copy_data(default)
        chosen = default or {}
        # Odoo copies what the user may not read, too, and refuses: the copy goes without it.
        left_out = {
            name
            for name, field in self._fields.items()
            if field.copy and name not in chosen
            if self._is_closed_field(name)
            or (self._is_house_field(field) and not self._has_field_access(field, "read"))
        }
        copies = super().copy_data({**dict.fromkeys(left_out, False), **chosen})
        for record, values in zip(self, copies, strict=True):
            for field in self._get_given_fields(values.keys() - chosen.keys()):
                linked = record.sudo()[field.name]  # sudo: whether the user may read it is asked right now
                if linked and not linked.sudo(False).has_access(self._get_given_access(field.name)):
                    del values[field.name]  # whoever copies it could not have chosen it
        return [{name: value for name, value in values.items() if name not in left_out} for values in copies]

    def write(self, vals):
        if not self.env.su and self:
            self.check_access("write")  # before a refusal names the records
            self._check_numbers(vals)
            self._check_fixed(vals)
            if any(self._is_settled_field(name) for name in vals if name in self._fields):
                self._check_not_settled()
        result = super().write(vals)
        if not self.env.su:
            self._check_given(vals)
        return result

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            self._pick_given(values)._check_given(values)
        return super().onchange(values, field_names, fields_spec)

    def unlink(self):
        if not self.env.su:
            self.check_access("unlink")  # before a refusal names the records
            self._check_not_settled()
        return super().unlink()

    def ensure_one(self):
        # On models of Odoo, the error stays what Odoo's own code may count on; see `_ensure_chosen`.
        odd = len(self._ids) != 1 or not self._ids[0]
        if odd and self._original_module in self._get_house_modules():
            self._ensure_chosen()
        return super().ensure_one()

    def _ensure_chosen(self) -> None:
        """Refuse, in words, a button that is called without its record, or for several: no error of the programmer's.

        On models of the house `ensure_one` does this; the buttons of the house on models of Odoo call it themselves.

        :raises MissingError: there is no such record
        :raises UserError: none, or several
        """
        if self._has_no_row():
            raise MissingError(self.env._("This record does not exist. Reload the page."))
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "This is done with one record at a time. You chose %(count)s of “%(model)s”.",
                    count=len(self),
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )

    def _has_no_row(self) -> bool:
        """Tell whether a client named the record 0, which Odoo would take for a new one. False stands for nothing."""
        return any(type(id_) is int and id_ == 0 for id_ in self._ids)

    def _lock(self) -> None:
        """Lock the rows of the records until the transaction ends: of two clicks at the same moment, one waits.

        :raises UserError: another transaction holds one of them
        :raises MissingError: one of them was deleted
        """
        try:
            if self._has_no_row():  # Odoo would lock nothing
                raise LockError(self.env._("This record does not exist."))
            self.lock_for_update()
        except LockError as error:
            if self.exists() != self:
                raise MissingError(self.env._("One of these records has been deleted. Reload the page.")) from error
            raise UserError(
                self.env._("Another user is processing one of these records. Wait a moment and try again.")
            ) from error

    @api.model
    def _get_given_fields(self, names) -> list[Field]:
        """Return those of the fields by which a client names records of other models."""
        found = (self._fields[name] for name in names if name in self._fields)
        return [
            field
            for field in found
            if field.type in ("many2one", "many2many") and not (field.readonly and field.compute)
            if self._is_house_field(field)
        ]

    @api.model
    def _get_given_access(self, name: str) -> str:
        """Return what a client must be allowed to do with the records that the field names. Extension point."""
        return "read"

    def _check_given(self, names) -> None:
        """Ask whether the user may read what these fields name.

        :raises AccessError: not all of it
        """
        for field in self._get_given_fields(names):
            given = self.sudo()[field.name]._origin  # sudo: whether the user may read it is asked right now
            if given and not given._transient:
                given, access = given.sudo(False), self._get_given_access(field.name)
                if access == "read" and not given.has_access(access):
                    given -= self._get_told_by_wholes(field)
                given.check_access(access)

    def _get_told_by_wholes(self, field: Field) -> models.Model:
        """Return the records that the wholes of these parts name in a field of their own: the same customer, contact or
        colleague named again on the part tells nobody anything new, whether his own record may be read or not.

        :param field: of the part, by which records are named
        """
        told = self.env[field.comodel_name]
        for name in self._get_parent_fields():
            wholes = self.sudo()[name]._origin.sudo(False)  # sudo: whether the user may read them is asked right now
            for link in wholes._fields.values() if wholes and wholes.has_access("read") else ():
                if link.type == "many2one" and link.store and link.comodel_name == field.comodel_name:
                    if wholes._has_field_access(link, "read"):
                        told |= wholes.sudo()[link.name].sudo(False)  # sudo: names, of which the user reads the ids
        return told

    @api.model
    def _pick_given(self, values: dict[str, Any]) -> models.Model:
        """Return a new record that has those of the values that name records."""
        return self.new({field.name: values[field.name] for field in self._get_given_fields(values)})

    def _check_fixed(self, vals: dict[str, Any]) -> None:
        """Refuse to change what is set once, a value that stays the same left aside.

        :raise UserError: which field of which records
        """
        for name in vals.keys() & self._sum_up("_fixed_fields").union(self._get_parent_fields()):
            field = self._fields[name]
            records = self.sudo()  # sudo: compares values; the rights are asked by write
            value = field.convert_to_record(field.convert_to_cache(vals[name], records[:1]), records[:1])
            changed = records.filtered(lambda record, name=name, value=value: record[name] != value).sudo(False)
            if changed:
                raise UserError(changed._fixed_refusal(field))

    @api.model
    def _check_numbers(self, vals: dict[str, Any]) -> None:
        """Refuse what is no number though JSON takes it for one: no comparison or sum would ever hold again.

        :raise UserError: which field
        """
        for name, value in vals.items():
            if isinstance(value, float) and not isfinite(value):
                field = self._fields.get(name)
                label = field._description_string(self.env) if field else name
                raise UserError(self.env._("“%s” is not a number. Enter one.", label))

    def _keeps_file(self, name: str) -> bool:
        """Tell whether the files in a field of this one record stay as they are, for clients: what holds for the
        field holds for the file behind it. Extension point.
        """
        return self._is_closed_field(name) or (self._is_settled_field(name) and bool(self._get_settled()))

    def _check_not_settled(self) -> None:
        """Refuse to touch evidence.

        :raise UserError: which records
        """
        settled = self.sudo()._get_settled()  # sudo: asks about state only, whatever the user may read
        refuse(settled, self._settled_refusal())

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
    def _check_path(self, model: models.Model, path: str) -> models.Model:
        """Refuse a field, or a path of fields, that the user may not read; return the model it leads to.

        :param model: the one at which the path begins
        :raises AccessError: one of the fields is not the user's to read
        """
        for name in path.split(":", 1)[0].split("."):
            field = model._fields.get(name)
            if field is None:
                break
            model._check_field_access(field, "read")
            model = model.env[field.comodel_name] if field.relational else model
        return model

    def _read_group_groupby(self, alias, groupby_spec, query):
        if not self.env.su:  # Odoo asks for no group of a many2many field
            self._check_path(self, groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _field_to_sql(self, alias, field_expr, query=None):
        # Odoo goes through a related field as superuser and asks nobody for its groups: grouping or ordering by it
        # would tell what reading it refuses.
        if field := self._fields.get(field_expr.split(".", 1)[0]):
            self._check_field_access(field, "read")
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    @ormcache()
    def _get_restricted_searches(self) -> frozenset[str]:
        """Return the fields with groups for which Odoo, searching, asks nobody: those that no column holds."""
        return frozenset(name for name, field in self._fields.items() if field.groups and not field.store)

    @api.model
    def _search(self, domain, *args, **kwargs):
        restricted = frozenset() if self.env.su else self._get_restricted_searches()
        if restricted:
            for condition in Domain(domain).iter_conditions():
                name = condition.field_expr.split(".", 1)[0]
                if name in restricted:
                    self._check_field_access(self._fields[name], "read")
        return super()._search(domain, *args, **kwargs)

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
        if not self.env.su:
            self._pick_given(defaults)._check_given(defaults)
        return defaults
