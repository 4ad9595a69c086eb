"""Two people apply one review at the same moment, over two real connections."""

from psycopg2.errors import ForeignKeyViolation, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestApplyTwice(BaseCase):
    """The records are committed for the length of a test and deleted afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            self.ids = self._prepare(api.Environment(cr, SUPERUSER_ID, {}))
        self.addCleanup(self._remove)
        self.first, self.second = self._connect(), self._connect()
        self.patch(retrying.__globals__["time"], "sleep", lambda _seconds: None)

    def _connect(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.ids["res.company"]]})
        return env["customer.grade.review"].browse(self.ids["customer.grade.review"])

    def _prepare(self, env):
        """Commit a company with one graded customer and a review of him, decided."""
        company = env["res.company"].create({"name": "Grade Race Works"})
        env = env(context={"allowed_company_ids": company.ids})
        grade_a, grade_d = env.ref("customer_grade.customer_grade_a"), env.ref("customer_grade.customer_grade_d")
        customer = env["res.partner"].create({
            "name": "Grade Race Customer",
            "is_company": True,
            "customer_grade_id": grade_a.id,
        })
        band = {"open_below": True, "open_above": True, "points": 0}
        scheme = env["customer.grading.scheme"].create({
            "name": "Race",
            "company_id": company.id,
            "criterion_ids": [Command.create({"metric": "revenue", "band_ids": [Command.create(band)]})],
            "threshold_ids": [
                Command.create({"grade_id": grade_a.id, "minimum": 50}),
                Command.create({"grade_id": grade_d.id, "minimum": 0}),
            ],
            "population_domain": repr([("id", "=", customer.id)]),
        })
        scheme.action_activate()
        review = env["customer.grade.review"].create({"scheme_id": scheme.id, "date": "2026-06-30"})
        review.action_compute()
        review.action_accept_all()
        review.action_decide()
        return {record._name: record.id for record in (company, customer, scheme, review)}

    def _remove(self):
        """Delete what was committed; the history is closed to the ORM, so by SQL."""
        company, customer, scheme, review = self.ids.values()
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM customer_grade_assessment WHERE company_id = %s", [company])
            cr.execute("DELETE FROM customer_grade_review WHERE id = %s", [review])
            cr.execute("DELETE FROM customer_grading_scheme WHERE id = %s", [scheme])
            env = api.Environment(cr, SUPERUSER_ID, {})
            messages = env["mail.message"].search([
                "|",
                "&",
                ("model", "=", "customer.grade.review"),
                ("res_id", "=", review),
                "&",
                ("model", "=", "customer.grading.scheme"),
                ("res_id", "=", scheme),
            ])
            messages.unlink()
            env["res.partner"].browse(customer).unlink()
            record = env["res.company"].browse(company)
            partner = record.partner_id
            warehouse_free = env["resource.calendar"].search([("company_id", "=", company)])
            record.resource_calendar_id = False
            warehouse_free.unlink()
            try:
                with mute_logger("odoo.sql_db"), cr.savepoint():
                    record.unlink()
                    partner.unlink()
            except ForeignKeyViolation:
                # Other addons give each company rows of their own, stock a warehouse: it stays, out of the way.
                record.write({"name": f"{record.name} {record.id}", "active": False})

    def _assert_applied_once(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.ids["res.company"]]})
            customer = env["res.partner"].browse(self.ids["res.partner"])
            history = env["customer.grade.assessment"].search(
                [("partner_id", "=", customer.id), ("state", "=", "applied")], order="id"
            )
            self.assertEqual(history.mapped("origin"), ["manual", "review"])
            self.assertEqual(history.mapped("is_current"), [False, True])
            self.assertEqual(customer.customer_grade_id.code, "D")
            said = customer.message_ids.filtered(lambda message: "Grade review" in (message.body or ""))
            self.assertEqual(len(said), 1)

    def test_at_the_same_moment(self):
        self.assertEqual(self.second.state, "decided")
        self.first.action_apply()
        with self.assertRaisesRegex(UserError, "Another user is processing"):
            self.second.action_apply()
        self.first.env.cr.commit()
        with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
            self.second.action_apply()
        self.second.env.cr.rollback()
        with self.assertRaisesRegex(UserError, "“Applied”, which is final"):
            self.second.action_apply()
        self.second.env.cr.rollback()
        self._assert_applied_once()

    def test_retried_by_odoo(self):
        self.assertEqual(self.second.state, "decided")
        self.first.action_apply()
        self.first.env.cr.commit()
        with self.assertRaisesRegex(UserError, "which is final"), mute_logger("odoo.sql_db", "odoo.service.model"):
            retrying(self.second.action_apply, self.second.env)
        self._assert_applied_once()

    def test_a_decision_while_the_review_is_applied(self):
        self.assertEqual(self.second.state, "decided")
        self.first.action_apply()
        with self.assertRaisesRegex(UserError, "Another user is processing"):
            self.second.action_reopen()
        self.first.env.cr.commit()
        self._assert_applied_once()
