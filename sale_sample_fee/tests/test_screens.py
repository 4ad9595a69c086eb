from ast import literal_eval

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9
from odoo.addons.sale_sample.tests.common_screens import read_form, view_arch

from .common_fees import FeeCase
from .common_refund import RefundCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeScreens(FeeCase):
    """Whoever may read a record can open its form, and finds the menu that leads there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        cls._budget()
        cls._policy()

    def test_fee_decision_of_an_order_that_one_may_not_read(self):
        request = self._decided()
        request.action_charge_fee()
        decision = request.fee_decision_id.sudo(False)
        order = decision.order_line_ids.order_id
        for role in ("salesman", "salesman_all", "manager", "finance", "policy_admin"):
            user = getattr(self, role)
            with self.subTest(role=role):
                self.env.invalidate_all()
                self.assertEqual(read_form(decision.with_user(user))["order_ids"], order.ids)
        self.assertFalse(order.with_user(self.finance).has_access("read"))

    def test_buttons_to_orders(self):
        """Only who may read orders is offered to open them."""
        request = self._decided()
        for role, offered in (("salesman", 1), ("finance", 0), ("policy_admin", 0)):
            for record, button in (
                (request.fee_decision_id, "action_open_orders"),
                (request, "action_open_fee_orders"),
            ):
                with self.subTest(role=role, button=button):
                    arch = view_arch(record.with_user(getattr(self, role)))
                    self.assertEqual(len(arch.xpath(f"//button[@name='{button}']")), offered)

    def test_analysis(self):
        """Whatever the search views group by, and the pivots and graphs measure, can be counted."""
        request = self._decided()
        self.manager.group_ids += self.env.ref("base.group_multi_company") + self.env.ref("base.group_multi_currency")
        for model, groups in {
            "sale.sample.fee.decision": {
                "state",
                "payment_state",
                "grade_id",
                "type_id",
                "team_id",
                "user_id",
                "decided_at:month",
                "company_id",
            },
            "sale.sample.fee.policy": {"team_id", "company_id", "grade_id", "type_id"},
            "sale.sample.mould.agreement": {"standing", "currency_id"},
            "sale.sample.refund.entry": {"user_id", "partner_id", "product_id", "date:month"},
        }.items():
            records = self.env[model].with_user(self.manager)
            filters = view_arch(records, "search").xpath("//group/filter")
            offered = {literal_eval(one.get("context"))["group_by"] for one in filters}
            self.assertLessEqual(groups, offered, model)
            for group in offered:
                with self.subTest(model=model, group=group):
                    records.formatted_read_group([], [group], ["__count"])
            for kind in ("pivot", "graph") if model != "sale.sample.fee.policy" else ():
                for field in view_arch(records, kind).xpath("//field[@type='measure']"):
                    with self.subTest(model=model, kind=kind, measure=field.get("name")):
                        records.formatted_read_group([], [], [f"{field.get('name')}:sum"])
        decisions = self.env["sale.sample.fee.decision"].with_user(self.salesman)
        self.assertEqual(decisions.search([("due_on", "!=", False)]), request.fee_decision_id)
        self.assertEqual(view_arch(decisions, "calendar").get("date_start"), "due_on")

    def _menus(self, user):
        """Return the entries of the Samples menu that a user sees, without the names of their addons."""
        root = self.env.ref("sale_sample.sale_sample_menu")
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id), ("id", "in", list(visible))])
        return {name.split(".")[1].removeprefix("sale_sample_") for name in menus.get_external_id().values()}

    def test_menus_of_others(self):
        requests = {"menu", "request_menu", "round_menu", "kept_menu", "mould_menu"}
        fees = {"fee_decision_menu", "fee_decision_menu_overdue"}
        for role, seen, hidden in (
            ("salesman", requests | fees, set()),
            ("finance", requests | fees, set()),
            ("policy_admin", requests | fees, {"mould_agreement_menu"}),
            ("rnd", requests, fees | {"mould_agreement_menu"}),
            ("quality", requests, fees | {"mould_agreement_menu"}),
            ("internal", set(), requests | fees),
        ):
            with self.subTest(role=role):
                menus = self._menus(getattr(self, role))
                self.assertLessEqual(seen, menus)
                self.assertFalse(hidden & menus)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestRefundScreens(RefundCase):
    """Agreements and their ledger."""

    def test_agreement(self):
        """The invoice is offered to those only who may read invoices."""
        agreement = self._agreement()
        for role, offered in (("salesman", 1), ("salesman_all", 1), ("manager", 1), ("finance", 0)):
            user = getattr(self, role)
            with self.subTest(role=role):
                self.env.invalidate_all()
                self.assertEqual(read_form(agreement.with_user(user))["partner_id"]["id"], self.customer.id)
                arch = view_arch(agreement.with_user(user))
                self.assertEqual(len(arch.xpath("//field[@name='invoice_id']")), offered)

    def test_source_of_a_row(self):
        """The order opens for those who may see it; others get to the agreement."""
        agreement = self._agreement()
        order = self.env["sale.order"].create({
            "partner_id": self.customer.id,
            "user_id": self.manager.id,
            "order_line": [Command.create({"product_id": self.sole.id, "product_uom_qty": 5})],
        })
        row = {
            "agreement_id": agreement.id,
            "date": self._day("2026-03-02"),
            "kind": "order",
            "pairs": 5,
            "source_model": "sale.order.line",
            "source_key": "sale.order.line,test",
        }
        entry = agreement._book([{**row, "source_id": order.order_line.id}]).sudo(False)
        lost = agreement._book([{**row, "source_id": 0, "source_key": "sale.order.line,lost"}]).sudo(False)
        by_hand = self._booked(agreement, "2026-02-02", 3).sudo(False)
        for role, opened in (("manager", order), ("salesman", agreement), ("finance", agreement)):
            user = getattr(self, role)
            with self.subTest(role=role):
                action = entry.with_user(user).action_open_source()
                self.assertEqual((action["res_model"], action["res_id"]), (opened._name, opened.id))
                for other in (lost, by_hand):
                    action = other.with_user(user).action_open_source()
                    self.assertEqual(action["res_model"], agreement._name)
