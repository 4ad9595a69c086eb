from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from ..records import fill_count, refuse, used_by
from ..tools.actions import dialog


@tagged("post_install", "-at_install")
class TestToolsRecords(TransactionCase):
    """The guard that names records, counts of what is linked, and dialogs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parents = cls.env["res.partner"].create([{"name": "North"}, {"name": "South"}])
        cls.env["res.partner"].create([
            {"name": "Lin", "parent_id": cls.parents[0].id, "function": "Buyer"},
            {"name": "Wu", "parent_id": cls.parents[0].id},
        ])

    def test_nothing_is_refused_without_records(self):
        refuse(self.parents.browse(), "%(names)s cannot be lent.")

    def test_refusal_names_the_records(self):
        with self.assertRaisesRegex(UserError, "^North, South cannot be lent 100 %.$"):
            refuse(self.parents, "%(names)s cannot be lent 100 %%.")

    def test_refusal_of_another_kind(self):
        with self.assertRaises(AccessError):
            refuse(self.parents, "%(names)s are not yours.", AccessError)

    def test_count_of_what_is_linked(self):
        fill_count(self.parents, "color", self.env["res.partner"], "parent_id")
        self.assertEqual(self.parents.mapped("color"), [2, 0])

    def test_count_of_some(self):
        buyers = [("function", "=", "Buyer")]
        fill_count(self.parents, "color", self.env["res.partner"], "parent_id", buyers)
        self.assertEqual(self.parents.mapped("color"), [1, 0])

    def test_what_is_used(self):
        self.assertEqual(used_by(self.parents, self.env["res.partner"], "parent_id"), self.parents[0])

    def test_dialog_opens_a_new_record(self):
        action = dialog("Lend", "sale.sample.lend", kept_ids=[1])
        self.assertEqual((action["target"], action["context"]), ("new", {"default_kept_ids": [1]}))
