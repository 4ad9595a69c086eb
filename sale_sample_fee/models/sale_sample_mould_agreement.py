import logging
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL, float_is_zero, format_amount, format_date, formatLang

from odoo.addons.sales_department_base.models.account_move import PAID_STATES
from odoo.addons.sales_department_base.records import refuse

from ..constants import ACTIVITY_REFUND, BOOKER_GROUPS, COUNTING_STATES, REFUND_GROUPS, STANDINGS
from ..tools.refund import (
    GrantedRefund,
    Posting,
    RefundStep,
    corrections,
    fee_to_refund,
    net_pairs,
    order_days,
    peak_pairs,
    refunds_to_take_back,
    split_amount,
    step_progress,
    step_refunds,
)

_logger = logging.getLogger(__name__)

REFUNDED_OR_MISSED = frozenset({"drafted", "granted", "fallen", "missed"})
"""Where a step stands of which nothing is to come any more."""
Words = Callable[[models.Model], str]
"""Words on an agreement, in the language of its environment."""
TERMS = frozenset({"partner_id", "company_id", "currency_id", "fee_amount", "product_ids", "date_start", "step_ids"})
"""What was agreed: closed once the agreement runs."""
DECIDED_TERMS = (TERMS - {"product_ids"}) | {"request_id"}
"""What a fee decision has settled: closed from the first. The products are known later."""
GUARDED = frozenset({"mould_ids", "invoice_id", "request_id"})
"""What refunds are checked against: once a fee decision stands behind the agreement, or it runs, for finance and sales
managers."""


class FeeBasis(NamedTuple):
    """What comes back of a fee, and how, as its invoices stand. Without taxes, in the currency of the invoice."""

    currency: models.Model
    #: What 100 % of the refund are: the fee agreed, never more than was paid of it in money.
    fee: float
    #: What the posted invoices charge of it.
    charged: float
    #: Invoice line → how much of the fee it charges; empty where the books know nothing.
    lines: dict[models.Model, float]


class SaleSampleMouldAgreement(models.Model):
    """The promise to give a customer's mould fee back after so many pairs delivered, net of returns.

    The terms are a copy: a later change of the fee policy does not touch what was agreed. Pairs are counted in
    the unit of the product; they get into the ledger from deliveries, or by hand, each once. When a threshold is reached,
    a draft credit note and a task follow, never twice.

    What the ledger says, and what is refunded, follows from the documents as they stand: a delivery that is corrected
    is a further row, a draft that was made by mistake is taken back, a posted credit note becomes a task.
    """

    _name = "sale.sample.mould.agreement"
    _description = "Mould Fee Agreement"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
        "sales.department.document.mixin",
    ]
    _order = "next_deadline, id desc"
    _rec_names_search = ["name", "partner_id.name", "request_id.name"]
    _TRANSITIONS: ClassVar = {
        "draft": {"running", "cancelled"},
        "running": {"done", "expired", "cancelled"},
        "expired": {"done"},
        "done": {"running", "expired"},  # a refund was taken back
    }
    _settled_fields = TERMS

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Refunded"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        group_expand=True,
    )
    user_id = fields.Many2one(tracking=True)
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
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer", store=True, index=True
    )
    fee_amount = fields.Monetary(
        "Fee Charged", required=True, tracking=True, groups=REFUND_GROUPS, help="Without taxes"
    )
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
    entry_ids = fields.One2many("sale.sample.refund.entry", "agreement_id", "Ledger", readonly=True)
    refund_ids = fields.One2many("sale.sample.refund", "agreement_id", "Refunds", readonly=True)
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
    refunded_amount = fields.Monetary(
        "Refunded",
        compute="_compute_refunded_amount",
        store=True,
        groups=REFUND_GROUPS,
        help="By posted credit notes, without taxes, as they say",
    )
    notified_deadline = fields.Date(readonly=True, copy=False, help="Deadline that the salesperson was reminded of")
    # What the user may do
    may_start = fields.Boolean(compute="_compute_may_act")
    may_cancel = fields.Boolean(compute="_compute_may_act")
    may_correct = fields.Boolean(compute="_compute_may_act")
    may_grant = fields.Boolean(compute="_compute_may_grant")

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
    def _compute_partner_id(self):
        for agreement in self:
            agreement.partner_id = agreement.partner_id or agreement.request_id.commercial_partner_id

    @api.model
    def _get_salesperson_sources(self):
        return ["request_id"]

    @api.model
    def _get_sales_team_sources(self):
        return ["request_id"]

    def _get_sales_team(self):
        return self.team_id or self.request_id.team_id

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
        "refund_ids.state",
        "state",
    )
    def _compute_standing(self):
        for agreement in self:
            steps = agreement.step_ids.sorted("threshold_pairs")
            progress = agreement._get_progress()
            following = [step for step in steps if progress[step].state not in REFUNDED_OR_MISSED][:1]
            shown = following or steps[-1:]
            agreement.net_pairs = net_pairs(agreement._get_pairs_by_day())
            agreement.threshold_pairs = shown[0].threshold_pairs if shown else 0
            agreement.missing_pairs = progress[following[0]].missing if following else 0.0
            agreement.progress = progress[shown[0]].share * 100.0 if shown else 0.0
            agreement.next_deadline = following[0].deadline if following and agreement.state == "running" else False
            states = [found.state for found in progress.values()]
            if "fallen" in states:
                agreement.standing = "fallen"
            elif "drafted" in states and not following:
                agreement.standing = "drafted"
            else:
                agreement.standing = progress[shown[0]].state if shown else "open"

    @api.depends("refund_ids.real_amount", "refund_ids.state")
    def _compute_refunded_amount(self):
        for agreement in self:
            posted = agreement.refund_ids.filtered(lambda refund: refund.state == "posted")
            agreement.refunded_amount = sum(posted.mapped("real_amount"))

    @api.depends("decision_id", "state")
    @api.depends_context("uid")
    def _compute_may_act(self):
        """Finance and sales managers may do all; salespeople start what a decision has settled, and change drafts."""
        booker = self.env.su or self.env.user.has_groups(BOOKER_GROUPS)
        for agreement in self:
            agreement.may_start = booker or bool(agreement.decision_id)
            agreement.may_correct = booker or (agreement.state == "draft" and not agreement.decision_id)
            agreement.may_cancel = booker or (agreement.state == "draft" and not agreement.decision_id)

    @api.depends("standing", "refund_ids.state")
    @api.depends_context("uid")
    def _compute_may_grant(self):
        booker = self.env.su or self.env.user.has_groups(BOOKER_GROUPS)
        for agreement in self:
            waiting = agreement.refund_ids.filtered(lambda refund: refund.state == "to_make")
            agreement.may_grant = booker and bool(waiting or agreement._get_due_steps(by_hand=True))

    def _get_pairs_by_day(self) -> list[tuple]:
        """Return the rows of the ledger as (day, pairs)."""
        return [(entry.date, entry.pairs) for entry in self.entry_ids]

    def _get_movements(self) -> list[tuple]:
        """Return the rows of the ledger as (movement, day, pairs); each row by hand is a movement of its own."""
        return [
            ((entry.source_model, entry.source_id) if entry.source_id else entry.id, entry.date, entry.pairs)
            for entry in self.entry_ids.sorted("id")
        ]

    def _get_live_refunds(self) -> "models.Model":
        """Return the refunds that count: to be made, drafted or posted; in the order in which they were granted."""
        return self.refund_ids.filtered(lambda refund: refund._is_live()).sorted("id")

    def _get_progress(self) -> dict:
        """Return where each refund step of one agreement stands: step → :class:`StepProgress`."""
        self.ensure_one()
        steps = self.step_ids.filtered(lambda step: step.threshold_pairs > 0)
        rules = [RefundStep(step, step.threshold_pairs, step.percent, step.deadline or None) for step in steps]
        today = (self.company_id or self.env.company)._sales_today()
        live = self._get_live_refunds()
        posted = live.filtered(lambda refund: refund.state == "posted")
        found = step_progress(self._get_pairs_by_day(), rules, posted.step_id, today, (live - posted).step_id)
        progress = {one.key: one for one in found}
        nothing = step_progress([], [RefundStep(None, 1, 1)], (), today)[0]
        return {step: progress.get(step, nothing) for step in self.step_ids}

    # ------------------------------------------------------------------
    # Guards: the terms are closed once the agreement runs
    # ------------------------------------------------------------------

    @api.constrains("invoice_id", "partner_id")
    def _check_invoice(self):
        for agreement in self:
            invoice = agreement.invoice_id
            if invoice and (
                invoice.move_type != "out_invoice" or invoice.commercial_partner_id != agreement.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: %(invoice)s is not an invoice to %(customer)s. Choose the one that charged the fee.",
                        agreement=agreement.display_name,
                        invoice=invoice.display_name,
                        customer=agreement.commercial_partner_id.display_name,
                    )
                )

    def write(self, vals):
        if (TERMS | DECIDED_TERMS) & vals.keys():
            self._check_terms_open(vals.keys())
        if GUARDED & vals.keys():
            self._check_guarded()
        result = super().write(vals)
        if {"user_id", "company_id"} & vals.keys():
            self.check_access("write")  # nobody gives an agreement to a company or person they could not make it for
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        kept = self._get_settled()
        if not self.env.su:
            kept |= self.sudo().filtered("decision_id").with_env(self.env)  # sudo: as above
        refuse(
            kept,
            self.env._(
                "These agreements have begun or follow a fee decision, and stay on record: %(names)s. Cancel them "
                "instead."
            ),
        )

    def _get_settled(self):
        return self.filtered(lambda agreement: agreement.state != "draft")

    def _check_terms_open(self, names=DECIDED_TERMS) -> None:
        """Refuse to change what was agreed or decided.

        :param names: of the terms to be changed; the steps when not given
        :raises UserError: naming the agreements that are no drafts any more, or follow a fee decision
        """
        refuse(
            self._get_settled() if TERMS & set(names) else self.browse(),
            self.env._(
                "The terms of these agreements are closed, they have begun: %(names)s. Cancel the agreement and make "
                "another."
            ),
        )
        if DECIDED_TERMS & set(names) and not self.env.su:
            refuse(
                self.sudo().filtered("decision_id"),  # sudo: whoever writes, the decision counts
                self.env._(
                    "The terms of these agreements follow the fee decision: %(names)s. Only the products are chosen "
                    "here."
                ),
            )

    def _check_guarded(self) -> None:
        """:raises AccessError: one of the agreements has begun, and the user is neither finance nor sales manager"""
        refuse(
            self.filtered(lambda agreement: not agreement.may_correct),
            self.env._(
                "%(names)s: moulds and invoice of an agreement that has been decided or has begun are changed by finance "
                "or a sales manager. Ask one of them."
            ),
            AccessError,
        )

    def _check_may_start(self) -> None:
        """:raises AccessError: no fee decision stands behind one, and the user is neither finance nor sales manager"""
        refuse(
            self.filtered(lambda one: not one.may_start),
            self.env._(
                "%(names)s: no fee decision stands behind it, so finance or a sales manager starts it. Ask one of them."
            ),
            AccessError,
        )

    def _check_may_cancel(self) -> None:
        """:raises AccessError: a promise would be broken, and the user is neither finance nor sales manager"""
        refuse(
            self.filtered(lambda one: not one.may_cancel),
            self.env._(
                "%(names)s: the refund was promised to the customer, so finance or a sales manager cancels it. Ask one "
                "of them."
            ),
            AccessError,
        )

    def _check_booker(self, refusal: str) -> None:
        """:raises AccessError: with this refusal, when the user is neither sales manager nor finance"""
        if not self.env.su and not self.env.user.has_groups(BOOKER_GROUPS):
            raise AccessError(refusal)

    # ------------------------------------------------------------------
    # Buttons
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

    def action_cancel(self) -> None:
        """End agreements by which nothing is refunded any more; what was refunded stays.

        :raises AccessError: one was promised by a fee decision or has begun, and the user is neither finance nor
            sales manager
        """
        self._check_may_cancel()
        self._change_state("cancelled")

    def action_catch_up(self) -> None:
        """Look for deliveries that are not in the ledger yet."""
        self.check_access("write")
        self.filtered(lambda agreement: agreement.state in COUNTING_STATES)._catch_up()

    def action_grant(self) -> None:
        """Refund by hand what is due, for instance after an obstacle has gone.

        :raises AccessError: the user is neither sales manager nor finance
        :raises UserError: nothing is due, or something is in the way
        """
        self._check_booker(self.env._("Mould fees are refunded by finance or a sales manager. Ask one of them."))
        self.check_access("write")
        agreements = self.sudo()  # sudo: refunds are closed to hands; the group was checked above
        agreements._hold()
        for agreement in agreements:
            agreement._take_back_drafts()
            agreement._follow_refunds()
            due = agreement._get_due_steps(by_hand=True)
            lacking = agreement.refund_ids.filtered(lambda refund: refund.state == "to_make")
            refusal = agreement._get_refund_refusal()
            if refusal:
                raise UserError(refusal)
            if not due and not lacking:
                raise UserError(
                    self.env._("%s: no threshold is reached that has not been refunded.", agreement.display_name)
                )
            if due and not lacking and not any(agreement._get_refund_amounts(agreement._get_fee_basis(), due).values()):
                raise UserError(agreement._get_nothing_left_note())
            agreement._make_credit_notes(lacking)
        agreements._grant_due(by_hand=True)
        agreements._follow_refunds()

    def action_view_entries(self) -> dict:
        """Open the ledger of these agreements."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample_fee.sale_sample_refund_entry_action")
        return dict(action, domain=[("agreement_id", "in", self.ids)], context={})

    def action_view_credit_notes(self) -> dict:
        """Open the credit notes of these agreements."""
        return self.refund_ids.move_id._get_records_action(name=self.env._("Credit Notes"))

    # ------------------------------------------------------------------
    # Beginning and end
    # ------------------------------------------------------------------

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

    @api.model
    def _cron_refunds(self) -> None:
        """Every day: book deliveries and returns, end what is past its deadline, remind of deadlines to come."""
        counting = self.search([("state", "in", COUNTING_STATES)])
        self.env["ir.cron"]._commit_progress(remaining=len(counting))
        for agreement in counting:
            agreement = agreement.try_lock_for_update().filtered(lambda one: one.state in COUNTING_STATES)
            agreement._run_daily()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _run_daily(self) -> None:
        """Do for agreements what is due today; one that fails is undone, and its task says why."""
        for agreement in self:
            with agreement._keep_going():
                agreement._catch_up()
                agreement._tell_of_too_much()
                if agreement.state == "running":
                    agreement._expire()
                    agreement._remind_of_deadline()

    @contextmanager
    def _keep_going(self):
        """Undo what fails for one agreement and make a task of it, rather than stop a delivery or the other agreements.

        What PostgreSQL refuses because somebody else was faster goes on to Odoo, which tries the whole again.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                yield
            return
        except OperationalError:
            raise
        except UserError as error:
            problem = str(error)
        except Exception as error:
            _logger.exception("The refunds of %s could not be worked out", self.name)
            problem = f"{type(error).__name__}: {error}"
        self._ask_to_refund(
            lambda one: one.env._("A refund is due, and something is in the way"),
            lambda one: one.env._(
                "%(agreement)s: %(problem)s Once the obstacle is gone, the daily job or “Look for Deliveries” goes on.",
                agreement=one.display_name,
                problem=problem,
            ),
        )

    def _expire(self) -> None:
        """End agreements by which nothing can be refunded any more: all their deadlines are past."""
        self.env.add_to_compute(self._fields["standing"], self)
        for agreement in self:
            states = {progress.state for progress in agreement._get_progress().values()}
            if agreement.state == "running" and "missed" in states and states <= REFUNDED_OR_MISSED:
                agreement._change_state("expired")
                agreement.message_post(
                    body=self.env._(
                        "The deadline has passed: %(pairs)s pairs were delivered.",
                        pairs=agreement._format_pairs(agreement.net_pairs),
                    )
                )

    # ------------------------------------------------------------------
    # The ledger: each delivery once
    # ------------------------------------------------------------------

    def _hold(self) -> None:
        """Wait for these agreements and hold them until the transaction ends.

        Of two deliveries validated at once, the second waits. When the first commits, PostgreSQL refuses the older
        snapshot of the second, and Odoo repeats it: it finds the pairs and refunds as they are then. The ORM's
        own lock does not wait, and would turn the second away from its delivery.
        """
        self.flush_recordset()
        self.env.execute_query(
            SQL("SELECT id FROM sale_sample_mould_agreement WHERE id = ANY(%s) ORDER BY id FOR UPDATE", list(self.ids))
        )

    @api.model
    def _book(self, rows: list[dict[str, Any]]) -> "models.Model":
        """Add rows to the ledger that are not there yet, and give back what is due; return the rows.

        :param rows: values of `sale.sample.refund.entry`; a row whose `source_key` is known is passed over
        """
        agreements = self.sudo().browse({row["agreement_id"] for row in rows})  # sudo: nobody may write the ledger
        entries = agreements.env["sale.sample.refund.entry"]
        agreements._hold()
        keys = [row["source_key"] for row in rows if row.get("source_key")]
        known = set(entries.search([("source_key", "in", keys)]).mapped("source_key")) if keys else set()
        new = []
        for row in rows:
            key = row.get("source_key")
            if (not key or key not in known) and not float_is_zero(row["pairs"], precision_digits=6):
                known.add(key)
                new.append({**row, "booked_by_id": self.env.uid})
        before = {agreement: agreement.standing for agreement in agreements}
        entries = entries.create(new)
        touched = entries.agreement_id
        touched._touch()
        touched._settle()
        fallen = touched.filtered(lambda one: one.standing == "fallen" and before[one] != "fallen")
        fallen._tell_fallen()
        return entries

    def _touch(self) -> None:
        """Write the rows of these agreements though nothing in them changes.

        Whoever waits for them in :meth:`_hold` is then refused and repeated, and does not book the same difference.
        """
        self.env.execute_query(
            SQL(
                "UPDATE sale_sample_mould_agreement SET write_date = write_date WHERE id = ANY(%s) RETURNING id",
                list(self.ids),
            )
        )

    @api.model
    def _get_missing_rows(
        self, source_model: str, booked, wanted: list[Posting], describe: Callable[[int], dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return the rows that the ledger lacks to say of some movements what their documents say now.

        :param booked: all rows of the ledger that come from these movements
        :param wanted: what they should say; `source`, `agreement` and `product` are ids
        :param describe: the further values of a row, by the id of its movement; `kind` is that of the first row
        """
        said = [
            Posting(entry.source_id, entry.agreement_id.id, entry.product_id.id, entry.date, entry.pairs)
            for entry in booked
        ]
        times = Counter(entry.source_id for entry in booked)
        rows = []
        for one in corrections(said, wanted):
            values = describe(one.source)
            if times[one.source] and values["kind"] != "order":
                values["kind"] = "correction"
            number = f",{times[one.source]}" if times[one.source] or values["kind"] == "order" else ""
            times[one.source] += 1
            rows.append({
                **values,
                "agreement_id": one.agreement,
                "product_id": one.product,
                "date": one.day,
                "pairs": one.pairs,
                "source_model": source_model,
                "source_id": one.source,
                "source_key": f"{source_model},{one.source}{number}",
            })
        return rows

    @api.model
    def _get_booked_rows(self, source_model: str, source_ids) -> "models.Model":
        """Return the rows of the ledger that come from these movements, the first booked first, as superuser."""
        entries = self.env["sale.sample.refund.entry"].sudo()  # sudo: the rows of everybody count
        return entries.search([("source_model", "=", source_model), ("source_id", "in", list(source_ids))], order="id")

    def _book_by_hand(self, pairs: float, day: date, reason: str) -> "models.Model":
        """Book pairs that no delivery shows, or take some back; return the row.

        :param pairs: negative takes back
        :raises AccessError: the user is neither sales manager nor finance
        :raises UserError: no pairs, no reason, a day to come or before the first, or the agreement does not count
        """
        self.ensure_one()
        self._check_booker(self.env._("Pairs are booked by hand by finance or a sales manager. Ask one of them."))
        self.check_access("read")
        if self.state not in COUNTING_STATES:
            raise UserError(self.env._("%s does not count pairs: start it first.", self.display_name))
        if not pairs or not (reason or "").strip():
            raise UserError(
                self.env._("%s: enter the pairs, and the reason why they are booked by hand.", self.display_name)
            )
        if not self.date_start <= day <= self.company_id._sales_today():
            raise UserError(
                self.env._(
                    "%(agreement)s: choose a day from %(start)s to today.",
                    agreement=self.display_name,
                    start=fields.Date.to_string(self.date_start),
                )
            )
        return self._book([
            {"agreement_id": self.id, "date": day, "kind": "manual", "pairs": pairs, "reason": reason.strip()}
        ])

    @api.model
    def _find_for_delivery(self, company, partner, product, day: date, among=None) -> "models.Model":
        """Return the agreement for which a delivery counts, or none.

        A running one comes first; a finished one goes on counting, so that later returns are judged rightly.

        :param partner: any contact of the customer
        :param among: agreements to choose from; by default all
        """
        if among is None:
            among = self.sudo().search([  # sudo: deliveries count whoever validates them
                ("product_ids", "in", product.ids),
                ("state", "in", COUNTING_STATES),
            ])
        found = among.filtered(
            lambda one: (
                one.state in COUNTING_STATES
                and one.company_id == company
                and one.commercial_partner_id == partner.commercial_partner_id
                and product in one.product_ids
                and one.date_start <= day
            )
        )
        return found.sorted(lambda one: (one.state == "running", one.date_start, one.id))[-1:]

    @api.model
    def _get_concerned(self, products, source_model: str, source_ids) -> "models.Model":
        """Return the agreements for which these products count, or movements have been booked, as superuser."""
        return self.sudo().search(  # sudo: deliveries count whoever validates them
            (Domain("product_ids", "in", products.ids) & Domain("state", "in", COUNTING_STATES))
            | Domain(
                "entry_ids",
                "any",
                Domain("source_model", "=", source_model) & Domain("source_id", "in", list(source_ids)),
            )
        )

    @api.model
    def _get_agreement_of(self, booked, company, partner, product, day: date, among) -> "models.Model":
        """Return the agreement for which a movement counts as its document stands, or none.

        It stays with the one it was booked for, while that fits: another agreement that begins later takes nothing
        away. From a cancelled one, by which nothing was refunded, its successor takes over.

        :param booked: rows of the ledger that come from the movement
        :param partner: the contact who ordered
        :param among: agreements to choose from (:meth:`_get_concerned`)
        """
        fitting = self.browse()
        for agreement in booked.sorted("id", reverse=True).agreement_id:
            rows = booked.filtered(lambda row, agreement=agreement: row.agreement_id == agreement)
            customer = agreement.commercial_partner_id == partner.commercial_partner_id or partner in rows.contact_id
            if (
                customer
                and agreement.company_id == company
                and product in agreement.product_ids
                and agreement.date_start <= day
            ):
                fitting |= agreement
        kept = fitting.filtered(lambda one: one.state in COUNTING_STATES or one._get_live_refunds())
        return kept[:1] or self._find_for_delivery(company, partner, product, day, among) or fitting[:1]

    # ------------------------------------------------------------------
    # Deliveries from the quantities of orders
    # ------------------------------------------------------------------

    def _catch_up(self) -> None:
        """Book what the documents say otherwise than the ledger, and give back, or take back, what follows."""
        if not self:
            return
        rows = self._collect_deliveries()
        if rows:
            self._book(rows)
        self._hold()
        self._settle()

    @api.model
    def _get_counting(self, lines) -> "models.Model":
        """Return the agreements for which deliveries of these order lines count, or have counted."""
        lines = lines.filtered("product_id")
        if not lines:
            return self.browse()
        counting = Domain("id", "in", self._get_booked_rows("sale.order.line", lines.ids).agreement_id.ids)
        sold = lines.filtered(lambda line: line.state == "sale")
        if sold:
            counting |= (
                Domain("company_id", "in", sold.company_id.ids)
                & Domain("commercial_partner_id", "in", sold.order_partner_id.commercial_partner_id.ids)
                & Domain("product_ids", "in", sold.product_id.ids)
                & Domain("state", "in", COUNTING_STATES)
            )
        return self.search(counting)

    @api.model
    def _follow_orders(self, orders) -> None:
        """Book what follows when orders are confirmed or cancelled, or go to another customer. Extension point."""
        agreements = self._get_counting(orders.order_line)
        if agreements:
            agreements._catch_up()

    def _get_products_by_orders(self) -> "models.Model":
        """Return the products of one agreement whose deliveries only order lines tell. Extension point.

        Here all of them; where stock is kept, its moves tell more of most.
        """
        self.ensure_one()
        return self.product_ids

    def _collect_deliveries(self) -> list[dict[str, Any]]:
        """Return the ledger rows that these agreements lack. Extension point.

        Without stock, an order line only knows how much was delivered in all: what it has more (or less) than
        the ledger is booked today, for orders since the first day.
        """
        lines = self.env["sale.order.line"].sudo()  # sudo: a colleague's orders count, too
        found = lines.browse()
        for agreement in self:
            since = agreement.company_id._sales_utc_bounds(agreement.date_start, agreement.date_start)[0]
            found |= lines.search([
                ("company_id", "=", agreement.company_id.id),
                ("state", "=", "sale"),
                ("product_id", "in", agreement._get_products_by_orders().ids),
                ("order_partner_id", "child_of", agreement.commercial_partner_id.id),
                ("order_id.date_order", ">=", since),
            ])
        rows = self.sudo().entry_ids.filtered(lambda row: row.source_model == "sale.order.line")  # sudo: as above
        found |= lines.browse(rows.mapped("source_id")).exists()
        return self._prepare_order_rows(found)

    @api.model
    def _prepare_order_rows(self, lines) -> list[dict[str, Any]]:
        """Return the ledger rows that order lines lack, as the lines stand.

        A cancelled order has delivered nothing, and one that went to another customer counts for him from the first:
        what was booked is taken back on its days. What a line has more or less counts today.

        :param lines: order lines, as superuser
        """
        agreements = self._get_concerned(lines.product_id, "sale.order.line", lines.ids)
        if not agreements:
            return []
        booked = self._get_booked_rows("sale.order.line", lines.ids)
        rows_of = booked.grouped("source_id")
        wanted, followed = [], booked.browse()
        for line in lines:
            rows = rows_of.get(line.id, booked.browse())
            order, product = line.order_id, line.product_id
            agreement = self.browse()
            if line.state == "sale" and product:
                day = fields.Datetime.context_timestamp(
                    self.with_context(tz=line.company_id._sales_timezone()), order.date_order
                ).date()
                agreement = self._get_agreement_of(rows, line.company_id, order.partner_id, product, day, agreements)
            teller = agreement or rows.agreement_id[:1]
            if not teller or product not in teller._get_products_by_orders():
                continue  # stock has taken over, or nothing was ever booked
            followed |= rows
            if agreement:
                total = line.product_uom_id._compute_quantity(line.qty_delivered, product.uom_id, round=False)
                today = line.company_id._sales_today()
                wanted += [
                    Posting(line.id, agreement.id, product.id, day, pairs)
                    for day, pairs in order_days([(row.date, row.pairs) for row in rows], total, today)
                ]
        lines_by_id = lines.grouped("id")
        return self._get_missing_rows(
            "sale.order.line",
            followed,
            wanted,
            lambda line: {
                "kind": "order",
                "source_name": lines_by_id[line].order_id.name,
                "contact_id": lines_by_id[line].order_id.partner_id.id,
            },
        )

    # ------------------------------------------------------------------
    # The refund
    # ------------------------------------------------------------------

    def _get_due_steps(self, by_hand: bool = False) -> "models.Model":
        """Return the steps of one agreement whose threshold is reached and that are not refunded.

        :param by_hand: also those whose credit note people have cancelled or deleted: only people refund them again
        """
        self.ensure_one()
        if self.state not in ("running", "expired"):
            return self.step_ids.browse()
        progress = self._get_progress()
        due = self.step_ids.filtered(lambda step: progress[step].state == "reached").sorted("threshold_pairs")
        if by_hand:
            return due
        last = {refund.step_id: refund for refund in self.refund_ids.sorted("id")}
        return due.filtered(lambda step: step not in last or not last[step]._is_withdrawn_by_hand())

    def _get_earned_steps(self) -> "models.Model":
        """Return the steps of one agreement whose threshold was once reached, be it that goods came back later."""
        self.ensure_one()
        movements = self._get_movements()
        return self.step_ids.filtered(lambda step: peak_pairs(movements, step.deadline or None) >= step.threshold_pairs)

    def _get_refund_refusal(self) -> str | None:
        """Return in words why one agreement must not be refunded now, or None. Extension point."""
        self.ensure_one()
        unpaid = self._get_unpaid_note()
        if unpaid:
            return unpaid
        scrapped = self.mould_ids.filtered(lambda mould: mould.state == "scrapped")
        if scrapped:
            return self.env._(
                "%(agreement)s: the mould was scrapped: %(moulds)s. Agree with the customer first; then take the mould "
                "out of the agreement and refund, or cancel the agreement.",
                agreement=self.display_name,
                moulds=", ".join(scrapped.mapped("display_name")),
            )
        return None

    def _get_unpaid_note(self) -> str | None:
        """Return that the fee of one agreement was not paid, in words; None when it was, or nobody can tell.

        What was not paid does not come back. Of a fee that an agreement made by hand names no invoice of, the books
        know nothing.
        """
        self.ensure_one()
        decision, invoice = self.decision_id, self._get_fee_invoice()
        if decision and decision.state != "approved":
            return self.env._("%s: the fee decision was cancelled, so there is nothing to refund.", self.display_name)
        if decision:
            paid = decision.payment_state == "paid"
        else:
            # an invoice that was partly credited and paid by entries is “reversed” for Odoo: the figures tell
            settled = invoice.state == "posted" and invoice.payment_state in PAID_STATES
            paid = not self.invoice_id or (settled and self._get_fee_basis().fee > 0)
        if paid:
            return None
        return self.env._(
            "%(agreement)s: the customer has not paid the fee yet (%(invoice)s). The refund follows the payment.",
            agreement=self.display_name,
            invoice=invoice.display_name or self.env._("no invoice"),
        )

    def _settle(self) -> None:
        """Refund what is due and take back what is not; call it under the lock of the agreements.

        What is in the way becomes a task and does not disturb the delivery that reached the threshold.
        """
        for agreement in self.sudo().filtered(lambda one: one.state != "draft"):  # sudo: follows from documents
            with agreement._keep_going():
                agreement._take_back_drafts()
                agreement._follow_refunds()
                agreement._grant_due()
                agreement._follow_refunds()

    def _after_fee_invoices(self) -> None:
        """Follow what becomes of the invoices of the fee: a draft that is not borne out any more is not posted first."""
        if self:
            self._hold()
            self._settle()
            self._tell_of_too_much()

    def _take_back_drafts(self) -> None:
        """Take back drafts of one agreement that deliveries do not bear out any more, or that were not paid."""
        self.ensure_one()
        live = self._get_live_refunds()
        drafts = live.filtered(lambda refund: refund.state != "posted")
        if not drafts:
            return
        basis = self._get_fee_basis()
        others = self._get_fee_refunds() - drafts
        known = [
            GrantedRefund(one, one.step_id, one._get_granted_amount(basis.currency)) for one in drafts.sorted("id")
        ]
        fixed = [
            GrantedRefund(one, one.step_id, one._get_document_amount(basis.currency), posted=True) for one in others
        ]
        unearned, unpaid = refunds_to_take_back([*fixed, *known], self._get_earned_steps(), basis.fee)
        for reason, refunds in (("pairs", unearned), ("paid", unpaid)):
            for refund in refunds:
                amount = refund._format_document_amount()
                refund._take_back(reason)
                self._tell_taken_back(amount, reason)

    def _grant_due(self, by_hand: bool = False) -> None:
        """Refund the steps that are due; call it under the lock of the agreements.

        What is in the way of a refund becomes a task and does not disturb the delivery that reached the threshold.

        :param by_hand: also the steps whose credit note people have withdrawn
        """
        refunds = self.env["sale.sample.refund"].sudo()  # sudo: refunds follow from deliveries, nobody writes them
        for agreement in self.sudo():  # sudo: whoever validates the delivery needs no right on fees
            due = agreement._get_due_steps(by_hand)
            if not due:
                continue
            refusal = agreement._get_refund_refusal()
            basis = agreement._get_fee_basis()
            amounts = agreement._get_refund_amounts(basis, due)
            due = due.filtered(lambda step, amounts=amounts: amounts[step] > 0)
            if refusal or not due:
                agreement._ask_to_refund(
                    lambda one: one.env._("A refund is due, and something is in the way"),
                    lambda one: one._get_refund_refusal() or one._get_nothing_left_note(),
                )
                continue
            today = agreement.company_id._sales_today()
            withdrawn = agreement.refund_ids.filtered(
                lambda refund, due=due: refund.step_id in due and not refund.taken_back_on
            )
            withdrawn.write({"taken_back_on": today, "taken_back_reason": "cancelled"})
            withdrawn.flush_recordset()
            granted = refunds.create([
                {
                    "agreement_id": agreement.id,
                    "step_id": step.id,
                    "amount": agreement._to_agreed_currency(basis, amounts[step]),
                    "company_amount": agreement.currency_id._convert(
                        agreement._to_agreed_currency(basis, amounts[step]),
                        agreement.company_id.currency_id,
                        agreement.company_id,
                        today,
                    ),
                    "document_currency_id": basis.currency.id,
                    "document_amount": amounts[step],
                    "granted_on": today,
                    "granted_by_id": self.env.uid,
                    "pairs": step.pairs,
                }
                for step in due
            ])
            agreement._make_credit_notes(granted)
            for refund in granted:
                agreement._tell_granted(refund)

    def _follow_refunds(self) -> None:
        """Take agreements to the state that follows from their refunds."""
        for agreement in self:
            if agreement.state not in COUNTING_STATES:
                continue
            if agreement.step_ids and agreement._get_live_refunds().step_id == agreement.step_ids:
                target = "done"
            elif agreement.state == "done":
                states = {progress.state for progress in agreement._get_progress().values()}
                over = "missed" in states and states <= REFUNDED_OR_MISSED
                target = "expired" if over else "running"
            else:
                continue
            if agreement.state != target:
                agreement._change_state(target)

    # ------------------------------------------------------------------
    # How much comes back
    # ------------------------------------------------------------------

    def _get_charged_lines(self) -> dict:
        """Return the lines of posted invoices that charge the fee of one agreement: line → share of it that is the fee.

        All lines of an invoice that was named; else those of the fee decision. A down payment on its order is one on
        the fee, too, for as much of the order as the fee is; the final invoice deducts it again.
        """
        self.ensure_one()
        ordered = self.decision_id._get_charging_lines() if self.decision_id else self.decision_id.order_line_ids
        shares: dict = {}
        if self.invoice_id:
            lines = self.invoice_id.invoice_line_ids
            shares = dict.fromkeys(lines & ordered.invoice_lines or lines, 1.0)
        for line in ordered if not self.invoice_id else ordered.browse():
            for order_line, share in line._get_invoiced_shares().items():
                for bill in order_line.invoice_lines:
                    shares[bill] = shares.get(bill, 0.0) + share
        return {
            line: share
            for line, share in shares.items()
            if share
            and line.display_type == "product"
            and line.parent_state == "posted"
            and line.move_id.move_type == "out_invoice"
        }

    def _get_fee_basis(self) -> FeeBasis:
        """Return what comes back of the fee of one agreement, without taxes, in the currency of its invoice.

        A part payment of an invoice counts for all its lines alike, and a credit note does, too: it is no payment.
        Where neither decision nor invoice tells of the fee, it is the one that was agreed.
        """
        self.ensure_one()
        if not self.decision_id and not self.invoice_id:
            return FeeBasis(self.currency_id, self.fee_amount, self.fee_amount, {})
        shares = self._get_charged_lines()
        invoice = self._get_fee_invoice()
        currency = invoice.currency_id or self.currency_id
        agreed = self.fee_amount if currency == self.currency_id else None
        nets = {
            line: share * line.price_subtotal
            if line.currency_id == currency
            else -share * line.balance * invoice.invoice_currency_rate
            for line, share in shares.items()
        }
        if agreed is not None and self.invoice_id and sum(nets.values()) > agreed:
            nets = self._pick_fee_lines(nets, agreed)
        paid = 0.0
        for move in self.env["account.move"].union(*(line.move_id for line in nets)):
            paid += self._get_paid_share(move) * sum(net for line, net in nets.items() if line.move_id == move)
        charged = sum(nets.values())
        return FeeBasis(currency, currency.round(fee_to_refund(agreed, charged, paid)), charged, nets)

    def _get_paid_share(self, invoice) -> float:
        """Return which share of what one invoice charges of the fee of one agreement was paid in money, 0 to 1."""
        notes = self._get_fee_refunds().move_id
        found = self.decision_id.order_line_ids._get_invoiced_parts(notes).get(invoice)
        if not found:  # named by hand: all of it
            part = invoice._get_invoiced_part(self.env["sale.order.line"], notes)
            found = replace(part, part=part.total, corrected_part=None)
        if not found.counts:
            return 0.0
        standing = found.stands_for()
        return standing.paid / standing.charge if standing.charge else 0.0

    @api.model
    def _pick_fee_lines(self, nets: dict, fee: float) -> dict:
        """Return the first lines of an invoice, up to the fee: what stands on it beside the fee does not come back."""
        picked, left = {}, fee
        for line, net in nets.items():
            if net > 0 and left > 0:
                picked[line] = min(net, left)
                left -= net
        return picked

    def _get_fee_refunds(self) -> "models.Model":
        """Return the refunds that count of the fee of one agreement, also by earlier agreements on the same fee."""
        self.ensure_one()
        family = self
        if self.decision_id or self.invoice_id:
            same = Domain("decision_id", "=", self.decision_id.id) if self.decision_id else Domain.FALSE
            if self.invoice_id:
                same |= Domain("invoice_id", "=", self.invoice_id.id)
            family |= self.search(same)
        return family.refund_ids.filtered(lambda refund: refund._is_live())

    def _get_refund_amounts(self, basis: FeeBasis, due) -> dict:
        """Return what each step that is due gives back, in the currency of the invoice: step → amount."""
        self.ensure_one()
        percents = {step: step.percent for step in self.step_ids.sorted("threshold_pairs")}
        refunded = sum(refund._get_document_amount(basis.currency) for refund in self._get_fee_refunds())
        return step_refunds(basis.fee, percents, due, refunded, basis.currency.decimal_places)

    def _to_agreed_currency(self, basis: FeeBasis, amount: float) -> float:
        """Return an amount of the invoice's currency in that of one agreement: the same part of the fee agreed."""
        self.ensure_one()
        if basis.currency == self.currency_id or not basis.charged:
            return amount
        return self.currency_id.round(self.fee_amount * amount / basis.charged)

    def _get_fee_invoice(self):
        """Return the invoice of the fee: the one chosen, else the last that charged the fee decision."""
        self.ensure_one()
        if self.invoice_id or not self.decision_id:
            return self.invoice_id
        return self.decision_id._get_standing_invoices(self.decision_id.order_line_ids).sorted("invoice_date")[-1:]

    def _make_credit_notes(self, refunds) -> None:
        """Draft a credit note for each refund of one agreement, where the company keeps a sales journal."""
        self.ensure_one()
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(self.company_id), ("type", "=", "sale")]
        journal = self._get_fee_invoice().journal_id or journals.search(domain, limit=1)
        if journal:
            moves = self.env["account.move"].with_company(self.company_id)
            for refund in refunds:
                refund.move_id = moves.create(self._prepare_credit_note(refund, journal))

    def _prepare_credit_note(self, refund, journal) -> dict:
        """Return the values of a draft credit note, in the currency in which the fee was invoiced. Extension point.

        Product, account and taxes are those of the lines that charged the fee, each with its part.
        """
        invoice = self._get_fee_invoice()
        text = self.env._(
            "Mould fee, %(agreement)s: refund of %(percent)s %% after %(pairs)s pairs",
            agreement=self.name,
            percent=f"{refund.step_id.percent:g}",
            pairs=self._format_pairs(refund.step_id.threshold_pairs),
        )
        return {
            "move_type": "out_refund",
            "partner_id": (invoice.partner_id or self.partner_id).id,
            "currency_id": refund.document_currency_id.id,
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "invoice_origin": self.name,
            "reversed_entry_id": invoice.id,
            "invoice_user_id": self.user_id.id,
            "invoice_line_ids": [
                Command.create({"name": text, **values}) for values in self._prepare_credit_note_lines(refund)
            ],
        }

    def _prepare_credit_note_lines(self, refund) -> list[dict]:
        """Return the values of the lines of a credit note: the amount without taxes, as the invoices charged it."""
        weights: dict = {}
        for line, net in self._get_fee_basis().lines.items():
            key = (line.product_id, line.account_id, line.tax_ids)
            weights[key] = weights.get(key, 0.0) + net
        charged = sum(weights.values())
        weights = {key: weight for key, weight in weights.items() if weight > 0}
        if not weights:
            return [{"quantity": 1.0, "price_unit": refund.document_amount, "tax_ids": [Command.clear()]}]
        if not float_is_zero(sum(weights.values()) - charged, precision_digits=2):
            weights = dict([max(weights.items(), key=lambda item: item[1])])  # a discount of its own
        digits = refund.document_currency_id.decimal_places
        return [
            {
                "product_id": product.id,
                "account_id": account.id,
                "tax_ids": [Command.set(taxes.ids)],
                "quantity": 1.0,
                "price_unit": amount * self._get_price_ratio(taxes, refund.document_currency_id),
            }
            for (product, account, taxes), amount in split_amount(refund.document_amount, weights, digits).items()
        ]

    @api.model
    def _get_price_ratio(self, taxes, currency) -> float:
        """Return the price per amount without taxes: more than 1 where the price includes taxes."""
        if not any(taxes.mapped("price_include")):
            return 1.0
        price = 10000.0
        return price / taxes.compute_all(price, currency=currency, rounding_method="round_globally")["total_excluded"]

    # ------------------------------------------------------------------
    # Telling people
    # ------------------------------------------------------------------

    def _format_pairs(self, pairs: float) -> str:
        """Return pairs as the reader writes them, with decimals only where there are some."""
        return formatLang(self.env, pairs, digits=0 if float(pairs).is_integer() else 2)

    def _get_refund_handler(self):
        """Return who checks the refunds of one agreement."""
        return self.company_id.sample_refund_user_id or self.user_id

    def _ask_to_refund(self, summary: Words, note: Words, user=None) -> None:
        """Give somebody a task about one agreement, unless the same task is open.

        :param summary: what to do, in the language of the agreement it is given
        :param note: the text below, likewise
        :param user: by default whoever checks refunds
        """
        whom = {self: user or self._get_refund_handler()}
        self.env["mail.activity"]._sales_ask(ACTIVITY_REFUND, whom, summary, note=note, once=True, notify=True)

    def _tell_granted(self, refund) -> None:
        """Ask whoever checks refunds to post the credit note."""
        agreement = self.with_context(lang=self._get_refund_handler().lang or self.env.lang)
        amount = refund.with_env(agreement.env)._format_document_amount()
        notes = [
            agreement.env._(
                "%(customer)s has bought %(pairs)s pairs: %(amount)s of the mould fee comes back.",
                customer=self.partner_id.display_name,
                pairs=agreement._format_pairs(refund.pairs),
                amount=amount,
            )
        ]
        if not refund.move_id:
            notes.append(
                agreement.env._("There is no sales journal for the credit note: add one, then press “Refund”.")
            )
        note = " ".join(notes)
        self.message_post(body=note)
        self._close_void_tasks(refund)
        self._ask_to_refund(lambda one: one.env._("Check and post the refund of %s", amount), lambda one: note)

    def _tell_fallen(self) -> None:
        """Say that the pairs are below the threshold of what was refunded: the refund stays, people decide what to do.

        Either goods came back, or the deliveries were corrected after the credit note had been posted.
        """
        for agreement in self:
            agreement = agreement.with_context(lang=agreement._get_refund_handler().lang or self.env.lang)
            earned = agreement._get_earned_steps()
            unearned = agreement._get_live_refunds().filtered(
                lambda refund, earned=earned: refund.step_id not in earned
            )
            if unearned:
                note = agreement.env._(
                    "Deliveries were corrected: %(pairs)s net pairs are left, too few for what was refunded by %(notes)s. "
                    "The credit note is posted and stays: agree with the customer, then correct it or leave it.",
                    pairs=agreement._format_pairs(agreement.net_pairs),
                    notes=", ".join(unearned.move_id.mapped("display_name")),
                )
            else:
                note = agreement.env._(
                    "Goods came back after the refund: %(pairs)s net pairs are left. The refund stays as it is.",
                    pairs=agreement._format_pairs(agreement.net_pairs),
                )
            agreement.message_post(body=note)
            agreement._ask_to_refund(
                lambda one: one.env._("Returned after the refund of the mould fee"), lambda one, note=note: note
            )

    def _tell_taken_back(self, amount: str, reason: str) -> None:
        """Say that a draft was taken back: nobody posts it any more.

        :param amount: of the refund, in words
        :param reason: of `sale.sample.refund.taken_back_reason`
        """
        agreement = self.with_context(lang=self._get_refund_handler().lang or self.env.lang)
        if reason == "pairs":
            note = agreement.env._(
                "The refund of %(amount)s was taken back and its draft credit note cancelled: deliveries were corrected, "
                "%(pairs)s net pairs are left.",
                amount=amount,
                pairs=agreement._format_pairs(agreement.net_pairs),
            )
        else:
            note = agreement.env._(
                "The refund of %(amount)s was taken back and its draft credit note cancelled: it is more than the customer "
                "has paid of the fee.",
                amount=amount,
            )
        agreement.message_post(body=note)
        self._close_void_tasks()
        agreement._ask_to_refund(lambda one: one.env._("A refund of the mould fee was taken back"), lambda one: note)

    def _tell_withdrawn(self, refund) -> None:
        """Say that people have cancelled or deleted the credit note of a refund: its part of the fee is due again."""
        agreement = self.with_context(lang=self._get_refund_handler().lang or self.env.lang)
        note = agreement.env._(
            "The credit note over %(amount)s was cancelled or deleted, so this part of the fee was not refunded. Press "
            "“Refund” to draft another, or leave it.",
            amount=refund.with_env(agreement.env)._format_document_amount(),
        )
        agreement.message_post(body=note)
        self._close_void_tasks()
        agreement._ask_to_refund(lambda one: one.env._("The credit note of a refund was withdrawn"), lambda one: note)

    def _close_void_tasks(self, refund=None) -> None:
        """Close what people were asked of refunds of one agreement, where a new turn makes it void.

        What waits to be checked and posted goes on to wait.

        :param refund: the one that is asked about now
        """
        waiting = self._get_live_refunds().filtered(lambda one: one != refund and one.state in ("to_make", "drafted"))
        if not waiting:
            self.activity_unlink([ACTIVITY_REFUND])

    def _tell_of_too_much(self) -> None:
        """Say where posted credit notes give back more than was paid, or promised: only people can put it right."""
        for agreement in self:
            basis = agreement._get_fee_basis()
            posted = agreement._get_fee_refunds().filtered(lambda refund: refund.state == "posted")
            back = sum(refund._get_document_amount(basis.currency) for refund in posted)
            if basis.currency.compare_amounts(back, basis.fee) > 0:
                agreement._ask_to_refund(
                    lambda one: one.env._("More of the mould fee came back than was paid"),
                    lambda one, back=back, basis=basis: one.env._(
                        "%(agreement)s: posted credit notes give back %(back)s, of a fee of which %(fee)s may come back. "
                        "Correct one of them.",
                        agreement=one.display_name,
                        back=format_amount(one.env, back, basis.currency),
                        fee=format_amount(one.env, basis.fee, basis.currency),
                    ),
                )

    def _get_nothing_left_note(self) -> str:
        """Return in words that all of the fee that was paid has come back."""
        return self.env._(
            "%s: all that the customer has paid of the fee has come back already, so nothing is left for this step.",
            self.display_name,
        )

    def _remind_of_deadline(self) -> None:
        """Remind the salesperson once of each deadline that comes near with pairs missing."""
        for agreement in self:
            deadline = agreement.next_deadline
            notice = timedelta(days=agreement.company_id.sample_refund_notice_days)
            today = agreement.company_id._sales_today()
            if not deadline or agreement.notified_deadline == deadline or deadline - notice > today:
                continue
            agreement.notified_deadline = deadline
            agreement._ask_to_refund(
                lambda one: one.env._("Mould fee: the deadline of the refund comes near"),
                lambda one: one.env._(
                    "%(customer)s lacks %(pairs)s pairs until %(day)s; then the mould fee is not refunded.",
                    customer=one.partner_id.display_name,
                    pairs=one._format_pairs(one.missing_pairs),
                    day=format_date(one.env, one.next_deadline),
                ),
                user=agreement.user_id,
            )
