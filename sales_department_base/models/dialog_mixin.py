from collections.abc import Mapping
from typing import Any, ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a client names the records by, from which a dialog is opened.
ACTIVE_KEYS = ("active_ids", "active_id")


class SalesDepartmentDialogMixin(models.AbstractModel):
    """Dialogs: they show only what their user may read, belong to whoever opened them, and are confirmed once.

    Every ``TransientModel`` of the house inherits this mixin, and has the record rule
    ``[("create_uid", "=", user.id)]`` for all (tests find what is missing). A dialog is given records by its client:
    as values, as defaults in the context, as the records it was opened from. All of them are asked for before the
    dialog shows or does anything with them, so that its code may work as superuser::

        class SaleSampleQuote(models.TransientModel):
            _name = "sale.sample.quote"
            _inherit = ["sales.department.dialog.mixin"]

            _dialog_access = {"request_id": "write"}

            request_id = fields.Many2one("sale.sample.request", required=True)

            def action_quote(self):
                self._use_once()
                ...

    A field for which a dialog is opened is read-only in its view, not in Python: whoever opens it sets it.
    """

    _name = "sales.department.dialog.mixin"
    _description = "Dialog"
    _inherit = ["sales.department.closed.mixin"]

    #: What the user needs to be allowed to do with the records of a field, where it is more than reading them.
    _dialog_access: ClassVar[Mapping[str, str]] = {}

    is_used = fields.Boolean("Confirmed", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Once
    # ------------------------------------------------------------------

    def _use_once(self) -> None:
        """Begin what the dialog is for: of two presses of its button, one after the other or at once, one passes.

        Nothing is used up when what follows fails, as all of it is undone.

        :raises UserError: it was done before, or is being done
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        self.invalidate_recordset(["is_used"])
        if self.is_used:
            raise UserError(self.env._("This has been done already. Close the dialog and reload the page to see it."))
        self.sudo().is_used = True  # sudo: the field is closed

    # ------------------------------------------------------------------
    # What the dialog is given
    # ------------------------------------------------------------------

    @api.model
    def _get_given_access(self, name):
        declared = (vars(cls).get("_dialog_access", {}) for cls in type(self).__mro__)
        return next((access[name] for access in declared if name in access), super()._get_given_access(name))

    @api.model
    def _check_opened_from(self) -> None:
        """Ask whether the user may read the records from which, by the context, the dialog is opened.

        :raises AccessError: not all of them
        """
        model = self.env.context.get("active_model")
        if model not in self.env or self.env[model]._transient:
            return
        for key in ACTIVE_KEYS:
            ids = self.env.context.get(key) or []
            ids = [id_ for id_ in (ids if isinstance(ids, list | tuple) else [ids]) if isinstance(id_, int)]
            self.env[model].browse(ids).exists().check_access("read")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_opened_from()
        dialogs = super().create(vals_list)
        if not self.env.su:
            dialogs._check_given(self._get_looked_up(self._fields))
        return dialogs

    @api.model
    def default_get(self, fields) -> dict[str, Any]:
        if not self.env.su:
            self._check_opened_from()
        return super().default_get(fields)

    def onchange(self, values, field_names, fields_spec):
        if self.env.su:
            return super().onchange(values, field_names, fields_spec)
        self._check_opened_from()
        result = super().onchange(values, field_names, fields_spec)
        shown = result.get("value", {})
        shown = {name: value["id"] if isinstance(value, dict) else value for name, value in shown.items()}
        looked_up = {name: shown[name] for name in self._get_looked_up(shown)}
        self._pick_given(looked_up)._check_given(looked_up)
        return result

    @api.model
    def _get_looked_up(self, names) -> list[str]:
        """Return those of the fields that the dialog itself may have filled from its context.

        What it computes follows from records that the user may read, and is not held against them.
        """
        return [name for name in names if name in self._fields and not self._fields[name].compute]
