"""What hostile clients try on refund agreements: each is refused, and nothing has changed."""

from contextlib import suppress
from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_refund import RefundCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestRefundDoors(RefundCase):
    """An agreement of the salesman: half of 1,000 back after 1,000 pairs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.env["res.partner"].create({"name": "City Shoes", "is_company": True})

    def _dialog(self, agreement, user=None, **values):
        dialogs = self.env["sale.sample.refund.book"].with_user(user or self.finance)
        return dialogs.create({
            "agreement_id": agreement.id,
            "date": "2026-02-02",
            "pairs": 600,
            "reason": "Note 4711",
            **values,
        })

    # ---- figures that the server sets ----

    def test_whose_deliveries_pay(self):
        agreement = self._agreement()
        for user in (self.salesman, self.manager, self.finance):
            for name, value in (
                ("commercial_partner_id", self.other_customer.id),
                ("net_pairs", 5000),
                ("standing", "reached"),
                ("refunded_amount", 1.0),
                ("next_deadline", "2099-12-31"),
                ("decision_id", False),
                ("notified_deadline", "2099-12-31"),
                ("refund_ids", [Command.clear()]),
                ("entry_ids", [Command.create({"date": "2026-02-02", "kind": "manual", "reason": "x", "pairs": 5000})]),
            ):
                with self.subTest(user=user.login, name=name), self.assertClosed():
                    agreement.with_user(user).write({name: value})
        self.assertEqual(
            (agreement.commercial_partner_id, agreement.net_pairs, agreement.standing, agreement.refunded_amount),
            (self.customer, 0, "open", 0),
        )

    def test_terms_of_what_was_agreed(self):
        agreement = self._agreement()
        step = agreement.step_ids[0]
        for user in (self.salesman, self.manager, self.finance):
            own = agreement.with_user(user)
            for values in (
                {"partner_id": self.other_customer.id},
                {"fee_amount": 9000},
                {"date_start": "2020-01-01"},
                {"product_ids": [Command.link(self.other_sole.id)]},
                {"step_ids": [Command.update(step.id, {"threshold_pairs": 1})]},
            ):
                with self.subTest(user=user.login, values=values), self.assertClosed(UserError):
                    own.write(values)
            with self.subTest(user=user.login), self.assertClosed(UserError):
                step.with_user(user).write({"threshold_pairs": 1})
            with self.subTest(user=user.login), self.assertClosed(UserError):
                step.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertClosed(UserError):
                step.with_user(user).create({"agreement_id": agreement.id, "threshold_pairs": 1, "percent": 1})
        self.assertEqual((agreement.fee_amount, agreement.step_ids.mapped("threshold_pairs")), (1000, [1000, 2000]))

    def test_steps_stay_with_their_agreement(self):
        running = self._agreement()
        draft = self._agreement(started=False, product_ids=[Command.set(self.other_sole.ids)])
        theirs = self._agreement(started=False, user_id=self.other_salesman.id, team_id=False)
        step = draft.step_ids[0].with_user(self.salesman)
        for target in (running, theirs):
            with self.subTest(target.state), self.assertClosed(UserError):
                step.agreement_id = target
            with self.subTest(target.state, how="created"), self.assertClosed(UserError):
                step.create({"agreement_id": target.id, "threshold_pairs": 1, "percent": 1})
        self.assertEqual((len(draft.step_ids), len(running.step_ids), len(theirs.step_ids)), (2, 2, 2))

    def test_what_a_decision_settled(self):
        """A salesperson chooses the products, and nothing that refunds are checked against."""
        request = self._request(product_id=self.sole.id)
        decision = self.env["sale.sample.fee.decision"].create({
            "request_id": request.id,
            "charge": "shared",
            "cost": 3000,
            "fee_amount": 1200,
            "refund_terms": [{"pairs": 500, "percent": 100, "months": 0}],
        })
        decision._change_state("approved", decided_at="2026-03-02 02:00:00")
        agreement = decision.agreement_ids.with_user(self.salesman)
        mould = self.env["sale.sample.mould"].create({"shape": "Cup sole", "partner_id": self.customer.id})
        other = self._request(style_name="Other")
        for values in (
            {"mould_ids": [Command.link(mould.id)]},
            {"request_id": other.id},
            {"invoice_id": False},
            {"fee_amount": 9000},
            {"company_id": self.env["res.company"].create({"name": "Heel Works"}).id},
        ):
            with self.subTest(values), self.assertClosed(UserError):
                agreement.write(values)
        with self.assertClosed(UserError):
            agreement.with_user(self.finance).request_id = other
        agreement.product_ids = self.other_sole
        self.assertEqual((agreement.request_id, agreement.fee_amount, len(agreement.mould_ids)), (request, 1200, 0))

    def test_ledger_and_refunds_are_nobodys_to_write(self):
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1000)
        for user in (self.salesman, self.manager, self.finance):
            for record in (agreement.entry_ids, agreement.refund_ids):
                own = record.with_user(user)
                with self.subTest(user=user.login, record=record._name), self.assertClosed(UserError):
                    own.write({"pairs": 9})
                with self.subTest(user=user.login, record=record._name), self.assertClosed(UserError):
                    own.unlink()
                with self.subTest(user=user.login, record=record._name), self.assertClosed(UserError):
                    own.copy()
        self.assertEqual((agreement.net_pairs, agreement.refund_ids.amount), (1000, 500))

    # ---- a colleague's request ----

    def test_agreement_on_a_colleagues_request(self):
        foreign = self._request(user_id=self.other_salesman.id, team_id=False)
        agreements = self.env["sale.sample.mould.agreement"].with_user(self.salesman)
        spec = {"request_id": {}, "partner_id": {"fields": {"display_name": {}}}, "product_ids": {}}
        with self.assertClosed():
            agreements.create({"request_id": foreign.id, "fee_amount": 10})
        with self.assertClosed():
            agreements.onchange({"request_id": foreign.id}, ["request_id"], spec)
        with self.assertClosed():
            agreements.with_context(default_request_id=foreign.id).onchange({}, [], spec)
        own = self._agreement(started=False).with_user(self.salesman)
        with self.assertClosed():
            own.request_id = foreign
        self.assertFalse(own.request_id)

    def test_agreement_in_a_colleagues_name(self):
        own = self._agreement(started=False, team_id=False).with_user(self.salesman)
        theirs = {"user_id": self.other_salesman.id, "team_id": False}  # the leader of a team may do it
        with self.assertClosed():
            own.create({"partner_id": self.customer.id, "fee_amount": 5, **theirs})
        with self.assertClosed():
            own.write(theirs)
        with self.assertClosed():
            own.web_save(theirs, {})
        self.assertEqual(own.user_id, self.salesman)
        own.with_user(self.manager).write(theirs)
        self.assertEqual(own.sudo().user_id, self.other_salesman)

    def test_agreement_of_another_company(self):
        other = self._make_company("Heel Works")
        agreement = self._agreement(started=False, product_ids=False).with_user(self.salesman)
        with self.assertClosed(UserError):
            agreement.company_id = other
        with self.assertClosed(UserError):
            agreement.create({"partner_id": self.customer.id, "fee_amount": 5, "company_id": other.id})
        self.assertEqual(agreement.company_id, self.company)

    # ---- booked once ----

    def test_booked_once(self):
        agreement = self._agreement()
        dialog = self._dialog(agreement)
        dialog.action_book()
        with self.assertClosed(UserError):
            dialog.action_book()
        with self.assertClosed():
            dialog.is_used = False
        self.assertEqual((agreement.net_pairs, len(agreement.refund_ids)), (600, 0))

    def test_dialog_is_its_owners(self):
        agreement = self._agreement()
        dialog = self._dialog(agreement)
        for user in (self.manager, self.salesman):
            theirs = dialog.with_user(user)
            for ask in (
                lambda theirs=theirs: theirs.read(["pairs"]),
                lambda theirs=theirs: theirs.write({"pairs": 9000}),
                lambda theirs=theirs: theirs.action_book(),
                lambda theirs=theirs: theirs.unlink(),
            ):
                with self.subTest(user=user.login), self.assertClosed():
                    ask()
        self.assertEqual((dialog.pairs, agreement.net_pairs), (600, 0))

    def test_dialog_on_a_foreign_agreement(self):
        other = self._make_company("Heel Works")
        foreign = self.env["sale.sample.mould.agreement"].create({
            "company_id": other.id,
            "partner_id": self.customer.id,
            "fee_amount": 7,
        })
        agreement = self._agreement()
        dialogs = self.env["sale.sample.refund.book"]
        spec = {"agreement_id": {"fields": {"display_name": {}}}}
        with self.assertClosed():
            self._dialog(foreign)
        with self.assertClosed():
            dialogs.with_user(self.finance).onchange({"agreement_id": foreign.id}, ["agreement_id"], spec)
        with self.assertClosed():
            dialogs.with_user(self.finance).with_context(default_agreement_id=foreign.id).onchange({}, [], spec)
        with self.assertClosed():
            self._dialog(agreement, user=self.salesman)
        dialog = self._dialog(agreement)
        with self.assertClosed(UserError):
            dialog.agreement_id = foreign
        self.assertFalse(foreign.entry_ids)

    def test_buttons_twice(self):
        self.journal.active = False
        agreement = self._agreement(started=False).with_user(self.manager)
        agreement.action_start()
        with self.assertClosed(UserError):
            agreement.action_start()
        self._booked(agreement, "2026-02-02", 1000)
        self.journal.active = True
        agreement.action_grant()
        with self.assertClosed(UserError):
            agreement.action_grant()
        agreement.action_catch_up()
        agreement.action_catch_up()
        self.assertEqual((agreement.net_pairs, len(agreement.sudo().refund_ids.move_id)), (1000, 1))
        agreement.action_cancel()
        with self.assertClosed(UserError):
            agreement.action_cancel()

    # ---- no traceback ----

    def test_buttons_without_a_record(self):
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 10)
        models = (agreement, agreement.entry_ids, self.env["sale.sample.refund.book"], self.env["sale.sample.mould"])
        for model in models:
            names = [name for name in dir(type(model)) if name.startswith("action_")]
            for name in names:
                if not any(name in vars(cls) and "sale_sample_fee" in cls.__module__ for cls in type(model).__mro__):
                    continue
                for ids in ((), 0, 10**9):
                    records = model.with_user(self.manager).browse(ids)
                    with self.subTest(button=name, records=records), suppress(UserError), self.env.cr.savepoint():
                        getattr(records, name)()
        self.assertEqual((agreement.state, agreement.net_pairs), ("running", 10))

    def test_months_beyond_the_calendar(self):
        draft = self._agreement(started=False, date_start="9998-12-31", steps=((10, 50, 24),))
        self.assertFalse(draft.step_ids.deadline)
        form = self.env["sale.sample.mould.agreement.step"].new({"agreement_id": draft.id, "months": 10**9})
        self.assertFalse(form.deadline)
        agreement = self._agreement(date_start=date(2026, 1, 31), steps=((10, 50, 1),))
        self.assertEqual(agreement.step_ids.deadline, date(2026, 2, 28))

    # ---- roles that see no money ----

    def test_no_money_for_others(self):
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1000)
        for record, names in (
            (agreement, ("fee_amount", "refunded_amount")),
            (agreement.step_ids, ("amount",)),
            (agreement.refund_ids, ("amount", "company_amount")),
        ):
            self.env["ir.model.access"].create({
                "name": "by mistake",
                "model_id": self.env["ir.model"]._get_id(record._name),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            })
            for user in (self.rnd, self.quality, self.policy_admin, self.internal):
                for name in names:
                    with self.subTest(user=user.login, field=f"{record._name}.{name}"), self.assertClosed():
                        record.with_user(user).read([name])
