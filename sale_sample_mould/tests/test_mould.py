from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9

from .common import MouldCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestMould(MouldCase):
    """From the quotation of a mould to its scrapping, one size first."""

    def test_life(self):
        mould = self._mould()
        self.assertRegex(mould.name, r"^M/2026/")
        self.assertEqual((mould.full_cost, mould.opened_cost, mould.saved_cost), (3000.0, 0.0, 0.0))
        mould.action_open()
        self.assertEqual((mould.opened_cost, mould.saved_cost), (1500.0, 1500.0))
        mould.action_trial()
        self.assertEqual(mould.trial_label, "T0")
        for seen in ({}, {"last_trial": -1}, {"last_trial": 7}, {"last_trial": "0"}):
            with self.assertRefused("T0 has been recorded already"):
                mould.with_context(**seen).action_trial()
        mould.with_context(last_trial=0).action_trial()
        mould.action_release()
        with self.assertRefused("place of the mould"):
            mould.action_store()
        mould.place_id = self.env["sales.department.place"].create({"name": "Rack T", "company_id": self.company.id})
        mould.action_store()
        mould.action_release()
        mould._scrap("Worn out")
        self.assertEqual(
            mould.event_ids.mapped("kind"),
            ["quoted", "opened", "trial", "trial", "released", "stored", "released", "scrapped"],
        )
        self.assertEqual((mould.trial_label, str(mould.t1_on)), ("T1", "2026-03-02"))
        with self.assertRaises(UserError):
            mould.action_release()

    def test_further_sizes_need_orders(self):
        self.env["sale.sample.mould.rule"].create([
            {"min_pairs": 5000},
            {"grade_id": self.grade_a.id, "min_pairs": 1000},
        ])
        mould = self._mould()
        mould.action_open()
        rest = mould.size_ids.filtered(lambda size: size.state == "planned")
        self.assertEqual((mould.needed_pairs, mould.ordered_pairs), (5000, 0.0))
        with self.assertRefused("further sizes need 5000"):
            mould._open_sizes(rest)
        with self.assertRefused("sales manager", AccessError):
            mould._open_sizes(rest, "Please")
        mould.with_user(self.manager)._open_sizes(rest[:1], "The order is signed")
        self.customer.with_company(self.company).customer_grade_id = self.grade_a
        self.env["sale.order"].create({
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 1200})],
        }).action_confirm()
        mould.invalidate_recordset()
        self.assertEqual((mould.needed_pairs, mould.ordered_pairs), (1000, 1200.0))
        wizard = Form(
            self.env["sale.sample.mould.open"].with_user(self.rnd).with_context(**mould.action_open_sizes()["context"])
        )
        wizard.size_ids = rest[1:]
        wizard.save().action_open()
        self.assertEqual((mould.saved_cost, mould.event_ids[-1].sizes), (0.0, "41, 42"))
        with self.assertRefused("not opened yet"):
            mould._open_sizes(rest)

    def test_bad_input(self):
        with self.assertRefused("size to open first"):
            self._mould(size_ids=[Command.create({"size": 40})]).action_open()
        with self.assertRefused("cost by part"):
            self._mould(part_ids=False).action_open()
        mould = self._mould()
        mould.action_open()
        for call, pattern in (
            (mould.unlink, "history"),
            (lambda: mould._scrap(" "), "Write why"),
            (mould.size_ids.unlink, "stays on record"),
        ):
            with self.subTest(pattern=pattern), self.assertRefused(pattern):
                call()
        for values, name in (
            ({"cavities": 0}, "cavities_positive"),
            ({"pairs_made": -1}, "pairs_not_negative"),
            ({"owner": "customer", "partner_id": False}, "owner_known"),
            ({"part_ids": [Command.create({"cost": -1})]}, "cost_not_negative"),
            ({"size_ids": [Command.create({"size": 0})]}, "size_sensible"),
        ):
            with self.subTest(name=name), self.assertConstraint(name):
                self._mould(**values).flush_recordset()
        for values in ({"state": "released"}, {"released_on": "2026-01-01"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                mould.write(values)
        with self.assertRaises(AccessError):
            mould.size_ids.write({"state": "opened"})
        with self.assertRaises(AccessError):
            mould.event_ids.write({"note": "x"})
        self._mould().unlink()

    def test_who_sees_and_changes_moulds(self):
        mould = self._mould(user_id=self.salesman.id)
        for user, reads, writes in (
            (self.salesman, True, False),
            (self.colleague, False, False),
            (self.manager, True, True),
            (self.rnd, True, True),
            (self.quality, True, False),
            (self.finance, True, False),
            (self.planning, True, False),
            (self.policy_admin, True, False),
            (self.internal, False, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(mould.with_user(user).has_access("read"), reads)
                self.assertEqual(mould.with_user(user).has_access("write"), writes)
        with self.assertRaises(AccessError):
            mould.with_user(self.salesman).action_open()
        other = self._make_company("Other Works")
        self.manager.company_ids |= other
        self.assertFalse(mould.with_user(self.manager).with_context(allowed_company_ids=other.ids).has_access("read"))

    def test_what_was_opened_stays(self):
        request, other = self._submitted(), self._submitted(style_name="Other")
        mould = self._mould(request_id=request.id)
        mould.request_id = other
        mould.request_id = request
        part, foreign = mould.part_ids[0], self._mould()
        mould.action_open()
        first = mould.size_ids.filtered("is_first")
        for records, values, pattern in (
            (mould, {"request_id": other.id}, "stays with it"),
            (mould, {"request_id": False}, "stays with it"),
            (part, {"mould_id": foreign.id}, "is fixed"),
            (first, {"mould_id": foreign.id}, "is fixed"),
            (first, {"size": 44}, "stays on record"),
            (first, {"is_first": False}, "stays on record"),
            (foreign, {"part_ids": [Command.link(part.id)]}, "is fixed"),
        ):
            for user in (self.rnd, self.manager):
                with self.subTest(values=values, user=user.login), self.assertRefused(pattern):
                    records.with_user(user).write(values)
        self.assertEqual((mould.request_id, part.mould_id, first.mould_id), (request, mould, mould))

    def test_dialogs_and_drafts_of_others(self):
        mould = self._mould()
        mould.action_open()
        other = self._make_company("Other Works")
        stranger = new_test_user(
            self.env,
            "mould_stranger",
            groups="sales_team.group_sale_manager,sales_department_base.group_collaborator_rnd",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for name, values in (
            ("sale.sample.mould.open", {"mould_id": mould.id}),
            ("sale.sample.mould.scrap", {"mould_ids": [Command.set(mould.ids)], "reason": "Mine"}),
        ):
            dialogs = self.env[name].with_user(stranger).with_context(allowed_company_ids=other.ids)
            for attempt in (
                lambda dialogs=dialogs, values=values: dialogs.create(values),
                lambda dialogs=dialogs, values=values: dialogs.onchange(
                    dict(values), list(values), {"display_name": {}}
                ),
            ):
                with self.subTest(dialog=name), self.assertRaises(AccessError):
                    attempt()
            mine = self.env[name].with_user(self.rnd).create(values)
            with self.assertRaises(AccessError):
                mine.with_user(self.manager).write({"reason": "Mine"})
        draft = self._request()
        with self.assertRaises(AccessError):
            self._mould(request_id=draft.id)
        self.assertEqual(mould.state, "opened")

    def test_queries_of_the_list(self):
        self.env["sale.sample.mould.rule"].create({"min_pairs": 5000})
        moulds = self.env["sale.sample.mould"].concat(*(self._mould() for _number in range(6)))
        counts = []
        for size in (1, 1, 6):  # the first fills the caches of access rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moulds[:size].read(["ordered_pairs", "needed_pairs", "saved_cost", "trial_label"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])
