"""Grades on the records of Odoo: who reads them, who sets them, and what must work for everybody else."""

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import GradeCase

OURS = (
    "customer_grade_id",
    "customer_grade_score",
    "customer_grade_since",
    "customer_grade_color",
    "customer_grade_pricelist_id",
    "customer_grade_payment_term_id",
    "has_customer_grade_proposal",
)


@tagged("post_install", "-at_install")
class TestReaders(GradeCase):
    """The portal customer and colleagues without sales rights read no grade, by any path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers("Anta")
        cls.customer.customer_grade_id = cls.grade["a"]
        cls.contact = cls.env["res.partner"].create({"name": "Ms Li", "parent_id": cls.customer.id})
        cls.portal = new_test_user(cls.env, "grade_portal", groups="base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer
        cls.warehouse = new_test_user(
            cls.env,
            "grade_warehouse",
            groups="base.group_user,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.strangers = {"portal": cls.portal, "internal": cls.internal, "warehouse": cls.warehouse}

    def _paths(self, partners, name):
        """Return every way to read one field."""
        domain = [("id", "in", partners.ids)]
        value = partners.sudo()[:1][name]
        value = value.id if hasattr(value, "ids") else value
        paths = {
            "read": lambda: partners.read([name]),
            "web_read": lambda: partners.web_read({name: {}}),
            "search_read": lambda: partners.search_read(domain, [name]),
            "mapped": lambda: partners.mapped(name),
        }
        if partners._fields[name].store:
            paths |= {
                "search": lambda: partners.search([*domain, (name, "=", value)]),
                "order": lambda: partners.search(domain, order=name),
                "group": lambda: partners.formatted_read_group(domain, [name], ["__count"]),
                "read_group": lambda: partners.web_read_group(domain, [name]),
                "path": lambda: partners.search([*domain, (f"child_ids.{name}", "!=", False)]),
            }
        return paths

    def test_nobody_else_reads_a_grade(self):
        for role, user in self.strangers.items():
            partners = (self.portal.partner_id if role == "portal" else self.customer).with_user(user)
            self.assertTrue(partners.read(["name"]), "the customer itself he may read")
            for name in OURS:
                self.assertNotIn(name, partners.fields_get())
                for path, read in self._paths(partners, name).items():
                    with self.subTest(role=role, field=name, path=path), self.assertRaises(AccessError):
                        read()

    def test_the_portal_reads_nothing_of_ours(self):
        partner = self.portal.partner_id.with_user(self.portal)
        ours = {name for name, field in partner._fields.items() if field._module in ("customer_grade",)}
        self.assertTrue(ours)
        self.assertFalse(ours & partner.fields_get().keys())

    def test_a_colleague_counts_no_customers_of_a_grade(self):
        grade = self.grade["a"].with_user(self.internal)
        self.assertTrue(grade.read(["name"]))
        for read in (lambda: grade.read(["partner_count"]), lambda: grade.partner_count):
            with self.assertRaises(AccessError):
                read()

    def test_the_chatter_tells_grades_to_their_readers_only(self):
        """The text of a note shows to whoever may read the customer: it names no grade."""
        self._order(self.customer, 200)
        self._applied(self._scheme())
        message = self.customer.message_ids[0]
        self.assertEqual(self._said(self.customer), ("A", "C"))
        self.assertNotRegex(message.body, r"\b[A-D]\b")
        for user, shown in ((self.internal, 0), (self.warehouse, 0), (self.salesman, 1), (self.approver, 1)):
            theirs = message.with_user(user)
            self.assertTrue(theirs.body)
            values = theirs.sudo().tracking_value_ids._filter_has_field_access(self.env(user=user))
            self.assertEqual(len(values), shown, user.login)

    def test_sales_and_approvers_read_them(self):
        for role in ("salesman", "salesman_all", "manager", "approver", "policy_admin"):
            customer = self.customer.with_user(getattr(self, role))
            with self.subTest(role):
                self.assertEqual(customer.read(["customer_grade_id"])[0]["customer_grade_id"][1], "A")

    # ------------------------------------------------------------------
    # What must work for those who read no grades
    # ------------------------------------------------------------------

    def test_screens_of_a_colleague_without_sales_rights(self):
        partners = self.env["res.partner"].with_user(self.warehouse)
        views = {"form": "base.view_partner_form", "list": "base.view_partner_tree"}
        views |= {"kanban": "base.res_partner_kanban_view", "search": "base.view_res_partner_filter"}
        found = partners.get_views([(self.env.ref(view).id, kind) for kind, view in views.items()])
        self.assertFalse(set(OURS) & found["models"]["res.partner"]["fields"].keys())
        for kind, view in found["views"].items():
            self.assertNotIn("customer_grade", view["arch"], kind)
        seller = self.env["res.partner"].with_user(self.salesman)
        arch = seller.get_views([(self.env.ref(views["kanban"]).id, "kanban")])["views"]["kanban"]["arch"]
        self.assertEqual(etree.fromstring(arch).get("highlight_color"), "customer_grade_color")

    def test_a_colleague_makes_and_changes_contacts(self):
        partners = self.env["res.partner"].with_user(self.warehouse)
        with Form(partners) as form:
            form.name = "Mr Bo"
            form.parent_id = self.customer
        contact = form.record
        self.assertEqual(contact.sudo().customer_grade_id, self.grade["a"])
        contact.parent_id = False
        self.assertFalse(contact.sudo().customer_grade_id)
        contact.parent_id = self.customer
        self.assertEqual(contact.sudo().customer_grade_id, self.grade["a"])
        result = partners.load(["name", "parent_id/.id"], [["Ms Wu", str(self.customer.id)]])
        self.assertFalse(result["messages"])
        self.assertEqual(partners.browse(result["ids"]).sudo().customer_grade_id, self.grade["a"])
        copied = self.customer.with_user(self.warehouse).copy()
        self.assertFalse(copied.sudo().customer_grade_id)
        self.customer.with_user(self.warehouse).write({"is_company": True, "phone": "021"})

    def test_a_colleague_merges_contacts(self):
        other = self._customers("Anta Ltd")
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.warehouse)
        wizard._merge((self.customer | other).ids, self.customer)
        self.assertFalse(other.exists())
        self.assertEqual(self._grades(self.customer), ["A"])

    def test_an_order_of_the_portal_customer(self):
        """The customer signs his own quotation: nothing of ours is in the way, and nothing is shown."""
        order = self._orders([(self.portal.partner_id, 10)], confirm=False)
        order.with_user(self.portal).sudo().action_confirm()  # sudo: as the portal does after its token was checked
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestGiving(GradeCase):
    """A grade is given by who may make grades valid, with a reason, or by a review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in (cls.manager, cls.approver):
            role.group_ids += cls.env.ref("base.group_partner_manager")
        cls.customer = cls._customers("Anta")

    def _ways(self, user, reason=None):
        """Return every way to give Anta, or a new customer, grade A."""
        values = {"customer_grade_id": self.grade["a"].id}
        if reason:
            values["customer_grade_reason"] = reason
        Partner = self.env["res.partner"].with_user(user)
        customer = self.customer.with_user(user)
        defaults = Partner.with_context(**{f"default_{name}": value for name, value in values.items()})
        return {
            "write": lambda: customer.write(values),
            "web_save": lambda: customer.web_save(values, {"display_name": {}}),
            "create": lambda: Partner.create({"name": "Erke", "is_company": True, **values}),
            "default": lambda: defaults.create({"name": "Erke", "is_company": True}),
        }

    def _graded(self):
        everyone = self.env["res.partner"].search([("customer_grade_id", "!=", False)])
        return everyone, self.env["customer.grade.assessment"].search([]).ids

    def test_a_manager_without_the_right_gives_none(self):
        before = self._graded()
        for way, give in self._ways(self.manager, "He is my friend").items():
            with self.subTest(way), self.assertRaises(AccessError), self.cr.savepoint():
                give()
        self.env.invalidate_all()
        self.assertEqual(self._graded(), before)

    def test_a_manager_without_the_right_imports_none(self):
        rows, columns = [["Erke", "A", "He is my friend"]], ["name", "customer_grade_id", "customer_grade_reason"]
        result = self.env["res.partner"].with_user(self.manager).load(columns, rows)
        self.assertFalse(result["ids"])
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Erke")]))

    def test_an_approver_says_why(self):
        before = self._graded()
        for reason in (None, "  "):
            for way, give in self._ways(self.approver, reason).items():
                with self.subTest(way, reason=reason), self.assertRefused("Reason of the Grade"), self.cr.savepoint():
                    give()
        result = self.env["res.partner"].with_user(self.approver).load(["name", "customer_grade_id"], [["Erke", "A"]])
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(self._graded(), before)

    def test_the_reason_is_kept_once(self):
        self._ways(self.approver, "Signed a contract")["write"]()
        history = self._history(self.customer)
        self.assertEqual(history.reason, "Signed a contract")
        self.assertEqual(history.decided_by_id, self.approver)
        self.assertFalse(self.customer.with_user(self.approver).customer_grade_reason)
        self._ways(self.approver, "Again")["write"]()
        self.assertEqual(self._history(self.customer), history, "the same grade again is no change")
