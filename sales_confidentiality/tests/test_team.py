from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from .common import ConfidentialCase


@tagged("post_install", "-at_install")
class TestTeam(ConfidentialCase):
    """Own, team, all: customers, leads, orders, their lines and figures."""

    def _seen(self, user, records, field="user_id"):
        """Return whose records the user sees of these, by search and by reading each."""
        mine = records.with_user(user)
        found = mine.search([("id", "in", records.ids)])
        for record in mine:
            self.assertEqual(record.has_access("read"), record in found, record)
            self.assertEqual(record.has_access("write"), record in found, record)
        return set(found.sudo().mapped(field))

    def test_own(self):
        for records in self.everything.values():
            self.assertEqual(self._seen(self.anna, records), {self.anna})

    def test_team(self):
        for records in self.everything.values():
            self.assertEqual(self._seen(self.tia, records), {self.anna, self.ben})

    def test_all(self):
        for records in self.everything.values():
            self.assertEqual(self._seen(self.exporter, records), {self.anna, self.ben, self.carl})
            self.assertEqual(self._seen(self.manager, records), {self.anna, self.ben, self.carl})

    def test_lines_and_figures_follow(self):
        lines = self.everything["orders"].order_line
        self.assertEqual(self._seen(self.tia, lines, "salesman_id"), {self.anna, self.ben})
        domain = [("company_id", "=", self.company.id)]
        for user, count in ((self.anna, 1), (self.tia, 2), (self.exporter, 3)):
            report = self.env["sale.report"].with_user(user).search(domain)
            self.assertEqual(len(report), count)

    def test_invoices_follow(self):
        moves = self.env["account.move"]
        self.env["account.journal"].create({
            "name": "Sales",
            "code": "CFS",
            "type": "sale",
            "company_id": self.company.id,
        })
        for user, customer in self.customers.items():
            moves |= moves.create({
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_user_id": user.id,
                "team_id": (self.second if user == self.carl else self.first).id,
            })
        self.assertEqual(
            moves.with_user(self.tia).search([("id", "in", moves.ids)]).sudo().invoice_user_id, self.anna | self.ben
        )
        self.assertEqual(moves.with_user(self.anna).search([("id", "in", moves.ids)]).sudo().invoice_user_id, self.anna)

    def test_documents_of_the_team_whoever_sells(self):
        order = self.orders[self.carl]
        order.team_id = self.first
        self.assertTrue(order.with_user(self.tia).has_access("read"))

    def test_a_team_of_nobody_shows_nothing(self):
        self.orders[self.carl].team_id = False
        self.leads[self.carl].team_id = False
        self.assertFalse(self.orders[self.carl].with_user(self.tia).has_access("read"))
        self.assertFalse(self.leads[self.carl].with_user(self.tia).has_access("read"))

    def test_people_move(self):
        customer, order = self.customers[self.carl], self.orders[self.carl]
        self.assertFalse(customer.with_user(self.tia).has_access("read"))
        self.second.member_ids = False
        self.first.member_ids += self.carl
        self.assertTrue(customer.with_user(self.tia).has_access("read"), "at once, not after a restart")
        self.assertTrue(order.with_user(self.tia).has_access("read"))
        self.first.member_ids -= self.carl
        self.assertFalse(customer.with_user(self.tia).has_access("read"))
        self.assertFalse(order.with_user(self.tia).has_access("read"))

    def test_a_leader_sees_the_customers_of_the_team(self):
        self.assertEqual(self._seen(self.lin, self.everything["customers"]), {self.anna, self.ben})
        self.first.user_id = False
        self.assertEqual(self._seen(self.lin, self.everything["customers"]), set())

    def test_a_leader_with_the_right_to_the_team_sees_its_documents(self):
        self.lin.group_ids += self.env.ref("sales_team_security.group_sale_team_manager")
        for records in self.everything.values():
            self.assertEqual(self._seen(self.lin, records), {self.anna, self.ben})

    def test_colleagues_whoever_cares_for_them(self):
        """Everybody reads them and our companies: they follow documents, write and sign."""
        ours = self.ben.partner_id | self.company.partner_id
        ours.user_id = self.carl
        self.orders[self.anna].message_subscribe(ours.ids)
        for user in (self.anna, self.lin, self.tia, self.exporter, self.manager, self.rnd):
            self.env.invalidate_all()
            mine = ours.with_user(user)
            self.assertEqual(mine.search([("id", "in", ours.ids)]), ours)
            for colleague in mine:
                self.assertTrue(colleague.read(["name"]))
            if user in (self.anna, self.tia, self.exporter, self.manager):
                order = self.orders[self.anna].with_user(user)
                self.assertLessEqual(ours, order.message_partner_ids)
                store = Store()
                order._thread_to_store(store, [], request_list=["followers", "suggestedRecipients"])
                self.assertIn(self.ben.name, str(store.get_result()))
        self.assertFalse(ours.with_user(self.anna)._filtered_access("write"))

    def test_customers_of_ones_documents(self):
        customer = self.customers[self.carl]
        contacts = self.env["res.partner"].create([{"name": name, "parent_id": customer.id} for name in ("A", "B")])
        everybody = (customer | contacts).with_user(self.anna)
        self.assertFalse(everybody._filtered_access("read"))
        self.leads[self.anna].partner_id = contacts[0]
        self.assertEqual(everybody._filtered_access("read"), everybody, "the lead's contact and its company")
        self.assertFalse(everybody._filtered_access("write"))
        self.leads[self.anna].partner_id = self.customers[self.anna]
        self.assertFalse(everybody._filtered_access("read"))
        self.orders[self.anna].partner_id = customer
        self.assertEqual(everybody._filtered_access("read"), everybody)
        self.assertEqual(everybody.search([("id", "in", everybody.ids)]), everybody)
        order = self.orders[self.anna].with_user(self.anna)
        order.sudo().message_subscribe(customer.ids)
        self.assertTrue(order.web_read(order._get_fields_spec(order.get_view(view_type="form"))))
        self.assertTrue(customer.with_user(self.tia).has_access("read"), "of the team's order")

    def test_other_company(self):
        other = self._make_company("Elsewhere")
        self.customers[self.ben].company_id = other
        self.assertFalse(self.customers[self.ben].with_user(self.tia).has_access("read"))
        self.assertFalse(self.customers[self.ben].with_user(self.lin).has_access("read"))

    def test_collaborators_see_customers_as_before(self):
        self.assertEqual(len(self.everything["customers"].with_user(self.rnd)._filtered_access("read")), 3)
