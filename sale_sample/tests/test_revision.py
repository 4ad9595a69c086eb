from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from ..models.sale_sample_revision import ACTIVITY_REVISION
from .common_revision import RevisionCase
from .common_rounds import picture
from .test_tools_portal import drawn

OLD, NEW = "65 −3 / +2 Shore A", "60 ± 3 Shore A"


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestProposal(RevisionCase):
    """Sales proposes, R&D decides."""

    @users("sample_salesman")
    def test_from_the_button_to_the_proposal(self):
        request = self._request().with_env(self.env)
        action = request.action_change_specification()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual((len(form.property_line_ids), len(form.size_line_ids)), (2, 1))
        self.assertEqual((form.asked_by_id, form.asked_on), (self.contact, date(2026, 3, 2)))
        self.assertFalse(form.changes)
        form.reason = "Too stiff in the wear test"
        with form.property_line_ids.edit(0) as line:
            line.target = 60
            line.tolerance_plus = 3
        self.assertEqual(form.changes, "Hardness T: 65 −3 / +2 → 60 ± 3 Shore A", "told while it is typed")
        with form.size_line_ids.edit(0) as line:
            line.pairs = 4
        with form.size_line_ids.new() as line:
            line.size = 43
            line.pairs = 1
            self.assertEqual(line.size_eu, "43")
        form.property_line_ids.remove(1)
        form.last_number = "L-7"
        revision = form.save()
        revision.action_propose()
        self.assertEqual(
            revision.changes.splitlines(),
            [
                "Hardness T: 65 −3 / +2 → 60 ± 3 Shore A",
                "Size 42: 3 → 4 pairs",
                "Size 43, new: 1 pairs",
                "Last: – → L-7",
                "Colour T, no longer asked for: As the swatch",
            ],
        )
        self.assertEqual((revision.number, revision.state, revision.base_id.number), (2, "proposed", 1))
        self.assertEqual((revision.proposed_by_id, revision.proposed_at.hour), (self.salesman, 4))
        self.assertEqual(self._asked_hardness(request), OLD, "until R&D confirms, the one before holds")
        self.assertEqual((request.total_pairs, request.revision_number, len(request.property_line_ids)), (3, 1, 2))

    @users("sample_salesman")
    def test_from_an_empty_form(self):
        form = Form(self.env["sale.sample.revision"])
        form.request_id = self._request().with_env(self.env)
        self.assertEqual((len(form.property_line_ids), len(form.size_line_ids)), (2, 1))
        form.reason, form.last_number = "New last", "L-7"
        self.assertEqual(form.save().changes, "Last: – → L-7")

    def test_rnd_is_asked_and_sales_told_each_in_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.rnd.lang = self.salesman.lang = "zh_CN"
        request = self._request()
        revision = self._proposed(request)
        ((user, summary),) = self._tasks(request, ACTIVITY_REVISION)
        self.assertEqual(user, self.rnd)
        self.assertIn("修订", summary)
        self.assertIn("65 −3 / +2 → 60 ± 3 Shore A", request.message_ids[:1].body)
        revision.with_user(self.rnd).with_context(lang="en_US").action_confirm()
        self.assertFalse(self._tasks(request, ACTIVITY_REVISION))
        ((user, summary),) = self._tasks(request, "mail.mail_activity_data_todo")
        self.assertEqual(user, self.salesman)
        self.assertIn("确认", summary)

    def test_confirmed_with_the_day_it_costs(self):
        request = self._request()
        first = request.current_round_id
        self._answered("changes", request)
        second = request.current_round_id
        second.with_user(self.rnd).promised_on = "2099-12-24"
        revision = self._confirmed(request, promised_on="2099-12-28", pairs=4)
        self.assertEqual((revision.state, revision.decided_by_id), ("confirmed", self.rnd))
        self.assertEqual((request.revision_id, request.revision_number), (revision, 2))
        self.assertEqual((self._asked_hardness(request), request.total_pairs), (NEW, 4))
        self.assertEqual((request.promised_on, second.promised_on), (date(2099, 12, 28), date(2099, 12, 28)))
        self.assertEqual(second.first_promised_on, date(2099, 12, 24), "the first promise stays")
        self.assertEqual(second.quantity, 6, "a pair more, and the two that stay")
        self.assertEqual(first.first_promised_on, date(2099, 12, 20))
        (_user, summary), *_rest = self._tasks(request, "mail.mail_activity_data_todo")
        self.assertIn("promised for 12/28/2099", summary)

    def test_without_another_day_the_promise_stays(self):
        request = self._request()
        self._confirmed(request)
        self.assertEqual(request.promised_on, date(2099, 12, 20))
        self.assertEqual(request.current_round_id.promised_on, date(2099, 12, 20))

    def test_a_past_day_is_not_promised(self):
        revision = self._proposed(self._request()).with_user(self.rnd)
        revision.promised_on = "2026-03-01"
        with self.assertRefused("that day is past"):
            revision.action_confirm()
        self.assertEqual((revision.state, revision.request_id.revision_number), ("proposed", 1))
        revision.promised_on = "2026-03-02"
        revision.action_confirm()
        self.assertEqual(revision.request_id.promised_on, date(2026, 3, 2))

    def test_refused_for_a_reason(self):
        request = self._request()
        revision = self._proposed(request).with_user(self.rnd)
        with self.assertRefused("why it is refused"):
            revision.action_refuse()
        revision.decision_note = "60 Shore tears at the flex line"
        revision.action_refuse()
        self.assertEqual((revision.state, request.revision_number, self._asked_hardness(request)), ("refused", 1, OLD))
        ((user, summary),) = self._tasks(request, "mail.mail_activity_data_todo")
        self.assertEqual(user, self.salesman)
        self.assertIn("60 Shore tears at the flex line", summary)
        again = self._confirmed(request, target=62.0)
        self.assertEqual((again.number, again.base_id.number, request.revision_number), (2, 1, 2))
        self.assertEqual(revision.changes, "Hardness T: 65 −3 / +2 → 60 ± 3 Shore A", "what was refused stays")

    def test_withdrawn(self):
        request = self._request()
        revision = self._proposed(request)
        revision.action_withdraw()
        self.assertEqual((revision.state, revision.decided_by_id), ("withdrawn", self.salesman))
        self.assertFalse(self._tasks(request, ACTIVITY_REVISION))
        with self.assertRefused("which is final"):
            revision.with_user(self.rnd).action_confirm()
        with self.assertRefused("which is final"):
            revision.action_propose()
        self.assertEqual(request.revision_number, 1)

    def test_a_draft_is_discarded(self):
        request = self._request()
        revision = self._draft(request)
        lines = revision.property_line_ids
        action = revision.action_discard()
        self.assertEqual((action["res_model"], action["res_id"]), (request._name, request.id))
        self.assertFalse(revision.exists() or lines.exists())
        self.assertEqual((request.revision_number, self._asked_hardness(request)), (1, OLD))

    def test_what_a_proposal_must_say(self):
        request = self._request()
        revision = self._draft(request, target=None, reason=" ")
        with self.assertRefused("nothing differs from the revision before\n- why"):
            revision.action_propose()
        revision.write({"style_note": "Black side wall", "reason": "Colour", "asked_by_id": False})
        with self.assertRefused("- who asked for it"):
            revision.action_propose()
        revision.write({"asked_by_id": self.contact.id, "asked_on": "2026-03-03"})
        with self.assertRefused("not to come"):
            revision.action_propose()
        self.type.requires_properties = True
        revision.write({"asked_on": "2026-03-02", "property_line_ids": [Command.clear()]})
        with self.assertRefused("physical properties: at least one"):
            revision.action_propose()
        other = self.env["res.partner"].create({"name": "Other Shoes"})
        with self.assertRefused("no contact of the customer"):
            revision.asked_by_id = other

    def test_a_longer_function_differs_at_its_end(self):
        request = self._request(function=f"<p>{'Grips ' * 60}</p>")
        revision = self._draft(request, target=None, function=f"<p>{'Grips ' * 60}on ice</p>")
        revision.action_propose()
        self.assertIn("Function: Grips", revision.changes)

    def test_one_open_change_at_a_time(self):
        request = self._request()
        revision = self._draft(request)
        self.assertEqual(request.with_user(self.salesman).action_change_specification()["res_id"], revision.id)
        with self.assertRefused("is open already"):
            self._draft(request)
        revision.action_propose()
        with self.assertRefused("is open already"):
            self._draft(request, user=self.manager)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            request.revision_ids.filtered(lambda one: one.number == 1).sudo().state = "draft"
            self.env.flush_all()

    def test_twice_the_same_button(self):
        revision = self._proposed(self._request())
        with self.assertRefused("can become"):
            revision.action_propose()
        revision.with_user(self.rnd).action_confirm()
        with self.assertRefused("which is final"):
            revision.with_user(self.rnd).action_confirm()
        self.assertEqual(revision.request_id.revision_number, 2)

    def test_only_what_rnd_has_in_hand(self):
        draft = self._request(accepted=False)
        approved = self._answered("approved").request_id
        for request in (draft, approved):
            with self.subTest(state=request.state), self.assertRefused("while R&D works on the request"):
                request.with_user(self.salesman).action_change_specification()
            with self.subTest(state=request.state), self.assertRefused("while R&D works on the request"):
                self._draft(request)

    def test_the_end_of_the_request_withdraws(self):
        for verdict in ("approved", "cancelled", "draft"):
            request = self._request()
            if verdict == "approved":
                sample = self._sent(request)
            revision = self._draft(request)
            if verdict != "draft":
                revision.action_propose()
            if verdict == "approved":
                sample._record_answer("approved")
            else:
                request.with_user(self.salesman)._end("cancelled", self.reason_cancelled)
            with self.subTest(verdict=verdict):
                self.assertEqual(revision.state, "withdrawn")
                self.assertFalse(self._tasks(request, ACTIVITY_REVISION))
                with self.assertRefused("which is final|while R&D works"):
                    revision.with_user(self.rnd).action_confirm()

    def test_an_engineer_who_has_left(self):
        chief = self.rnd.copy({"login": "sample_chief", "name": "Chief"})
        self.company.sample_rnd_user_id = chief
        request = self._request()
        self.rnd.active = False
        revision = self._proposed(request)
        self.assertEqual([user for user, _summary in self._tasks(request, ACTIVITY_REVISION)], [chief])
        revision.with_user(chief).action_confirm()
        self.assertEqual(request.revision_number, 2)

    def test_a_copy_begins_at_revision_1_with_what_holds(self):
        request = self._request()
        self._confirmed(request, pairs=4)
        self._draft(request, target=55.0)
        copied = request.with_user(self.salesman).copy()
        self.assertEqual((self._asked_hardness(copied), copied.total_pairs, len(copied.property_line_ids)), (NEW, 4, 2))
        self.assertEqual((copied.revision_number, copied.revision_id.id, copied.revision_ids.ids), (1, False, []))
        self._accept(copied)
        self.assertEqual(self._asked_hardness(self._confirmed(copied, target=50.0).base_id), NEW)

    def test_many_revisions(self):
        request = self._request()
        for number, target in enumerate((60.0, 58.0, 56.0), start=2):
            self.assertEqual(self._confirmed(request, target=target).number, number)
        self.assertEqual(
            [(one.number, self._asked_hardness(one)) for one in request.revision_ids.sorted("number")],
            [(1, OLD), (2, NEW), (3, "58 ± 3 Shore A"), (4, "56 ± 3 Shore A")],
        )
        self.assertEqual(request.revision_ids.sorted("number")[:1].changes, "What R&D accepted")
        self.assertEqual(len(request.property_line_ids), 2)

    def test_a_request_without_a_customer(self):
        lead = self.env["crm.lead"].create({"name": "L", "company_id": self.company.id, "user_id": self.salesman.id})
        request = self._request(partner_id=False, contact_id=False, lead_id=lead.id)
        self.assertEqual(self._confirmed(request).state, "confirmed")


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestRoundsOfRevisions(RevisionCase):
    """Each round is made to one revision and measured against it, for ever."""

    def _hardness_of(self, sample):
        return sample.measurement_ids.filtered(lambda line: line.property_id == self.hardness)

    def test_round_2_is_measured_against_60(self):
        request = self._request()
        first = self._answered("changes", request)
        kept = (self._hardness_of(first).requirement, self._hardness_of(first).result, first.result)
        self.assertEqual(kept, (OLD, "pass", "pass"))
        self._confirmed(request)
        second = request.current_round_id
        self.assertEqual((second.state, second.revision_number), ("planned", 2), "what has not begun follows")
        second.with_user(self.rnd).action_start()
        self.assertEqual((second.revision_id.number, self._asked_hardness(second)), (2, NEW))
        self._measured(second.with_user(self.quality), 65.0)
        self.assertEqual((self._hardness_of(second).result, second.result), ("fail", "fail"), "65 is no longer within")
        self._measured(second.with_user(self.quality), 57.0)
        self.assertEqual(second.result, "pass")
        self.env.invalidate_all()
        self.assertEqual((first.revision_number, self._asked_hardness(first)), (1, OLD))
        self.assertEqual((self._hardness_of(first).requirement, self._hardness_of(first).result, first.result), kept)
        self.assertEqual(first.asked_size_ids.pairs, 3)

    def test_a_round_being_made_follows_where_rnd_says_so(self):
        for moves in (True, False):
            request = self._request()
            sample = request.current_round_id.with_user(self.rnd)
            sample.action_start()
            with self.subTest(moves=moves):
                revision = self._confirmed(request, moves_round=moves, pairs=5)
                number, asked, pairs = (2, NEW, 7) if moves else (1, OLD, 5)
                self.assertEqual((sample.revision_id.number, self._asked_hardness(sample)), (number, asked))
                self.assertEqual(self._hardness_of(sample).requirement, asked)
                self.assertEqual((sample.quantity, len(sample.measurement_ids)), (pairs, 2))
                self.assertEqual(sample.has_newer_revision, not moves)
                self.assertEqual(revision.round_ids, sample if moves else sample.browse())

    def test_a_round_of_which_something_is_there_stays(self):
        def measured(sample):
            self._measured(sample.with_user(self.quality), 64.0)

        def photographed(sample):
            self.env["sale.sample.photo"].with_user(self.rnd).create({"round_id": sample.id, "image": picture()})

        def made(sample):
            sample.with_user(self.rnd).action_made()

        for what in (measured, photographed, made):
            request = self._request()
            sample = request.current_round_id
            sample.with_user(self.rnd).action_start()
            what(sample)
            with self.subTest(what=what.__name__):
                revision = self._proposed(request)
                self.assertFalse(revision.can_move_round)
                self.assertIn("stays with revision 1", revision.round_note)
                revision.with_user(self.rnd).moves_round = True
                revision.with_user(self.rnd).action_confirm()
                self.assertEqual((sample.revision_id.number, self._asked_hardness(sample)), (1, OLD))

    def test_measured_while_planned_stays(self):
        request = self._request()
        sample = request.current_round_id
        line = self.env["sale.sample.measurement"].with_user(self.quality)
        line = line.create({"round_id": sample.id, "property_line_id": request.property_line_ids[0].id, "value": 64})
        self._confirmed(request)
        sample.with_user(self.rnd).action_start()
        self.assertEqual((sample.revision_id.number, line.requirement, line.result), (1, OLD, "pass"))
        self.assertEqual(len(sample.measurement_ids), 2)

    def test_sent_and_confirmed_before_the_answer(self):
        request = self._request()
        sample = self._sent(request)
        self._confirmed(request, promised_on="2099-12-28", pairs=4)
        self.assertEqual((sample.revision_id.number, sample.has_newer_revision), (1, True))
        self.assertEqual(sample.promised_on, date(2099, 12, 20), "what was promised for it has been kept")
        following = sample._record_answer("changes", {"style": True}, {"style": "Toe"})
        self.assertEqual((following.revision_number, following.quantity), (2, 6))
        self.assertEqual(following.promised_on, date(2099, 12, 28))
        following.with_user(self.rnd).action_start()
        self.assertEqual(self._hardness_of(following).requirement, NEW)

    def test_all_rounds_over(self):
        request = self._request()
        request.current_round_id.with_user(self.rnd).action_cancel()
        revision = self._proposed(request)
        self.assertEqual(revision.round_note, "The next round follows revision 2.")
        revision.with_user(self.rnd).action_confirm()
        request.with_user(self.rnd).action_open_round()
        sample = request.current_round_id
        sample.with_user(self.rnd).action_start()
        self.assertEqual((sample.number, sample.revision_id, self._asked_hardness(sample)), (2, revision, NEW))

    def test_pairs_are_added_once(self):
        request = self._request()
        self._confirmed(request, pairs=4)
        self.assertEqual(request.current_round_id.quantity, 6)
        request.current_round_id.with_user(self.rnd).action_cancel()
        request.with_user(self.rnd).action_open_round()
        self.assertEqual(request.current_round_id.quantity, 6)
        self._confirmed(request, target=65.0, pairs=1)
        self.assertEqual((request.current_round_id.quantity, request.current_round_id.revision_number), (3, 3))
        self._answered("changes", request)
        self.assertEqual(request.current_round_id.quantity, 3)

    def test_a_size_and_a_property_taken_away(self):
        request = self._request()
        first = self._sent(request)
        revision = self._draft(request, target=None)
        revision.write({
            "size_line_ids": [Command.clear(), Command.create({"size": 41, "pairs": 1})],
            "property_line_ids": [
                Command.delete(revision.property_line_ids.filtered(lambda line: line.property_id == self.hardness).id)
            ],
        })
        revision.action_propose()
        revision.with_user(self.rnd).action_confirm()
        self.assertEqual([(line.size, line.pairs) for line in request.size_line_ids], [(41, 1)])
        self.assertEqual([(line.size, line.pairs) for line in first.asked_size_ids], [(42, 3)])
        second = first._record_answer("changes", {"style": True}, {"style": "Toe"})
        self.assertEqual(second.quantity, 3, "one pair, and the two that stay")
        second.with_user(self.rnd).action_start()
        self.assertEqual(second.measurement_ids.property_id, self.colour)
        second.with_user(self.rnd).action_made()
        second.with_user(self.rnd)._send(second._get_today())
        self.assertEqual(second.state, "sent", "what is no longer asked for need not be measured")

    def test_the_statement_certifies_the_revision_of_the_round(self):
        request = self._request(last_number="L-1")
        first = self._sent(request)
        self._confirmed(request, last_number="L-2", pairs=4)
        first._record_answer("approved")
        self.assertTrue(request.message_ids.filtered(lambda one: "is not what was approved" in one.body))
        first.sudo()._record_signature("Lin", drawn())
        for text in ("revision 1", f"Hardness T: {OLD}, measured 65 Shore A", "Last: L-1", "Size 42 EU: 3 pairs"):
            self.assertIn(text, first.signed_statement)
        request = self._request(last_number="L-1")
        self._answered("changes", request)
        self._confirmed(request, last_number="L-2", pairs=4, style_note="Black")
        sample = request.current_round_id.with_user(self.rnd)
        sample.action_start()
        self._measured(sample, 61.0)
        sample.action_made()
        sample._send(sample._get_today())
        sample.with_user(self.salesman)._record_answer("approved")
        sample.sudo()._record_signature("Lin", drawn())
        texts = (
            "revision 2",
            f"Hardness T: {NEW}, measured 61 Shore A",
            "Last: L-2",
            "Size 42 EU: 4 pairs",
            "Form: Black",
        )
        for text in texts:
            self.assertIn(text, sample.signed_statement)
        self.assertNotIn("Too stiff", sample.signed_statement, "why stays between us")

    def test_queries_do_not_grow_with_the_lines(self):
        def count(lines):
            properties = self.env["sale.sample.property"].create([
                {"name": f"P{lines}{index}", "code": f"P-{lines}-{index}"} for index in range(lines)
            ])
            request = self._request(
                property_line_ids=[Command.create({"property_id": one.id, "target": 5}) for one in properties],
                size_line_ids=[Command.create({"size": 30 + index, "pairs": 1}) for index in range(lines)],
            )
            revision = self._draft(request, target=None)
            revision.property_line_ids.write({"target": 6})
            revision.action_propose()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            revision.with_user(self.rnd).action_confirm()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(2)
        self.assertLessEqual(count(12), count(3) + 3)


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestRevisionDoors(RevisionCase):
    """Who may do what, whichever way they come."""

    def test_who_proposes_and_who_decides(self):
        request = self._request()
        for user in (self.other_salesman, self.rnd, self.quality, self.finance, self.policy_admin, self.internal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._draft(request, user=user)
        revision = self._draft(request)
        for user in (self.other_salesman, self.rnd, self.quality, self.internal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                revision.with_user(user).action_propose()
        revision.action_propose()
        for user in (self.salesman, self.salesman_all, self.other_salesman, self.quality, self.internal):
            for button in ("action_confirm", "action_refuse"):
                with self.subTest(user=user.login, button=button), self.assertRaises(AccessError):
                    getattr(revision.with_user(user), button)()
        for user in (self.rnd, self.quality, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                revision.with_user(user).action_withdraw()
        self.assertEqual(revision.state, "proposed")
        self.assertEqual(revision.with_user(self.quality).changes, revision.changes)
        for user in (self.other_salesman, self.internal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                revision.with_user(user).read(["changes"])
        revision.with_user(self.manager).action_confirm()
        self.assertEqual(revision.decided_by_id, self.manager)

    def test_a_customer_of_a_colleague(self):
        """Where a rule hides the contact of the customer, whoever has the request can still change its specification."""
        request = self._request()
        contact = self.env["res.partner"].create({"name": "Ms. Lin", "parent_id": request.commercial_partner_id.id})
        request.contact_id = contact
        rule = self.env["ir.rule"].create({
            "name": "Not this contact",
            "model_id": self.env.ref("base.model_res_partner").id,
            "domain_force": f"[('id', '!=', {contact.id})]",
        })
        self.assertFalse(contact.with_user(self.salesman).has_access("read"))
        revision = self._draft(request)
        self.assertEqual(revision.sudo().asked_by_id, contact)
        revision.action_propose()
        revision.with_user(self.rnd).action_confirm()
        self.assertEqual(request.revision_number, 2)
        other = self.env["res.partner"].create({"name": "Somebody", "parent_id": request.commercial_partner_id.id})
        rule.domain_force = f"[('id', '!=', {other.id})]"
        with self.assertRaises(AccessError):
            self._draft(request, asked_by_id=other.id)

    def test_a_change_names_one_request(self):
        request = self._request()
        revisions = self.env["sale.sample.revision"].with_user(self.salesman)
        for given in (False, 0, "x", [request.id], 10**8):
            with self.subTest(given=given), self.assertRefused("Choose the request"):
                revisions.create([{"request_id": given, "reason": "r"}])
        with self.assertRefused("one for each change"):
            revisions.create([{"request_id": request.id, "reason": "r"}] * 2)

    def test_another_company(self):
        revision = self._proposed(self._request())
        other = self._make_company("Insole Works")
        self.rnd.company_ids += other
        with self.assertRaises(AccessError):
            revision.with_user(self.rnd).with_context(allowed_company_ids=other.ids).action_confirm()

    def test_what_was_proposed_stays(self):
        request = self._request()
        for revision in (self._proposed(request), request.revision_ids.filtered(lambda one: one.number == 1)):
            line, size = revision.property_line_ids[0], revision.size_line_ids
            for user in (self.salesman, self.manager):
                mine = revision.with_user(user)
                attempts = {
                    "header": lambda mine=mine: mine.write({"last_number": "L-9"}),
                    "reason": lambda mine=mine: mine.write({"reason": "Other"}),
                    "command": lambda mine=mine: mine.write({"property_line_ids": [Command.clear()]}),
                    "line": lambda user=user, line=line: line.with_user(user).write({"target": 1}),
                    "unlink line": lambda user=user, line=line: line.with_user(user).unlink(),
                    "size": lambda user=user, size=size: size.with_user(user).write({"pairs": 9}),
                    "add size": lambda user=user, revision=revision: (
                        self
                        .env["sale.sample.size.line"]
                        .with_user(user)
                        .create({"revision_id": revision.id, "request_id": request.id, "size": 44, "pairs": 1})
                    ),
                    "delete": lambda mine=mine: mine.unlink(),
                }
                for name, attempt in attempts.items():
                    with (
                        self.subTest(number=revision.number, user=user.login, attempt=name),
                        self.assertRefused("stays as it is"),
                    ):
                        attempt()
        self.assertEqual(len(request.revision_ids), 2)

    def test_nobody_chooses_number_state_or_base(self):
        request = self._request()
        for values in ({"number": 7}, {"state": "confirmed"}, {"base_id": False}, {"decided_at": "2026-01-01"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self._draft(request, **values)
        for values in ({"promised_on": "2099-01-01"}, {"moves_round": False}, {"decision_note": "Fine"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self._draft(request, **values)
        revision = self._draft(request)
        with self.assertRefused("once"):
            revision.with_user(self.rnd).promised_on = "2099-01-01"
        revision.action_propose()
        revision.with_user(self.rnd).action_confirm()
        with self.assertRefused("once"):
            revision.with_user(self.rnd).promised_on = "2099-01-01"
        with self.assertRaises(AccessError):
            revision.with_user(self.rnd).reason = "R&D's own"
        for name, value in (("revision_id", revision.base_id.id), ("revision_number", 1), ("open_revision_id", False)):
            with self.subTest(field=name), self.assertRaises(AccessError):
                request.with_user(self.manager).write({name: value})
        with self.assertRaises(AccessError):
            request.current_round_id.with_user(self.rnd).revision_id = revision.base_id

    def test_lines_stay_with_their_revision_and_request(self):
        mine, other = self._request(), self._request()
        draft, foreign = self._draft(mine), self._draft(other)
        with self.assertRefused("is fixed"):
            draft.property_line_ids[0].revision_id = foreign
        with self.assertRefused("stays as it is"):
            mine.property_line_ids[0].with_user(self.salesman).revision_id = draft
        lines = self.env["sale.sample.size.line"].with_user(self.salesman)
        with self.assertRefused("belongs to another request"):
            lines.create({"request_id": other.id, "revision_id": draft.id, "size": 44, "pairs": 1})
        with self.assertRefused("can no longer be changed"):
            lines.create({"request_id": mine.id, "size": 44, "pairs": 1})
        with self.assertRefused("can no longer be changed"):
            mine.with_user(self.salesman).write({"size_line_ids": [Command.create({"size": 44, "pairs": 1})]})
        with self.assertRefused("is fixed"):
            draft.request_id = other
        with self.assertRaises(AccessError):
            self.env["sale.sample.revision"].with_user(self.other_salesman).with_context(
                default_request_id=mine.id
            ).default_get(["property_line_ids"])
        with self.assertRaises(AccessError):
            self.env["sale.sample.revision"].with_user(self.other_salesman).with_context(
                default_request_id=mine.id
            ).create({"reason": "Stolen"})

    def test_a_measurement_stays_with_the_revision_of_its_round(self):
        request = self._request()
        first = self._made(request)
        self._confirmed(request)
        newer = request.property_line_ids[0]
        with self.assertRefused("is fixed"):
            first.measurement_ids[0].with_user(self.rnd).property_line_id = newer
        with self.assertRefused("requirement of another revision"):
            self.env["sale.sample.measurement"].with_user(self.quality).create({
                "round_id": first.id,
                "property_line_id": newer.id,
                "value": 60,
            })
        self.assertEqual(self._asked_hardness(first), OLD)

    def test_import(self):
        request = self._request()
        revisions = self.env["sale.sample.revision"].with_user(self.salesman)
        result = revisions.load(["request_id/.id", "reason", "last_number"], [[str(request.id), "New last", "L-9"]])
        self.assertFalse(result["messages"])
        revision = revisions.browse(result["ids"])
        self.assertEqual((revision.number, revision.state, len(revision.property_line_ids)), (2, "draft", 2))
        result = revisions.load(["request_id/.id", "reason", "state"], [[str(request.id), "New last", "confirmed"]])
        self.assertTrue(result["messages"])
