from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import remove_documents


def post_init_hook(env: Environment) -> None:
    """Open the files of the customers the company already has, at the date of their first order."""
    env["customer.register.entry"]._cron_take_over()


def uninstall_hook(env: Environment) -> None:
    """Remove the activities that ask for complete files, and the register: their types and reasons could not go."""
    remove_documents(env, "customer_file", "customer.register.entry")
