from odoo.api import Environment

from odoo.addons.sales_department_base.hooks import remove_documents


def uninstall_hook(env: Environment) -> None:
    """Remove answers, discussions and profiles: they hold on to questions and to each other."""
    remove_documents(
        env, "crm_prospect_profile", "crm.prospect.answer", "crm.prospect.profile.decision", "crm.prospect.profile"
    )
