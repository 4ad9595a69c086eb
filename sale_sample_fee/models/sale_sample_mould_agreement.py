from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.refund import RefundStep, net_pairs, step_progress

STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("done", "Refunded"),
    ("expired", "Expired"),
    ("cancelled", "Cancelled"),
]
COUNTING_STATES = ("running", "done", "expired")
"""States in which deliveries and returns are booked: also after the refund, so that returns show."""
STANDINGS = [
    ("open", "On the Way"),
    ("near", "Near the Threshold"),
    ("reached", "Threshold Reached"),
    ("granted", "Refunded"),
    ("fallen", "Refunded, Returned Later"),
    ("missed", "Deadline Missed"),
]


class SaleSampleMouldAgreement(models.Model):
    """The promise to give a customer's mould fee back after so many pairs delivered, net of returns.

    The terms are a copy: a later change of the fee policy does not touch what was agreed. Pairs are counted in
    the unit of the product.
    """

    _name = "sale.sample.mould.agreement"
    _description = "Mould Fee Agreement"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
    ]
    _order = "next_deadline, id desc"
    _rec_names_search = ["name", "partner_id.name", "request_id.name"]
    _check_company_auto = True

    _TRANSITIONS: ClassVar = {
        "draft": {"running", "cancelled"},
        "running": {"done", "expired", "cancelled"},
        "expired": {"done"},
    }

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, index=True, tracking=True, group_expand=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    request_id = fields.Many2one(
        "sale.sample.request", "Sample Request", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    decision_id = fields.Many2one(
        "sale.sample.fee.decision",
        "Fee Decision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    mould_ids = fields.Many2many(
        "sale.sample.mould",
        string="Moulds",
        check_company=True,
        context={"active_test": False},  # an archived mould is no less scrapped
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        compute="_compute_from_request",
        store=True,
        readonly=False,
        precompute=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        index=True,
        check_company=True,
        tracking=True,
        domain="[('share', '=', False)]",
        compute="_compute_from_request",
        store=True,
        readonly=False,
        precompute=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index=True,
        check_company=True,
        compute="_compute_from_request",
        store=True,
        readonly=False,
        precompute=True,
    )
    fee_amount = fields.Monetary("Fee Charged", required=True, tracking=True, help="Without taxes")
    invoice_id = fields.Many2one(
        "account.move",
        "Invoice of the Fee",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        domain="[('move_type', '=', 'out_invoice'), ('commercial_partner_id', '=', commercial_partner_id)]",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products Made with the Mould",
        check_company=True,
        context={"active_test": False},  # what is no longer sold still comes back
        compute="_compute_product_ids",
        store=True,
        readonly=False,
        copy=True,
        help="Deliveries of these products to the customer count.",
    )
    date_start = fields.Date(
        "Counts from", required=True, default=lambda self: self.env.company._sales_today(), tracking=True
    )
    step_ids = fields.One2many("sale.sample.mould.agreement.step", "agreement_id", "Refund Steps", copy=True)
    entry_ids = fields.One2many("sale.sample.refund.entry", "agreement_id", "Ledger")
    refund_ids = fields.One2many("sale.sample.refund", "agreement_id", "Refunds")
    note = fields.Html("Remarks")

    # What the ledger says; stored, so that lists sort and filter by it
    net_pairs = fields.Float("Pairs Delivered", compute="_compute_standing", store=True, digits="Product Unit")
    threshold_pairs = fields.Integer(
        "Next Threshold", compute="_compute_standing", store=True, aggregator=None, help="Pairs of the next refund"
    )
    missing_pairs = fields.Float("Pairs Missing", compute="_compute_standing", store=True, digits="Product Unit")
    progress = fields.Float(
        compute="_compute_standing", store=True, aggregator="avg", help="Percent of the pairs of the next refund"
    )
    standing = fields.Selection(STANDINGS, compute="_compute_standing", store=True, tracking=True)
    next_deadline = fields.Date(
        compute="_compute_standing", store=True, index=True, help="Last day on which pairs count for the next refund"
    )
    refunded_amount = fields.Monetary("Refunded", compute="_compute_refunded_amount", store=True)
    notified_deadline = fields.Date(readonly=True, copy=False, help="Deadline that the salesperson was reminded of")

    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is already used by another agreement.")
    _one_per_decision = models.UniqueIndex(
        "(decision_id) WHERE decision_id IS NOT NULL AND state != 'cancelled'",
        "This fee decision has an agreement already.",
    )
    _fee_positive = models.Constraint("CHECK(fee_amount > 0)", "The fee of an agreement must be above zero.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("request_id")
    def _compute_from_request(self):
        for agreement in self:
            request = agreement.request_id
            agreement.partner_id = agreement.partner_id or request.commercial_partner_id
            agreement.user_id = agreement.user_id or request.user_id or self.env.user
            agreement.team_id = agreement.team_id or request.team_id

    @api.depends("request_id")
    def _compute_product_ids(self):
        for agreement in self:
            agreement.product_ids = agreement.product_ids or agreement.request_id.product_id

    @api.depends(
        "entry_ids.pairs",
        "entry_ids.date",
        "step_ids.threshold_pairs",
        "step_ids.deadline",
        "refund_ids.step_id",
        "state",
    )
    def _compute_standing(self):
        for agreement in self:
            steps = agreement.step_ids.sorted("threshold_pairs")
            progress = agreement._get_progress()
            following = [step for step in steps if progress[step].state not in ("granted", "fallen", "missed")][:1]
            shown = following or steps[-1:]
            agreement.net_pairs = net_pairs(agreement._get_pairs_by_day())
            agreement.threshold_pairs = shown[0].threshold_pairs if shown else 0
            agreement.missing_pairs = progress[following[0]].missing if following else 0.0
            agreement.progress = progress[shown[0]].share * 100.0 if shown else 0.0
            agreement.next_deadline = following[0].deadline if following and agreement.state == "running" else False
            states = [found.state for found in progress.values()]
            if "fallen" in states:
                agreement.standing = "fallen"
            else:
                agreement.standing = progress[shown[0]].state if shown else "open"

    @api.depends("refund_ids.amount")
    def _compute_refunded_amount(self):
        for agreement in self:
            agreement.refunded_amount = sum(agreement.refund_ids.mapped("amount"))

    def _get_pairs_by_day(self) -> list[tuple]:
        """Return the rows of the ledger as (day, pairs)."""
        return [(entry.date, entry.pairs) for entry in self.entry_ids]

    def _get_progress(self) -> dict:
        """Return where each refund step of one agreement stands: step → :class:`StepProgress`."""
        self.ensure_one()
        steps = self.step_ids.filtered(lambda step: step.threshold_pairs > 0)
        rules = [RefundStep(step, step.threshold_pairs, step.percent, step.deadline or None) for step in steps]
        today = (self.company_id or self.env.company)._sales_today()
        found = step_progress(self._get_pairs_by_day(), rules, self.refund_ids.step_id, today)
        progress = {one.key: one for one in found}
        nothing = step_progress([], [RefundStep(None, 1, 1)], (), today)[0]
        return {step: progress.get(step, nothing) for step in self.step_ids}

    # ------------------------------------------------------------------
    # Life
    # ------------------------------------------------------------------

    def action_start(self) -> None:
        """Count from now on, and what was delivered since the first day.

        :raises UserError: terms are missing, or a product counts for another agreement of the customer
        :raises AccessError: no fee decision stands behind it, and the user is neither finance nor sales manager
        """
        self._check_may_start()
        self._adopt_moulds()
        for agreement in self:
            missing = agreement._get_missing_terms()
            if missing:
                raise UserError(
                    self.env._(
                        "%(agreement)s cannot begin yet. Missing: %(terms)s.",
                        agreement=agreement.display_name,
                        terms=", ".join(missing),
                    )
                )
        self._change_state("running")
        self._check_products_free()
        self._catch_up()

    def _adopt_moulds(self) -> None:
        """Take over moulds that were registered since the fee was decided, and what is made with them."""
        for agreement in self.sudo():  # sudo: a salesperson need not see moulds
            moulds = agreement.request_id.mould_ids.filtered(lambda mould: mould.state != "cancelled")
            agreement.mould_ids |= moulds
            if not agreement.product_ids:
                agreement.product_ids = moulds.product_ids

    def _get_missing_terms(self) -> list[str]:
        """Return what one agreement lacks, in words. Extension point."""
        self.ensure_one()
        checks = [
            (not self.product_ids, self.env._("the products made with the mould")),
            (not self.step_ids, self.env._("at least one refund step")),
        ]
        return [words for lacks, words in checks if lacks]

    def _check_products_free(self) -> None:
        """Refuse that one delivery counts for two agreements.

        :raises UserError: naming product and agreement
        """
        everything = self.sudo()  # sudo: a colleague's agreement with the same customer counts
        for agreement in everything:
            other = everything.search(
                [
                    ("id", "!=", agreement.id),
                    ("state", "=", "running"),
                    ("company_id", "=", agreement.company_id.id),
                    ("commercial_partner_id", "=", agreement.commercial_partner_id.id),
                    ("product_ids", "in", agreement.product_ids.ids),
                ],
                limit=1,
            )
            if other:
                raise UserError(
                    self.env._(
                        "%(products)s: deliveries to %(customer)s count for %(other)s already, and count once. Take the "
                        "product out of one of the two.",
                        products=", ".join((other.product_ids & agreement.product_ids).mapped("display_name")),
                        customer=agreement.commercial_partner_id.display_name,
                        other=other.display_name,
                    )
                )

    def action_cancel(self) -> None:
        """End agreements by which nothing is refunded any more; what was refunded stays.

        :raises AccessError: one was promised by a fee decision or has begun, and the user is neither finance nor
            sales manager
        """
        self._check_may_cancel()
        self._change_state("cancelled")

    def action_view_entries(self) -> dict:
        """Open the ledger of these agreements."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale_sample.sale_sample_refund_entry_action")
        return dict(action, domain=[("agreement_id", "in", self.ids)], context={})

    def action_view_credit_notes(self) -> dict:
        """Open the credit notes of these agreements."""
        return self.refund_ids.move_id._get_records_action(name=self.env._("Credit Notes"))
