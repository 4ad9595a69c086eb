from datetime import date
from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

BATCH = 500

"""Samples reminded of in one transaction."""


class SaleSampleKept(models.Model):
    """A sample that stays with us: sealed as the standard, or retained for comparison."""

    _name = "sale.sample.kept"
    _description = "Kept Sample"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
    ]
    _order = "name desc, id desc"
    _rec_names_search = ["name", "request_id.name"]
    _check_company_auto = True
    _TRANSITIONS: ClassVar = {"kept": {"borrowed", "disposed"}, "borrowed": {"kept"}}

    name = fields.Char(string="Label", readonly=True, copy=False, default=lambda self: self.env._("New"))
    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="restrict")
    round_id = fields.Many2one(
        "sale.sample.round", index="btree_not_null", ondelete="restrict", domain="[('request_id', '=', request_id)]"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="request_id.partner_id", store=True, index=True)
    user_id = fields.Many2one(related="request_id.user_id", store=True, string="Salesperson")
    type_id = fields.Many2one(related="request_id.type_id", store=True, string="Sample Type")
    kind = fields.Selection([("sealed", "Sealed"), ("retained", "Retained")], required=True, default="retained")
    pairs = fields.Integer(required=True, default=1)
    location_id = fields.Many2one(
        "sale.sample.location", string="Kept at", tracking=True, index="btree_not_null", check_company=True
    )
    kept_on = fields.Date(required=True, default=lambda self: self.env.company._sales_today())
    kept_until = fields.Date(tracking=True, help="Empty: until somebody decides otherwise.")
    state = fields.Selection(
        [("kept", "Kept"), ("borrowed", "Lent"), ("disposed", "Disposed Of")],
        required=True,
        default="kept",
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    loan_ids = fields.One2many("sale.sample.loan", "kept_id", string="Loans", readonly=True)
    open_loan_id = fields.Many2one("sale.sample.loan", compute="_compute_open_loan")
    borrower = fields.Char(compute="_compute_open_loan")
    due_back = fields.Date(compute="_compute_open_loan")
    is_loan_overdue = fields.Boolean(compute="_compute_is_loan_overdue", search="_search_is_loan_overdue")
    is_expired = fields.Boolean(compute="_compute_is_expired", search="_search_is_expired")
    disposed_on = fields.Date(readonly=True)
    disposal_note = fields.Char(readonly=True)
    expiry_noticed_on = fields.Date(readonly=True, copy=False)
    note = fields.Char()

    _name_unique = models.UniqueIndex("(company_id, name)", "Another kept sample has this label.")
    _pairs_positive = models.Constraint("CHECK(pairs > 0)", "At least one pair is kept.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "request_id.name")
    def _compute_display_name(self):
        for sample in self:
            sample.display_name = f"{sample.name} ({sample.request_id.name})"

    @api.depends("loan_ids.returned_on", "loan_ids.due_back")
    def _compute_open_loan(self):
        for sample in self:
            loan = sample.loan_ids.filtered(lambda loan: not loan.returned_on)[:1]
            sample.open_loan_id = loan
            sample.borrower = loan.borrower
            sample.due_back = loan.due_back

    @api.depends("loan_ids.returned_on", "loan_ids.due_back")
    def _compute_is_loan_overdue(self):
        for sample in self:
            sample.is_loan_overdue = bool(sample.due_back) and sample.due_back < self._get_today()

    def _search_is_loan_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("loan_ids", "any", [("returned_on", "=", False), ("due_back", "<", self._get_today())])

    @api.depends("kept_until", "state")
    def _compute_is_expired(self):
        for sample in self:
            sample.is_expired = (
                bool(sample.kept_until) and sample.state != "disposed" and sample.kept_until < self._get_today()
            )

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "!=", "disposed") & Domain("kept_until", "<", self._get_today())

    @api.model
    def _get_today(self) -> date:
        """Return today in the company's time zone."""
        return self.env.company._sales_today()

    # ------------------------------------------------------------------
    # Constraints, CRUD
    # ------------------------------------------------------------------

    @api.constrains("kept_on", "kept_until")
    def _check_dates(self):
        for sample in self:
            if sample.kept_until and sample.kept_until < sample.kept_on:
                raise ValidationError(
                    self.env._(
                        "%(sample)s cannot expire before it was stored. Choose a later day.", sample=sample.display_name
                    )
                )

    @api.constrains("round_id", "request_id")
    def _check_round(self):
        for sample in self.filtered("round_id"):
            if sample.round_id.request_id != sample.request_id:
                raise ValidationError(
                    self.env._(
                        "%(sample)s belongs to another request than %(round)s.",
                        sample=sample.name,
                        round=sample.round_id.display_name,
                    )
                )

    @api.model
    def _get_number_company(self, vals):
        return self.env["sale.sample.request"].browse(vals.get("request_id")).company_id

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed_or_lent(self):
        refused = self.filtered(lambda sample: sample.kind == "sealed" or sample.loan_ids)
        if refused:
            raise UserError(
                self.env._(
                    "%(samples)s cannot be deleted: sealed samples and loans stay on record. Dispose of them instead.",
                    samples=", ".join(refused.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # Lend, take back, dispose of
    # ------------------------------------------------------------------

    def _lend(self, due_back: date, user=None, partner=None, note: str = "") -> "models.Model":
        """Lend samples to one colleague or one outsider; return the loans.

        :param due_back: day on which they are due back
        :param user: `res.users` who takes them, else `partner`
        :raises UserError: when one of them is not in its place
        """
        today = self._get_today()
        if due_back < today:
            raise UserError(self.env._("The day of return lies in the past. Choose a later day."))
        self._change_state("borrowed")
        loans = self.env["sale.sample.loan"].sudo()  # sudo: loans are not written by hand; access was checked above
        return loans.create([
            {
                "kept_id": sample.id,
                "borrower_user_id": user.id if user else False,
                "borrower_partner_id": partner.id if partner and not user else False,
                "lent_by_id": self.env.uid,
                "lent_on": today,
                "due_back": due_back,
                "note": note,
            }
            for sample in self
        ]).with_env(self.env)

    def action_take_back(self) -> None:
        """Close the open loans: the samples are back in their place."""
        loans = self.open_loan_id
        self._change_state("kept")
        loans.sudo().write({"returned_on": self._get_today()})  # sudo: not written by hand; access was checked above

    def action_lend(self) -> dict:
        """Open the dialog that asks who takes the samples, and until when."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lend"),
            "res_model": "sale.sample.lend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kept_ids": self.ids},
        }

    def action_dispose(self) -> None:
        """Dispose of samples whose time is over.

        :raises UserError: when one of them is lent, or has to be kept longer
        """
        today = self._get_today()
        early = self.filtered(lambda sample: not sample.kept_until or sample.kept_until >= today)
        if early and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(
                self.env._(
                    "%(samples)s must still be kept. A sales manager may dispose of them earlier.",
                    samples=", ".join(early.mapped("display_name")),
                )
            )
        self._change_state("disposed", disposed_on=today)
        self.activity_unlink(["mail.mail_activity_data_todo"])

    # ------------------------------------------------------------------
    # The daily job: samples that should be back, and samples whose time is over
    # ------------------------------------------------------------------

    @api.model
    def _cron_remind(self) -> None:
        """Ask once for each overdue loan and for each kept sample that has expired."""
        progress = self.env["ir.cron"]._commit_progress
        companies = self._read_group([("state", "!=", "disposed")], ["company_id"])
        for [company] in companies:  # each has a today of its own
            model = self.with_company(company)
            while loans := model._get_loans_to_remind(company):
                loans._remind()
                progress(len(loans))
            while expired := model._get_expired_to_notice(company):
                expired._notice_expiry()
                progress(len(expired))

    @api.model
    def _get_loans_to_remind(self, company) -> "models.Model":
        """Return loans of a company that are overdue and not reminded of yet, a batch at a time."""
        return self.env["sale.sample.loan"].search(
            [
                ("company_id", "=", company.id),
                ("returned_on", "=", False),
                ("due_back", "<", company._sales_today()),
                ("reminded_on", "=", False),
            ],
            limit=BATCH,
            order="id",
        )

    @api.model
    def _get_expired_to_notice(self, company) -> "models.Model":
        """Return kept samples of a company whose time is over and nobody was told, a batch at a time."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "disposed"),
                ("kept_until", "<", company._sales_today()),
                ("expiry_noticed_on", "=", False),
            ],
            limit=BATCH,
            order="id",
        )

    def _notice_expiry(self) -> None:
        """Ask the salesperson of each sample whether it may go; ask R&D where there is none."""
        self._schedule_todos(
            (sample, sample.user_id or sample.request_id.rnd_user_id, sample.kept_until) for sample in self
        )
        self.write({"expiry_noticed_on": self._get_today()})

    @api.model
    def _schedule_todos(self, todos) -> None:
        """Create to-do activities at once.

        :param todos: (sample, user, deadline); those without an active user are left out
        """
        kind = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        activities = self.env["mail.activity"].sudo()  # sudo: of all salespeople
        # One message a sample would flood the people: the activity itself is enough.
        activities.with_context(mail_activity_quick_update=True).create([
            {
                "activity_type_id": kind.id,
                "res_model_id": model_id,
                "res_id": sample.id,
                "user_id": user.id,
                "automated": True,
                "date_deadline": deadline,
                "summary": sample._get_todo_summary(user),
            }
            for sample, user, deadline in todos
            if user.active
        ])

    def _get_todo_summary(self, user) -> str:
        """Return what is to be done about this sample, in the language of who does it."""
        texts = self.with_context(lang=user.lang)
        if self.state == "borrowed":
            return texts.env._("Get %(sample)s back from %(borrower)s", sample=self.name, borrower=self.borrower)
        return texts.env._("Kept sample %s has expired: dispose of it, or keep it longer", self.name)
