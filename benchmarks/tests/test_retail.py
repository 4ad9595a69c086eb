import unittest
from datetime import datetime
from decimal import Decimal

from benchmarks.retail import build_book, to_utc
from benchmarks.trade import Line, Order, line_amount


def row(invoice="1", code="85123A", quantity="1", **values):
    return {
        "invoice": invoice,
        "stock_code": code,
        "description": "MUG",
        "quantity": quantity,
        "invoice_datetime": "2011-01-05 10:00:00",
        "unit_price": "2.55",
        "customer_id": "17850",
        "country": "United Kingdom",
    } | values


class TestRetailBook(unittest.TestCase):
    def test_one_order_per_invoice_with_a_line_per_row(self):
        book = build_book([row(), row(quantity="3"), row("2")])
        self.assertEqual([order.name for order in book.orders], ["1", "2"])
        self.assertEqual([line.quantity for line in book.orders[0].lines], [1, 3])
        self.assertEqual(book.orders[0].amount, Decimal("10.20"))

    def test_cancellation_keeps_its_negative_quantity(self):
        book = build_book([row("C9", quantity="-2")])
        self.assertEqual(book.orders[0].amount, Decimal("-5.10"))

    def test_first_minute_of_an_invoice_counts(self):
        book = build_book([row(invoice_datetime="2011-01-05 10:02:00"), row(invoice_datetime="2011-01-05 10:01:00")])
        self.assertEqual(book.orders[0].ordered_at, datetime(2011, 1, 5, 10, 1))

    def test_summer_time(self):
        self.assertEqual(to_utc("2011-01-05 10:00:00"), datetime(2011, 1, 5, 10))
        self.assertEqual(to_utc("2011-07-05 00:30:00"), datetime(2011, 7, 4, 23, 30))

    def test_lines_without_customer_are_counted_not_loaded(self):
        book = build_book([
            row("7", customer_id="", quantity="2"),
            row("7", customer_id=""),
            row("A8", "B", customer_id="", unit_price="-11062.06"),
            row(),
        ])
        self.assertEqual([order.name for order in book.orders], ["1"])
        self.assertEqual(book.left_out, {"lines": 3, "invoices": 2})
        self.assertEqual(book.left_out_amount, Decimal("-11054.41"))

    def test_code_in_small_letters_is_the_same_product(self):
        book = build_book([row(), row(code="85123a"), row(code="85123a", description="CUP")])
        self.assertEqual([p.code for p in book.products], ["85123A"])
        self.assertEqual(book.products[0].name, "MUG")

    def test_services(self):
        codes = ("POST", "m", "gift_0001_20", "PADS", "85123A")
        book = build_book([row(code=code) for code in codes])
        services = {p.code for p in book.products if p.is_service}
        self.assertEqual(services, {"POST", "M", "GIFT_0001_20"})

    def test_latest_country_of_a_customer(self):
        book = build_book([
            row("2", invoice_datetime="2011-05-05 10:00:00", country="EIRE"),
            row("1", country="United Kingdom"),
            row("3", customer_id="5", country="Unspecified"),
        ])
        self.assertEqual([(c.ref, c.country) for c in book.customers], [("17850", "IE"), ("5", None)])

    def test_empty_description(self):
        book = build_book([row(description="")])
        self.assertEqual(book.orders[0].lines[0].label, "85123A")

    def test_two_customers_on_one_invoice_are_refused(self):
        with self.assertRaisesRegex(ValueError, "Invoice 1 names customers"):
            build_book([row(), row(customer_id="5")])

    def test_unknown_country_is_refused(self):
        with self.assertRaises(KeyError):
            build_book([row(country="Atlantis")])


class TestAmounts(unittest.TestCase):
    def test_lines_are_rounded_one_by_one(self):
        line = Line("A", "A", 5, Decimal("0.001"))
        self.assertEqual(line_amount(line), Decimal("0.01"))
        self.assertEqual(line_amount(line._replace(quantity=-5)), Decimal("-0.01"))
        order = Order("1", "7", datetime(2011, 1, 1), (line, line._replace(quantity=1)))
        self.assertEqual(order.amount, Decimal("0.01"))


if __name__ == "__main__":
    unittest.main()
