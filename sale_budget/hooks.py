from odoo.api import Environment

ACTIVITY_TYPES = ("sale_budget.mail_activity_type_approval", "sale_budget.mail_activity_type_threshold")


def uninstall_hook(env: Environment) -> None:
    """Remove the activities about budgets: their types could not go otherwise."""
    types = env["mail.activity.type"]
    for name in ACTIVITY_TYPES:
        types |= env.ref(name, raise_if_not_found=False) or types
    if types:
        activities = env["mail.activity"].with_context(active_test=False)  # those that are done, too
        activities.search([("activity_type_id", "in", types.ids)]).unlink()
