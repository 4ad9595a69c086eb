from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import remove_documents


def post_init_hook(env: Environment) -> None:
    """Give the documents of the addons that are there already the rule of the team."""
    env["ir.rule"]._sync_team_rules()


def uninstall_hook(env: Environment) -> None:
    """Remove the tasks about unusual use, and with them what guards the log against deletion."""
    remove_documents(
        env, "sales_confidentiality", "sales.customer.opening", "sales.confidentiality.day", "sales.export.log"
    )
