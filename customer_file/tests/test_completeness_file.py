"""What a file lacks, and that it is kept current."""

import random
from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_file.tools.customer_file import with_dependencies

from .common import TODAY, FileCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
@freeze_time("2026-07-01 04:00:00")
class TestFile(FileCase):
    def test_every_type_of_field(self):
        """Empty, then filled in: text, html, relation, lists, number, image, by company, computed."""
        values = {
            "phone": "021",
            "comment": "<p>Pays by letter of credit</p>",
            "country_id": self.env.ref("base.cn").id,
            "category_id": [Command.create({"name": "OEM"})],
            "bank_ids": [Command.create({"acc_number": "6222"})],
            "partner_latitude": 24.9,
            "image_1920": PIXEL,
            "property_payment_term_id": self.env.ref("account.account_payment_term_30days").id,
            "child_ids": [Command.create({"name": "Buyer"})],
        }
        for name in values:
            self._require(name)
        self._require("email_normalized")
        partner = self._graded("Pou Yuen")
        self.assertEqual(set(self._lacks(partner)), {*values, "email_normalized"})
        self.assertEqual(partner.customer_file_percent, 0.0)
        for done, (name, value) in enumerate(values.items(), start=1):
            with self.subTest(name):
                partner[name] = value
                self.assertNotIn(name, self._lacks(partner))
                self.assertEqual(partner.customer_file_percent, 10.0 * done)
        partner.email = "buyer@example.com"
        self.assertEqual((partner.customer_file_percent, self._lacks(partner)), (100.0, {}))
        partner.write({
            "phone": False,
            "comment": "<p><br></p>",
            "category_id": [Command.clear()],
            "image_1920": False,
            "partner_latitude": 0.0,
        })
        self.assertEqual(
            set(self._lacks(partner)), {"phone", "comment", "category_id", "image_1920", "partner_latitude"}
        )

    def test_image_in_html_is_content(self):
        self._require("comment")
        partner = self._graded("Sketch", comment='<p><img src="/web/image/1"></p>')
        self.assertEqual(self._lacks(partner), {})

    def test_a_value_of_one_company_does_not_fill_the_file_of_another(self):
        other = self._make_company("Midsole Works")
        self._require("property_payment_term_id")
        partner = self._graded("Shared")
        partner.with_company(other).customer_grade_id = self.grade["b"]
        partner.with_company(other).property_payment_term_id = self.env.ref("account.account_payment_term_30days")
        self.assertEqual(partner.customer_file_percent, 0.0)
        self.assertEqual(partner.with_company(other).customer_file_percent, 100.0)

    def test_who_has_a_file(self):
        """A plain contact has none; a grade or an open opportunity makes a prospect, an order a customer."""
        self._require("phone")
        stranger, prospect, customer = self._customers("Supplier", "Prospect", "Customer")
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": prospect.id})
        lead = self.env["crm.lead"].create({"name": "Soles", "partner_id": contact.id, "company_id": self.company.id})
        self._order(customer, 10)
        kinds = [partner.customer_file_kind for partner in (stranger, prospect, contact, customer)]
        self.assertEqual(kinds, [False, "prospect", False, "customer"])
        lead.action_set_lost()
        self.assertFalse(prospect.customer_file_kind)
        self.assertEqual(self._lacks(prospect), {})
        lead.action_restore()
        self.assertEqual(self._lacks(prospect), {"phone": "missing"})
        lead.partner_id = stranger
        self.assertEqual((prospect.customer_file_kind, stranger.customer_file_kind), (False, "prospect"))
        lead.unlink()
        self.assertFalse(stranger.customer_file_kind)

    def test_kind_and_grade(self):
        self._require("phone", kind="prospect")
        self._require("website", kind="customer")
        self._require("ref", grade_ids=self.grade["a"].ids)
        prospect, customer = self._graded("Prospect", grade="b"), self._graded("Customer", grade="b")
        self._order(customer, 10)
        self.assertEqual((set(self._lacks(prospect)), set(self._lacks(customer))), ({"phone"}, {"website"}))
        customer.customer_grade_id = self.grade["a"]
        self.assertEqual(set(self._lacks(customer)), {"website", "ref"})
        self.assertEqual(set(customer.customer_file_gap_ids.grade_id), set(self.grade["a"]))

    def test_a_review_asks_for_the_file_of_the_new_grade(self):
        self._require("ref", grade_ids=self.grade["a"].ids)
        big, small = self._customers("Big", "Small")
        self._orders([(big, 20000), (small, 200)])
        self._applied(self._scheme())
        self.assertEqual((set(self._lacks(big)), set(self._lacks(small))), ({"ref"}, set()))
        # A file of which nothing is asked is complete without a figure.
        self.assertEqual((small.customer_file_kind, small.customer_file_missing_count), ("customer", 0))

    def test_one_field_counts_once(self):
        """The own company's requirement comes before the shared one, that for the kind before all."""
        self._require("phone", weight=1)
        self._require("phone", weight=7, company_id=self.company.id)
        self._require("website", weight=3)
        partner = self._graded("Once", website="https://example.com")
        self.assertEqual(partner.customer_file_percent, 30.0)
        self._require("phone", weight=1, company_id=self.company.id, kind="prospect")
        self.assertEqual((partner.customer_file_percent, len(partner.customer_file_gap_ids)), (75.0, 1))

    def test_percent_is_rounded_down(self):
        self._require("phone", weight=1)
        self._require("website", weight=2999)
        partner = self._graded("Nearly", website="https://example.com")
        self.assertEqual(partner.customer_file_percent, 99.0)

    def test_contacts_and_moves(self):
        """The company's file is computed again when it loses a contact, and a contact's own file ends."""
        self._require("child_ids")
        mother, daughter = self._graded("Mother", "Daughter")
        self.assertEqual(set(self._lacks(mother)), {"child_ids"})
        daughter.write({"parent_id": mother.id, "is_company": False})
        self.assertEqual((self._lacks(mother), self._lacks(daughter)), ({}, {}))
        self.assertFalse(daughter.customer_file_kind)
        daughter.unlink()
        self.assertEqual(set(self._lacks(mother)), {"child_ids"})

    def test_archiving(self):
        self._require("phone")
        partner = self._graded("Gone")
        partner.active = False
        self.assertEqual((self._lacks(partner), partner.customer_file_kind), ({}, False))
        partner.active = True
        self.assertEqual(self._lacks(partner), {"phone": "missing"})

    def test_the_day_a_gap_was_first_seen_stays(self):
        self._require("phone")
        partner = self._graded("Slow")
        with freeze_time("2026-08-01 04:00:00"):
            self.gaps._refresh()
            self.assertEqual(partner.customer_file_gap_ids.since, TODAY)
            partner.phone = "021"
            partner.phone = False
        self.assertEqual(partner.customer_file_gap_ids.since, date(2026, 8, 1))

    def test_requirements_apply_at_once(self):
        partner = self._graded("Quick", phone="021")
        self.assertFalse(partner.customer_file_kind)
        phone, website = self._require("phone"), self._require("website", weight=3)
        self.assertEqual((partner.customer_file_percent, partner.customer_file_missing_count), (25.0, 1))
        website.weight = 1
        self.assertEqual(partner.customer_file_percent, 50.0)
        website.active = False
        self.assertEqual((partner.customer_file_percent, self._lacks(partner)), (100.0, {}))
        phone.unlink()
        self.assertEqual((partner.customer_file_percent, partner.customer_file_missing_count), (0.0, 0))

    def test_against_a_plain_reckoning(self):
        """Percent and gaps of random files equal those reckoned one by one in Python."""
        chance = random.Random(7)
        names = ("phone", "website", "ref", "country_id", "function")
        china = self.env.ref("base.cn").id
        rules = [
            self._require(
                name,
                weight=chance.randint(1, 9),
                kind=chance.choice(["all", "customer", "prospect"]),
                grade_ids=[self.grade[key].id for key in chance.sample("abcd", chance.randint(0, 2))],
            )
            for name in names
        ]
        partners = self.env["res.partner"].create([
            {
                "name": f"Random {number}",
                "is_company": True,
                "customer_grade_id": self.grade[chance.choice("abcd")].id,
                **{name: (china if name == "country_id" else "x") for name in chance.sample(names, 3)},
            }
            for number in range(60)
        ])
        self._orders([(partner, 1) for partner in partners[::2]])
        for partner in partners:
            kind = "customer" if partner in partners[::2] else "prospect"
            asked = [
                rule
                for rule in rules
                if rule.kind in ("all", kind) and (not rule.grade_ids or partner.customer_grade_id in rule.grade_ids)
            ]
            total = sum(rule.weight for rule in asked)
            filled = sum(rule.weight for rule in asked if partner[rule.field_name])
            self.assertEqual(set(self._lacks(partner)), {r.field_name for r in asked if not partner[r.field_name]})
            self.assertAlmostEqual(partner.customer_file_percent, int(100 * filled / total + 1e-9) if total else 0)

    def test_dependencies(self):
        depends = {"c": ["b.x", "a"], "b": ["c", "d"]}
        self.assertEqual(with_dependencies(["c"], depends), {"a", "b", "c", "d"})
        self.assertEqual(with_dependencies([], depends), set())

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def test_stale_from_the_day_after(self):
        """Confirmed on 1 January for six months: good until 1 July, to confirm from 2 July."""
        self._require("phone", confirm_months=6)
        partner = self._graded("Old", phone="021")
        self._confirmed(partner, "phone", date(2025, 6, 1))
        self._confirmed(partner, "phone", date(2026, 1, 1))
        self.gaps._refresh()
        self.assertEqual(self._lacks(partner), {})
        with freeze_time("2026-07-01 17:00:00"):  # 2 July in Shanghai
            self.gaps._refresh()
        self.assertEqual(self._lacks(partner), {"phone": "stale"})
        self.assertEqual(partner.customer_file_gap_ids.confirmed_on, date(2026, 1, 1))
        self.assertEqual((partner.customer_file_percent, partner.customer_file_stale_count), (0.0, 1))

    def test_a_new_value_is_confirmed(self):
        self._require("phone", confirm_months=6)
        partner = self._graded("Old", phone="021")
        self._confirmed(partner, "phone", date(2025, 1, 1))
        self.gaps._refresh()
        partner.with_user(self.salesman).phone = "021"
        self.assertEqual(self._lacks(partner), {"phone": "stale"}, "the same value again says nothing")
        partner.with_user(self.salesman).phone = "022"
        self.assertEqual(self._lacks(partner), {})
        entry = self.env["customer.file.confirmation"].search([("partner_id", "=", partner.id)], limit=1)
        self.assertEqual((entry.user_id, entry.date, entry.origin), (self.salesman, TODAY, "changed"))

    def test_one_click_confirms(self):
        self._require("phone", confirm_months=6)
        partner = self._graded("Old", phone="021", user_id=self.salesman.id)
        self._confirmed(partner, "phone", date(2025, 1, 1))
        self.gaps._refresh()
        partner.customer_file_gap_ids.with_user(self.salesman).action_confirm()
        self.assertEqual((self._lacks(partner), partner.customer_file_percent), ({}, 100.0))
        entry = self.env["customer.file.confirmation"].search([("partner_id", "=", partner.id)], limit=1)
        self.assertEqual((entry.user_id, entry.date, entry.origin), (self.salesman, TODAY, "confirmed"))

    def test_an_empty_field_cannot_be_confirmed(self):
        self._require("phone", confirm_months=6)
        partner = self._graded("Empty")
        with self.assertRaisesRegex(UserError, "Phone of Empty is empty"):
            partner.customer_file_gap_ids.action_confirm()

    def test_confirming_needs_write_access(self):
        self._require("phone", confirm_months=6)
        partner = self._graded("Old", phone="021")
        self._confirmed(partner, "phone", date(2025, 1, 1))
        self.gaps._refresh()
        # This role reads customers but may not change them.
        gap = partner.customer_file_gap_ids.with_user(self.approver)
        self.assertTrue(gap.has_access("read"))
        self.assertFalse(gap.partner_id.has_access("write"))
        with self.assertRaises(AccessError):
            gap.action_confirm()

    def test_a_company_value_is_confirmed_for_its_company(self):
        other = self._make_company("Midsole Works")
        self._require("property_payment_term_id", confirm_months=6)
        term = self.env.ref("account.account_payment_term_30days")
        partner = self._graded("Shared", property_payment_term_id=term.id)
        partner.with_company(other).write({
            "customer_grade_id": self.grade["a"].id,
            "property_payment_term_id": term.id,
        })
        with freeze_time("2027-03-01 04:00:00"):
            self.env["customer.file.confirmation"].search([]).unlink()
            self._confirmed(partner, "property_payment_term_id", date(2027, 2, 1), company_id=self.company.id)
            self._confirmed(partner, "property_payment_term_id", date(2026, 2, 1), company_id=other.id)
            self.gaps._refresh()
        self.assertEqual(self._lacks(partner), {})
        self.assertEqual(self._lacks(partner.with_company(other)), {"property_payment_term_id": "stale"})

    # ------------------------------------------------------------------
    # Requirements
    # ------------------------------------------------------------------

    def test_bad_requirements(self):
        for name in ("is_company", "create_date", "display_name"):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "cannot be asked for"):
                self._require(name)
        with self.assertRaisesRegex(ValidationError, "cannot be asked for"):
            self.env["customer.file.requirement"].create({
                "field_id": self.env["ir.model.fields"]._get("crm.lead", "name").id
            })
        with self.assertRaisesRegex(ValidationError, "choose the field"):
            self.env["customer.file.requirement"].create({})
        rule = self._require("phone")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._require("phone")
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            rule.weight = 0
            rule.flush_recordset()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            rule.confirm_months = -1
            rule.flush_recordset()

    def test_a_removed_field_takes_its_requirement_out_of_force(self):
        field = self.env["ir.model.fields"].create({
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "name": "x_brand",
            "ttype": "char",
            "field_description": "Brand",
        })
        rule = self.env["customer.file.requirement"].create({"field_id": field.id, "confirm_months": 6})
        self._require("phone")
        partner = self._graded("Pou Yuen", x_brand="Peak")
        partner.x_brand = "Anta"
        self.assertEqual(partner.customer_file_percent, 50.0)
        field.unlink()
        self.assertEqual((rule.active, rule.field_id.id, rule.field_name), (False, False, "x_brand"))
        self.assertIn("“Brand” (x_brand) was removed", rule.message_ids[0].body)
        self.assertEqual(rule.display_name, "Brand")
        self.assertEqual((partner.customer_file_percent, set(self._lacks(partner))), (0.0, {"phone"}))
        history = self.env["customer.file.confirmation"].search([("partner_id", "=", partner.id)])
        self.assertEqual((history.field_name, history.field_label), ("x_brand", "x_brand"))
        self.gaps._refresh()
        partner.phone = "021"
        self.assertEqual(partner.customer_file_percent, 100.0)
        with self.assertRaisesRegex(ValidationError, "Brand: choose the field"):
            rule.active = True

    def test_best_grades_by_rank(self):
        """The two best grades, whatever their letters; a grade that is archived or unrated has no rank."""
        own = self.env["customer.grade"].create({
            "name": "Star",
            "code": "S",
            "sequence": 1,
            "company_id": self.company.id,
        })
        self._require("phone")
        files = {key: self._graded(key, grade=key) for key in ("a", "b", "unrated")}
        star = self._customers("Star", customer_grade_id=own.id)
        found = self.gaps.search([
            ("is_top_grade", "=", True),
            ("partner_id", "in", [star.id, *(partner.id for partner in files.values())]),
        ])
        self.assertEqual(found.partner_id, star | files["a"])
        self.assertTrue(all(found.mapped("is_top_grade")))
        own.active = False
        found = self.gaps.search([
            ("is_top_grade", "=", True),
            ("partner_id", "in", [star.id, *(partner.id for partner in files.values())]),
        ])
        self.assertEqual(found.partner_id, files["a"] | files["b"])

    def test_completeness_is_a_metric(self):
        self._require("phone")
        complete, lacking, unasked = self._customers("Complete", "Lacking", "Unasked")
        complete.phone = "021"
        self._orders([(complete, 10), (lacking, 10)])
        figures, _history = self.env["customer.grade.metric"]._fetch_figures(
            {"file_completeness"}, self._review(self._scheme(), compute=False)._get_window()
        )
        known = figures["file_completeness"]
        self.assertEqual((known[complete.id], known[lacking.id]), (100.0, 0.0))
        self.assertNotIn(unasked.id, known)
