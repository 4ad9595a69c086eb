from collections.abc import Iterable

from odoo import api, fields, models

FILE_FIELDS = frozenset({
    "customer_file_kind",
    "customer_file_percent",
    "customer_file_missing_count",
    "customer_file_stale_count",
})


class ResPartner(models.Model):
    """How complete the customer's file is. Stored, so that lists and filters cost nothing."""

    _inherit = "res.partner"

    # Kept on the holder of the file alone, not on the contacts of a company. Not indexed: every change would
    # touch all indexes of the table.
    customer_file_kind = fields.Selection(
        [("customer", "Customer"), ("prospect", "Prospect")],
        "Kind of File",
        company_dependent=True,
        index=False,
        readonly=True,
        help="A customer has an open customer file. A prospect has none yet, but a grade or an open opportunity.",
    )
    customer_file_percent = fields.Float(
        "File Complete (%)",
        company_dependent=True,
        index=False,
        readonly=True,
        aggregator=None,  # those without a file would count as zero
        help="Share of the fields a complete file needs that are filled in and confirmed in time, by weight.",
    )
    customer_file_missing_count = fields.Integer("Missing Fields", company_dependent=True, index=False, readonly=True)
    customer_file_stale_count = fields.Integer("Fields to Confirm", company_dependent=True, index=False, readonly=True)
    customer_file_gap_ids = fields.One2many(
        "customer.file.gap",
        "partner_id",
        "File Gaps",
        groups="sales_team.group_sale_salesman,customer_grade.group_grade_approver",
    )
    customer_file_current_gap_ids = fields.One2many(
        "customer.file.gap",
        string="Gaps of the File",
        compute="_compute_customer_file_current_gap_ids",
        groups="sales_team.group_sale_salesman,customer_grade.group_grade_approver",
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

    def _get_missing_file_fields(self) -> dict[int, list[str]]:
        """Return the labels of the fields missing in the current company, by partner id; one query."""
        gaps = self.env["customer.file.gap"].search([
            ("partner_id", "in", self.ids),
            ("company_id", "=", self.env.company.id),
            ("type", "=", "missing"),
        ])
        return {partner.id: group.mapped("field_label") for partner, group in gaps.grouped("partner_id").items()}

    # ------------------------------------------------------------------
    # Keeping the file current
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in FILE_FIELDS:
            return False
        return super()._has_field_access(field, operation)

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
        touched = requirements._get_triggers() & vals.keys()
        if not touched:
            return super().write(vals)
        moves = touched & {"parent_id", "is_company", "active"}
        holders = self.commercial_partner_id if moves else self.browse()
        before = self._get_confirmable_values(requirements._get_confirmed_fields() & touched)
        result = super().write(vals)
        if before:
            self._confirm_changed_values(before)
        if moves:
            # Whoever held the file before, or holds it now; and those who no longer hold their own.
            holders |= self.commercial_partner_id | self
        else:
            holders = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        self.env["customer.file.gap"]._refresh(holders.ids)
        return result

    def unlink(self):
        companies = self.commercial_partner_id - self
        watched = "child_ids" in self.env["customer.file.requirement"]._get_triggers()
        result = super().unlink()
        if watched:
            self.env["customer.file.gap"]._refresh(companies.ids)
        return result

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
        kind_id = self.env["ir.model.data"]._xmlid_to_res_id("customer_file.mail_activity_type_customer_file")
        activities = (
            self
            .env["mail.activity"]
            .sudo()
            .search([  # sudo: done whoever completed the file
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", kind_id),
            ])
        )
        if activities:
            activities.action_feedback(feedback=self.env._("The customer file is complete."))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_customer_file_gaps(self) -> dict:
        """Open what this customer's file lacks."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_file.customer_file_gap_action")
        return dict(
            action,
            domain=[("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)],
            context={},
            display_name=self.env._("File of %s", self.commercial_partner_id.display_name),
        )

    def action_view_customer_file_confirmations(self) -> dict:
        """Open who confirmed which field of this customer, and when."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_file.customer_file_confirmation_action")
        return dict(action, domain=[("partner_id", "=", self.commercial_partner_id.id)])
