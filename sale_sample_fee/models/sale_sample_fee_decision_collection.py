from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..tools.collection import InvoicedFee, collection
from .sale_sample_fee_decision_approval import ACTIVITY_COLLECT

OPEN_PAYMENTS = ("to_order", "unpaid", "partial")
PAID_STATES = ("paid", "in_payment", "reversed")


class SaleSampleFeeDecision(models.Model):
    """What is charged is ordered, invoiced and paid like any other sale."""

    _inherit = "sale.sample.fee.decision"

    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue", search="_search_is_overdue")
    # sudo: who decides on fees need not see orders; the form only asks whether there are any
    order_ids = fields.Many2many("sale.order", string="Orders", compute="_compute_order_ids", compute_sudo=True)

    @api.depends("order_line_ids.order_id")
    def _compute_order_ids(self):
        for decision in self:
            decision.order_ids = decision.order_line_ids.order_id

    @api.depends(
        "state",
        "fee_amount",
        "agreed_due_on",
        "order_line_ids.order_id.state",
        "order_line_ids.price_total",
        "order_line_ids.order_id.order_line.invoice_lines.parent_state",
        "order_line_ids.order_id.order_line.invoice_lines.price_total",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.payment_state",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.amount_residual",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.invoice_date_due",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.reversal_move_ids.state",
        "agreement_ids.refund_ids.move_id",
    )
    def _compute_collection(self):
        for decision in self:
            charged = decision.state == "approved" and decision.fee_amount > 0
            lines = decision.order_line_ids.filtered(lambda line: line.order_id.state != "cancel")
            invoices = decision._get_invoiced_fees(lines) if charged else {}
            found = collection(invoices.values(), sum(lines.mapped("price_total")))
            decision.collected_amount = decision.currency_id.round(decision.fee_amount * found.share)
            if not charged:
                decision.payment_state = "none"
            elif not lines:
                decision.payment_state = "to_order"
            else:
                share = found.settled
                decision.payment_state = "paid" if share >= 1 else "partial" if share > 0 else "unpaid"
            dues = [
                move.invoice_date_due
                for move, invoice in invoices.items()
                if move.invoice_date_due and move.payment_state not in PAID_STATES and not invoice.is_reversed
            ]
            is_open = decision.payment_state in OPEN_PAYMENTS
            decision.due_on = min(dues, default=decision.agreed_due_on) if is_open else False

    def _get_invoiced_fees(self, lines) -> dict[models.Model, InvoicedFee]:
        """Return what each posted invoice says about the fee of this one decision, down payments too: move → figures.

        :param lines: order lines that charge it
        """
        self.ensure_one()
        parts: dict = {}
        for line in lines:
            order_lines = line.order_id.order_line
            deposits = order_lines.filtered("is_downpayment")
            whole = sum((order_lines - deposits).mapped("price_total"))
            of_fee = line.price_total / whole if whole > 0 else 0.0
            for bill, share in (
                *((bill, 1.0) for bill in line.invoice_lines),
                *((bill, of_fee) for bill in deposits.invoice_lines),
            ):
                if bill.parent_state == "posted" and bill.move_id.move_type == "out_invoice":
                    parts[bill.move_id] = parts.get(bill.move_id, 0.0) + share * bill.price_total
        refunds = self.sudo().agreement_ids.refund_ids.move_id  # sudo: whoever pays, what was refunded counts
        return {move: self._to_invoiced_fee(move, part, refunds) for move, part in parts.items()}

    @api.model
    def _to_invoiced_fee(self, move, part: float, refunds) -> InvoicedFee:
        """Return the figures of one invoice, in its currency.

        :param part: the fee on it
        :param refunds: credit notes that give mould fees back as promised
        """
        reconciled: dict = {}
        for partial in move.line_ids.matched_credit_ids:
            credit = partial.credit_move_id.move_id
            if credit.move_type == "out_refund":
                reconciled[credit] = reconciled.get(credit, 0.0) + partial.debit_amount_currency
        corrected = 0.0
        for credit in move.reversal_move_ids.filtered(lambda credit: credit.state == "posted") | move.browse().union(
            *reconciled
        ):
            if credit not in refunds:
                corrected += credit.amount_total if credit.reversed_entry_id == move else reconciled[credit]
        return InvoicedFee(
            part=part,
            total=move.amount_total,
            due=0.0 if move.payment_state in PAID_STATES else move.amount_residual,
            corrected=min(corrected, move.amount_total),
            refunded=sum(amount for credit, amount in reconciled.items() if credit in refunds),
        )

    @api.depends("due_on", "payment_state")
    def _compute_is_overdue(self):
        for decision in self:
            today = (decision.company_id or self.env.company)._sales_today()
            decision.is_overdue = decision.payment_state in OPEN_PAYMENTS and bool(
                decision.due_on and decision.due_on < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("due_on", "<", company._sales_today())
            for company in self.env.companies
        )
        return domain & Domain("payment_state", "in", OPEN_PAYMENTS)

    # ------------------------------------------------------------------
    # Charging
    # ------------------------------------------------------------------

    def action_charge(self) -> dict:
        """Put the fee on a quotation of its own and open it.

        :raises UserError: there is nothing to charge, or it is charged already
        """
        self.ensure_one()
        self.request_id._check_sellers()
        return self._open_orders(self._charge())

    def action_open_orders(self) -> dict:
        """Open the orders that charge the fee."""
        self.ensure_one()
        return self._open_orders(self.order_line_ids.order_id)

    @api.model
    def _open_orders(self, orders) -> dict:
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        action |= {"domain": [("id", "in", orders.ids)], "context": {"create": False}}
        if len(orders) == 1:
            action |= {"res_id": orders.id, "view_mode": "form", "views": [(False, "form")]}
        return action

    def _charge(self):
        """Return a new quotation with the fee, in the currency of the customer's pricelist.

        :raises UserError: there is nothing to charge, it is charged already, there is no customer
            yet, no fee product, or no rate of the currency
        """
        self.ensure_one()
        request = self.request_id
        if self.state != "approved" or self.fee_amount <= 0:
            raise UserError(self.env._("%s: there is no fee to charge.", self.display_name))
        self.sudo()._lock_for_transition()  # sudo: of two users who click at once only one may charge
        self.sudo().invalidate_recordset(["order_line_ids"])  # sudo: as above
        charged = self.sudo().order_line_ids  # sudo: the order of a colleague charges it, too
        if charged.filtered(lambda line: line.order_id.state != "cancel"):
            raise UserError(self.env._("%s: the fee is charged already. Open its order.", self.display_name))
        if not request.partner_id:
            raise UserError(
                self.env._("%s: the opportunity has no customer yet who could be charged.", request.display_name)
            )
        product = self.company_id.sudo().sample_fee_product_id  # sudo: a setting
        product = product or self.env.ref("sale_sample.product_sample_fee", raise_if_not_found=False)
        if not product:
            raise UserError(self.env._("Choose the product for sample fees in the settings of Sales first."))
        order = self.env["sale.order"].create(request._prepare_quotation())
        line = {
            "product_id": product.id,
            "product_uom_qty": 1,
            "name": self._get_order_text(product),
            "price_unit": self._to_currency(order.currency_id),
        }
        order.write({"order_line": [Command.create(line)]})
        order.order_line.sudo().sample_fee_decision_id = self  # sudo: the link is closed to users
        self.message_post(body=self.env._("Fee charged on %s.", order._get_html_link()), subtype_xmlid="mail.mt_note")
        return order

    def _get_order_text(self, product) -> str:
        """Return the text of the order line, in the customer's language."""
        request = self.request_id
        request = request.with_context(lang=request.partner_id.lang or self.env.lang)
        name = product.with_context(lang=request.env.lang).display_name
        return f"{name}: {request.display_name}"

    def _to_currency(self, currency) -> float:
        """Return the fee in another currency, at the rate of today.

        :raises UserError: the currency has no rate: Odoo would take it for 1
        """
        self.ensure_one()
        today = self.company_id._sales_today()
        self._budget_convert(self.fee_amount, currency, self.company_id, today)  # raises without a rate
        return self.currency_id._convert(self.fee_amount, currency, self.company_id, today)

    # ------------------------------------------------------------------
    # Following up
    # ------------------------------------------------------------------

    @api.model
    def _cron_overdue(self) -> None:
        """Ask salespeople once to collect each fee that is overdue, and close what has been paid since."""
        settled = self.search([("reminded_on", "!=", False), ("payment_state", "in", ("paid", "none"))])
        settled.activity_unlink([ACTIVITY_COLLECT])
        settled.reminded_on = False
        waiting = self.search([
            ("payment_state", "in", OPEN_PAYMENTS),
            ("due_on", "!=", False),
            ("reminded_on", "=", False),
            ("user_id", "!=", False),
        ])
        for decision in waiting.filtered("is_overdue"):
            words = self.with_context(lang=decision.user_id.lang).env
            today = decision.company_id._sales_today()
            decision.activity_schedule(
                ACTIVITY_COLLECT,
                date_deadline=today,
                user_id=decision.user_id.id,
                summary=words._("Collect the overdue sample fee"),
            )
            decision.reminded_on = today
