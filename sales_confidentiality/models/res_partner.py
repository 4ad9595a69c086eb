import re
from collections.abc import Collection
from typing import Any

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

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
    def _sees_contact_data(self) -> bool:
        """Tell whether the user reads contact data, also where the server works with all rights for the user."""
        return self.env.uid == SUPERUSER_ID or self.env.user.has_groups(CONTACT_GROUPS)

    @api.model
    def _get_contact_fields(self) -> frozenset[str]:
        """Return the fields of contact data that the user may not read; extension point by their ``groups``."""
        if self.env.su or self._sees_contact_data():
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
        """Leave the address out of the name where the user may not read it.

        Links to a contact show its name with all rights, hence the user is asked, not what the server may read.
        """
        if not self.env.context.get("show_email") or self._sees_contact_data():
            return super()._compute_display_name()
        plain = self.with_context(show_email=False)
        result = super(ResPartner, plain)._compute_display_name()
        for partner, named in zip(self, plain, strict=True):
            partner.display_name = named.display_name
        return result

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

    @api.model
    @ormcache()
    def _get_card_fields(self) -> frozenset[str]:
        """Return the fields by which a customer is opened, not just seen by its name."""
        return CARD_FIELDS | {name for name, field in self._fields.items() if field.groups == CONTACT_GROUPS}

    @api.model
    def _shows_card(self, fields: Collection[str] | None) -> bool:
        """Tell whether one of these fields, none for all, is more than the name, which may show the address, too."""
        named = self.env.context.get("show_email") and fields and "display_name" in fields and self._sees_contact_data()
        return not fields or named or not self._get_card_fields().isdisjoint(fields)

    @api.model
    def _counts_use(self) -> bool:
        """Tell whether what is read is counted: not what the server reads, nor users of the portal."""
        return not self.env.su and self.env.user._is_internal()

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Count suggestions that show addresses as listed customers."""
        found = super().name_search(name, domain, operator, limit)
        if found and self._counts_use() and self._shows_card(["display_name"]):
            self.env["sales.confidentiality.day"]._count("list", len(found))
        return found

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        """Count groups by contact data as listed customers: each is about one of them at least."""
        groups = super()._read_group(domain, groupby, aggregates, having, offset, limit, order)
        self._count_groups([*groupby, *aggregates], groups)
        return groups

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Do as :meth:`_read_group` does."""
        result = super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        for groupby, groups in zip(grouping_sets, result, strict=True):
            self._count_groups([*groupby, *aggregates], groups)
        return result

    @api.model
    def _count_groups(self, specifications: Collection[str], groups: list[tuple]) -> None:
        """Count groups that show more than names.

        :param specifications: what each of the groups says
        """
        card = self._get_card_fields()
        shown = [place for place, said in enumerate(specifications) if not card.isdisjoint(re.split(r"[.:]", said))]
        if groups and shown and self._counts_use():
            values = ([group[place] for place in shown] for group in groups)
            number = sum(max(len(value) if isinstance(value, list) else 1 for value in said) for said in values)
            self.env["sales.confidentiality.day"]._count("list", number)

    def _count_seen(self, fields: Collection[str] | None) -> None:
        """Count what an internal user has read of customers: one of them was opened, several were listed.

        A customer and its contacts are one. Names alone, as links and suggestions show them, do not count; neither do
        colleagues.
        """
        if not self or not self._counts_use() or not self._shows_card(fields):
            return
        people = self.sudo()  # sudo: colleagues are told apart by whether they are users
        customers = people.filtered("partner_share").commercial_partner_id._origin  # of a new contact its company
        day = self.env["sales.confidentiality.day"]
        if len(customers) == 1:
            day._count_opening(customers.id)
        elif customers:
            day._count("list", len(customers))
