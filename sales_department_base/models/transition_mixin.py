from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from odoo import api, models
from odoo.exceptions import LockError, MissingError, UserError

#: How many refused records an error message names before it only counts them.
NAMED_AT_MOST = 10


class SalesDepartmentTransitionMixin(models.AbstractModel):
    """States that change only along declared transitions.

    A model inherits this mixin, declares a selection field and the transitions::

        _TRANSITIONS = {"draft": {"running"}, "running": {"won", "lost"}}

        def action_start(self):
            self._change_state("running", date_start=fields.Date.today())

    A state with no entry is final. The field itself is closed to users, as the fields that the model names in
    ``_closed_fields`` (see ``sales.department.closed.mixin``, which comes with this one and need not be inherited
    again): neither a form, an import nor an RPC call can write it or choose its first value; only code that runs
    as superuser can.
    """

    _name = "sales.department.transition.mixin"
    _description = "Declared Transitions"
    _inherit = ["sales.department.closed.mixin"]

    #: From each state, the states that may follow it.
    _TRANSITIONS: ClassVar[Mapping[str, Collection[str]]] = {}
    #: Name of the selection field that holds the state.
    _transition_field: ClassVar[str] = "state"

    # ------------------------------------------------------------------
    # The field is closed to users
    # ------------------------------------------------------------------

    @api.model
    def _get_closed_fields(self):
        return super()._get_closed_fields() | {self._transition_field}

    @api.model
    def _closed_field_refusal(self, field):
        if field.name != self._transition_field:
            return super()._closed_field_refusal(field)
        return self.env._(
            "The field “%(field)s” of %(model)s cannot be set by hand. It changes through the buttons of the record.",
            field=field._description_string(self.env),
            model=self.env["ir.model"]._get(self._name).name,
        )

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _get_transitions(self) -> Mapping[str, Collection[str]]:
        """Return, for each state, the states that may follow it.

        Extension point: an addon that adds a state adds its transitions here.
        """
        return self._TRANSITIONS

    def _can_change_state(self, target: str) -> bool:
        """Tell whether this one record may go from its state to `target`."""
        self.ensure_one()
        return target in self._get_transitions().get(self[self._transition_field], ())

    def _change_state(self, target: str, **values: Any) -> None:
        """Take all records to the state `target`, or none of them.

        The rows are locked and their state is read again from the database, so
        that of two users who click at the same moment only one passes.

        :param target: the state to reach
        :param values: other values to write at the same time. They are written
            as superuser: pass what the server decided, not what a client sent
        :raises ValueError: when `target` is not a value of the field
        :raises AccessError: when the user may not write one of the records
        :raises UserError: when one of the records is being processed by someone
            else, or cannot reach `target` from where it is
        """
        name = self._transition_field
        if target not in self._fields[name].get_values(self.env):
            raise ValueError(f"{self._name}.{name} has no value {target!r}")
        self.check_access("write")
        self._lock_for_transition()
        self.invalidate_recordset([name])
        refused = self.filtered(lambda record: not record._can_change_state(target))
        if refused:
            raise UserError(refused._transition_refusal(target))
        records = self.sudo()  # sudo: the field is closed; access was checked above
        records.write({**values, name: target})
        self._after_change_state(target)

    def _after_change_state(self, target: str) -> None:
        """Hook: the records have just become `target`, in the same transaction.

        What follows from a transition stands here, with ``super()``, in the file of the matter it
        concerns; :meth:`_change_state` itself is extended only to act before, or to add values.
        """

    def _lock_for_transition(self) -> None:
        """Lock the rows of the records until the transaction ends.

        :raises UserError: when another transaction holds one of them
        :raises MissingError: when one of them was deleted
        """
        try:
            self.lock_for_update()
        except LockError as error:
            if self.exists() != self:
                raise MissingError(self.env._("One of these records has been deleted. Reload the page.")) from error
            raise UserError(
                self.env._("Another user is processing one of these records. Wait a moment and try again.")
            ) from error

    def _transition_refusal(self, target: str) -> str:
        """Return why the records cannot become `target`, in words for the user."""
        name = self._transition_field
        labels = dict(self._fields[name]._description_selection(self.env))
        lines = [self.env._("These records cannot become “%(target)s”:", target=labels[target])]
        for record in self[:NAMED_AT_MOST]:
            state = record[name]
            following = [label for value, label in labels.items() if value in self._get_transitions().get(state, ())]
            if following:
                lines.append(
                    self.env._(
                        "- %(record)s is “%(state)s” and can become: %(following)s",
                        record=record.display_name,
                        state=labels.get(state, ""),
                        following=", ".join(following),
                    )
                )
            else:
                lines.append(
                    self.env._(
                        "- %(record)s is “%(state)s”, which is final",
                        record=record.display_name,
                        state=labels.get(state, ""),
                    )
                )
        if len(self) > NAMED_AT_MOST:
            lines.append(self.env._("and %(count)s more", count=len(self) - NAMED_AT_MOST))
        return "\n".join(lines)
