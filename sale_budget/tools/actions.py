"""Answers to the web client."""


def dialog(model: str, title: str, **context) -> dict:
    """Return the action that opens a new record of a model in a dialog, with this context."""
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": model,
        "views": [[False, "form"]],
        "target": "new",
        "context": context,
    }
