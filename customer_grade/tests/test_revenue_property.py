"""Random documents: what the SQL of ``sales.department.revenue`` says is what plain arithmetic says of each line."""

from datetime import date, datetime, timedelta
from random import Random

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_department_base.tools.revenue import Billed, OrderLine, net_of_credits

from .common import ORDER_DAY, REVIEW_DAY
from .common_invoicing import GradeInvoiceCase
from .test_metrics import MetricCase

STEPS = ("invoice", "invoice", "allowance", "goods", "goods", "lump", "correct", "reset", "post", "again", "cancel")
SEEDS = range(4)


@tagged("post_install", "-at_install")
class TestRandomDocuments(MetricCase, GradeInvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.has_margin = "margin" in cls.env["sale.order"]._fields
        if cls.has_margin:
            cls.product.with_company(cls.company).standard_price = 30
        cls.revenue = cls.env["sales.department.revenue"]
        cls.moment, cls.moves_before = datetime(2026, 5, 20), cls.env["account.move"]

    def _new_order(self, customer, random):
        lines = [
            {
                "product_id": self.product.id,
                "product_uom_qty": random.randint(1, 10),
                "price_unit": price,
                "tax_ids": [],
            }
            for price in random.choices((50, 100, 200), k=random.randint(1, 3))
        ]
        if random.random() < 0.4:
            lines.append({"product_id": self.product.id, "product_uom_qty": 1, "price_unit": -20, "tax_ids": []})
        return self._order(customer, 0, ORDER_DAY, order_line=[Command.create(line) for line in lines])

    def _do(self, step, orders, random):
        """Let one thing happen to the documents; what Odoo does not allow does not happen."""
        order = random.choice(orders)
        moves = order.order_line.invoice_lines.move_id
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice" and move.state == "posted")
        if step == "invoice" and order.state == "sale" and order.invoice_status == "to invoice":
            invoice = order._create_invoices()
            invoice.invoice_date = date(2026, 5, 20)
            for line in invoice.invoice_line_ids:
                if line.quantity > 1 and random.random() < 0.3:
                    line.quantity = random.randint(1, int(line.quantity) + 1)
                if random.random() < 0.2:
                    line.price_unit *= random.choice((0.9, 1.1))
            if invoice.amount_total >= 0 and invoice.move_type == "out_invoice":
                invoice.action_post()
        elif step in ("allowance", "goods", "lump") and invoices:
            note = random.choice(invoices)._reverse_moves([{"invoice_date": date(2026, 6, random.randint(1, 20))}])
            for line in note.invoice_line_ids:
                if step == "allowance":
                    line.price_unit *= random.choice((0.05, 0.1, 0.25))
                elif step == "goods":
                    line.quantity = max(round(line.quantity * random.choice((0.3, 0.5, 1))), 1)
                else:
                    line.write({"product_id": False, "quantity": 1, "price_unit": random.randint(1, 60), "tax_ids": []})
            if note.amount_total >= 0:
                note.action_post()
        elif step == "correct" and invoices:
            self._correct(random.choice(invoices), random)
        elif step == "reset" and (posted := moves.filtered(lambda move: move.state == "posted")):
            random.choice(posted).button_draft()
        elif step == "post" and (drafts := moves.filtered(lambda m: m.state == "draft" and m.amount_total >= 0)):
            random.choice(drafts).action_post()
        elif step == "again":
            orders.append(self._new_order(order.partner_id, random))
        elif step == "cancel" and not invoices:
            order._action_cancel()

    def _correct(self, invoice, random):
        """Reverse an invoice and create a corrected one, which stays a draft at times."""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        action = wizard.create({"journal_id": invoice.journal_id.id, "date": date(2026, 6, 10)}).modify_moves()
        corrected = self.env["account.move"].browse(action["res_id"])
        corrected.invoice_date = date(2026, 6, 11)
        for line in corrected.invoice_line_ids:
            line.write(random.choice(({}, {"price_unit": line.price_unit * 0.9}, {"quantity": line.quantity + 1})))
        if random.random() < 0.7 and corrected.amount_total >= 0:
            corrected.action_post()

    def _each_made_in_a_moment_of_its_own(self, orders):
        """As if each step was a transaction: those before this one were made at another time."""
        self.env.flush_all()
        moves = self.env["sale.order"].union(*orders).order_line.invoice_lines.move_id
        new = moves - self.moves_before
        self.moment += timedelta(minutes=1)
        if new:
            self.env.cr.execute(
                "UPDATE account_move SET create_date = %s WHERE id IN %s", (self.moment, tuple(new.ids))
            )
            new.invalidate_recordset(["create_date"])
        self.moves_before |= new

    def _expect(self, line):
        billed = {"out_invoice": [], "out_refund": []}
        for piece in line.invoice_lines.filtered(lambda piece: piece.parent_state == "posted"):
            is_same = piece.product_id == line.product_id
            move = piece.move_id
            made = move.create_date if move.move_type == "out_invoice" or move.reversed_entry_id else None
            billed[move.move_type].append(Billed(piece.price_subtotal, piece.quantity, is_same, move.id, made))
        margin = line.margin if self.has_margin else 0.0
        whole = OrderLine(line.price_subtotal, line.product_uom_qty, margin)
        return net_of_credits(whole, billed["out_invoice"], billed["out_refund"])

    def test_random_documents(self):
        for seed in SEEDS:
            random = Random(seed)
            customer = self._customers(f"Customer {seed}")
            orders = [self._new_order(customer, random)]
            for number in range(14):
                self._do(random.choice(STEPS), orders, random)
                self._each_made_in_a_moment_of_its_own(orders)
                if number % 5 == 4:
                    self._compare(orders, f"seed {seed}, step {number}")
            self._compare(orders, f"seed {seed}")
            confirmed = [order for order in orders if order.state == "sale"]
            expected = sum(
                line.price_subtotal - self._expect(line).revenue for order in confirmed for line in order.order_line
            )
            self.assertAlmostEqual(self._figure("revenue", customer, REVIEW_DAY) or 0.0, expected, 2)

    def _compare(self, orders, message):
        self.env.flush_all()
        found = {
            line: (revenue, margin)
            for _order, line, revenue, margin in self.env.execute_query(self.revenue._select_taken_off(self.company))
        }
        for line in (line for order in orders if order.state == "sale" for line in order.order_line):
            revenue, margin = found.get(line.id, (0.0, 0.0))
            expected = self._expect(line)
            self.assertAlmostEqual(float(revenue), expected.revenue, 4, f"{message}: revenue of {line}")
            if self.has_margin:
                self.assertAlmostEqual(float(margin), expected.margin, 4, f"{message}: margin of {line}")
