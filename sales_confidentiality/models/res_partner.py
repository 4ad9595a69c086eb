from collections.abc import Collection
from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.mail.tools.discuss import Store

from ..constants import CARD_FIELDS, CONTACT_GROUPS


class ResPartner(models.Model):
    _inherit = "res.partner"

    email = fields.Char(groups=CONTACT_GROUPS)
    email_formatted = fields.Char(groups=CONTACT_GROUPS)
    email_normalized = fields.Char(groups=CONTACT_GROUPS)
    phone = fields.Char(groups=CONTACT_GROUPS)
    phone_mobile_search = fields.Char(groups=CONTACT_GROUPS)
    phone_sanitized = fields.Char(groups=CONTACT_GROUPS)

    sales_lead_ids = fields.One2many("crm.lead", "partner_id", "Leads", groups=fields.NO_ACCESS)  # for a record rule

    # ------------------------------------------------------------------
    # Contact data
    # ------------------------------------------------------------------

    @api.model
    def _get_contact_fields(self) -> frozenset[str]:
        """Return the fields of contact data that the user may not read; extension point by their ``groups``."""
        if self.env.su or self.env.user.has_groups(CONTACT_GROUPS):
            return frozenset()
        return frozenset(name for name, field in self._fields.items() if field.groups == CONTACT_GROUPS)

    def _has_field_access(self, field, operation):
        """Let everybody reach colleagues: server code mails them as the user who acts."""
        allowed = super()._has_field_access(field, operation)
        if not allowed and operation == "read" and self and field.groups == CONTACT_GROUPS:
            people = self.sudo()  # sudo: whether they are colleagues, or one of our companies, only
            return all(not person.partner_share or person.ref_company_ids for person in people)
        return allowed

    @property
    def _rec_names_search(self) -> list[str]:
        """Look for a name in what the user may read only."""
        hidden = self._get_contact_fields()
        return [name for name in super()._rec_names_search if name not in hidden]

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Find nobody by contact data that the user may not read.

        A refusal would hit whoever types a name: search boxes and suggestions look at the address, too.
        """
        hidden = self._get_contact_fields()
        if hidden:

            def mask(condition):
                return Domain.FALSE if condition.field_expr.split(".")[0] in hidden else condition

            domain = Domain(domain).map_conditions(mask)
        return super()._search(domain, *args, **kwargs)

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Leave the address out of the name where the user may not read it."""
        if self.env.context.get("show_email") and self._get_contact_fields():
            plain = self.with_context(show_email=False)
            super(ResPartner, plain)._compute_display_name()
            for partner, named in zip(self, plain, strict=True):
                partner.display_name = named.display_name
        else:
            super()._compute_display_name()

    def _to_store_defaults(self, target: Store.Target) -> list:
        return self._mask_store_fields(super()._to_store_defaults(target))

    def _get_store_avatar_card_fields(self, target: Store.Target) -> list:
        return self._mask_store_fields(super()._get_store_avatar_card_fields(target))

    def _mask_store_fields(self, names: list) -> list:
        """Show the address of colleagues only, in the chatter of whoever may not read that of customers."""
        hidden = self._get_contact_fields()
        return [
            Store.Attr(name, lambda partner, name=name: not partner.partner_share and partner[name])
            if isinstance(name, str) and name in hidden
            else name
            for name in names
        ]

    # ------------------------------------------------------------------
    # Opened and listed customers
    # ------------------------------------------------------------------

    def read(self, fields: Collection[str] | None = None, load: str = "_classic_read") -> list[dict[str, Any]]:
        """Read what the user may, and count the customers that were opened or listed.

        Contact data asked for by name is empty for whoever may not read it: screens of Odoo ask for it to address
        messages.
        """
        hidden = self._get_contact_fields().intersection(fields or ())
        rows = super().read([name for name in fields if name not in hidden] or ["id"] if hidden else fields, load)
        for row in rows if hidden else ():
            row.update(dict.fromkeys(hidden, False))
        self._count_seen(fields)
        return rows

    @api.model
    def search_read(self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs):
        """Do as :meth:`read` does."""
        hidden = self._get_contact_fields().intersection(fields or ())
        asked = [name for name in fields if name not in hidden] or ["id"] if hidden else fields
        rows = super().search_read(domain, asked, offset, limit, order, **read_kwargs)
        for row in rows if hidden else ():
            row.update(dict.fromkeys(hidden, False))
        self.browse([row["id"] for row in rows])._count_seen(fields)
        return rows

    def _count_seen(self, fields: Collection[str] | None) -> None:
        """Count what an internal user has read of customers: one of them was opened, several were listed.

        A customer and its contacts are one. Names alone, as links and suggestions show them, do not count; neither do
        colleagues.
        """
        if not self or self.env.su or (fields and CARD_FIELDS.isdisjoint(fields)) or not self.env.user._is_internal():
            return
        people = self.sudo()  # sudo: colleagues are told apart by whether they are users
        customers = people.filtered("partner_share").commercial_partner_id
        day = self.env["sales.confidentiality.day"]
        if len(customers) == 1:
            day._count_opening(customers.id)
        elif customers:
            day._count("list", len(customers))
