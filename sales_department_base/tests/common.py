"""Helpers for the tests of all addons that build on this one."""


def assert_transitions_declared(model) -> None:
    """Check that a model's transitions name only states that it has.

    :param model: an empty recordset of a model with declared transitions
    :raises AssertionError: naming each state that the field does not know, and
        when no transition is declared at all
    """
    field = model._fields[model._transition_field]
    states = set(field.get_values(model.env))
    transitions = model._get_transitions()
    assert transitions, f"{model._name} declares no transitions"
    declared = set(transitions).union(*transitions.values())
    unknown = sorted(declared - states)
    assert not unknown, f"{model._name}: no such states: {', '.join(unknown)}"
    assert not field.copy, f"{model._name}.{field.name} must not be copied"
