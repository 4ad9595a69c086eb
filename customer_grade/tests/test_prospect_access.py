"""What the grades of leads cost the screens of the pipeline."""

from .common_prospect import ProspectCase


class TestQueries(ProspectCase):
    def _count(self, spec, user):
        self.env.invalidate_all()
        leads = self.env["crm.lead"].with_user(user)
        before = self.env.cr.sql_log_count
        leads.web_search_read([("name", "like", "lead ")], spec)
        return self.env.cr.sql_log_count - before

    def test_list_and_kanban_cost_two_queries_at_most(self):
        self._grade_leads([500, 5000, 50000, 500])
        plain = {"name": {}, "stage_id": {"fields": {"display_name": {}}}}
        graded = plain | {"customer_grade_id": {"fields": {"display_name": {}}}, "customer_grade_color": {}}
        self._count(graded, self.salesman)
        self.assertLessEqual(self._count(graded, self.salesman) - self._count(plain, self.salesman), 2)

    def test_a_dimension_of_the_analysis(self):
        self._grade_leads([500, 50000])
        rows = (
            self
            .env["crm.lead"]
            .with_user(self.salesman_all)
            .formatted_read_group([("name", "like", "lead ")], ["customer_grade_id"], ["expected_revenue:sum"])
        )
        self.assertEqual([row["expected_revenue:sum"] for row in rows], [50000, 500])
