from odoo.tests import TransactionCase, new_test_user, tagged

from ..hooks import keep_used_records, remove_documents

MODULE = "test_sales_department"


@tagged("post_install", "-at_install")
class TestKeepUsedRecords(TransactionCase):
    """What other documents hold on to stays when the addon that brought it goes."""

    def _name(self, **records):
        """Give records external ids as if an addon had brought them."""
        self.env["ir.model.data"].create([
            {"module": MODULE, "name": name, "model": record._name, "res_id": record.id}
            for name, record in records.items()
        ])

    def _kept(self):
        """Return the names that the records of the addon lost."""
        before = set(self.env["ir.model.data"].search([("module", "=", MODULE)]).mapped("name"))
        keep_used_records(self.env, MODULE)
        return before - set(self.env["ir.model.data"].search([("module", "=", MODULE)]).mapped("name"))

    def test_partner(self):
        used, archived, unused = self.env["res.partner"].create([
            {"name": "Used"},
            {"name": "Archived", "active": False},
            {"name": "Unused"},
        ])
        self.env["res.company"].create([
            {"name": "Used", "partner_id": used.id},
            {"name": "Archived", "partner_id": archived.id},
        ])
        self._name(used=used, archived=archived, unused=unused)
        self.assertEqual(self._kept(), {"used", "archived"})

    def test_user_with_partner(self):
        """A user who stays keeps the contact; one who goes is no reason to keep it."""
        used, unused = (new_test_user(self.env, f"hook_{name}") for name in ("used", "unused"))
        self.env["ir.cron"].create({
            "name": "Held",
            "user_id": used.id,
            "model_id": self.env.ref("base.model_res_partner").id,
        })
        self._name(used=used, used_res_partner=used.partner_id, unused=unused, unused_res_partner=unused.partner_id)
        self.assertEqual(self._kept(), {"used", "used_res_partner"})

    def test_nothing_brought(self):
        self.assertEqual(self._kept(), set())


@tagged("post_install", "-at_install")
class TestRemoveDocuments(TransactionCase):
    def test_activities_of_the_addons_types(self):
        own, foreign = self.env["mail.activity.type"].create([{"name": "Own"}, {"name": "Foreign"}])
        self.env["ir.model.data"].create({"module": MODULE, "name": "own", "model": own._name, "res_id": own.id})
        partner = self.env["res.partner"].create({"name": "Customer"})
        activities = self.env["mail.activity"].create([
            {
                "activity_type_id": kind.id,
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": partner.id,
                "active": active,
            }
            for kind in (own, foreign)
            for active in (True, False)
        ])
        remove_documents(self.env, MODULE)
        self.assertEqual(activities.exists(), activities[2:])
        own.unlink()

    def test_documents_in_order_archived_ones_too(self):
        places = self.env["sales.department.place"]
        places.create([{"name": "Room", "kind": "room"}, {"name": "Old", "kind": "room", "active": False}])
        self.env["crm.competitor"].create({"name": "Another", "active": False})
        remove_documents(self.env(user=self.env.ref("base.public_user")), MODULE, places._name, "crm.competitor")
        self.assertFalse(places.with_context(active_test=False).search([]))
        self.assertFalse(self.env["crm.competitor"].with_context(active_test=False).search([]))
