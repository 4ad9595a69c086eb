"""The number of queries does not grow with the number of customers."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import REVIEW_DAY, GradeCase


@tagged("post_install", "-at_install")
class TestQueries(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(*(f"Customer {n:02}" for n in range(70)))
        cls._orders([(customer, 10 ** (n % 5 + 1)) for n, customer in enumerate(cls.customers)])
        cls.customers[:10].ref = "few"
        few = {"population_domain": "[('ref', '=', 'few')]"}
        criteria = [
            cls._criterion(),
            Command.create({"metric": "order_count", "method": "percentile"}),
            cls._criterion("days_overdue", ((None, 100), (30, 0)), missing_points=100),
        ]
        cls.scheme = cls._scheme(criterion_ids=criteria, **few)
        version = cls.env["customer.grading.scheme"].browse(cls.scheme.action_new_version()["res_id"])
        version.population_domain = "[('ref', '!=', 'few')]"
        cls.versions = cls.scheme + version

    def _count(self, function):
        """Return the number of queries that one call needs, what it leaves to write included."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _counts(self, step):
        """Return the queries of one step of a review of 10 and of 60 customers."""
        before = ("action_compute", "action_accept_all", "action_decide", "action_apply")
        before = before[: before.index(step)]
        counts = []
        # Once to fill the caches of the registry, then to count.
        for number in (0, 0, 1):
            if self.versions[number].state == "draft":
                self.versions[number].action_activate()
            review = self._review(self.versions[number], compute=False)
            for earlier in before:
                getattr(review, earlier)()
            counts.append(self._count(getattr(review, step)))
        self.assertEqual(review.assessment_count, 60)
        return counts[1:]

    def test_compute(self):
        few, many = self._counts("action_compute")
        self.assertEqual(few, many)
        self.assertLessEqual(many, 40)

    def test_accept_all(self):
        few, many = self._counts("action_accept_all")
        self.assertEqual(few, many)

    def test_apply(self):
        self._counts("action_apply")
        counts = []
        for version, customers in zip(self.versions, (self.customers[:10], self.customers[10:]), strict=True):
            if version.state != "active":
                version = self._again(version)
            customers.customer_grade_id = self.grade["unrated"]
            review = self._review(version)
            self.assertEqual(review.changed_count, len(customers))
            review.action_accept_all()
            review.action_decide()
            counts.append(self._count(review.action_apply))
        self.assertEqual(*counts, "one message is written for each kind of change, the rest are copies")

    def _again(self, version):
        """Put a retired version in force again, as a copy."""
        self.env["customer.grading.scheme"].search([("state", "=", "active")]).action_retire()
        version = self.env["customer.grading.scheme"].browse(version.action_new_version()["res_id"])
        version.action_activate()
        return version

    def test_decisions_in_bulk(self):
        review = self._review(self.scheme)
        rows = review.assessment_ids
        # Fetched together, as a list does; what a one2many would fetch is no longer known.
        rows = rows.browse(rows.ids)
        two = self._count(rows[:2].action_keep)
        self.assertEqual(two, self._count(rows.action_keep))

    def test_expiry(self):
        review = self._review(self.scheme)
        review.assessment_ids[:2]._override(self.grade["d"], "x", REVIEW_DAY)
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        rows = self.env["customer.grade.assessment"]
        self.assertGreater(self._count(rows._cron_expire_overrides), 0)
        self.assertFalse(rows.search_count([("override_until", "!=", False), ("is_current", "=", True)]))

    def test_explanations(self):
        review = self._review(self.scheme)
        rows = review.assessment_ids
        rows = rows.browse(rows.ids)
        fields = ["explanation", "missing", "reasons_text"]
        rows.read(fields)
        one = self._count(lambda: rows.browse(rows.ids[:1]).read(fields))
        ten = self._count(lambda: rows.read(fields))
        self.assertLessEqual(ten, one + 2)

    def test_customer_list(self):
        self._counts("action_apply")
        plain = {"name": {}, "email": {}, "country_id": {"fields": {"display_name": {}}}}
        ours = {
            "customer_grade_id": {"fields": {"display_name": {}}},
            "customer_grade_score": {},
            "customer_grade_since": {},
            "customer_grade_color": {},
        }
        partners = self.env["res.partner"].with_user(self.manager)
        domain = [("id", "in", self.customers.ids)]

        def read(specification):
            return self._count(lambda: partners.web_search_read(domain, specification, limit=80))

        read(plain | ours)
        without = read(plain)
        self.assertLessEqual(read(plain | ours), without + 2)

    def test_review_form(self):
        review = self._review(self.scheme)
        names = ["matrix", "assessment_count", "pending_count", "changed_count", "incomplete_count", "window_start"]
        review.read(names)
        self.assertLessEqual(self._count(lambda: review.read(names)), 12)
