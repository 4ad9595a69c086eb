"""What hostile clients try on fees: each is refused, and nothing has changed."""

from contextlib import suppress

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9, NEEDED

from .common_fees import FeeCase

FEE_FIELDS = (
    "fee_cost",
    "fee_decision_id",
    "fee_decision_state",
    "fee_charge",
    "fee_amount",
    "fee_company_amount",
    "fee_collected_amount",
    "fee_due_on",
    "fee_explanation",
    "fee_state",
)
#: Of these the database can group and sort.
STORED_BEHIND = tuple(name for name in FEE_FIELDS if name != "fee_explanation")
COST_FIELDS = ("estimated_cost", "budget_line_id", "budget_committed_amount", "budget_actual_amount")
BUDGET_FIELDS = ("budget_expected_line_id", "budget_available_amount", "budget_shortfall_amount")


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeDoors(FeeCase):
    """A shared mould fee of 4,000 of 8,000, decided; the budget of moulds has 50,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._budget()
        cls.policy = cls._policy(
            refund_step_ids=[
                Command.create({"threshold_pairs": 2000, "percent": 50.0, "within_months": 12}),
                Command.create({"threshold_pairs": 5000, "percent": 50.0}),
            ]
        )
        cls.buyer = new_test_user(cls.env, "fee_buyer", groups="base.group_portal", partner_id=cls.contact.id)
        cls.team = cls.env["crm.team"].create({
            "name": "Own Team T",
            "company_id": cls.company.id,
            "member_ids": [Command.set(cls.salesman.ids)],
        })
        cls.foreign_team = cls.env["crm.team"].create({
            "name": "Other Team T",
            "company_id": cls.company.id,
            "user_id": cls.manager.id,
            "member_ids": [Command.set(cls.colleague.ids)],
        })

    # ---- who reads money ----

    def _paths(self, requests, name):
        """Return every way to ask for a field of requests, by its name."""
        domain = [("id", "in", requests.ids)]
        summed = requests._fields[name].type in ("monetary", "float")
        paths = {
            "read": lambda: requests.read([name]),
            "search_read": lambda: requests.search_read(domain, [name]),
            "web_read": lambda: requests.web_read({name: {}}),
        }
        if name in STORED_BEHIND:
            paths |= {
                "domain": lambda: requests.search([*domain, (name, "!=", False)]),
                "order": lambda: requests.search(domain, order=f"{name} desc"),
                "group": lambda: requests.formatted_read_group(domain, [name], ["__count"]),
                "web group": lambda: requests.web_read_group(domain, [name if name != "fee_due_on" else f"{name}:day"]),
                "through the round": lambda: requests.round_ids.formatted_read_group([], [f"request_id.{name}"], []),
            }
            if name == "fee_due_on":
                paths["group"] = lambda: requests.formatted_read_group(domain, [f"{name}:month"], ["__count"])
                paths["through the round"] = lambda: requests.round_ids.formatted_read_group(
                    [], [f"request_id.{name}:day"], []
                )
        if summed and name in STORED_BEHIND:
            paths["sum"] = lambda: requests.formatted_read_group(domain, [], [f"{name}:sum"])
            paths["array"] = lambda: requests.formatted_read_group(domain, [], [f"{name}:array_agg"])
            paths["having"] = lambda: requests.formatted_read_group(
                domain, ["state"], ["__count"], having=[(f"{name}:sum", ">", 1)]
            )
        return paths

    def test_fees_by_every_path(self):
        request = self._decided()
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0)
        request.flush_recordset()
        for user in (self.rnd, self.quality, self.buyer):
            seen = request.with_user(user)
            self.assertTrue(seen.read(["name"]))
            for name in FEE_FIELDS:
                for path, ask in self._paths(seen, name).items():
                    with self.subTest(user=user.login, field=name, path=path), self.assertClosed():
                        ask()
        for name in FEE_FIELDS:
            for path, ask in self._paths(request.with_user(self.finance), name).items():
                with self.subTest("finance may", field=name, path=path):
                    ask()

    def test_costs_are_not_for_everybody(self):
        request = self._decided()
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0)
        sample = request.current_round_id
        for user, shown, hidden in (
            (self.rnd, COST_FIELDS, BUDGET_FIELDS),
            (self.quality, COST_FIELDS, BUDGET_FIELDS),
            (self.buyer, (), COST_FIELDS + BUDGET_FIELDS),
            (self.finance, COST_FIELDS + BUDGET_FIELDS, ()),
        ):
            for name in shown:
                with self.subTest(user=user.login, shown=name):
                    request.with_user(user).read([name])
            for name in hidden:
                with self.subTest(user=user.login, hidden=name), self.assertClosed():
                    request.with_user(user).read([name])
            with self.subTest(user=user.login):
                reads = sample.with_user(user)._has_field_access(sample._fields["cost"], "read")
                self.assertEqual(reads, bool(shown))

    def test_target_fields_carry_the_groups(self):
        """Also where somebody gets a right on the model by mistake."""
        request = self._decided()
        decision = request.fee_decision_id
        self.env["ir.model.access"].create({
            "name": "by mistake",
            "model_id": self.env["ir.model"]._get_id("sale.sample.fee.decision"),
            "group_id": self.env.ref("base.group_user").id,
            "perm_read": True,
        })
        for name in ("cost", "charge", "fee_amount", "company_amount", "proposed_fee", "evidence", "explanation"):
            with self.subTest(name), self.assertClosed():
                decision.with_user(self.rnd).read([name])

    def test_customer_does_not_read_the_link_on_the_order(self):
        _request, order = self._charged(contact_id=self.contact.id)
        order.sudo().state = "sent"
        line = order.order_line.with_user(self.buyer)
        self.assertTrue(line.read(["price_unit"]))
        with self.assertClosed():
            line.read(["sample_fee_decision_id"])
        with self.assertClosed():
            line.formatted_read_group([("id", "in", line.ids)], ["sample_fee_decision_id"], ["__count"])

    def test_customer_does_not_read_our_settings(self):
        for name in ("sample_refund_user_id", "sample_fee_product_id", "sample_refund_notice_days"):
            with self.subTest(name), self.assertClosed():
                self.company.with_user(self.buyer).read([name])

    # ---- what was decided ----

    def test_decision_is_evidence(self):
        request = self._decided()
        decision = request.fee_decision_id
        for user in (self.salesman, self.manager, self.finance, self.policy_admin):
            for values in ({"fee_amount": 1.0}, {"evidence": {}}, {"refund_terms": []}, {"partner_id": 1}):
                with self.subTest(user=user.login, values=values), self.assertClosed():
                    decision.with_user(user).write(values)
            with self.subTest(user=user.login), self.assertClosed(UserError):
                decision.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertClosed():
                decision.with_user(user).create({"request_id": request.id, "charge": "free"})
        self.assertEqual((decision.fee_amount, len(decision.refund_terms)), (4000.0, 2))

    def test_state_of_the_fee_is_the_servers(self):
        request = self._decided()
        for name, value in (("fee_state", "paid"), ("fee_decision_ids", [Command.clear()]), ("fee_amount", 1.0)):
            with self.subTest(name), self.assertClosed(UserError):
                request.write({name: value})
            with self.subTest(name, how="created"), self.assertClosed(UserError):
                request.create(self._values(fee_cost=1.0, **{name: value}))
        self.assertEqual((request.fee_state, request.fee_amount), ("to_order", 4000.0))

    def test_charged_line_stays_on_its_order(self):
        request, order = self._charged()
        other = order.copy({"partner_id": self.other_customer.id, "order_line": False})
        with self.assertClosed(UserError):
            order.order_line.with_user(self.salesman).order_id = other
        self.assertEqual(request.fee_decision_id.sudo().order_line_ids.order_id, order)

    # ---- another's money ----

    def test_budget_of_a_team_one_does_not_belong_to(self):
        theirs = self._budget(amount=9000.0, name="Theirs", team_id=self.foreign_team.id)
        request = self._handed_over(team_id=self.foreign_team.id)
        request.action_confirm_fee()
        self.assertEqual(self._figures(theirs), (0.0, 0.0, 9000.0))
        self.assertEqual(request.fee_decision_id.sudo().budget_line_id, self.line)
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0)
        self.assertEqual(self._figures(theirs), (0.0, 0.0, 9000.0))

    def test_rule_of_a_team_one_does_not_belong_to(self):
        self._policy(name="Theirs", team_id=self.foreign_team.id, company_id=self.company.id, charge="free")
        request = self._handed_over(team_id=self.foreign_team.id)
        self.assertEqual(request.fee_charge, "shared")
        own = self._policy(name="Ours", team_id=self.team.id, company_id=self.company.id, charge="full")
        request = self._handed_over(team_id=self.team.id, style_name="Other")
        self.assertEqual((request.fee_charge, request.fee_decision_id.policy_id), ("full", own))

    def test_budget_of_a_colleague_in_a_form(self):
        """A form that names a colleague, or a team, shows what it would save."""
        self._budget(amount=9000.0, name="Hers", user_id=self.colleague.id)
        self._budget(amount=7000.0, name="Theirs", team_id=self.foreign_team.id)
        requests = self.env["sale.sample.request"].with_user(self.salesman)
        spec = {"budget_available_amount": {}, "budget_expected_line_id": {"fields": {"display_name": {}}}}
        for values, available in (
            ({"user_id": self.colleague.id}, 0.0),
            ({"user_id": self.colleague.id, "team_id": self.foreign_team.id}, 0.0),
            ({"user_id": False, "team_id": self.foreign_team.id}, 0.0),
            ({"user_id": self.salesman.id, "team_id": self.foreign_team.id}, 50000.0),
        ):
            given = {"company_id": self.company.id, "type_id": self.type.id, "partner_id": self.customer.id, **values}
            with self.subTest(values):
                form = requests.with_context(**{f"default_{name}": value for name, value in given.items()})
                value = form.onchange({}, [], {**spec, **dict.fromkeys(given, {})})["value"]
                self.assertEqual(value.get("budget_available_amount", 0.0), available)

    def test_leader_of_another_team_does_not_approve(self):
        self.env["sale.sample.fee.level"].create({
            "company_id": self.company.id,
            "max_amount": 5000.0,
            "team_leader": True,
        })
        self.foreign_team.user_id = self.salesman_all
        request = self._handed_over(team_id=self.foreign_team.id)
        with self.assertRefused("nobody else may approve"):
            request._ask_fee_exception(0.0, "My friend agrees")
        self.assertEqual(request.fee_decision_state, "proposed")

    def test_salesperson_and_team_stay_once_decided(self):
        request = self._decided(team_id=self.team.id)
        for values in (
            {"team_id": self.foreign_team.id},
            {"user_id": False},
            {"partner_id": self.other_customer.id},
            {"fee_cost": 1.0},
        ):
            with self.subTest(values), self.assertClosed(UserError):
                request.write(values)
        decision = request.fee_decision_id
        self.assertEqual((decision.user_id, decision.team_id, decision.cost), (self.salesman, self.team, 8000.0))
        request.with_user(self.manager).write({"user_id": self.colleague.id})
        self.assertEqual(decision.sudo().user_id, self.colleague)

    # ---- dialogs ----

    def test_dialog_on_a_foreign_request(self):
        foreign = self._handed_over()
        dialog = self.env["sale.sample.fee.exception"].with_user(self.colleague)
        values = {"request_id": foreign.id, "fee_amount": 0.0, "reason": "Mine"}
        with self.assertClosed():
            dialog.create(values)
        with self.assertClosed():
            dialog.web_save(values, {"cost": {}, "proposed_fee": {}})
        with self.assertClosed():
            dialog.onchange(values, ["request_id"], {"request_id": {}, "cost": {}, "proposed_fee": {}})
        with self.assertClosed():
            dialog.with_context(default_request_id=foreign.id).onchange(
                {}, [], {"request_id": {}, "cost": {}, "proposed_fee": {}, "approver_note": {}}
            )
        self.assertEqual(foreign.fee_decision_state, "proposed")

    def test_dialog_is_its_owners(self):
        request = self._handed_over()
        mine = self.env["sale.sample.fee.exception"].with_user(self.salesman)
        mine = mine.create({"request_id": request.id, "fee_amount": 3000.0, "reason": "Key customer"})
        for user in (self.salesman_all, self.manager):
            theirs = mine.with_user(user)
            for how, ask in (
                ("read", lambda theirs=theirs: theirs.read(["fee_amount"])),
                ("write", lambda theirs=theirs: theirs.write({"fee_amount": 0.0})),
                ("unlink", lambda theirs=theirs: theirs.unlink()),
                ("button", lambda theirs=theirs: theirs.action_ask()),
            ):
                with self.subTest(user=user.login, how=how), self.assertClosed():
                    ask()
        mine.action_ask()
        self.assertEqual(request.fee_amount, 3000.0)

    def test_exception_is_asked_for_once(self):
        request = self._handed_over()
        dialog = self.env["sale.sample.fee.exception"].with_user(self.salesman)
        dialog = dialog.create({"request_id": request.id, "fee_amount": 3000.0, "reason": "Key customer"})
        dialog.action_ask()
        count = len(request.fee_decision_ids)
        with self.assertClosed(UserError):
            dialog.action_ask()
        request.with_user(self.manager).action_refuse_fee()
        with self.assertClosed(UserError):  # nor after a refusal: that is a new question, with a reason of its own
            dialog.action_ask()
        self.assertEqual(len(request.fee_decision_ids), count + 1)

    def test_tester_of_another_company(self):
        other = self._make_company("Other Works")
        tester = self.env["sale.sample.fee.tester"].with_user(self.salesman)
        with self.assertClosed():
            tester.create({"company_id": other.id, "type_id": self.type.id})
        with self.assertClosed():
            tester.onchange({"company_id": other.id, "type_id": self.type.id}, ["type_id"], {"result": {}})
        hidden = self.env["crm.lead"].create({"name": "Hidden", "user_id": self.colleague.id})
        for values in (
            {"lead_id": hidden.id},
            {"company_id": self.company.id, "type_id": self.type.id, "lead_id": hidden.id},
        ):
            with self.subTest(values), self.assertClosed():
                tester.onchange(values, ["lead_id"], {"result": {}, "lead_id": {"fields": {"display_name": {}}}})

    def test_tester_of_any_salesperson_of_a_team(self):
        theirs = self._policy(name="Theirs", team_id=self.foreign_team.id, company_id=self.company.id, charge="full")
        tester = self.env["sale.sample.fee.tester"].with_user(self.manager)
        values = {"company_id": self.company.id, "type_id": self.type.id, "partner_id": self.customer.id}
        for user, policy in ((False, theirs), (self.colleague, theirs), (self.salesman, self.policy)):
            with self.subTest(user=user):
                found = tester.create({**values, "team_id": self.foreign_team.id, "user_id": user and user.id})
                self.assertEqual(found.policy_id, policy)

    # ---- pressed twice ----

    def test_buttons_twice(self):
        request = self._handed_over()
        request.action_work_out_fee()
        first = len(request.fee_decision_ids)
        request.action_work_out_fee()
        self.assertEqual(len(request.fee_decision_ids), first)
        request.action_confirm_fee()
        with self.assertClosed(UserError):
            request.action_confirm_fee()
        self.assertEqual(self._figures(self.line)[0], 4000.0)
        request.action_charge_fee()
        with self.assertClosed(UserError):
            request.action_charge_fee()
        self.assertEqual(len(request.fee_decision_id.sudo().order_line_ids), 1)
        self.assertEqual(len(request.fee_decision_id.sudo().agreement_ids), 1)

    # ---- no traceback ----

    def test_buttons_without_a_record(self):
        request = self._request(fee_cost=1.0).with_user(self.salesman)
        names = [
            name for name in dir(type(request)) if name.startswith("action_") and name.endswith(("_fee", "_fee_orders"))
        ]
        self.assertEqual(len(names), 6)
        for name in (*names, "action_open_fee_exception"):
            with self.subTest(button=name), self.assertClosed(UserError):
                getattr(request, name)()
        decisions = request.fee_decision_ids
        dialogs = self.env["sale.sample.fee.exception"].with_user(self.salesman)
        for model in (request, decisions, dialogs):
            for name in [name for name in dir(type(model)) if name.startswith("action_")]:
                if name in vars(models.BaseModel) or not self._is_ours(model, name):
                    continue
                for ids in ((), 0, 10**9):
                    records = model.browse(ids)
                    with self.subTest(button=name, records=records), suppress(UserError), self.env.cr.savepoint():
                        getattr(records, name)()
        self.assertEqual((request.state, len(request.fee_decision_ids)), ("draft", 0))

    def _is_ours(self, model, name):
        """Tell whether a method is one of this addon."""
        return any(
            name in vars(cls) and cls._module == "sale_sample_fee"
            for cls in type(model).__mro__
            if "_module" in vars(cls)
        )

    def test_figures_beyond_reason(self):
        request = self._handed_over()
        for amount in (1e300, -1e300):
            with self.subTest(amount), self.assertClosed(UserError):
                request._ask_fee_exception(amount, "Beyond")
        with self.assertConstraint("_not_negative"):
            self.policy.payment_days = 10**9
        with self.assertConstraint("_months_not_negative"):
            self.policy.refund_step_ids[0].within_months = 10**9

    # ---- policies ----

    def test_policy_does_not_move_to_another_company(self):
        other = self._make_company("Other Works")
        policy = self._policy(name="Ours", company_id=self.company.id, grade_id=self.grade_a.id).with_user(self.manager)
        theirs = self.env["sale.sample.fee.policy"].create({
            "name": "Theirs",
            "company_id": other.id,
            "grade_id": self.grade_b.id,
            "refund_step_ids": [Command.create({"threshold_pairs": 7, "percent": 10})],
        })
        with self.assertClosed():
            policy.company_id = other
        policy.refund_step_ids = [Command.create({"threshold_pairs": 5, "percent": 10})]
        step = policy.refund_step_ids
        with self.assertClosed(UserError):
            step.policy_id = theirs.id
        with self.assertClosed():
            step.create({"policy_id": theirs.id, "threshold_pairs": 9, "percent": 10})
        level = self.env["sale.sample.fee.level"].with_user(self.manager)
        level = level.create({"company_id": self.company.id, "team_leader": True})
        with self.assertClosed():
            level.company_id = other
        self.assertEqual((policy.company_id, step.policy_id, level.company_id), (self.company, policy, self.company))
