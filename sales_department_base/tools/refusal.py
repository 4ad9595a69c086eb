"""Bad input gets a message that names the records."""

from odoo.exceptions import UserError


def refuse(records, message: str, error: type[UserError] = UserError) -> None:
    """Refuse what is asked of some records, if there are any.

    The usual guard of an action, a deletion or a constraint::

        refuse(
            self.filtered(lambda plan: plan.state != "draft"),
            self.env._("%(names)s has begun and cannot be deleted. Cancel it instead."),
        )

    :param message: translated; ``%(names)s`` stands for the records
    :raise UserError: there are records, or ``error``, a subclass of it
    """
    if records:
        raise error(message % {"names": ", ".join(records.mapped("display_name"))})
