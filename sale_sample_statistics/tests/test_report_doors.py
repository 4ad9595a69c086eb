"""What hostile clients try on statistics and reports: each is refused, and nothing has changed."""

from contextlib import suppress
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.sale_sample.tests.common_rounds import ROLES

from .common_statistics import StatisticsCase

#: Figures closed to these roles, beside those that are closed to all of them.
CLOSED = ("mould_cost", "charged", "collected", "refunded", "ended_cost", "revenue")
RATIOS = ("return_ratio", "cost_per_won", "payback_days")


@tagged("post_install", "-at_install")
class TestReportDoors(StatisticsCase):
    def _charged(self):
        """Charge a fee on a confirmed order."""
        decision = self.env["sale.sample.fee.decision"].create({
            "request_id": self.request_a.id,
            "charge": "full",
            "cost": 900,
            "fee_amount": 900,
        })
        with freeze_time("2026-03-05 02:00:00"):
            decision._change_state("approved", decided_at="2026-03-05 02:00:00")
            decision._charge().action_confirm()
        self.env.flush_all()

    # ---- who sees which money ----

    def test_no_money_by_any_path(self):
        self._charged()
        for user, names in ((self.rnd, (*CLOSED, *RATIOS)), (self.quality, (*CLOSED, *RATIOS))):
            report = self.env["sale.sample.statistics"].with_user(user)
            for name in names:
                kind = "avg" if name in RATIOS else "sum"
                for how, ask in (
                    ("read", lambda report=report, name=name: report.search([], limit=1).read([name])),
                    ("domain", lambda report=report, name=name: report.search([(name, ">", 1)])),
                    ("order", lambda report=report, name=name: report.search([], order=name)),
                    ("group", lambda report=report, name=name: report.formatted_read_group([], [name], [])),
                    (
                        "sum",
                        lambda report=report, name=name, kind=kind: report.formatted_read_group(
                            [], ["event"], [f"{name}:{kind}"]
                        ),
                    ),
                    (
                        "having",
                        lambda report=report, name=name, kind=kind: report.formatted_read_group(
                            [], ["event"], [], having=[(f"{name}:{kind}", ">", 1)]
                        ),
                    ),
                    ("pivot", lambda report=report, name=name: report.web_read_group([], ["event"], [f"{name}:max"])),
                ):
                    with self.subTest(user=user.login, figure=name, how=how), self.assertClosed():
                        ask()

    def test_who_was_charged_is_no_business_of_others(self):
        self._charged()
        statistics = self.env["sale.sample.statistics"]
        for user, sees in ((self.salesman, True), (self.finance, True), (self.rnd, False), (self.quality, False)):
            events = {event for [event] in statistics.with_user(user)._read_group([], ["event"])}
            with self.subTest(user=user.login):
                self.assertEqual("charged" in events, sees)
                self.assertIn("made", events)

    def test_printed_report_tells_no_money(self):
        wizard = self.env["sale.sample.report"].with_user(self.quality)
        wizard = wizard.create({"period_kind": "month", "date_from": "2026-03-01"})
        document = self.env["report.sale_sample_statistics.report_sample"].with_user(self.quality)._get_document(wizard)
        words = " ".join([*document.said, *(row.label for row in document.figures)])
        self.assertIn("Samples made", words)
        for word in ("Mould", "Fees", "Revenue", "mould", "fees", "revenue"):
            self.assertNotIn(word, words)

    # ---- the dialog ----

    def test_report_is_its_owners(self):
        mine = self.env["sale.sample.report"].with_user(self.manager)
        mine = mine.create({"period_kind": "month", "date_from": "2026-03-01"})
        report = self.env["report.sale_sample_statistics.report_sample"]
        theirs = mine.with_user(self.salesman)
        for how, ask in (
            ("read", lambda: theirs.read(["date_from"])),
            ("write", lambda: theirs.write({"date_from": "2026-01-01"})),
            ("unlink", lambda: theirs.unlink()),
            ("print", lambda: report.with_user(self.salesman)._get_report_values(mine.ids)),
        ):
            with self.subTest(how), self.assertClosed():
                ask()
        self.assertEqual(mine.date_from, date(2026, 3, 1))

    def test_report_of_another_company(self):
        other = self._make_company("Heel Works")
        with self.assertClosed():
            self.env["sale.sample.report"].with_user(self.salesman).create({"company_id": other.id})

    def test_years_beyond_reason(self):
        reports = self.env["sale.sample.report"].with_user(self.salesman)
        for day in ("9999-12-31", "0001-01-01"):
            for kind in ("month", "quarter", "half_year", "year", "days"):
                with self.subTest(day=day, kind=kind):
                    form = Form(reports)
                    form.date_from, form.period_kind = day, kind
                    report = reports.create({"period_kind": kind, "date_from": day, "date_to": day})
                    with self.assertClosed(UserError):
                        report.action_print()

    def test_documents_are_the_servers(self):
        wizard = self.env["sale.sample.report"].with_user(self.salesman).create({})
        report = self.env["report.sale_sample_statistics.report_sample"].with_user(self.salesman)
        for given in (5, "x", {"a": 1}, [1], [[]], True):
            with self.subTest(given=given):
                values = report._get_report_values(wizard.ids, {"documents": given})
                self.assertEqual(values["documents"][0].company, self.company)

    def test_buttons_without_a_record(self):
        for name in ("sale.sample.statistics", "sale.sample.cycle", "sale.sample.report"):
            button = "action_print" if name == "sale.sample.report" else "action_open_request"
            for ids in ((), 0, 10**9):
                with self.subTest(model=name, ids=ids), self.assertClosed(UserError):
                    getattr(self.env[name].with_user(self.manager).browse(ids), button)()
        self.assertFalse(hasattr(self.env["sale.sample.report.mixin"], "action_open_request"))

    # ---- the mail ----

    def _subscription(self, user):
        return self.env["sale.sample.report.subscription"].create({"user_id": user.id})

    def test_subscription_stays_with_its_subscriber(self):
        mine = self._subscription(self.salesman).with_user(self.salesman)
        other = self._make_company("Heel Works")
        for values in ({"user_id": self.manager.id}, {"company_id": other.id}):
            with self.subTest(values), self.assertClosed(UserError):
                mine.write(values)
        self.assertEqual((mine.user_id, mine.company_id), (self.salesman, self.company))
        stranger = new_test_user(self.env, "report_stranger", groups=ROLES["salesman"], company_id=other.id)
        stranger.company_ids = other
        with self.assertClosed(UserError):
            mine.with_user(self.manager).create({"user_id": stranger.id, "company_id": self.company.id})

    def test_sent_once(self):
        subscription = self._subscription(self.salesman).with_user(self.salesman)
        mails = self.env["mail.mail"]
        before = mails.search_count([])
        with freeze_time("2026-05-01 01:00:00"):
            subscription.action_send()
            with self.assertClosed(UserError):
                subscription.action_send()
        self.assertEqual(mails.search_count([]), before + 1)
        with freeze_time("2026-05-01 01:02:00"):
            subscription.action_send()
        self.assertEqual(mails.search_count([]), before + 2)

    def test_mail_is_the_subscribers(self):
        """The administrator of policies sees no revenue, and not the manager's report either."""
        subscription = self._subscription(self.manager)
        with freeze_time("2026-05-01 01:00:00"):
            subscription.with_user(self.policy_admin).with_context(
                active_model=subscription._name, active_ids=subscription.ids
            ).action_send()
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertEqual(mail.recipient_ids, self.manager.partner_id)
        self.assertTrue(mail.attachment_ids)
        with self.assertClosed():
            mail.mail_message_id.with_user(self.policy_admin).read(["body"])
        with self.assertClosed():
            mail.attachment_ids.with_user(self.policy_admin).read(["datas"])

    def test_closed_by_default(self):
        subscription = self._subscription(self.salesman).with_user(self.salesman)
        for values in ({"sent_for": "2000-01-01"}, {"sent_at": "2000-01-01 00:00:00"}):
            with self.subTest(values), self.assertClosed():
                subscription.write(values)
        with suppress(UserError):
            subscription.write({"user_id": False})
        self.assertEqual(subscription.user_id, self.salesman)
        with self.assertClosed(UserError):
            self.env["sale.sample.statistics"].with_user(self.salesman).create({"event": "made"})
