from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SalesDepartmentLoanMixin(models.AbstractModel):
    """Who has a kept thing, and until when; opened and closed by the thing (``sales.department.kept.mixin``).

    A model of its own holds the loans of one kind of things, and brings the link to them and the index that keeps a
    thing from being lent twice::

        class SaleSampleLoan(models.Model):
            _name = "sale.sample.loan"
            _description = "Loan of a Kept Sample"
            _inherit = ["sales.department.loan.mixin"]
            _rec_name = "kept_id"
            _loan_thing = "kept_id"

            kept_id = fields.Many2one("sale.sample.kept", required=True, readonly=True, index=True, ondelete="cascade")
            company_id = fields.Many2one(related="kept_id.company_id", store=True)

            _one_open_loan = models.UniqueIndex(
                "(kept_id) WHERE returned_on IS NULL", "This sample has been lent already. Take it back first."
            )

    A scheduled action with the code ``model._cron_remind()`` asks once for each loan that is overdue. Access rights
    give reading only.
    """

    _name = "sales.department.loan.mixin"
    _description = "Loan of a Kept Thing"
    _inherit = ["sales.department.reminder.mixin"]
    _order = "lent_on desc, id desc"

    #: Name of the many2one field that leads to the thing.
    _loan_thing: ClassVar[str] = ""

    # One of the two is always named: who has borrowed something cannot be deleted.
    borrower_user_id = fields.Many2one("res.users", string="Colleague", readonly=True, ondelete="restrict")
    borrower_partner_id = fields.Many2one("res.partner", string="Outsider", readonly=True, ondelete="restrict")
    borrower = fields.Char(compute="_compute_borrower")
    lent_by_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)
    lent_on = fields.Date(required=True, readonly=True)
    due_back = fields.Date(required=True)
    returned_on = fields.Date(readonly=True)
    note = fields.Char()

    _one_borrower = models.Constraint(
        "CHECK((borrower_user_id IS NULL) <> (borrower_partner_id IS NULL))",
        "A thing is lent to one colleague or to one outsider.",
    )

    @api.depends("borrower_user_id", "borrower_partner_id")
    def _compute_borrower(self):
        for loan in self:
            loan.borrower = loan.borrower_user_id.name or loan.borrower_partner_id.display_name

    @api.constrains("lent_on", "due_back", "returned_on")
    def _check_dates(self):
        for loan in self:
            thing = loan[self._loan_thing].display_name
            if loan.due_back < loan.lent_on:
                raise ValidationError(
                    self.env._("%s cannot be due back before it was lent. Choose a later day.", thing)
                )
            if loan.returned_on and loan.returned_on < loan.lent_on:
                raise ValidationError(self.env._("%s cannot come back before it was lent. Choose a later day.", thing))

    # ------------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------------

    @api.model
    def _get_reminder_domain(self, company):
        return Domain("returned_on", "=", False) & Domain("due_back", "<", company._sales_today())

    def _get_reminded_user(self):
        """Return who is to bring the thing back: the colleague who has it and may open it, else who lent it."""
        user = self.borrower_user_id
        if user and self[self._loan_thing].with_user(user).has_access("read"):
            return user
        return self.lent_by_id

    def _get_reminder_summary(self):
        return self.env._(
            "Get %(thing)s back from %(borrower)s", thing=self[self._loan_thing].name, borrower=self.borrower
        )

    def _remind(self):
        """Ask for each overdue thing: the task stands on the thing."""
        loans = {loan[self._loan_thing]: loan for loan in self}
        self.env["mail.activity"]._sales_ask(
            self._reminder_activity,
            {thing: loan._get_reminded_user() for thing, loan in loans.items()},
            lambda thing: loans[thing].with_env(thing.env)._get_reminder_summary(),
            deadline=lambda thing: loans[thing].due_back,
        )
