from odoo import fields, models

REGISTER_FIELDS = frozenset({"customer_file_state", "customer_file_since"})


class ResPartner(models.Model):
    """Whether the customer's file is open. The register's entries say since when and why."""

    _inherit = "res.partner"

    customer_file_state = fields.Selection(
        [("open", "File Open"), ("closed", "File Closed")],
        "Customer File",
        company_dependent=True,
        index=False,
        readonly=True,
        help="Opened with the first confirmed order, closed and reopened by hand or by archiving the customer.",
    )
    customer_file_since = fields.Date(company_dependent=True, index=False, readonly=True)

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in REGISTER_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        moves = {"active", "parent_id", "is_company"} & vals.keys()
        if not moves:
            return super().write(vals)
        active = bool(vals.get("active"))
        changed = self.filtered(lambda partner: partner.active != active) if "active" in vals else self.browse()
        holders = self._filter_file_holders()
        result = super().write(vals)
        (holders - self._filter_file_holders())._close_files_of_contacts()
        changed = changed._filter_file_holders()
        if active:
            changed._reopen_archived_files()
        else:
            changed._close_archived_files()
        return result

    def _filter_file_holders(self):
        """Return the partners that hold a file themselves: no contacts of a company."""
        return self.filtered(lambda partner: partner.commercial_partner_id == partner)

    def _close_files_of_contacts(self) -> None:
        """Close the files of customers that became contacts of a company, which has a file of its own."""
        reason = self.env.ref("customer_file.customer_register_reason_merged", raise_if_not_found=False)
        self._change_files_of_all_companies("open", "closed", reason, origin="merge")

    def _close_archived_files(self) -> None:
        """Close the files of customers that were just archived, in every company that has them open."""
        reason = self.env.ref("customer_file.customer_register_reason_archived", raise_if_not_found=False)
        self._change_files_of_all_companies("open", "closed", reason)

    def _reopen_archived_files(self) -> None:
        """Open the files again that archiving had closed; those closed by hand stay closed."""
        reason = self.env.ref("customer_file.customer_register_reason_unarchived", raise_if_not_found=False)
        self._change_files_of_all_companies("closed", "reopened", reason)

    def _change_files_of_all_companies(self, state: str, event: str, reason, origin: str = "archive") -> None:
        """Enter an event for the files of these customers that are in a given state, in every company."""
        if not self:
            return
        register = self.env["customer.register.entry"]
        for company in (
            self.env["res.company"].sudo().search([("active", "=", True)])
        ):  # sudo: archiving counts in every company
            due = (
                self
                .sudo()
                .with_company(company)
                .filtered(  # sudo: as above
                    lambda partner: partner.customer_file_state == state  # noqa: B023 - filtered at once
                )
            )
            if event == "reopened":
                due &= due._filter_last_closed_by_archiving(company)
            register.with_company(company)._record(due, event, company._sales_today(), origin, reason)

    def _filter_last_closed_by_archiving(self, company):
        """Return those whose last entry in the register of a company is a closing by archiving."""
        last = {}
        for entry in self.env["customer.register.entry"].search(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id)], order="date, id"
        ):
            last[entry.partner_id.id] = entry
        return self.filtered(lambda partner: last.get(partner.id) and last[partner.id].origin == "archive")

    def action_view_customer_register(self) -> dict:
        """Open the entries of this customer in the register."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_file.customer_register_entry_action")
        return dict(
            action,
            domain=[("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)],
            views=[(False, "list")],
            context={},
        )
