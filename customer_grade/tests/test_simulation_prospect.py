"""What if, for prospects: leads and contacts that never ordered."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_prospect import DAY, ProspectCase


@tagged("post_install", "-at_install")
class TestSimulationProspect(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.small = cls._grade_leads([20000, 200])  # A, C
        cls.scheme = cls.env["customer.grading.scheme"].search([
            ("company_id", "=", cls.company.id),
            ("kind", "=", "prospect"),
        ])

    def _simulation(self, user=None, scheme=None, **values):
        return (
            self
            .env["customer.grade.simulation"]
            .with_user(user or self.manager)
            .create({"base_scheme_id": (scheme or self.scheme).id, "date": DAY, **values})
        )

    def _cells(self, simulation):
        name = {grade.id: key for key, grade in self.grade.items()} | {0: None}
        return {
            tuple(name[int(part)] for part in pair.split(",")): cell["count"]
            for pair, cell in simulation.matrix["cells"].items()
        }

    def _ask_more_of_the_best(self, simulation):
        """Let the best band begin at 30,000."""
        third, best = simulation.criterion_ids.band_ids[2:]
        bands = [Command.update(third.id, {"upper": 30000}), Command.update(best.id, {"lower": 30000})]
        simulation.write({"criterion_ids": [Command.update(simulation.criterion_ids.id, {"band_ids": bands})]})

    def test_prospects_move(self):
        simulation = self._simulation()
        self._ask_more_of_the_best(simulation)
        simulation.action_simulate()
        self.assertEqual(self._cells(simulation), {("a", "b"): 1, ("c", "c"): 1})
        self.assertRecordValues(
            simulation.line_ids,
            [
                {
                    "lead_id": self.big.id,
                    "partner_id": False,
                    "display_name": "lead 0",
                    "user_id": self.salesman.id,
                    "revenue": 20000,
                    "base_grade_id": self.grade["a"].id,
                    "grade_id": self.grade["b"].id,
                    "movement": "down",
                }
            ],
        )
        self.assertEqual(simulation.summary, "1 of 2 prospects would move.")
        self.assertEqual(self.big.customer_grade_id, self.grade["a"], "nothing is saved")
        self.assertEqual(len(self._lead_history(self.big)), 1)

    def test_contacts_without_orders_move_too(self):
        contact = self._customers("Erke")
        self._known_since(contact, "2026-01-15 04:00:00")
        other = self.scheme._new_version()
        other.population_domain = repr([("id", "=", contact.id)])
        simulation = self._simulation(mode="scheme", other_scheme_id=other.id)
        simulation.action_simulate()
        self.assertEqual(simulation.line_ids.partner_id, contact)
        self.assertEqual(self._cells(simulation), {("a", "a"): 1, ("c", "c"): 1, (None, "d"): 1})

    def test_window_of_engagement(self):
        """Letters in the window count; expected revenue is that of today, whatever the window."""
        scheme = self._scheme(
            activate=False,
            name="Engaged",
            kind="prospect",
            population_domain="[('id', '=', 0)]",
            window_months=1,
            criterion_ids=[self._criterion("engagement", ((None, 0), (1, 90)))],
        )
        customer = self._customers("Anta")
        message = self.big.message_post(
            body="Yes", author_id=customer.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        message.date = "2026-03-10 04:00:00"
        simulation = self._simulation(scheme=scheme)
        simulation.window_months = 6
        simulation.action_simulate()
        self.assertEqual(simulation.line_ids.lead_id, self.big)
        self.assertEqual(self._cells(simulation), {("d", "a"): 1, ("d", "d"): 1})

    def test_a_window_in_which_nobody_wrote_still_grades(self):
        simulation = self._simulation(window_months=1)
        simulation.action_simulate()
        self.assertEqual((simulation.customer_count, simulation.moved_count), (2, 0))

    def test_nobody_yet(self):
        with self.assertRaisesRegex(UserError, "no open lead"):
            self._simulation(date="2025-12-31").action_simulate()

    def test_kinds_are_not_mixed(self):
        customers = self._scheme(name="Customers")
        with self.assertRaisesRegex(UserError, "cannot be compared"):
            self._simulation(mode="scheme", other_scheme_id=customers.id).action_simulate()

    def test_rights(self):
        for user in (self.salesman, self.salesman_all, self.approver, self.internal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._simulation(user)
        simulation = self._simulation(self.manager)
        simulation.action_simulate()
        with self.assertRaises(AccessError):
            simulation.criterion_ids.band_ids.with_user(self.policy_admin).read(["points"])
        self._ask_more_of_the_best(simulation)
        with self.assertRaises(AccessError):
            simulation.action_save_version()
        own = self._simulation(self.policy_admin)
        self._ask_more_of_the_best(own)
        version = self.env["customer.grading.scheme"].browse(own.action_save_version()["res_id"])
        self.assertEqual((version.kind, version.state), ("prospect", "draft"))
        self.assertEqual(version.criterion_ids.band_ids.mapped("lower"), [0, 100, 1000, 30000])
