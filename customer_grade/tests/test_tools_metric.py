from odoo.tests import BaseCase
from odoo.tools import SQL

from ..tools.metric import Metric


class TestToolsMetric(BaseCase):
    def test_value_or_the_column_of_its_name(self):
        plain = Metric("late", "Days Late", "days", "_source_invoices")
        self.assertEqual(plain.expression, SQL.identifier("late"))
        worked_out = Metric("late", "Days Late", "days", "_source_invoices", SQL("a - b"), higher_is_better=False)
        self.assertEqual(worked_out.expression, SQL("a - b"))

    def test_more_is_better_unless_it_says_otherwise(self):
        self.assertTrue(Metric("revenue", "Revenue", "money", "_source_orders").higher_is_better)
