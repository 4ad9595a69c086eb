"""Which database may be loaded, and how it is prepared. Runs inside `odoo shell`."""

from devtools import mark

from benchmarks.progress import say
from benchmarks.scratch import KIND


def mark_scratch(env) -> None:
    """Mark the database as scratch, so that the loaders accept it."""
    mark.put(env.cr, env.cr.dbname, KIND)
    env.cr.commit()


def require_scratch(env, origin: str) -> None:
    """Raise SystemExit unless the database is scratch and holds only our orders.

    `origin` is the source document of the orders that this load writes.
    """
    try:
        mark.require(env.cr, env.cr.dbname, KIND)
    except mark.NotOurs as error:
        raise SystemExit(f"{error} Make a scratch database with --create.") from error
    foreign = (
        env["sale.order"]
        .with_context(active_test=False)
        .search_count(["|", ("origin", "=", False), ("origin", "!=", origin)])
    )
    if foreign:
        raise SystemExit(
            f"{env.cr.dbname} holds {foreign} sale orders that are not from "
            f"“{origin}”. Use a database of its own for each load."
        )


def prepare_company(env, currency: str, zone: str) -> None:
    """Give the main company its only active currency and its time zone."""
    company = env.company
    money = env.ref(f"base.{currency}")
    money.active = True
    if company.currency_id != money:
        company.currency_id = money
        (env["res.currency"].search([]) - money).active = False
    company.partner_id.tz = zone
    env.cr.commit()


def install(env, addon: str, origin: str) -> None:
    """Install an addon on a scratch database that holds the orders of `origin`."""
    require_scratch(env, origin)
    modules = env["ir.module.module"]
    modules.update_list()
    found = modules.search([("name", "=", addon)])
    if not found:
        raise SystemExit(f"{addon} is not on Odoo's addons path.")
    if found.state != "installed":
        say(f"installing {addon}")
        env.cr.commit()
        found.button_immediate_install()
