from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError

#: How many refused records an error message names before it only counts them.
NAMED_AT_MOST = 10


class SalesDepartmentTransitionMixin(models.AbstractModel):
    """States that change only along declared transitions.

    A model inherits this mixin and declares the transitions and the states, the first of which is where each record
    begins::

        _TRANSITIONS = {"draft": {"running"}, "running": {"won", "lost"}}

        state = fields.Selection([("draft", "Draft"), ("running", "Running"), ("won", "Won"), ("lost", "Lost")])

        def action_start(self):
            self._change_state("running", date_start=fields.Date.today())

    A state with no entry is final. The field is tracked where there is a chatter. It is closed to users, as the fields
    that the model names in ``_closed_fields`` (see ``sales.department.closed.mixin``, which comes with this one and
    need not be inherited again): neither a form, an import nor an RPC call can write it or choose its first value;
    only code that runs as superuser can.
    """

    _name = "sales.department.transition.mixin"
    _description = "Declared Transitions"
    _inherit = ["sales.department.closed.mixin"]

    #: From each state, the states that may follow it. Records begin in the first.
    _TRANSITIONS: ClassVar[Mapping[str, Collection[str]]] = {}

    state = fields.Selection(
        lambda self: [],
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        default=lambda self: next(iter(self._TRANSITIONS), None),
    )

    # ------------------------------------------------------------------
    # The field is closed to users
    # ------------------------------------------------------------------

    @api.model
    def _get_closed_fields(self):
        return super()._get_closed_fields() | {"state"}

    def _valid_field_parameter(self, field, name):
        return name == "tracking" or super()._valid_field_parameter(field, name)

    @api.model
    def _closed_field_refusal(self, field):
        if field.name != "state":
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
        return target in self._get_transitions().get(self.state, ())

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
        if target not in self._fields["state"].get_values(self.env):
            raise ValueError(f"{self._name}.state has no value {target!r}")
        self.check_access("write")
        self._lock()
        self.invalidate_recordset(["state"])
        refused = self.filtered(lambda record: not record._can_change_state(target))
        if refused:
            raise UserError(refused._transition_refusal(target))
        records = self.sudo()  # sudo: the field is closed; access was checked above
        records.write({**values, "state": target})
        self._after_change_state(target)

    def _after_change_state(self, target: str) -> None:
        """Hook: the records have just become `target`, in the same transaction.

        What follows from a transition stands here, with ``super()``, in the file of the matter it
        concerns; :meth:`_change_state` itself is extended only to act before, or to add values.
        """

    def _transition_refusal(self, target: str) -> str:
        """Return why the records cannot become `target`, in words for the user."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        lines = [self.env._("These records cannot become “%(target)s”:", target=labels[target])]
        for record in self[:NAMED_AT_MOST]:
            following = [labels[value] for value in labels if value in self._get_transitions().get(record.state, ())]
            names = {"record": record.display_name, "state": labels.get(record.state, "")}
            if following:
                names["following"] = ", ".join(following)
                lines.append(self.env._("- %(record)s is “%(state)s” and can become: %(following)s", **names))
            else:
                lines.append(self.env._("- %(record)s is “%(state)s”, which is final", **names))
        if len(self) > NAMED_AT_MOST:
            lines.append(self.env._("and %(count)s more", count=len(self) - NAMED_AT_MOST))
        return "\n".join(lines)
