from datetime import date

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged, users
from odoo.tools.safe_eval import safe_eval

from .common_statistics import StatisticsCase

MARCH = [("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")]
APRIL = [("date", ">=", "2026-04-01"), ("date", "<", "2026-05-01")]


@tagged("post_install", "-at_install")
class TestStatistics(StatisticsCase):
    """The figures of four requests, computed by hand."""

    def _figures(self, domain, *names, model="sale.sample.statistics", groupby=()):
        """Return the figures of these records, as the web client asks for them."""
        report = self.env[model]
        aggregates = [f"{name}:{report._fields[name].aggregator}" for name in names]
        mine = Domain("company_id", "=", self.company.id) & Domain(domain)
        rows = report._read_group(mine, groupby, aggregates)
        return {row[0]: row[1:] for row in rows} if groupby else rows[0]

    def test_counts_in_the_month_of_each_event(self):
        counts = ("requested", "made", "pairs_made", "sent", "approved", "rejected", "cancelled", "ordered")
        self.assertEqual(self._figures(MARCH, *counts), (2, 3, 15, 3, 1, 0, 0, 0))
        self.assertEqual(self._figures(APRIL, *counts), (2, 1, 5, 1, 1, 1, 1, 1))

    def test_shares(self):
        shares = ("on_time_needed", "on_time_promised", "first_round", "rounds")
        self.assertEqual(self._figures(MARCH, *shares), (50, 50, 50, 1.0))
        self.assertEqual(self._figures(APRIL, *shares), (100, 100, 0, 1.5))
        of_both = self._figures([], *shares)
        self.assertAlmostEqual(of_both[0], 200 / 3)
        self.assertAlmostEqual(of_both[1], 200 / 3)
        self.assertAlmostEqual(of_both[2], 100 / 3)
        self.assertAlmostEqual(of_both[3], 4 / 3)

    def test_whole_cycle(self):
        """A took 14 days, 10 of them working days; B 37 and 27."""
        names = ("cycle_days", "cycle_days_median", "cycle_days_p90")
        self.assertEqual(self._figures(MARCH, *names), (14.0, 14.0, 14.0))
        self.assertEqual(self._figures([], *names), (25.5, 25.5, 14 + 0.9 * 23))
        names = ("cycle_working_days", "cycle_working_days_median", "cycle_working_days_p90")
        self.assertEqual(self._figures(APRIL, *names), (27.0, 27.0, 27.0))
        mean, median, p90 = self._figures([], *names)
        self.assertAlmostEqual(mean, 18.5)
        self.assertAlmostEqual(median, 18.5)
        self.assertAlmostEqual(p90, 10 + 0.9 * 17)

    def test_medians_are_right_under_each_grouping(self):
        """Of three rounds made in 3, 5 and 5 working days: not the median of medians of the groups."""
        found = self._figures(
            [("stage", "=", "2_making")],
            "working_days_median",
            "working_days",
            model="sale.sample.cycle",
            groupby=["user_id"],
        )
        # A: 3 to 6 March, 3 days; C: 2 to 7 April, 3 days; B: 4 to 11 and 19 to 26 March, 5 days each
        self.assertEqual(found[self.salesman], (3.0, 3.0))
        self.assertEqual(found[self.other_salesman], (5.0, 5.0))
        total = self._figures(
            [("stage", "=", "2_making")], "working_days_median", "working_days", model="sale.sample.cycle"
        )
        self.assertEqual(total, (4.0, 4.0))

    def test_grouping_sets(self):
        """The pivot asks for all of its levels at once."""
        report = self.env["sale.sample.cycle"]
        whole = [("stage", "=", "5_whole"), ("company_id", "=", self.company.id)]
        by_user, total = report._read_grouping_sets(whole, [["user_id"], []], ["working_days_median:avg"])
        self.assertEqual(sorted(row[1] for row in by_user), [10.0, 27.0])
        self.assertEqual(total, [(18.5,)])

    def test_stages(self):
        names = ("working_days", "days")
        of_stage = self._figures([], *names, model="sale.sample.cycle", groupby=["stage"])
        # acceptance: 1, 2 and 1 working days; sending: 0, 1, 1, 1; answering: 6, 5, 8, 2
        self.assertAlmostEqual(of_stage["1_acceptance"][0], 4 / 3)
        self.assertAlmostEqual(of_stage["3_sending"][0], 3 / 4)
        self.assertAlmostEqual(of_stage["4_answering"][0], 21 / 4)
        self.assertAlmostEqual(of_stage["4_answering"][1], (10 + 7 + 12 + 2) / 4)
        self.assertEqual(of_stage["5_whole"], (18.5, 25.5))

    def test_no_mean_of_different_stages(self):
        total = self._figures([], "days", "working_days", "working_days_p90", model="sale.sample.cycle")
        self.assertEqual(total, (False, False, False))

    def test_orders_won(self):
        """A won 1,500 within a year for 100; B, C and D cost 550 and won nothing."""
        names = ("hit_rate", "revenue", "ended_cost", "return_ratio", "cost_per_won", "payback_days")
        hit, revenue, cost, ratio, per_won, payback = self._figures([], *names)
        self.assertAlmostEqual(hit, 100 / 3)
        self.assertEqual((revenue, cost), (1500.0, 650.0))
        self.assertAlmostEqual(ratio, 1500 / 650)
        self.assertEqual((per_won, payback), (650.0, 30.0))
        by_user = self._figures([], *names, groupby=["user_id"])
        self.assertEqual(by_user[self.salesman], (50.0, 1500.0, 150.0, 10.0, 150.0, 30.0))
        self.assertEqual(by_user[self.other_salesman], (0.0, 0.0, 500.0, 0.0, False, False))

    def test_running_products_are_not_won(self):
        """What the customer bought before the sample would be bought again anyway."""
        with self.subTest("a sample of a product the customer buys already"):
            again = self._lived(
                "2026-07-01",
                "2026-07-02",
                "2026-07-20",
                "2026-07-10",
                [("2026-07-08", "2026-07-09", "2026-07-10", "approved", 80)],
                product_id=self.product.id,
            )
            self._ordered("2026-08-03", 9)
            mine = [("request_id", "=", again.id)]
            self.assertEqual(self._figures(mine, "hit_rate", "revenue"), (0.0, 0.0))
        with self.subTest("the line counts for the sample that won the product"):
            self.assertEqual(self._figures([("request_id", "=", self.request_a.id)], "revenue"), (2400.0,))

    def test_cost_of_a_round_given_up(self):
        request = self._lived("2026-05-04", "2026-05-05", "2026-06-30", "2026-06-01", [])
        sample = request.current_round_id
        sample.action_start()
        sample.started_on = date(2026, 5, 7)
        sample.cost = 40
        sample.action_cancel()
        given_up = self._figures([("event", "=", "given_up")], "cost", "made")
        self.assertEqual(given_up, (40.0, 0))

    @users("sample_salesman")
    def test_salesman_sees_own(self):
        self.assertEqual(self._figures([], "requested", "approved", "charged"), (3, 1, 0.0))

    @users("sample_salesman_all", "sample_manager", "sample_finance")
    def test_others_see_all_and_money(self):
        self.assertEqual(self._figures([], "requested", "revenue"), (4, 1500.0))

    @users("sample_rnd", "sample_quality", "sample_policy_admin")
    def test_departments_see_no_money(self):
        self.assertEqual(self._figures([], "requested", "cost"), (4, 650.0))
        for name in ("revenue", "charged", "collected", "refunded", "ended_cost", "return_ratio", "cost_per_won"):
            with self.subTest(name), self.assertRaises(AccessError):
                self._figures([], name)

    @users("sample_internal")
    def test_nobody_else(self):
        for model in ("sale.sample.statistics", "sale.sample.cycle"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].search_count([("event", "=", "made")] if model.endswith("statistics") else [])

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Heel Works"})
        user = self.manager
        user.company_ids |= other
        report = self.env["sale.sample.statistics"].with_user(user).with_context(allowed_company_ids=other.ids)
        self.assertFalse(report.search_count([("event", "=", "requested")]))

    def test_one_query_for_all_figures(self):
        report = self.env["sale.sample.statistics"].with_user(self.manager)
        kinds = ("float", "integer")
        names = [name for name, field in report._fields.items() if field.aggregator and field.type in kinds]
        aggregates = [f"{name}:{report._fields[name].aggregator}" for name in names if name != "id"]
        report._read_group([], ["date:month"], aggregates)
        with self.assertQueryCount(1):
            report._read_group([], ["date:month", "type_id"], aggregates)

    def test_promises_are_kept_as_first_given(self):
        """A was promised for 5 March and sent on 6 March: no later promise makes that one in time."""
        self.request_a.round_ids.sudo().write({"promised_on": "2026-12-31"})
        self.env.flush_all()
        self.assertEqual(self._figures(MARCH, "on_time_promised"), (50.0,))

    @users("sample_manager")
    def test_search_views(self):
        """Each filter works and each dimension can be grouped by, in both views."""
        self.env.user.group_ids += self.env.ref("base.group_multi_company")
        dimensions = {
            "date:month",
            "type_id",
            "grade_id",
            "user_id",
            "rnd_user_id",
            "team_id",
            "partner_id",
            "product_family_id",
            "company_id",
        }
        for model in ("sale.sample.statistics", "sale.sample.cycle"):
            report = self.env[model]
            arch = etree.fromstring(report.get_view(view_type="search")["arch"])
            filters = arch.xpath("//filter[@domain]")
            self.assertTrue({"last_month", "last_quarter", "last_year"} <= {node.get("name") for node in filters})
            for node in filters:
                with self.subTest(model=model, filter=node.get("name")):
                    report.search(safe_eval(node.get("domain"), {"uid": self.env.uid}), limit=1)
            found = {safe_eval(node.get("context"))["group_by"] for node in arch.xpath("//filter[@context]")}
            self.assertTrue(dimensions <= found)
            for groupby in found:
                with self.subTest(model=model, groupby=groupby):
                    self.assertTrue(report.web_read_group([], [groupby], [])["groups"])

    def test_row_opens_the_request(self):
        row = self.env["sale.sample.statistics"].search([("request_id", "=", self.request_a.id)], limit=1)
        self.assertEqual(row.action_open_request()["res_id"], self.request_a.id)
