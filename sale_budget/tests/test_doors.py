"""What a hostile colleague tries over RPC: another's money, another's right, and what was decided already."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import tagged, users

from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestDoors(BudgetCase):
    def _figures(self):
        """Return what must not change by what was refused."""
        self.env.invalidate_all()
        requests = self.env["sale.budget.request"].sudo().search([])
        names = ("state", "estimate", "estimate_company", "team_id", "user_id", "lead_id", "approver_id", "subject")
        lines = self.env["sale.budget.line"].sudo().search([])
        return (
            [tuple(request[name] for name in names) for request in requests],
            [(line.amount, line.committed_amount, line.actual_amount, line.company_id, line.date_to) for line in lines],
            self.env["sale.budget.entry"].sudo().search_count([]),
        )

    def _refused(self, records, method, *args, error=UserError, pattern="", **context):
        """Call a method as it arrives over RPC, and check that it is refused and has changed nothing."""
        before = self._figures()
        ids = [records.ids] if records or method in ("onchange", "web_save") else []
        with self.assertRaisesRegex(error, pattern), self.env.cr.savepoint():
            call_kw(records, method, [*ids, *args], {"context": {**self.env.context, **context}})
        self.assertEqual(self._figures(), before)

    def _spend(self, user, request, **values):
        dialogs = self.env["sale.budget.request.spend"].with_user(user)
        return dialogs.create({"request_id": request.id, **values})

    # ---- what the server works out ----

    @users("budget_salesman")
    def test_a_request_of_100_reserves_100(self):
        request = self._request(100.0, "submitted").with_env(self.env)
        draft = self._request(100.0).with_env(self.env)
        for vals in ({"estimate_company": 20000.0}, {"budget_line_id": self.line.id}, {"name": "BR/1"}):
            self._refused(request, "write", vals)
            self._refused(draft, "write", vals, error=AccessError)
            self._refused(draft, "web_save", vals, {}, error=AccessError)
            self._refused(self.env[request._name], "create", {"subject": "x", **vals}, error=AccessError)
        request.with_user(self.manager).action_approve()
        self.assertBalance(self.line, 100.0, 0.0, 900.0)

    @users("budget_manager")
    def test_a_line_has_company_and_dates_of_its_budget(self):
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        line = self.line.with_env(self.env)
        for vals in ({"company_id": other.id}, {"date_to": "2030-12-31"}, {"user_id": self.env.uid}, {"sequence": 1}):
            self._refused(line, "write", vals, error=AccessError)
            self._refused(self.budget.with_env(self.env), "write", {"line_ids": [Command.update(line.id, vals)]})

    @users("budget_manager")
    def test_a_line_stays_in_its_budget(self):
        draft = self._budget({self.gift: 10.0}, name="Draft", approve=False).with_env(self.env)
        self._refused(draft.line_ids, "write", {"budget_id": self.budget.id}, pattern="is fixed")
        self._refused(self.budget.with_env(self.env), "write", {"line_ids": [Command.link(draft.line_ids.id)]})

    @users("budget_manager")
    def test_an_amendment_over_a_default_is_checked_like_any(self):
        """It used to pass without a look at the budget."""
        self.budget.action_close()
        values = {"amount": 5.0, "reason": "x"}
        self._refused(
            self.env["sale.budget.amendment"], "create", values, pattern="is closed", default_line_id=self.line.id
        )

    # ---- another's money ----

    def test_nobody_spends_the_money_of_a_team_they_are_not_in(self):
        north = self._budget({self.gift: 500.0}, name="North", team_id=self.other_team.id)
        values = {"subject": "x", "purpose_id": self.gift.id, "estimate": 5.0, "team_id": self.other_team.id}
        for user in self.salesman | self.leader | self.manager:
            requests = self.env["sale.budget.request"].with_user(user)
            self._refused(requests, "create", values, error=ValidationError, pattern="does not belong to the sales")
            request = requests.create({**values, "team_id": False})
            self._refused(request, "write", {"team_id": self.other_team.id}, error=ValidationError)
            with self.assertRefused("no approved budget"):
                request.action_submit()
        self.assertBalance(north.line_ids, 0.0, 0.0, 500.0)

    @users("budget_salesman")
    def test_a_lead_brings_no_team_either(self):
        lead = self.env["crm.lead"].create({"name": "Mine", "user_id": self.env.uid, "team_id": self.other_team.id})
        request = self._request(5.0, lead_id=lead.id).with_env(self.env)
        self.assertEqual(request.team_id, self.team)
        self._refused(request, "write", {"team_id": self.other_team.id}, error=ValidationError)

    @users("budget_internal")
    def test_whoever_is_in_no_team_spends_the_money_of_none(self):
        """Odoo would choose the first team of the company."""
        self.env.user.sudo().group_ids += self.env.ref("sales_team.group_sale_salesman")
        request = self.env["sale.budget.request"].create({
            "subject": "x",
            "purpose_id": self.sample.id,
            "estimate": 5.0,
        })
        self.assertFalse(request.team_id)

    def test_a_team_counts_for_its_own_documents_only(self):
        """Whatever the document: the commitment mixin asks."""
        self._budget({self.gift: 500.0}, name="North", team_id=self.other_team.id)
        request = self._request(5.0, purpose_id=self.gift.id)
        [values] = request._get_budget_values().values()
        for team, found in ((self.other_team, False), (self.team, False)):
            line = request._budget_find_line({request.id: values.__class__(**{**_as_dict(values), "team": team})})
            self.assertEqual(bool(line[request.id]), found)
        self.other_team.user_id = self.salesman
        line = request._budget_find_line({
            request.id: values.__class__(**{**_as_dict(values), "team": self.other_team})
        })
        self.assertTrue(line[request.id])

    @users("budget_salesman")
    def test_a_colleagues_lead_is_not_named(self):
        lead = self.env["crm.lead"].sudo().create({"name": "Secret sole", "user_id": self.colleague.id})
        requests = self.env["sale.budget.request"]
        values = {"subject": "x", "purpose_id": self.sample.id, "estimate": 5.0, "lead_id": lead.id}
        self._refused(requests, "create", values, error=AccessError)
        self._refused(self._request(5.0).with_env(self.env), "write", {"lead_id": lead.id}, error=AccessError)
        spec = {"lead_id": {"fields": {"display_name": {}}}}
        self._refused(requests, "onchange", dict(values), ["lead_id"], spec, error=AccessError)
        self._refused(requests, "onchange", {}, [], spec, error=AccessError, default_lead_id=lead.id)

    @users("budget_salesman")
    def test_nobody_asks_in_the_name_of_a_colleague(self):
        requests = self.env["sale.budget.request"]
        theirs = {"user_id": self.colleague.id}
        values = {"subject": "x", "purpose_id": self.sample.id, "estimate": 5.0, **theirs}
        self._refused(requests, "create", values, error=AccessError)
        draft = self._request(5.0, team_id=False).with_env(self.env)
        self._refused(draft, "write", theirs, error=AccessError)
        self._refused(draft, "web_save", {**theirs, "team_id": False}, {}, error=AccessError)
        draft.with_user(self.leader).user_id = self.colleague
        self.assertEqual(draft.sudo().user_id, self.colleague)

    # ---- another's right ----

    @users("budget_overspender")
    def test_the_right_to_overspend_is_no_right_to_edit(self):
        draft, submitted, approved = (self._request(10.0, state) for state in ("draft", "submitted", "approved"))
        for request in draft + submitted + approved:
            request = request.with_env(self.env)
            self._refused(request, "write", {"subject": "x"})
            self._refused(request, "write", {"description": "x"})
            self._refused(request, "unlink")
            for button in ("action_cancel", "action_draft", "action_done", "action_submit"):
                self._refused(request, button)
        dialog = self._spend(self.env.uid, approved, amount=5.0, is_final=False)
        self._refused(dialog, "action_confirm", error=AccessError, pattern="its salesperson records")
        dialog = self._spend(self.env.uid, approved, amount=5000.0, is_final=False)
        self._refused(dialog, "action_confirm", error=AccessError, pattern="with a reason")
        submitted.with_env(self.env).action_approve()
        dialog = self._spend(self.env.uid, approved, amount=5000.0, reason="Owed")
        dialog.action_confirm()
        self.assertEqual((submitted + approved).mapped("state"), ["approved", "done"])

    def test_other_roles_lend_a_salesperson_no_right(self):
        """A salesperson who sees all requests for another reason changes only their own."""
        request = self._request(10.0, user_id=self.colleague.id)
        for role in (
            "sales_department_base.group_collaborator_finance",
            "sales_department_base.group_policy_admin",
            "sale_budget.group_overspend",
            "account.group_account_invoice",
        ):
            self.salesman.group_ids = self.env.ref("sales_team.group_sale_salesman") + self.env.ref(role)
            theirs = request.with_user(self.salesman)
            self.assertTrue(theirs.has_access("read"))
            self._refused(theirs, "write", {"subject": "x"}, error=AccessError)
            self._refused(theirs, "action_cancel", error=AccessError)

    @users("budget_owner")
    def test_the_owner_decides_and_does_not_edit(self):
        request = self._request(10.0, "submitted").with_env(self.env)
        self.assertEqual((request.can_approve, request.can_change), (True, False))
        self.assertTrue(request.with_user(self.salesman).can_change)
        self._refused(request, "write", {"subject": "x"})
        self._refused(request, "action_draft", error=AccessError)
        request.message_post(body="What for?")
        request.action_approve()
        self._refused(request, "action_cancel", error=AccessError)
        refused = self._request(10.0, "submitted").with_env(self.env)
        refused._refuse("Not now")
        self.assertEqual((request + refused).mapped("state"), ["approved", "refused"])

    @users("budget_salesman")
    def test_a_submitted_request_goes_to_no_other_owner(self):
        lead = self.env["crm.lead"].create({"name": "Mine", "user_id": self.env.uid})
        request = self._request(10.0, "submitted").with_env(self.env)
        for vals in ({"lead_id": lead.id}, {"team_id": False}, {"partner_id": False}, {"subject": "x"}):
            self._refused(request, "write", vals)

    def test_a_merged_lead_moves_no_request(self):
        lead, other = self.env["crm.lead"].create([
            {"name": "One", "type": "opportunity"},
            {"name": "Other", "type": "opportunity", "team_id": self.other_team.id, "user_id": self.salesman.id},
        ])
        self.env["crm.team.member"].create({"crm_team_id": self.other_team.id, "user_id": self.salesman.id})
        request = self._request(10.0, "submitted", lead_id=lead.id)
        team = request.team_id
        (other + lead).merge_opportunity()
        self.assertEqual((request.lead_id, request.team_id), ((other + lead).exists(), team))

    def test_the_present_owner_decides(self):
        request = self._request(10.0, "submitted")
        mine = self._budget({self.sample: 100.0}, name="Mine", user_id=self.salesman.id, owner_id=self.colleague.id)
        self.assertEqual(request.approver_id, self.colleague)
        self.assertEqual(request.activity_ids.user_id, self.colleague)
        self._refused(request.with_user(self.owner), "action_approve", error=AccessError)
        mine.owner_id = self.leader
        self.assertEqual((request.approver_id, request.activity_ids.user_id), (self.leader, self.leader))
        self._refused(request.with_user(self.colleague), "action_approve", error=AccessError)
        mine.action_close()
        self.assertEqual(request.approver_id, self.owner)
        request.with_user(self.owner).action_approve()
        self.assertEqual(request.budget_line_id, self.line)

    def test_what_waits_stays_with_the_owner_of_the_money(self):
        """The salesperson changed teams meanwhile: another budget would pay, whose owner was not asked."""
        request = self._request(10.0, "submitted")
        self._budget({self.sample: 100.0}, name="South", team_id=self.team.id, owner_id=self.colleague.id)
        request.sudo().approver_id = self.owner
        self.assertFalse(request.with_user(self.owner).can_approve)
        self._refused(request.with_user(self.owner), "action_approve", error=AccessError)

    def test_what_waits_follows_the_team_of_its_salesperson(self):
        """South pays for its members; who leaves it, or is gone, asks the company's budget."""
        south = self._budget({self.sample: 100.0}, name="South", team_id=self.team.id, owner_id=self.colleague.id)
        requests = self._request(10.0, "submitted") + self._request(20.0, "submitted")
        approved = self._request(10.0, "approved")
        others = self._request(10.0, "submitted", user_id=self.colleague.id, team_id=False)
        member = self.team.crm_team_member_ids

        def assertAsked(owner):
            self.assertEqual((requests.approver_id, requests.activity_ids.user_id), (owner, owner))
            self.assertEqual(len(requests.activity_ids), 2)
            for request in requests:
                self.assertTrue(request.with_user(owner).can_approve)
            self.assertEqual((approved.approver_id, others.approver_id), (self.colleague, self.owner))

        assertAsked(self.colleague)
        member.active = False
        assertAsked(self.owner)
        self.team.member_ids = self.salesman
        assertAsked(self.colleague)
        self.team.member_ids -= self.salesman
        assertAsked(self.owner)
        self.team.user_id = self.salesman
        assertAsked(self.colleague)
        self.team.user_id = self.leader
        assertAsked(self.owner)
        member = member.with_context(active_test=False).search([("user_id", "=", self.salesman.id)])
        member.unlink()
        self.env["crm.team.member"].create({"crm_team_id": self.team.id, "user_id": self.salesman.id})
        assertAsked(self.colleague)
        self.salesman.active = False
        assertAsked(self.owner)
        self.salesman.active = True
        assertAsked(self.colleague)
        self.salesman.action_archive()
        assertAsked(self.owner)
        requests[0].with_user(self.owner).action_approve()
        self.assertNotEqual(requests[0].budget_line_id, south.line_ids)

    # ---- evidence ----

    @users("budget_salesman")
    def test_what_was_asked_for_stays(self):
        states = [self._request(10.0, state) for state in ("submitted", "approved")]
        done = self._request(10.0, "approved")
        done._record_cost(5.0, True, done.date)
        refused = self._request(10.0, "submitted")
        refused._refuse("No")
        for request in (*states, done, refused):
            request = request.with_env(self.env)
            for vals in ({"subject": "x"}, {"description": "x"}, {"estimate": 1.0}, {"partner_id": False}):
                self._refused(request, "write", vals)
            self._refused(request, "unlink")
        refused.with_env(self.env).action_draft()
        refused.with_env(self.env).subject = "Asked again"

    @users("budget_manager")
    def test_the_ledger_and_amendments_stay(self):
        self._amend(50.0)
        self._request(10.0, "approved")
        entry, amendment = self.line.entry_ids.with_env(self.env), self.line.amendment_ids.with_env(self.env)
        for vals in ({"amount": 1.0}, {"line_id": self._line(self.budget, self.visit).id}, {"date": "2026-01-01"}):
            self._refused(entry, "write", vals)
            self._refused(amendment, "write", vals)
        line = self.line.with_env(self.env)
        for name, row in (("entry_ids", entry), ("amendment_ids", amendment)):
            for command in (Command.delete(row.id), Command.update(row.id, {"amount": 9.0}), Command.clear()):
                self._refused(line, "write", {name: [command]})
        self._refused(
            line, "write", {"entry_ids": [Command.create({"kind": "actual", "origin": "spend", "amount": 1})]}
        )
        values = {"line_id": line.id, "amount": 5.0, "reason": "x"}
        for more in ({"user_id": self.salesman.id}, {"date": "2020-01-01"}, {"budget_id": self.budget.id}):
            self._refused(amendment.browse(), "create", {**values, **more}, error=AccessError)

    # ---- dialogs ----

    def test_dialogs_show_only_what_their_user_may_see(self):
        other = self._make_company("Elsewhere")
        self.env.user.company_ids += other
        foreign = self._request(77.0, company_id=other.id, team_id=False, user_id=self.env.uid)
        theirs = self._request(55.0, user_id=self.colleague.id)
        spec = {"request_id": {"fields": {"display_name": {}}}, "reserved_amount": {}, "amount": {}, "over_amount": {}}
        for request in foreign + theirs:
            for model, name, value in (
                ("sale.budget.request.spend", "request_id", request.id),
                ("sale.budget.request.refuse", "request_ids", [Command.set(request.ids)]),
            ):
                dialogs = self.env[model].with_user(self.salesman)
                self._refused(dialogs, "create", {name: value, "reason": "x"}, error=AccessError)
                self._refused(dialogs, "onchange", {name: value}, [name], {name: {}}, error=AccessError)
            dialogs = self.env["sale.budget.request.spend"].with_user(self.salesman)
            for key, value in (("default_request_ids", request.ids), ("default_request_id", request.id)):
                self._refused(dialogs, "onchange", {}, [], spec, error=AccessError, **{key: value})
        dialogs = self.env["sale.budget.overspend"].with_user(self.overspender)
        values = {"res_model": foreign._name, "res_ids": str(foreign.id)}
        spec = {"document_names": {}, "shortfall_amount": {}}
        self._refused(dialogs, "onchange", values, list(values), spec, error=AccessError)
        self._refused(dialogs.create({**values, "reason": "x"}), "read", ["document_names"], error=AccessError)

    @users("budget_salesman")
    def test_a_form_shows_no_budget_of_others(self):
        self._budget({self.gift: 321.0}, name="Theirs", user_id=self.colleague.id)
        self._budget({self.gift: 123.0}, name="Mine", user_id=self.salesman.id)
        spec = {"budget_available_amount": {}, "budget_expected_line_id": {"fields": {"display_name": {}}}}
        values = {"purpose_id": self.gift.id, "date": "2026-05-20", "estimate": 5.0}
        mine = self._request(5.0, purpose_id=self.gift.id).with_env(self.env)
        for ids in ([], mine.ids):
            for user, available in ((self.salesman, 123.0), (self.colleague, 0.0)):
                args = [ids, {**values, "user_id": user.id}, ["user_id"], spec]
                shown = call_kw(mine.browse(), "onchange", args, {})["value"]
                self.assertEqual(shown.get("budget_available_amount", available), available)
                self.assertNotIn("Theirs", str(shown))
        self.assertEqual(mine.budget_available_amount, 123.0)

    def test_dialogs_belong_to_whoever_opened_them(self):
        request = self._request(50.0, "approved")
        dialogs = (
            self._spend(self.salesman, request, amount=5.0),
            self
            .env["sale.budget.request.refuse"]
            .with_user(self.salesman)
            .create({"request_ids": request.ids, "reason": "x"}),
            self
            .env["sale.budget.overspend"]
            .with_user(self.overspender)
            .create({"res_model": request._name, "res_ids": str(request.id), "reason": "x"}),
        )
        self.manager.group_ids += self.env.ref("sale_budget.group_overspend")
        for dialog in dialogs:
            theirs = dialog.with_user(self.manager)
            self.assertFalse(theirs.search([]))
            for method, *args in (("read", ["reason"]), ("write", {"reason": "y"}), ("unlink",), ("action_confirm",)):
                self._refused(theirs, method, *args, error=AccessError)

    def test_buttons_pressed_twice(self):
        request = self._request(300.0, "approved").with_user(self.salesman)
        dialog = self._spend(self.salesman, request, amount=100.0, is_final=False)
        dialog.action_confirm()
        self._refused(dialog, "action_confirm", pattern="done already")
        self.assertBalance(self.line, 200.0, 100.0, 700.0)
        self._refused(dialog, "write", {"is_used": False}, error=AccessError)
        waiting = self._request(5000.0, "submitted").with_user(self.overspender)
        over = self.env["sale.budget.overspend"].with_user(self.overspender)
        over = over.create({"res_model": waiting._name, "res_ids": str(waiting.id), "reason": "x"})
        over.action_confirm()
        self._refused(over, "action_confirm", pattern="done already")
        asked = self._request(10.0, "submitted")
        no = self.env["sale.budget.request.refuse"].with_user(self.owner)
        no = no.create({"request_ids": asked.ids, "reason": "No"})
        no.action_confirm()
        self._refused(no, "action_confirm", pattern="done already")
        request.action_done()
        self._refused(request, "action_done")
        draft = self._request(10.0, purpose_id=self.visit.id).with_user(self.salesman)
        draft.action_submit()
        self._refused(draft, "action_submit")
        self.assertEqual(len(draft.sudo().activity_ids), 1)
        by_owner = draft.with_user(self.owner)
        by_owner.action_approve()
        self._refused(by_owner, "action_approve")
        draft.action_cancel()
        self._refused(draft, "action_cancel")
        budget = self._budget({self.gift: 10.0}, name="Twice", approve=False).with_user(self.manager)
        for button in ("action_approve", "action_close", "action_reopen"):
            getattr(budget, button)()
            self._refused(budget, button)

    # ---- messages instead of tracebacks ----

    @users("budget_overspender")
    def test_dialogs_over_nothing(self):
        dialogs = self.env["sale.budget.overspend"]
        name = "sale.budget.request"
        for model, ids in (
            (name, "²"),
            (name, "99999999999999999999"),
            (name, ""),
            (name, "1,,x"),
            ("sale.budget.commitment.mixin", "1"),
            ("no.such.model", "1"),
            ("res.partner", "1"),
        ):
            values = {"res_model": model, "res_ids": ids}
            dialog = dialogs.create({**values, "reason": "x"})
            self.assertFalse(dialog.document_names)
            self._refused(dialog, "action_confirm", pattern="no document")

    @users("budget_manager")
    def test_days_at_the_end_of_the_calendar(self):
        budgets = self.env["sale.budget"]
        for kind, day in (("year", "9999-12-31"), ("month", "9999-12-01"), ("quarter", "9998-01-01")):
            values = {"name": "Late", "period_kind": kind, "date_from": day}
            self._refused(budgets, "create", values, pattern="Late: the calendar ends")
            self._refused(budgets, "onchange", values, ["date_from"], {"date_to": {}}, pattern="the calendar ends")
        last = budgets.create({
            "name": "Late",
            "period_kind": "free",
            "date_from": "9000-01-01",
            "date_to": "9999-12-31",
        })
        self._refused(last, "copy", pattern="the calendar ends")

    @users("budget_manager")
    def test_buttons_without_a_record(self):
        for model, button in (
            ("sale.budget", "action_amend"),
            ("sale.budget.line", "action_amend"),
            ("sale.budget.entry", "action_open_document"),
            ("sale.budget.request.spend", "action_confirm"),
            ("sale.budget.request.refuse", "action_confirm"),
            ("sale.budget.overspend", "action_confirm"),
        ):
            for ids in ([], [0], [99999999]):
                with self.assertRaises(UserError):
                    call_kw(self.env[model], button, [ids], {})


def _as_dict(values):
    return {name: getattr(values, name) for name in values.__slots__}
