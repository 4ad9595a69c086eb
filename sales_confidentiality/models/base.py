from collections.abc import Iterable
from typing import Any

from odoo import api, models
from odoo.fields import Field
from odoo.tools import ormcache

from ..constants import CONTACT_GROUPS, CUSTOMER_MODELS, MIXED_MODELS


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
    def _may_be_customer_data(self) -> bool:
        """Tell whether some of this model's records are about customers, where the records are not known."""
        return self._name in MIXED_MODELS or self._is_customer_data()

    def _are_of_customers(self) -> bool:
        """Tell whether one of these records is about a customer; extension point for `MIXED_MODELS`."""
        return self._is_customer_data()

    def _exports_customer_data(self, paths: Iterable[str]) -> bool:
        """Tell whether an export of these fields gives customers, leads or orders away.

        That of another model does, too, when it lists them, goes through a link to more of them than the name, or
        ends in their contact data.
        """
        if self._are_of_customers():
            return True
        for path in paths:
            model = self
            parts = path.replace(".", "/").split("/")
            for place, part in enumerate(parts):
                field = model._fields.get(part)
                if field and model._is_contact_field(field):
                    return True
                if not field or not field.relational:
                    break
                model = self.env[field.comodel_name]
                more = set(parts[place + 1 :]) - {"", "id", "display_name", "name"}
                if not more and field.type == "many2one":
                    break
                if model._is_customer_data():
                    return True
                if model._name in MIXED_MODELS:
                    linked = self.sudo().mapped(".".join(parts[: place + 1]))  # sudo: whether they are of customers
                    if linked._are_of_customers():
                        return True
        return False

    @api.model
    def _is_contact_field(self, field: Field) -> bool:
        """Tell whether a field is contact data, or follows such a field of a contact.

        Those of users and companies are not: they are of colleagues and our own, or :meth:`_are_of_customers` knows.
        """
        if self._name in ("res.users", "res.company"):
            return False
        model = self
        while field.related:
            *path, name = field.related.split(".")
            for link in path:
                model = self.env[model._fields[link].comodel_name]
            field = model._fields[name]
        return field.groups == CONTACT_GROUPS

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
