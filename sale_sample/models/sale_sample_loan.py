from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleSampleLoan(models.Model):
    """Who has a kept sample, and until when. Opened and closed by the buttons of the sample."""

    _name = "sale.sample.loan"
    _description = "Loan of a Kept Sample"
    _order = "lent_on desc, id desc"
    _rec_name = "kept_id"

    kept_id = fields.Many2one("sale.sample.kept", required=True, index=True, ondelete="cascade", readonly=True)
    request_id = fields.Many2one(related="kept_id.request_id", store=True)
    company_id = fields.Many2one(related="kept_id.company_id", store=True)
    borrower_user_id = fields.Many2one("res.users", string="Colleague", readonly=True)
    borrower_partner_id = fields.Many2one("res.partner", string="Outsider", readonly=True)
    borrower = fields.Char(compute="_compute_borrower")
    lent_by_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)
    lent_on = fields.Date(required=True, readonly=True)
    due_back = fields.Date(required=True)
    returned_on = fields.Date(readonly=True)
    note = fields.Char()
    reminded_on = fields.Date(readonly=True, copy=False)

    _one_open_loan = models.UniqueIndex(
        "(kept_id) WHERE returned_on IS NULL", "This sample has been lent already. Take it back first."
    )
    _one_borrower = models.Constraint(
        "CHECK((borrower_user_id IS NULL) <> (borrower_partner_id IS NULL))",
        "A sample is lent to one colleague or to one outsider.",
    )

    @api.depends("borrower_user_id", "borrower_partner_id")
    def _compute_borrower(self):
        for loan in self:
            loan.borrower = loan.borrower_user_id.name or loan.borrower_partner_id.display_name

    @api.constrains("lent_on", "due_back", "returned_on")
    def _check_dates(self):
        for loan in self:
            if loan.due_back < loan.lent_on:
                raise ValidationError(
                    self.env._(
                        "%(sample)s cannot be due back before it was lent. Choose a later day.",
                        sample=loan.kept_id.display_name,
                    )
                )
            if loan.returned_on and loan.returned_on < loan.lent_on:
                raise ValidationError(
                    self.env._(
                        "%(sample)s cannot come back before it was lent. Choose a later day.",
                        sample=loan.kept_id.display_name,
                    )
                )

    def _get_reminded_user(self) -> "models.Model":
        """Return who is to bring the sample back: the colleague who has it and may open it, else who lent it."""
        user = self.borrower_user_id
        if user and self.kept_id.with_user(user).has_access("read"):
            return user
        return self.lent_by_id

    def _remind(self) -> None:
        """Ask for each overdue sample once."""
        self.kept_id._schedule_todos((loan.kept_id, loan._get_reminded_user(), loan.due_back) for loan in self)
        self.write({"reminded_on": self.env.company._sales_today()})
