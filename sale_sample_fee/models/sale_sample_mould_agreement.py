from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, float_is_zero, format_amount, format_date, formatLang

from odoo.addons.sales_department_base.records import refuse

from ..constants import ACTIVITY_REFUND, BOOKER_GROUPS, COUNTING_STATES, REFUND_GROUPS, STANDINGS
from ..tools.refund import RefundStep, net_pairs, step_progress

Words = Callable[[models.Model], str]
"""Words on an agreement, in the language of its environment."""
TERMS = frozenset({"partner_id", "company_id", "currency_id", "fee_amount", "product_ids", "date_start", "step_ids"})
"""What was agreed: closed once the agreement runs."""
DECIDED_TERMS = (TERMS - {"product_ids"}) | {"request_id"}
"""What a fee decision has settled: closed from the first. The products are known later."""
GUARDED = frozenset({"mould_ids", "invoice_id", "request_id"})
"""What refunds are checked against: once a fee decision stands behind the agreement, or it runs, for finance and sales
managers."""


class SaleSampleMouldAgreement(models.Model):
    """The promise to give a customer's mould fee back after so many pairs delivered, net of returns.

    The terms are a copy: a later change of the fee policy does not touch what was agreed. Pairs are counted in
    the unit of the product; they get into the ledger from deliveries, or by hand, each once. When a threshold is reached,
    a draft credit note and a task follow, never twice.
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
    refunded_amount = fields.Monetary("Refunded", compute="_compute_refunded_amount", store=True, groups=REFUND_GROUPS)
    notified_deadline = fields.Date(readonly=True, copy=False, help="Deadline that the salesperson was reminded of")
    # What the user may do
    may_start = fields.Boolean(compute="_compute_may_act")
    may_cancel = fields.Boolean(compute="_compute_may_act")
    may_correct = fields.Boolean(compute="_compute_may_act")

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

    @api.depends("decision_id", "state")
    @api.depends_context("uid")
    def _compute_may_act(self):
        """Finance and sales managers may do all; salespeople start what a decision has settled, and change drafts."""
        booker = self.env.su or self.env.user.has_groups(BOOKER_GROUPS)
        for agreement in self:
            agreement.may_start = booker or bool(agreement.decision_id)
            agreement.may_correct = booker or (agreement.state == "draft" and not agreement.decision_id)
            agreement.may_cancel = booker or (agreement.state == "draft" and not agreement.decision_id)

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
            due = agreement._get_due_steps()
            lacking = agreement.refund_ids.filtered(lambda refund: not refund.move_id)
            refusal = agreement._get_refund_refusal()
            if refusal:
                raise UserError(refusal)
            if not due and not lacking:
                raise UserError(
                    self.env._("%s: no threshold is reached that has not been refunded.", agreement.display_name)
                )
            agreement._make_credit_notes(lacking)
        agreements._grant_due()

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
            if agreement:
                agreement._catch_up()
            if agreement.state == "running":
                agreement._expire()
                agreement._remind_of_deadline()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _expire(self) -> None:
        """End agreements by which nothing can be refunded any more: all their deadlines are past."""
        self.env.add_to_compute(self._fields["standing"], self)
        for agreement in self:
            states = {progress.state for progress in agreement._get_progress().values()}
            if agreement.state == "running" and "missed" in states and states <= {"missed", "granted", "fallen"}:
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
        touched._grant_due()
        fallen = touched.filtered(lambda one: one.standing == "fallen" and before[one] != "fallen")
        fallen._tell_fallen()
        return entries

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
    def _find_for_delivery(self, company, partner, product, day: date) -> "models.Model":
        """Return the agreement for which a delivery counts, or none.

        A running one comes first; a finished one goes on counting, so that later returns are judged rightly.

        :param partner: any contact of the customer
        """
        found = self.sudo().search([  # sudo: deliveries count whoever validates them
            ("company_id", "=", company.id),
            ("commercial_partner_id", "=", partner.commercial_partner_id.id),
            ("product_ids", "in", product.ids),
            ("state", "in", COUNTING_STATES),
            ("date_start", "<=", day),
        ])
        return found.sorted(lambda one: (one.state == "running", one.date_start, one.id))[-1:]

    # ------------------------------------------------------------------
    # Deliveries from the quantities of orders
    # ------------------------------------------------------------------

    def _catch_up(self) -> None:
        """Book what was delivered since the first day and is not in the ledger yet."""
        rows = self._collect_deliveries()
        if rows:
            self._book(rows)
        self._grant_due()

    @api.model
    def _get_counting(self, lines) -> "models.Model":
        """Return the agreements for which deliveries of these order lines count."""
        lines = lines.filtered(lambda line: line.state == "sale" and line.product_id)
        if not lines:
            return self.browse()
        return self.search([
            ("company_id", "in", lines.company_id.ids),
            ("commercial_partner_id", "in", lines.order_partner_id.commercial_partner_id.ids),
            ("product_ids", "in", lines.product_id.ids),
            ("state", "in", COUNTING_STATES),
        ])

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
        rows = []
        lines_of = self.env["sale.order.line"].sudo()  # sudo: a colleague's orders count, too
        for agreement in self:
            since = agreement.company_id._sales_utc_bounds(agreement.date_start, agreement.date_start)[0]
            domain = [
                ("company_id", "=", agreement.company_id.id),
                ("state", "=", "sale"),
                ("product_id", "in", agreement._get_products_by_orders().ids),
                ("order_partner_id", "child_of", agreement.commercial_partner_id.id),
                ("order_id.date_order", ">=", since),
            ]
            lines = lines_of.search(domain)
            booked = agreement._get_booked_lines(lines)
            for line in lines:
                known, times = booked.get(line.id, (0.0, 0))
                unit = line.product_id.uom_id
                delivered = line.product_uom_id._compute_quantity(line.qty_delivered, unit, round=False)
                pairs = delivered - known
                if not float_is_zero(pairs, precision_digits=6):
                    rows.append({
                        "agreement_id": agreement.id,
                        "date": agreement.company_id._sales_today(),
                        "kind": "order",
                        "product_id": line.product_id.id,
                        "pairs": pairs,
                        "source_model": "sale.order.line",
                        "source_id": line.id,
                        "source_key": f"sale.order.line,{line.id},{times}",
                        "source_name": line.order_id.name,
                    })
        return rows

    def _get_booked_lines(self, lines) -> dict[int, tuple[float, int]]:
        """Return pairs booked so far for order lines, and how often: line id → both."""
        entries = self.env["sale.sample.refund.entry"].sudo()  # sudo: the rows of everybody count
        groups = entries._read_group(
            [("source_model", "=", "sale.order.line"), ("source_id", "in", lines.ids)],
            ["source_id"],
            ["pairs:sum", "__count"],
        )
        return {line: (pairs, times) for line, pairs, times in groups}

    # ------------------------------------------------------------------
    # The refund
    # ------------------------------------------------------------------

    def _get_due_steps(self) -> "models.Model":
        """Return the steps of one agreement whose threshold is reached and that were not refunded."""
        self.ensure_one()
        if self.state not in ("running", "expired"):
            return self.step_ids.browse()
        progress = self._get_progress()
        return self.step_ids.filtered(lambda step: progress[step].state == "reached").sorted("threshold_pairs")

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
            paid = not self.invoice_id or invoice.payment_state in ("paid", "in_payment")
        if paid:
            return None
        return self.env._(
            "%(agreement)s: the customer has not paid the fee yet (%(invoice)s). The refund follows the payment.",
            agreement=self.display_name,
            invoice=invoice.display_name or self.env._("no invoice"),
        )

    def _grant_due(self) -> None:
        """Refund the steps that are due; call it under the lock of the agreements.

        What is in the way of a refund becomes a task and does not disturb the delivery that reached the threshold.
        """
        refunds = self.env["sale.sample.refund"].sudo()  # sudo: refunds follow from deliveries, nobody writes them
        for agreement in self.sudo():  # sudo: whoever validates the delivery needs no right on fees
            due = agreement._get_due_steps()
            if not due:
                continue
            if agreement._get_refund_refusal():
                agreement._ask_to_refund(
                    lambda one: one.env._("A refund is due, and something is in the way"),
                    lambda one: one._get_refund_refusal(),
                )
                continue
            today = agreement.company_id._sales_today()
            granted = refunds.create([
                {
                    "agreement_id": agreement.id,
                    "step_id": step.id,
                    "amount": step.amount,
                    "company_amount": agreement.currency_id._convert(
                        step.amount, agreement.company_id.currency_id, agreement.company_id, today
                    ),
                    "granted_on": today,
                    "granted_by_id": self.env.uid,
                    "pairs": step.pairs,
                }
                for step in due
            ])
            agreement._make_credit_notes(granted)
            for refund in granted:
                agreement._tell_granted(refund)
            if len(agreement.refund_ids) == len(agreement.step_ids):
                agreement._change_state("done")

    def _get_fee_invoice(self):
        """Return the invoice of the fee: the one chosen, else the last that charged the fee decision."""
        self.ensure_one()
        charged = self.decision_id.order_line_ids.invoice_lines.move_id
        posted = charged.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted" and move.payment_state != "reversed"
        )
        return self.invoice_id or posted.sorted("invoice_date")[-1:]

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
        """Return the values of a draft credit note, in the currency in which the fee was invoiced. Extension point."""
        invoice = self._get_fee_invoice()
        lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        fee = (lines & self.decision_id.order_line_ids.invoice_lines or lines)[:1]
        currency, amount = self.currency_id, refund.amount
        if fee and invoice.currency_id != currency:
            # the same part of what the customer really paid, whatever the rate is today
            currency = invoice.currency_id
            amount = currency.round(fee.price_subtotal * refund.amount / self.fee_amount)
        line = {
            "name": self.env._(
                "Mould fee, %(agreement)s: refund of %(percent)s %% after %(pairs)s pairs",
                agreement=self.name,
                percent=f"{refund.step_id.percent:g}",
                pairs=self._format_pairs(refund.step_id.threshold_pairs),
            ),
            "quantity": 1.0,
            "price_unit": amount,
            "tax_ids": [Command.set(fee.tax_ids.ids)],
        }
        if fee:
            line |= {"product_id": fee.product_id.id, "account_id": fee.account_id.id}
        return {
            "move_type": "out_refund",
            "partner_id": (invoice.partner_id or self.partner_id).id,
            "currency_id": currency.id,
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "invoice_origin": self.name,
            "reversed_entry_id": invoice.id,
            "invoice_user_id": self.user_id.id,
            "invoice_line_ids": [Command.create(line)],
        }

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
        amount = format_amount(agreement.env, refund.amount, refund.currency_id)
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
        self._ask_to_refund(lambda one: one.env._("Check and post the refund of %s", amount), lambda one: note)

    def _tell_fallen(self) -> None:
        """Say that goods came back after a refund: the refund stays, people decide what to do."""
        for agreement in self:
            agreement = agreement.with_context(lang=agreement._get_refund_handler().lang or self.env.lang)
            note = agreement.env._(
                "Goods came back after the refund: %(pairs)s net pairs are left. The refund stays as it is.",
                pairs=agreement._format_pairs(agreement.net_pairs),
            )
            agreement.message_post(body=note)
            agreement._ask_to_refund(
                lambda one: one.env._("Returned after the refund of the mould fee"), lambda one, note=note: note
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
