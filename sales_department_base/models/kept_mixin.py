from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..records import refuse


class SalesDepartmentKeptMixin(models.AbstractModel):
    """Things that are kept in a place and can be lent: samples, original contracts.

    A model inherits this mixin and brings its loans, a model with ``sales.department.loan.mixin``; where lending is
    a transition of the thing, it says so::

        class SaleSampleKept(models.Model):
            _name = "sale.sample.kept"
            _inherit = ["mail.thread", "sales.department.transition.mixin", "sales.department.kept.mixin"]

            loan_ids = fields.One2many("sale.sample.loan", "kept_id", string="Loans", readonly=True)

            def _begin_loan(self):
                self._change_state("borrowed")

            def _end_loan(self):
                self._change_state("kept")

    What only lies somewhere and is never lent has a ``place_id`` to ``sales.department.place`` of its own.
    """

    _name = "sales.department.kept.mixin"
    _description = "Kept in a Place, and Lent"

    place_id = fields.Many2one(
        "sales.department.place",
        string="Kept at",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    borrower = fields.Char(compute="_compute_open_loan")
    due_back = fields.Date(compute="_compute_open_loan")
    is_loan_overdue = fields.Boolean(compute="_compute_is_loan_overdue", search="_search_is_loan_overdue")

    @api.depends("loan_ids.returned_on", "loan_ids.due_back")
    def _compute_open_loan(self):
        for thing in self:
            loan = thing._get_open_loans()[:1]
            thing.borrower = loan.borrower
            thing.due_back = loan.due_back

    @api.depends("loan_ids.returned_on", "loan_ids.due_back")
    def _compute_is_loan_overdue(self):
        today = self.env.company._sales_today()
        for thing in self:
            thing.is_loan_overdue = bool(thing.due_back) and thing.due_back < today

    def _search_is_loan_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._sales_today()
        return Domain("loan_ids", "any", [("returned_on", "=", False), ("due_back", "<", today)])

    # ------------------------------------------------------------------
    # Lend and take back
    # ------------------------------------------------------------------

    def _get_open_loans(self) -> models.Model:
        """Return the loans of these things that are not back."""
        return self.loan_ids.filtered(lambda loan: not loan.returned_on)

    def _begin_loan(self) -> None:
        """Refuse what cannot be lent, or take the things to their state. Extension point.

        :raises AccessError: the user may not write one of the things
        :raises UserError: one of them is lent already
        """
        self.check_access("write")
        refuse(
            self._get_open_loans()[self.loan_ids._loan_thing],
            self.env._("%(names)s has been lent already. Take it back first."),
        )

    def _end_loan(self) -> None:
        """Refuse what cannot be taken back, or take the things to their state. Extension point.

        :raises AccessError: the user may not write one of the things
        """
        self.check_access("write")

    def _lend(
        self, due_back: date, user: models.Model | None = None, partner: models.Model | None = None, note: str = ""
    ) -> models.Model:
        """Lend things to one colleague or one outsider; return the loans.

        :param due_back: day on which they are due back
        :param user: `res.users` who takes them, else `partner`
        :raises UserError: when one of them cannot be lent
        """
        today = self.env.company._sales_today()
        if due_back < today:
            raise UserError(self.env._("The day of return lies in the past. Choose a later day."))
        self._begin_loan()
        loans = self.loan_ids.browse().sudo()  # sudo: loans are not written by hand; access was checked above
        return loans.create([
            {
                loans._loan_thing: thing.id,
                "borrower_user_id": user.id if user else False,
                "borrower_partner_id": partner.id if partner and not user else False,
                "lent_by_id": self.env.uid,
                "lent_on": today,
                "due_back": due_back,
                "note": note,
            }
            for thing in self
        ]).with_env(self.env)

    def action_take_back(self) -> None:
        """Close the open loans: the things are back in their place.

        :raises AccessError: the user may not write one of the things
        """
        self.check_access("write")
        loans = self._get_open_loans()
        self._end_loan()
        today = self.env.company._sales_today()
        loans.sudo().write({"returned_on": today})  # sudo: not written by hand; access was checked above
