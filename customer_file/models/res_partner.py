from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.sales_department_base.constants import SALES_ALL_GROUP, SALES_GROUP
from odoo.addons.sales_department_base.records import refuse

from .customer_file_gap import ACTIVITY

FILE_READERS = f"{SALES_GROUP},customer_grade.group_grade_approver"

MOVES = frozenset({"active", "is_company", "parent_id"})
"""Fields that decide who holds a file."""

#: Kept on the holder of the file alone, not on the contacts of a company. Not indexed: every change would touch all
#: indexes of the table.
OF_HOLDER = {"company_dependent": True, "index": False, "readonly": True, "copy": False, "groups": FILE_READERS}


class ResPartner(models.Model):
    """Whether the customer's file is open, and how complete it is. Stored, so that lists and filters cost nothing.

    The entries of the register say since when a file is open or closed, and why.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "sales.department.closed.mixin"]

    customer_file_kind = fields.Selection(
        [("customer", "Customer"), ("prospect", "Prospect")],
        "Kind of File",
        help="A customer has an open customer file. A prospect has none yet, but a grade or an open opportunity.",
        **OF_HOLDER,
    )
    customer_file_percent = fields.Float(
        "File Complete (%)",
        aggregator=None,  # those without a file would count as zero
        help="Share of the fields a complete file needs that are filled in and confirmed in time, by weight.",
        **OF_HOLDER,
    )
    customer_file_missing_count = fields.Integer("Missing Fields", **OF_HOLDER)
    customer_file_stale_count = fields.Integer("Fields to Confirm", **OF_HOLDER)
    customer_file_state = fields.Selection(
        [("open", "File Open"), ("closed", "File Closed")],
        "Customer File",
        help="Opened with the first confirmed order, closed and reopened by hand or by archiving the customer.",
        **OF_HOLDER,
    )
    customer_file_since = fields.Date(**OF_HOLDER)
    customer_file_gap_ids = fields.One2many("customer.file.gap", "partner_id", "File Gaps", groups=FILE_READERS)
    customer_file_current_gap_ids = fields.One2many(
        "customer.file.gap",
        string="Gaps of the File",
        compute="_compute_customer_file_current_gap_ids",
        groups=FILE_READERS,
    )

    @api.depends("customer_file_missing_count", "customer_file_stale_count")
    @api.depends_context("company")
    def _compute_customer_file_current_gap_ids(self):
        lacking = self.filtered(
            lambda partner: partner.customer_file_missing_count or partner.customer_file_stale_count
        )
        gaps = self.env["customer.file.gap"].browse()
        if lacking:
            gaps = gaps.search_fetch(
                [("partner_id", "in", lacking.ids), ("company_id", "=", self.env.company.id)],
                ["partner_id", "company_id", "field_name", "type", "since", "confirmed_on", "confirmed_by"],
            )
        by_partner = gaps.grouped("partner_id")
        for partner in self:
            partner.customer_file_current_gap_ids = by_partner.get(partner._origin, gaps.browse())

    def _get_card_missing_fields(self):
        missing = super()._get_card_missing_fields()
        gaps = self.env["customer.file.gap"].search([
            ("partner_id", "in", self.ids),
            ("company_id", "=", self.env.company.id),
            ("type", "=", "missing"),
        ])
        for partner, group in gaps.grouped("partner_id").items():
            missing.setdefault(partner.id, []).extend(group.mapped("field_label"))
        return missing

    # ------------------------------------------------------------------
    # Keeping the file current
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        triggers = self.env["customer.file.requirement"]._get_triggers()
        if triggers:
            # A new partner has no file, unless it comes with a grade. A new contact may fill a list of its company.
            graded = [p.id for p, vals in zip(partners, vals_list, strict=True) if vals.get("customer_grade_id")]
            companies = partners.commercial_partner_id - partners if "child_ids" in triggers else partners.browse()
            self.env["customer.file.gap"]._refresh([*graded, *companies.ids])
        return partners

    def write(self, vals):
        requirements = self.env["customer.file.requirement"]
        # Some of the values are taken out on the way: what was asked for is known only now.
        moves, asked = MOVES & vals.keys(), requirements._get_triggers() & vals.keys()
        nobody = self.browse()
        before, holders = (self.commercial_partner_id, self._filter_file_holders()) if moves else (nobody, nobody)
        active = bool(vals.get("active"))
        archived = self.filtered(lambda partner: partner.active != active) if "active" in moves else nobody
        values = self._get_confirmable_values(requirements._get_confirmed_fields() & asked)
        result = super().write(vals)
        # What follows, in this order.
        if values:
            self._confirm_changed_values(values)
        if asked:
            # Whoever held the file before, or holds it now; and those who no longer hold their own.
            files = before | self.commercial_partner_id | self if moves else self._filter_file_holders()
            self.env["customer.file.gap"]._refresh(files.ids)
        if moves:
            (holders - self._filter_file_holders())._close_files_of_contacts()
            archived._filter_file_holders()._follow_archiving(active)
        return result

    def unlink(self):
        companies = self.commercial_partner_id - self
        watched = "child_ids" in self.env["customer.file.requirement"]._get_triggers()
        result = super().unlink()
        if watched:
            self.env["customer.file.gap"]._refresh(companies.ids)
        return result

    def _filter_file_holders(self):
        """Return the partners that hold a file themselves: no contacts of a company."""
        return self.filtered(lambda partner: partner.commercial_partner_id == partner)

    def _get_confirmable_values(self, names: Iterable[str]) -> dict[str, dict[int, object]]:
        """Return the present values of fields that need confirming: ``{field: {partner id: value}}``."""
        return {name: {partner.id: partner[name] for partner in self} for name in names}

    def _confirm_changed_values(self, before: dict[str, dict[int, object]]) -> None:
        """Note that whoever changed a value has confirmed it thereby."""
        changed = {
            name: [partner.id for partner in self if partner[name] and partner[name] != values[partner.id]]
            for name, values in before.items()
        }
        if any(changed.values()):
            self.env["customer.file.confirmation"]._record(changed, "changed")

    def _finish_file_activities(self) -> None:
        """Mark the activities done that asked for these files, which are complete now."""
        if not self:
            return
        kind_id = self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY)
        activities = self.env["mail.activity"].sudo()  # sudo: done whoever completed the file
        activities = activities.search([
            ("res_model", "=", "res.partner"),
            ("res_id", "in", self.ids),
            ("activity_type_id", "=", kind_id),
        ])
        if activities:
            activities.action_feedback(feedback=self.env._("The customer file is complete."))

    # ------------------------------------------------------------------
    # Whose file it is
    # ------------------------------------------------------------------

    def _check_may_change_files(self) -> None:
        """Refuse to open or close the files of colleagues' customers.

        A file is in the hands of the customer's salesperson, of the leader of a sales team the salesperson is in,
        and of whoever sees all documents. Those of nobody are in everybody's.

        :raise AccessError: names the customers
        """
        user = self.env.user
        if self.env.su or user.has_group(SALES_ALL_GROUP):
            return
        self.check_access("write")
        owned = self.sudo()  # sudo: sales teams the user is not in
        refuse(
            owned.filtered(
                lambda partner: partner.user_id and user not in partner.user_id | partner.user_id.crm_team_ids.user_id
            ),
            self.env._(
                "The customer file of %(names)s is in the hands of a colleague: ask the salesperson, the leader of the "
                "sales team, or somebody who sees the documents of all."
            ),
            AccessError,
        )

    # ------------------------------------------------------------------
    # Following in the register
    # ------------------------------------------------------------------

    def _close_files_of_contacts(self) -> None:
        """Close the files of customers that became contacts of a company, which has a file of its own."""
        self._change_files_of_all_companies("open", "closed", "merged", origin="merge")

    def _follow_archiving(self, active: bool) -> None:
        """Close the files of customers just archived, in every company that has them open; or open them again.

        Unarchiving opens those that archiving had closed; those closed by hand stay closed.
        """
        if active:
            self._change_files_of_all_companies("closed", "reopened", "unarchived")
        else:
            self._change_files_of_all_companies("open", "closed", "archived")

    def _change_files_of_all_companies(self, state: str, event: str, reason: str, origin: str = "archive") -> None:
        """Enter an event for the files of these customers that are in a given state, in every company.

        :param reason: which of the standard reasons
        """
        if not self:
            return
        reason = self.env["customer.register.reason"]._get_standard(reason)
        for company in self.env["customer.file.requirement"]._get_companies():
            partners = self.sudo().with_company(company)  # sudo: archiving counts in every company
            due = partners.grouped("customer_file_state").get(state, partners.browse())
            if event == "reopened":
                due = due._filter_last_closed_by_archiving(company)
            register = self.env["customer.register.entry"].with_company(company)
            register._record(due, event, company._sales_today(), origin, reason)

    def _filter_last_closed_by_archiving(self, company):
        """Return those whose last entry in the register of a company is a closing by archiving."""
        entries = self.env["customer.register.entry"].search(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id)], order="date, id"
        )
        gone = entries.withdrawn_id
        counted = (entries - gone).filtered(lambda entry: entry.event != "withdrawn")
        last = {entry.partner_id: entry.origin for entry in counted}
        return self.filtered(lambda partner: last.get(partner) == "archive")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_customer_file_gaps(self) -> dict:
        """Open what this customer's file lacks."""
        self._ensure_chosen()
        name = self.env._("File of %s", self.commercial_partner_id.display_name)
        return self._get_file_action("customer_file_gap", display_name=name)

    def action_view_customer_register(self) -> dict:
        """Open the entries of this customer in the register."""
        return self._get_file_action("customer_register_entry", views=[(False, "list")])

    def _get_file_action(self, model: str, **values: Any) -> dict:
        """Return the action of a model, for this customer's file in the current company."""
        self._ensure_chosen()
        domain = [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)]
        action = self.env["ir.actions.actions"]._for_xml_id(f"customer_file.{model}_action")
        return dict(action, domain=domain, context={}, **values)

    def action_view_customer_file_confirmations(self) -> dict:
        """Open who confirmed which field of this customer, and when."""
        self._ensure_chosen()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_file.customer_file_confirmation_action")
        return dict(action, domain=[("partner_id", "=", self.commercial_partner_id.id)])
