from collections.abc import Iterable
from typing import Any

from odoo import api, models
from odoo.tools import ormcache

from ..constants import CONTACT_GROUPS, CUSTOMER_MODELS


class Base(models.AbstractModel):
    _inherit = "base"

    # ------------------------------------------------------------------
    # Exports of customers, leads and orders
    # ------------------------------------------------------------------

    @api.model
    @ormcache()
    def _get_customer_models(self) -> frozenset[str]:
        """Return the models whose records are customers, leads and orders, or say something about one of them.

        Of the house these are the models that link to a customer, a lead or an order, and their parts.
        """
        house = self.env["sales.department.closed.mixin"]._get_house_modules()
        mine = [model for model in self.env.values() if model._original_module in house and not model._abstract]
        found = set(CUSTOMER_MODELS)
        size = 0
        while size != len(found):
            size = len(found)
            for model in mine:
                links = (field for field in model._fields.values() if field.type == "many2one")
                if any(field.comodel_name in found for field in links):
                    found.add(model._name)
        return frozenset(found)

    @api.model
    def _is_customer_data(self) -> bool:
        """Tell whether this model's records are exported only with the right to, and leave a trace."""
        return self._name in self.env["base"]._get_customer_models()  # kept once, not for each model

    @api.model
    def _exports_customer_data(self, paths: Iterable[str]) -> bool:
        """Tell whether an export of these fields gives customers, leads or orders away.

        That of another model does, too, when it lists them, or goes through a link to more of them than the name.
        """
        if self._is_customer_data():
            return True
        for path in paths:
            model = self
            parts = path.replace(".", "/").split("/")
            for place, part in enumerate(parts):
                field = model._fields.get(part)
                if not field or not field.relational:
                    break
                model = self.env[field.comodel_name]
                more = set(parts[place + 1 :]) - {"", "id", "display_name", "name"}
                if model._is_customer_data() and (more or field.type != "many2one"):
                    return True
        return False

    def export_data(self, fields_to_export: list[str]) -> dict[str, Any]:
        """Export customers, leads and orders only with the right to, and log it.

        :raises AccessError: the user has no right to export them
        """
        guarded = not self.env.su and self._exports_customer_data(fields_to_export)
        log = self.env["sales.export.log"]
        if guarded:
            log._check_export_right()
        result = super().export_data(fields_to_export)
        if guarded:
            log._log_export(self, fields_to_export)
        return result

    # ------------------------------------------------------------------
    # Contact data of those a message goes to
    # ------------------------------------------------------------------

    def _message_get_suggested_recipients_batch(
        self, reply_discussion=False, reply_message=None, no_create=True, primary_email=False, additional_partners=None
    ):
        """Propose the same people to whoever may not read addresses, without the addresses."""
        if self.env.su or self.env.user.has_groups(CONTACT_GROUPS):
            return super()._message_get_suggested_recipients_batch(
                reply_discussion=reply_discussion,
                reply_message=reply_message,
                no_create=no_create,
                primary_email=primary_email,
                additional_partners=additional_partners,
            )
        everyone = self.sudo()  # sudo: finds who is meant by addresses that the user does not get to see
        found = super(Base, everyone)._message_get_suggested_recipients_batch(
            reply_discussion=reply_discussion,
            reply_message=reply_message,
            primary_email=primary_email,
            additional_partners=additional_partners and additional_partners.sudo(),  # sudo: the same
        )
        return {
            record_id: [{**person, "email": False, "create_values": {}} for person in people if person["partner_id"]]
            for record_id, people in found.items()
        }
