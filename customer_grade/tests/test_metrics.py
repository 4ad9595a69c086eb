"""Each metric of orders against a case computed by hand."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.metric import Metric
from .common import REVIEW_DAY, GradeCase

LAST_YEAR = datetime(2025, 5, 10, 4, 0)


class MetricCase:
    """What one metric says of one customer on the day of the review."""

    def _window(self, day=REVIEW_DAY, months=12):
        scheme = self._scheme(activate=False, window_months=months)
        return self._review(scheme, day, compute=False)._get_window()

    def _fetch(self, key, day=REVIEW_DAY, months=12):
        return self.env["customer.grade.metric"]._fetch_figures({key}, self._window(day, months))

    def _figure(self, key, partner, day=REVIEW_DAY, months=12):
        return self._fetch(key, day, months)[0][key].get(partner.id)


@tagged("post_install", "-at_install")
class TestOrderMetrics(MetricCase, GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers("Anta")

    def test_revenue_is_net_of_negative_orders(self):
        self._orders([(self.customer, 1000), (self.customer, 250.5), (self.customer, -200)])
        self.assertAlmostEqual(self._figure("revenue", self.customer), 1050.5)
        self.assertEqual(self._figure("order_count", self.customer), 2, "a return is no order")

    def test_only_confirmed_orders_count(self):
        self._order(self.customer, 1000)
        self._orders([(self.customer, 77)], confirm=False)
        self._order(self.customer, 500)._action_cancel()
        self.assertEqual(self._figure("revenue", self.customer), 1000)
        self.assertEqual(self._figure("order_count", self.customer), 1)

    def test_quotations_alone_make_no_customer(self):
        self._orders([(self.customer, 77)], confirm=False)
        _figures, history = self._fetch("revenue")
        self.assertNotIn(self.customer.id, history)

    def test_the_window_begins_and_ends_at_midnight_of_the_company(self):
        # Shanghai is 8 hours ahead: 30 June 2026 ends at 16:00 UTC.
        edges = {
            datetime(2025, 6, 30, 15, 59, 59): 1,
            datetime(2025, 6, 30, 16, 0, 0): 10,
            datetime(2026, 6, 30, 15, 59, 59): 100,
            datetime(2026, 6, 30, 16, 0, 0): 1000,
        }
        for moment, amount in edges.items():
            self._order(self.customer, amount, moment)
        self.assertEqual(self._figure("revenue", self.customer), 110)
        self.company.resource_calendar_id.tz = "UTC"
        self.assertEqual(self._figure("revenue", self.customer), 1100)

    def test_revenue_at_the_rate_of_the_order_day(self):
        dollar = self._currency("USD")
        self._rate(dollar, 0.125)
        self._rate(dollar, 0.2, "2026-05-01")
        pricelist = self.env["product.pricelist"].create({
            "name": "Export",
            "currency_id": dollar.id,
            "company_id": self.company.id,
        })
        export = {"pricelist_id": pricelist.id}
        self._order(self.customer, 100, datetime(2026, 4, 1, 4), **export)
        self._order(self.customer, 100, datetime(2026, 5, 2, 4), **export)
        self._order(self.customer, 7)
        self.assertAlmostEqual(self._figure("revenue", self.customer), 800 + 500 + 7)
        self._rate(dollar, 0.5, "2026-06-01")
        self.assertAlmostEqual(self._figure("revenue", self.customer), 1307, msg="a later rate changes nothing")

    def test_currency_without_a_rate_is_said_not_guessed(self):
        dollar = self._currency("USD")
        dollar.rate_ids.unlink()
        pricelist = self.env["product.pricelist"].create({"name": "Export", "currency_id": dollar.id})
        self._order(self.customer, 100, pricelist_id=pricelist.id)
        other = self._customers("Xtep")
        self._order(other, 100)
        _figures, history = self._fetch("revenue")
        self.assertEqual(history[self.customer.id].unconverted, dollar.ids)
        self.assertIsNone(history[other.id].unconverted)
        self._rate(dollar, 0.125, "2026-06-15")
        figures, history = self._fetch("revenue")
        self.assertIsNone(history[self.customer.id].unconverted)
        self.assertAlmostEqual(figures["revenue"][self.customer.id], 800)

    def test_old_orders_without_a_rate_do_not_matter(self):
        dollar = self._currency("USD")
        dollar.rate_ids.unlink()
        pricelist = self.env["product.pricelist"].create({"name": "Export", "currency_id": dollar.id})
        self._order(self.customer, 100, datetime(2020, 1, 1), pricelist_id=pricelist.id)
        _figures, history = self._fetch("revenue")
        self.assertIsNone(history[self.customer.id].unconverted)

    def test_orders_of_contacts_count_for_their_company(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        self._orders([(self.customer, 100), (contact, 20)])
        figures, history = self._fetch("revenue")
        self.assertEqual(figures["revenue"][self.customer.id], 120)
        self.assertNotIn(contact.id, history)

    def test_orders_with_another_company_do_not_count(self):
        other = self._make_company("Insole Works")
        self.env.user.company_ids += other
        self._order(self.customer, 100)
        self._orders([(self.customer, 999)], company=other)
        self.assertEqual(self._figure("revenue", self.customer), 100)
        self.assertEqual(self._figure("order_count", self.customer), 1)

    def test_growth(self):
        new, lost, refunded = self._customers("New", "Lost", "Refunded")
        self._order(self.customer, 200, LAST_YEAR)
        self._order(self.customer, 250)
        self._order(new, 250)
        self._order(lost, 100, LAST_YEAR)
        self._orders([(refunded, -5)], LAST_YEAR)
        self._order(refunded, 5)
        growth, _history = self._fetch("growth")
        self.assertEqual(growth["growth"], {self.customer.id: 25, lost.id: -100}, "nothing to compare with otherwise")

    def test_recency_in_days_of_the_company(self):
        self._order(self.customer, 1, datetime(2026, 6, 29, 15, 59))
        self.assertEqual(self._figure("recency", self.customer), 1)
        self._order(self.customer, 1, datetime(2026, 6, 29, 16, 1))
        self.assertEqual(self._figure("recency", self.customer), 0)

    def test_recency_looks_beyond_the_window_and_not_at_returns(self):
        self._order(self.customer, 1, datetime(2024, 6, 30, 4))
        self._order(self.customer, -1)
        self.assertEqual(self._figure("recency", self.customer), 730)
        returner = self._customers("Only returns")
        self._order(returner, -1)
        self.assertIsNone(self._figure("recency", returner))

    def test_order_count_and_history(self):
        self._order(self.customer, 1, datetime(2024, 2, 28, 16, 30))
        self._orders([(self.customer, 1), (self.customer, 1), (self.customer, 0)])
        figures, history = self._fetch("order_count")
        self.assertEqual(figures["order_count"][self.customer.id], 2)
        self.assertEqual(history[self.customer.id].orders_ever, 3)
        self.assertEqual(history[self.customer.id].first_day, date(2024, 2, 29))

    def test_shorter_window(self):
        self._order(self.customer, 10, datetime(2026, 3, 31, 15))
        self._order(self.customer, 1, datetime(2026, 3, 31, 17))
        self.assertEqual(self._figure("revenue", self.customer, months=3), 1)
        self.assertEqual(self._figure("growth", self.customer, months=3), -90)

    def test_margin(self):
        if "margin" not in self.env["sale.order"]._fields:
            self.assertNotIn("margin", self.env["customer.grade.metric"]._get_metrics())
            self.skipTest("sale_margin is not installed")
        self.product.with_company(self.company).standard_price = 60
        self._orders([(self.customer, 100), (self.customer, 90)])
        self.assertAlmostEqual(self._figure("margin", self.customer), 70)

    def test_one_query_a_source(self):
        window = self._window()
        keys = {"revenue", "order_count", "growth", "recency", "days_overdue", "oldest_overdue", "late_share"}
        metrics = self.env["customer.grade.metric"]
        metrics._fetch_figures(keys, window)
        with self.assertQueryCount(2):
            metrics._fetch_figures(keys, window)


@tagged("post_install", "-at_install")
class TestMetricRegistry(MetricCase, GradeCase):
    def _patch(self, change, **sources):
        model = self.registry["customer.grade.metric"]
        original = model._get_metrics
        self.startPatcher(patch.object(model, "_get_metrics", lambda registry: change(original(registry))))
        for name, source in sources.items():
            self.startPatcher(patch.object(model, name, source, create=True))

    def _add_contacts_metric(self):
        metric = Metric("contacts", "Contacts", "count", "_source_contacts", SQL("contacts"))

        def source(_model, _window):
            return SQL("SELECT parent_id AS partner_id, count(*) AS contacts FROM res_partner GROUP BY parent_id")

        self._patch(lambda metrics: metrics | {"contacts": metric}, _source_contacts=source)

    def test_an_addon_adds_a_metric(self):
        big, small = self._customers("Big", "Small")
        self.env["res.partner"].create([{"name": name, "parent_id": big.id} for name in "xyz"])
        self._orders([(big, 1), (small, 1)])
        self._add_contacts_metric()
        self.assertIn(("contacts", "Contacts"), self.env["customer.grade.metric"]._selection())
        criterion = self._criterion("contacts", ((None, 0), (3, 100)), missing_points=10)
        review = self._review(self._scheme(criterion_ids=[criterion]))
        self.assertEqual(self._of(review, big).figures, {"contacts": 3})
        self.assertEqual(self._of(review, big).score, 100)
        self.assertEqual((self._of(review, small).figures, self._of(review, small).score), ({}, 10))
        self.assertIn("Contacts", self._of(review, big).explanation)

    def test_a_veto_may_use_a_metric_without_criterion(self):
        big = self._customers("Big")
        self.env["res.partner"].create({"name": "x", "parent_id": big.id})
        self._order(big, 100000)
        self._add_contacts_metric()
        veto = Command.create({"metric": "contacts", "operator": "<", "limit": 2, "grade_id": self.grade["c"].id})
        review = self._review(self._scheme(veto_ids=[veto]))
        assessment = self._of(review, big)
        self.assertEqual((assessment.by_score_grade_id, assessment.grade_id), (self.grade["a"], self.grade["c"]))
        self.assertEqual(assessment.figures, {"revenue": 100000, "contacts": 1})
        self.assertIn("limit 2", assessment.reasons_text)
        self.assertIn("must be at least 2", assessment.missing)

    def test_a_removed_metric_is_named(self):
        scheme = self._scheme(criterion_ids=[self._criterion("growth")])
        customer = self._customers("Anta")
        self._order(customer, 100)
        review = self._review(scheme)
        review.action_accept_all()
        self._patch(lambda metrics: {key: metric for key, metric in metrics.items() if key != "growth"})
        self.env.invalidate_all()
        with self.assertRefused("“growth” is no longer available"):
            self.env["customer.grade.metric"]._get_metric("growth")
        with self.assertRefused("“growth” is no longer available.*Remove the criterion"):
            review.action_compute()
        self.assertIn("growth", self._of(review, customer).explanation, "what was graded stays readable")
