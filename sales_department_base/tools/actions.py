"""Actions of windows that many buttons return."""

from typing import Any


def dialog(title: str, model: str, **defaults: Any) -> dict[str, Any]:
    """Return the action that opens the form of a new record in a dialog.

    :param title: of the dialog, translated
    :param defaults: field → first value

    >>> dialog("Lend", "sale.sample.lend", kept_ids=[1])["context"]
    {'default_kept_ids': [1]}
    """
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": model,
        "view_mode": "form",
        "target": "new",
        "context": {f"default_{name}": value for name, value in defaults.items()},
    }
