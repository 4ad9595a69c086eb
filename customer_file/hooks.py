from odoo.api import Environment


def post_init_hook(env: Environment) -> None:
    """Open the files of the customers the company already has, at the date of their first order."""
    env["customer.register.entry"]._cron_take_over()


def uninstall_hook(env: Environment) -> None:
    """Remove the activities that ask for complete files: their type could not go otherwise."""
    kind = env.ref("customer_file.mail_activity_type_customer_file", raise_if_not_found=False)
    if kind:
        activities = env["mail.activity"].with_context(active_test=False)  # those that are done, too
        activities.search([("activity_type_id", "=", kind.id)]).unlink()
