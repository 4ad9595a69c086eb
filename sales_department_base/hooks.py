from collections.abc import Collection

from odoo.api import Environment
from odoo.models import BaseModel

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

#: Records that documents of every addon name. Children come before what they inherit from.
MASTER_DATA = ("res.users", "product.product", "product.template", "res.partner", "uom.uom")


def remove_documents(env: Environment, module: str, *models: str) -> None:
    """Remove what keeps a module's tables and activity types from going: call it in an uninstall hook.

    Documents that hold on to each other can only be deleted in one order, and guards against deletion must let them
    go; activities hold on to their type, those that are done, too::

        def uninstall_hook(env):
            remove_documents(env, "sale_budget", "sale.budget.entry", "sale.budget.request", "sale.budget")
            keep_used_records(env, "sale_budget")

    :param module: technical name of the module that goes
    :param models: technical names of its documents, in the order in which they are deleted; archived ones go, too
    """
    everything = env(su=True, context={**env.context, MODULE_UNINSTALL_FLAG: True, "active_test": False})
    names = everything["ir.model.data"].search([("module", "=", module), ("model", "=", "mail.activity.type")])
    everything["mail.activity"].search([("activity_type_id", "in", names.mapped("res_id"))]).unlink()
    for model in models:
        everything[model].search([]).unlink()


def keep_used_records(env: Environment, module: str, models: Collection[str] = MASTER_DATA) -> None:
    """Leave to the company what a module brought and other documents hold on to: call it in an uninstall hook.

    Such records lose their external ids and stay, as records like any other. Without this the uninstall tries to
    delete them, and the database refuses with an error for each. What nothing holds on to goes with the module.

    :param module: technical name of the module that goes; its own documents must be deleted before
    :param models: technical names, those with `_inherits` before the models that they inherit from
    """
    everything = env(su=True, context={**env.context, "active_test": False})  # also what users archived
    kept: dict[str, set[int]] = {model: set() for model in models if model in env}
    for model, ids in kept.items():
        names = everything["ir.model.data"].search([("module", "=", module), ("model", "=", model)])
        records = everything[model].browse(names.mapped("res_id")).exists()
        ids |= _get_used(records)
        names.filtered(lambda name, ids=ids: name.res_id in ids).unlink()
        for parent, link in everything[model]._inherits.items():
            if parent in kept:
                kept[parent] |= set(everything[model].browse(ids)[link].ids)


def _get_used(records: BaseModel) -> set[int]:
    """Return the ids of those records that the database would refuse to delete."""
    used: set[int] = set()
    for model in records.env.values() if records else ():
        if model._abstract or model._transient or not model._auto:
            continue
        for field in model._fields.values():
            holds = field.type == "many2one" and field.store and field.comodel_name == records._name
            # a record that inherits goes with the module, too, or is told by `keep_used_records`
            if holds and field.ondelete == "restrict" and model._inherits.get(records._name) != field.name:
                groups = model._read_group([(field.name, "in", records.ids)], [field.name])
                used.update(found.id for [found] in groups)
    return used
