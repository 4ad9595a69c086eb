from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CustomerRegisterChange(models.TransientModel):
    """Asks why and since when customer files are closed, or opened again."""

    _name = "customer.register.change"
    _description = "Open or Close Customer Files"
    _inherit = ["sales.department.dialog.mixin"]

    operation = fields.Selection([("close", "Close"), ("open", "Open or Reopen")], required=True, default="close")
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        default=lambda self: self._default_partner_ids(),
        context={"active_test": False},
    )
    reason_id = fields.Many2one(
        "customer.register.reason",
        required=True,
        domain="[('event', '=', 'closed')] if operation == 'close' else [('event', '!=', 'closed')]",
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._sales_today())
    note = fields.Char()

    @api.model
    def _default_partner_ids(self):
        if self.env.context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        chosen = self.env.context.get("active_ids")
        ids = [id_ for id_ in chosen if isinstance(id_, int)] if isinstance(chosen, list | tuple) else []
        return self.env["res.partner"].browse(ids).exists().commercial_partner_id

    def action_apply(self) -> None:
        """Enter the change in the register and close the dialog.

        :raise UserError: a file is not in a state that allows it, or the date cannot be
        :raise AccessError: the user may not change one of the customers
        """
        self._use_once()
        company = self.company_id
        if company not in self.env.companies:
            raise UserError(self.env._("Switch to %s to change its customer files.", company.name))
        partners = self.partner_ids.commercial_partner_id.with_company(company)
        if not partners:
            raise UserError(self.env._("Choose at least one customer."))
        partners.check_access("write")
        partners._check_may_change_files()
        if self.operation == "close":
            events = {"closed": partners}
        else:
            closed = partners.filtered(lambda partner: partner.customer_file_state == "closed")
            events = {"reopened": closed, "opened": partners - closed}
        self._check_states(partners)
        self._check_date(partners)
        register = self.env["customer.register.entry"].with_company(company)
        for event, group in events.items():
            register._record(group, event, self.date, "manual", self.reason_id, self.note or "")

    def _check_states(self, partners) -> None:
        """Refuse to close what is not open, and to open what is open or archived."""
        closing = self.operation == "close"
        wrong = partners.filtered(lambda partner: (partner.customer_file_state == "open") != closing)
        if wrong:
            names = ", ".join(wrong[:10].mapped("display_name"))
            raise UserError(
                self.env._("These customers have no open file to close: %s", names)
                if closing
                else self.env._("The files of these customers are open already: %s", names)
            )
        archived = partners.filtered(lambda partner: not partner.active)
        if archived and not closing:
            raise UserError(
                self.env._("Unarchive these customers first: %s", ", ".join(archived[:10].mapped("display_name")))
            )
        if (self.reason_id.event == "closed") != closing:
            raise UserError(self.env._("The reason “%s” is not meant for this.", self.reason_id.name))

    def _check_date(self, partners) -> None:
        """Refuse a day to come, and one before the last entry of a file."""
        if self.date > self.company_id._sales_today():
            raise UserError(
                self.env._(
                    "The day %s is still to come: the register holds what has happened.",
                    format_date(self.env, self.date),
                )
            )
        late = partners.filtered(
            lambda partner: partner.customer_file_since and partner.customer_file_since > self.date
        )[:1]
        if late:
            raise UserError(
                self.env._(
                    "The file of %(customer)s changed last on %(day)s: choose that day or a later one.",
                    customer=late.display_name,
                    day=format_date(self.env, late.customer_file_since),
                )
            )
