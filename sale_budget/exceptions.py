from odoo.exceptions import UserError


class BudgetExceededError(UserError):
    """The money that is left does not cover what is asked for.

    A class of its own, so that callers may offer to ask for more.
    """
