"""Grades on customers: import, contacts, search, sales analysis, terms."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import GradeCase


@tagged("post_install", "-at_install")
class TestImport(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approver.group_ids += cls.env.ref("base.group_partner_manager")
        cls.customer = cls._customers("Anta")

    def _load(self, user, rows, fields=("name", "customer_grade_id", "customer_grade_reason")):
        return self.env["res.partner"].with_user(user).load(list(fields), rows)

    def test_an_approver_imports_grades(self):
        rows = [["Lining", "A", "Grade of the old system"], ["Erke", "Unrated", "New"], ["Peak", "", ""]]
        with freeze_time("2026-06-30 17:00:00"):
            result = self._load(self.approver, rows)
        self.assertFalse(result["messages"])
        lining, erke, peak = partners = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(self._grades(partners), ["A", "U", None])
        self.assertEqual(lining.customer_grade_since, date(2026, 7, 1))
        self.assertRecordValues(
            self._history(lining),
            [
                {
                    "origin": "manual",
                    "grade_id": self.grade["a"].id,
                    "previous_grade_id": False,
                    "movement": "new",
                    "is_current": True,
                    "decided_by_id": self.approver.id,
                    "reason": "Grade of the old system",
                    "review_id": False,
                    "date": date(2026, 7, 1),
                }
            ],
        )
        self.assertIn("set or imported", self._history(lining).explanation)
        self.assertEqual((len(self._history(erke)), len(self._history(peak))), (1, 0))

    def test_an_import_by_code_and_external_id_updates(self):
        self.env["ir.model.data"].create({
            "module": "__import__",
            "name": "grade_test_anta",
            "model": "res.partner",
            "res_id": self.customer.id,
        })
        self.customer.customer_grade_id = self.grade["a"]
        columns = ("id", "customer_grade_id", "customer_grade_reason")
        result = self._load(self.approver, [["__import__.grade_test_anta", "U", "Too new"]], columns)
        self.assertFalse(result["messages"])
        self.assertEqual(self._grades(self.customer), ["U"])
        self.assertEqual(self._history(self.customer).mapped("is_current"), [False, True])

    def test_a_salesman_imports_none(self):
        result = self._load(self.salesman, [["Lining", "A"]], ("name", "customer_grade_id"))
        self.assertFalse(result["ids"])
        self.assertTrue(self._load(self.salesman, [["Lining", "x"]], ("name", "ref"))["ids"], "other columns he may")
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesman).customer_grade_id = self.grade["a"]
        self.assertFalse(self._history(self.customer))

    def test_score_and_date_are_nobodys_to_write(self):
        for user in (self.approver, self.manager, self.salesman):
            for values in ({"customer_grade_score": 99}, {"customer_grade_since": "2020-01-01"}):
                with self.assertRaises(AccessError):
                    self.customer.with_user(user).write(values)

    def test_the_same_grade_again_is_no_change(self):
        self.customer.customer_grade_id = self.grade["a"]
        self.customer.customer_grade_id = self.grade["a"]
        self.assertEqual(len(self._history(self.customer)), 1)

    def test_taking_the_grade_away_is_history_too(self):
        for grade in (self.grade["a"].id, False):
            self.customer.with_user(self.approver).write({
                "customer_grade_id": grade,
                "customer_grade_reason": "Signed a contract",
            })
        history = self._history(self.customer)
        self.assertEqual([row.grade_id.code for row in history], ["A", False])
        self.assertEqual(history.mapped("is_current"), [False, True])

    def test_a_set_grade_is_tracked(self):
        self.flush_tracking()
        self.customer.customer_grade_id = self.grade["a"]
        self.flush_tracking()
        values = self.customer.message_ids.tracking_value_ids
        self.assertEqual(values.field_id.name, "customer_grade_id")
        self.assertEqual(values.new_value_char, "A")

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()


@tagged("post_install", "-at_install")
class TestContacts(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approver.group_ids += cls.env.ref("base.group_partner_manager")
        cls.customer, cls.other = cls._customers("Anta", "Xtep")
        cls.customer.customer_grade_id = cls.grade["a"]

    def test_a_contact_shows_the_grade_of_its_company(self):
        contact = (
            self.env["res.partner"].with_user(self.salesman).create({"name": "Ms Li", "parent_id": self.customer.id})
        )
        self.assertEqual(contact.customer_grade_id, self.grade["a"])
        self.customer.with_user(self.approver).write({
            "customer_grade_id": self.grade["c"].id,
            "customer_grade_reason": "Orders less",
        })
        self.assertEqual(self._grades(contact), ["C"])
        contact.with_user(self.salesman).parent_id = self.other
        self.assertEqual(self._grades(contact), [None])
        self.assertFalse(self._history(contact))

    def test_a_contact_has_no_grade_of_its_own(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        with self.assertRefused("Ms Li shows the grade of Anta: set the grade there", ValidationError):
            contact.with_user(self.approver).write({
                "customer_grade_id": self.grade["d"].id,
                "customer_grade_reason": "Buys nothing",
            })
        self.assertFalse(contact.is_commercial_partner)

    def test_a_contact_that_leaves_has_no_grade(self):
        assistant = {"name": "Mr Bo"}
        contact = self.env["res.partner"].create({
            "name": "Ms Li",
            "parent_id": self.customer.id,
            "child_ids": [Command.create(assistant)],
        })
        other = self._make_company("Insole Works")
        self.customer.with_company(other).customer_grade_id = self.grade["b"]
        both = contact + contact.child_ids
        self.assertEqual((self._grades(both), self._grades(both, other)), (["A", "A"], ["B", "B"]))
        contact.with_user(self.salesman).parent_id = False
        self.assertEqual((self._grades(both), self._grades(both, other)), ([None, None], [None, None]))
        self.assertFalse(contact.customer_grade_since)
        self.assertFalse(self._history(contact))
        self.assertEqual(
            len(contact.message_ids.filtered(lambda m: "No longer a contact of Anta" in (m.body or ""))), 2
        )
        self.assertEqual(self._grades(self.customer), ["A"])

    def test_a_branch_that_becomes_a_company_has_no_grade(self):
        branch = self.env["res.partner"].create({"name": "Anta Jinjiang", "parent_id": self.customer.id})
        branch.is_company = True
        self.assertTrue(branch.is_commercial_partner)
        self.assertEqual(self._grades(branch), [None])

    def test_who_was_graded_before_joining_has_that_grade_again(self):
        person = self._customers("Ms Li", is_company=False)
        with freeze_time("2026-01-10 04:00:00"):
            person.customer_grade_id = self.grade["d"]
        with freeze_time("2026-02-10 04:00:00"):
            person.customer_grade_id = self.grade["c"]
        person.parent_id = self.customer
        self.assertEqual(self._grades(person), ["A"])
        person.parent_id = False
        self.assertEqual(self._grades(person), ["C"])
        self.assertEqual(person.customer_grade_since, date(2026, 2, 10))
        history = self._history(person)
        self.assertEqual([entry.grade_id.code for entry in history], ["D", "C"])
        self.assertEqual(history.mapped("is_current"), [False, True])

    def test_a_grade_given_to_a_contact_that_leaves(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        contact.with_user(self.approver).write({
            "parent_id": False,
            "customer_grade_id": self.grade["b"].id,
            "customer_grade_reason": "Founded a company",
        })
        self.assertEqual(self._grades(contact), ["B"])
        self.assertEqual(self._history(contact).mapped("reason"), ["Founded a company"])

    def test_created_together(self):
        company = (
            self
            .env["res.partner"]
            .with_user(self.approver)
            .create({
                "name": "Erke",
                "is_company": True,
                "customer_grade_id": self.grade["b"].id,
                "customer_grade_reason": "A known brand",
                "child_ids": [Command.create({"name": "Ms Wu"})],
            })
        )
        self.assertEqual(self._grades(company + company.child_ids), ["B", "B"])
        self.assertEqual(len(self._history(company)), 1)

    def test_a_copy_begins_without_grade(self):
        for user in (self.approver, self.salesman):
            self.assertFalse(self.customer.with_user(user).copy().customer_grade_id)

    def test_the_form_of_a_salesman(self):
        with Form(self.customer.with_user(self.salesman)) as form:
            form.phone = "123"
        self.assertEqual(self._grades(self.customer), ["A"])

    def test_each_company_grades_for_itself(self):
        insole = self._make_company("Insole Works")
        self.env.user.company_ids += insole
        self.customer.with_company(insole).customer_grade_id = self.grade["d"]
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        self.assertEqual(self._grades(self.customer + contact), ["A", "A"])
        self.assertEqual(self._grades(self.customer + contact, insole), ["D", "D"])
        Partner = self.env["res.partner"]
        ours = [("id", "in", (self.customer + contact).ids)]
        for company, key in ((self.company, "a"), (insole, "d")):
            Model = Partner.with_company(company)
            found = Model.search([("customer_grade_id", "=", self.grade[key].id), *ours])
            self.assertEqual(found, self.customer + contact)
            groups = Model._read_group(ours, ["customer_grade_id"], ["__count"])
            self.assertEqual(groups, [(self.grade[key], 2)])
            action = self.customer.with_company(company).action_view_customer_grade_history()
            rows = self.env["customer.grade.assessment"].search(action["domain"])
            self.assertEqual((len(rows), rows.grade_id), (1, self.grade[key]))

    def test_smart_button(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        self.customer.customer_grade_id = self.grade["b"]
        rows = self.env["customer.grade.assessment"].search(contact.action_view_customer_grade_history()["domain"])
        self.assertEqual((len(rows), rows), (2, self._history(self.customer)))

    def test_customers_of_a_grade(self):
        self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        grade = self.env["customer.grade"].create({"name": "X", "code": "X", "company_id": self.company.id})
        self.customer.customer_grade_id = grade
        self.assertEqual(grade.partner_count, 1, "contacts are no customers")
        action = grade.action_view_partners()
        self.assertEqual(self.env["res.partner"].search(action["domain"]), self.customer)

    def test_holders_are_found(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        private = self.env["res.partner"].create({"name": "Mr Private"})
        ours = [("id", "in", (self.customer + contact + private).ids)]
        search = self.env["res.partner"].search
        self.assertEqual(search([*ours, ("is_commercial_partner", "=", True)]), self.customer + private)
        self.assertEqual(search([*ours, ("is_commercial_partner", "=", False)]), contact)
        self.assertEqual(search([*ours, ("is_commercial_partner", "!=", True)]), contact)


@tagged("post_install", "-at_install")
class TestUse(GradeCase):
    def test_sales_analysis_by_grade(self):
        insole = self._make_company("Insole Works")
        self.env.user.company_ids += insole
        self.env = self.env(context={**self.env.context, "allowed_company_ids": [self.company.id, insole.id]})
        big, small = self._customers("Anta", "Xtep")
        big.customer_grade_id, small.customer_grade_id = self.grade["a"], self.grade["b"]
        big.with_company(insole).customer_grade_id = self.grade["d"]
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": big.id})
        self._orders([(big, 100), (contact, 20), (small, 5)])
        self._orders([(big, 7)], company=insole)
        self.env.flush_all()
        domain = [("partner_id", "in", (big + small + contact).ids)]
        groups = self.env["sale.report"]._read_group(
            domain, ["company_id", "customer_grade_id"], ["price_subtotal:sum"]
        )
        self.assertEqual(
            sorted((company.name, grade.code, amount) for company, grade, amount in groups),
            [("Insole Works", "D", 7), ("Outsole Works", "A", 120), ("Outsole Works", "B", 5)],
        )
        mine = self.env["sale.report"].with_user(self.salesman_all).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(mine.search_count([*domain, ("customer_grade_id", "=", self.grade["a"].id)]), 2)

    def test_terms_of_the_grade_are_proposed(self):
        pricelist = self.env["product.pricelist"].create({"name": "Key customers", "company_id": self.company.id})
        term = self.env["account.payment.term"].create({"name": "60 days", "company_id": self.company.id})
        grade = self.env["customer.grade"].create({
            "name": "Key",
            "code": "K",
            "company_id": self.company.id,
            "pricelist_id": pricelist.id,
            "payment_term_id": term.id,
        })
        customer, plain = self._customers("Anta", "Xtep")
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": customer.id})
        self.assertFalse(customer.has_customer_grade_proposal)
        customer.customer_grade_id = grade
        self.assertTrue(customer.has_customer_grade_proposal)
        self.assertNotEqual(customer.property_payment_term_id, term, "a person decides")
        self.assertEqual(contact.action_view_customer_grade_terms()["res_id"], customer.id)
        contact.action_adopt_customer_grade_terms()
        self.assertEqual(customer.property_product_pricelist, pricelist)
        self.assertEqual(customer.property_payment_term_id, term)
        self.assertFalse(customer.has_customer_grade_proposal)
        with self.assertRefused("already have the pricelist and payment terms"):
            (customer + plain).action_adopt_customer_grade_terms()

    def test_adopting_needs_the_right_to_write_customers(self):
        term = self.env["account.payment.term"].create({"name": "60 days"})
        grade = self.env["customer.grade"].create({"name": "Key", "code": "K", "payment_term_id": term.id})
        customer = self._customers("Anta")
        customer.customer_grade_id = grade
        with self.assertRaises(AccessError):
            customer.with_user(self.internal).action_adopt_customer_grade_terms()

    def test_a_grade_of_another_company_is_refused(self):
        insole = self._make_company("Insole Works")
        foreign = self.env["customer.grade"].create({"name": "Gold", "code": "G", "company_id": insole.id})
        with self.assertRaises(UserError):
            self._customers("Anta").customer_grade_id = foreign
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestMerge(GradeCase):
    def _merge(self, partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({
            "partner_ids": [Command.set(partners.ids)],
            "dst_partner_id": into.id,
        })
        wizard.action_merge()
        self.env.invalidate_all()

    def test_merged_customers_join_their_histories(self):
        first, second, third = customers = self._customers("Anta", "Anta Ltd", "Anta Sports")
        self._orders([(first, 2000), (second, 20000), (third, 10)])
        scheme = self._scheme()
        self._applied(scheme)
        open_review = self._review(scheme, date(2026, 7, 31))
        self._merge(customers, second)
        self.assertFalse((first + third).exists())
        history = self._history(second)
        self.assertEqual(sorted(history.mapped("grade_id.code")), ["A", "B", "D"])
        self.assertEqual(history.filtered("is_current").grade_id, self.grade["a"])
        self.assertEqual(self._grades(second), ["A"])
        self.assertEqual(history.review_id.mapped("state"), ["applied"])
        self.assertEqual(len(history.filtered("review_id")), 3, "each entry keeps its evidence")
        self.assertEqual(sorted(history.mapped(lambda entry: entry.merged_from or "")), ["", "Anta", "Anta Sports"])
        self.assertEqual(open_review.assessment_ids.partner_id, second)
        self.assertEqual(open_review.assessment_count, 1)

    def test_a_customer_without_name_keeps_its_entry_apart(self):
        """Addresses need no name. Without a word where it comes from, two entries of one review would meet."""
        named, nameless = self._customers("Anta", "Gate 3")
        self._orders([(named, 2000), (nameless, 20000)])
        self._applied(self._scheme())
        nameless.write({"type": "other", "is_company": False, "name": False})
        self._merge(named + nameless, named)
        self.assertEqual(len(self._history(named).filtered("review_id")), 2)

    def test_an_ungraded_customer_takes_the_grade_over(self):
        plain, graded = self._customers("Anta", "Anta Ltd")
        graded.customer_grade_id = self.grade["c"]
        self._merge(plain + graded, plain)
        self.assertEqual(self._grades(plain), ["C"])
        self.assertEqual(self._history(plain).mapped("is_current"), [True])
