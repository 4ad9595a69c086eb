from typing import ClassVar

from odoo import api, models
from odoo.fields import Domain


class SaleSamplePortalMixin(models.AbstractModel):
    """A document that customers may read, a few fields of it: what is not listed stays with us.

    Record rules choose the records; the list chooses the fields. A field that is
    added later, by us or by another addon, is closed to customers until it is
    listed, whichever way they ask: page, export or remote call.
    """

    _name = "sale.sample.portal.mixin"
    _description = "Sample Document of the Customer's Portal"

    #: Fields that portal users may read.
    _PORTAL_FIELDS: ClassVar[frozenset[str]] = frozenset({
        "id",
        "display_name",
        "create_date",
        "write_date",
        "company_id",
    })

    def _get_portal_fields(self) -> frozenset[str]:
        """Return the names of the fields that portal users may read. Extension point."""
        return self._PORTAL_FIELDS

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if self.env.su or self.env.user._is_internal():
            return True
        return operation == "read" and field.name in self._get_portal_fields()

    @api.model
    def _check_domain(self, model: models.Model, domain) -> None:
        """Refuse a domain that looks at a field which the user may not read, wherever its paths lead.

        :param model: the one that the domain is for
        :raises AccessError: one of the fields is not the user's to read
        """

        for condition in Domain(domain).iter_conditions():
            target = self._check_path(model, condition.field_expr)
            if condition.operator in ("any", "not any") and isinstance(condition.value, Domain | list | tuple):
                self._check_domain(target, condition.value)

    def _search(self, domain, *args, **kwargs):
        # Odoo asks for no field that brings a search of its own: what is found by it would tell it.
        if not self.env.su and not self.env.user._is_internal():
            self._check_domain(self, domain)
        return super()._search(domain, *args, **kwargs)
