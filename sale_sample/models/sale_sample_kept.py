from datetime import date
from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog


class SaleSampleKept(models.Model):
    """A sample that stays with us: sealed as the standard, or retained for comparison."""

    _name = "sale.sample.kept"
    _description = "Kept Sample"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
        "sales.department.kept.mixin",
        "sales.department.reminder.mixin",
    ]
    _order = "name desc, id desc"
    _rec_names_search = ["name", "request_id.name"]
    _check_company_auto = True
    _open_parents = frozenset({"request_id"})  # quality, too, stores samples of requests that it may only read
    _fixed_fields = frozenset({"round_id", "kind", "pairs", "kept_on"})
    _TRANSITIONS: ClassVar = {"kept": {"borrowed", "disposed"}, "borrowed": {"kept"}}

    name = fields.Char(string="Label", readonly=True, copy=False, default="/")
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
    kept_on = fields.Date(required=True, default=lambda self: self.env.company._sales_today())
    kept_until = fields.Date(tracking=True, help="Empty: until somebody decides otherwise.")
    state = fields.Selection([("kept", "Kept"), ("borrowed", "Lent"), ("disposed", "Disposed Of")], group_expand=True)
    loan_ids = fields.One2many("sale.sample.loan", "kept_id", string="Loans", readonly=True)
    is_expired = fields.Boolean(compute="_compute_is_expired", search="_search_is_expired")
    disposed_on = fields.Date(readonly=True)
    disposal_note = fields.Char(readonly=True)
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

    @api.depends("kept_until", "state")
    def _compute_is_expired(self):
        today = self.env.company._sales_today()
        for sample in self:
            sample.is_expired = bool(sample.kept_until) and sample.state != "disposed" and sample.kept_until < today

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_reminder_domain(self.env.company)

    # ------------------------------------------------------------------
    # Constraints, CRUD
    # ------------------------------------------------------------------

    @api.constrains("kept_on", "kept_until")
    def _check_dates(self):
        refuse(
            self.filtered(lambda sample: sample.kept_until and sample.kept_until < sample.kept_on),
            self.env._("%(names)s cannot expire before it was stored. Choose a later day."),
            ValidationError,
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

    @api.model_create_multi
    def create(self, vals_list):
        samples = super().create(vals_list)
        samples.request_id.check_access("read")
        samples.round_id.check_access("read")
        return samples

    def write(self, vals):
        if "kept_until" in vals:
            self._check_not_shortened(fields.Date.to_date(vals["kept_until"]))
        return super().write(vals)

    def _check_not_shortened(self, day: date | None) -> None:
        """Refuse to let samples go earlier than was said, except to sales managers: the chatter says who and when.

        :param day: the last day they are to be kept, none for ever
        :raises AccessError: naming the samples
        """
        if day and not self.env.su and not self.env.user.has_group(SALES_MANAGER_GROUP):
            refuse(
                self.filtered(lambda sample: not sample.kept_until or day < sample.kept_until),
                self.env._(
                    "%(names)s: a sample may be kept longer than planned. Only a sales manager lets it go earlier."
                ),
                AccessError,
            )

    def _get_settled(self):
        return self.filtered(lambda sample: sample.state == "disposed")

    def _settled_refusal(self):
        return self.env._("%(names)s: it has been disposed of, and stays on record as it was.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed_or_lent(self):
        refuse(
            self.filtered(lambda sample: sample.kind == "sealed" or sample.loan_ids),
            self.env._(
                "%(names)s cannot be deleted: sealed samples and loans stay on record. Dispose of them instead."
            ),
        )

    # ------------------------------------------------------------------
    # Lend, take back, dispose of
    # ------------------------------------------------------------------

    def action_lend(self) -> dict:
        """Open the dialog that asks who takes the samples, and until when."""
        return dialog(self.env._("Lend"), "sale.sample.lend", kept_ids=self.ids)

    def _begin_loan(self):
        self._change_state("borrowed")

    def _end_loan(self):
        self._change_state("kept")

    def action_dispose(self) -> None:
        """Dispose of samples whose time is over.

        :raises UserError: when one of them is lent, or has to be kept longer
        """
        today = self.env.company._sales_today()
        if not self.env.user.has_group(SALES_MANAGER_GROUP):
            refuse(
                self.filtered(lambda sample: not sample.kept_until or sample.kept_until >= today),
                self.env._("%(names)s must still be kept. A sales manager may dispose of them earlier."),
            )
        self._change_state("disposed", disposed_on=today)
        self.activity_unlink(["mail.mail_activity_data_todo"])

    # ------------------------------------------------------------------
    # The daily job asks whether samples whose time is over may go
    # ------------------------------------------------------------------

    @api.model
    def _get_reminder_domain(self, company):
        return Domain("state", "!=", "disposed") & Domain("kept_until", "<", company._sales_today())

    def _get_reminded_user(self):
        """Return who is asked: the salesperson of the request, R&D where there is none."""
        return self.user_id or self.request_id.rnd_user_id

    def _get_reminder_summary(self):
        loan = self._get_open_loans()[:1]
        if loan:
            return loan._get_reminder_summary()
        return self.env._("Kept sample %s has expired: dispose of it, or keep it longer", self.name)

    def _get_reminder_deadline(self):
        return self.kept_until
