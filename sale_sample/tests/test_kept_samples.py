from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common_rounds import RoundCase


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestKeptSamples(RoundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        places = cls.env["sales.department.place"]
        cls.room = places.create({"name": "Room 1", "kind": "room"})
        cls.shelf = places.create({"name": "A", "kind": "shelf", "parent_id": cls.room.id})
        cls.box = places.create({"name": "12", "kind": "box", "parent_id": cls.shelf.id})

    @classmethod
    def _kept(cls, **values):
        """Return a retained pair of a new request, in the box."""
        return cls.env["sale.sample.kept"].create({
            "request_id": cls._request().id,
            "place_id": cls.box.id,
            "kept_until": "2026-09-02",
            **values,
        })

    def _todos(self, sample):
        return self.env["mail.activity"].search([("res_model", "=", sample._name), ("res_id", "in", sample.ids)])

    def test_places_lie_in_each_other(self):
        self.assertEqual(self.box.complete_name, "Room 1 / A / 12")
        self.room.name = "Store"
        self.assertEqual(self.box.complete_name, "Store / A / 12")
        lone = self.env["sales.department.place"].create({"name": "Lone", "kind": "box"})
        with self.assertRefused("“A” cannot lie in “Lone”", ValidationError):
            self.shelf.parent_id = lone
        with self.assertRaises(UserError):
            self.shelf.parent_id = self.box
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["sales.department.place"].create({"name": "12", "kind": "box", "parent_id": self.shelf.id})

    @users("sample_rnd", "sample_salesman", "sample_quality")
    def test_lend_and_take_back(self):
        sample = self._kept().with_env(self.env)
        form = Form(self.env["sale.sample.lend"].with_context(**sample.action_lend()["context"]))
        self.assertEqual(form.due_back, date(2026, 3, 9))
        form.note = "Comparison"
        form.save().action_lend()
        self.assertEqual(
            (sample.state, sample.borrower, sample.due_back), ("borrowed", self.env.user.name, date(2026, 3, 9))
        )
        with self.assertRefused("can become: Kept"):
            sample._lend(date(2026, 3, 9), user=self.env.user)
        sample.action_take_back()
        self.assertEqual((sample.state, sample.borrower), ("kept", False))
        self.assertEqual(sample.loan_ids.returned_on, date(2026, 3, 2))

    def test_outsider(self):
        sample = self._kept().with_user(self.salesman)
        sample._lend(date(2026, 3, 9), partner=self.contact)
        self.assertEqual(sample.borrower, self.contact.display_name)

    def test_bad_loans(self):
        sample = self._kept().with_user(self.rnd)
        with self.assertRefused("lies in the past"):
            sample._lend(date(2026, 3, 1), user=self.rnd)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            sample._lend(date(2026, 3, 9))
        wizard = self.env["sale.sample.lend"].create({
            "kept_ids": sample.ids,
            "borrower_user_id": False,
            "due_back": "2026-03-09",
        })
        with self.assertRefused("Choose who takes"):
            wizard.action_lend()

    def test_loans_are_not_written_by_hand(self):
        sample = self._kept()
        sample._lend(date(2026, 3, 9), user=self.rnd)
        for user in (self.rnd, self.salesman, self.manager):
            with self.assertRaises(AccessError):
                sample.loan_ids.with_user(user).returned_on = "2026-03-03"
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            sample.loan_ids.copy({
                "returned_on": False,
                "lent_on": "2026-03-02",
                "due_back": "2026-03-09",
                "kept_id": sample.id,
                "borrower_user_id": self.rnd.id,
            })

    def test_disposal_waits_for_the_day(self):
        sample = self._kept(kept_until="2026-03-02")
        with self.assertRefused("must still be kept"):
            sample.with_user(self.rnd).action_dispose()
        sample.write({"kept_on": "2026-02-01", "kept_until": "2026-03-01"})
        sample.with_user(self.rnd).action_dispose()
        self.assertEqual((sample.state, sample.disposed_on), ("disposed", date(2026, 3, 2)))
        early = self._kept()
        early.with_user(self.manager).action_dispose()
        self.assertEqual(early.state, "disposed")
        lent = self._kept()
        lent._lend(date(2026, 3, 9), user=self.rnd)
        with self.assertRefused("can become: Kept"):
            lent.with_user(self.manager).action_dispose()

    def test_what_stays_on_record(self):
        sealed, lent = self._kept(kind="sealed"), self._kept()
        lent._lend(date(2026, 3, 9), user=self.rnd)
        for sample in (sealed, lent):
            with self.assertRefused("cannot be deleted"):
                sample.with_user(self.manager).unlink()
        self._kept().with_user(self.manager).unlink()

    def test_dates(self):
        with self.assertRefused("cannot expire before", ValidationError):
            self._kept(kept_until="2026-01-01")
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._kept(pairs=0)

    def test_round_of_another_request(self):
        with self.assertRefused("belongs to another request", ValidationError):
            self._kept(round_id=self._request().current_round_id.id)

    def test_labels_are_unique(self):
        first, second = self._kept(), self._kept()
        self.assertNotEqual(first.name, second.name)
        self.assertRegex(first.name, r"^KS\d{5}$")

    def test_overdue_and_expired_are_found(self):
        lent, expired, fine = self._kept(), self._kept(), self._kept()
        lent._lend(date(2026, 3, 9), user=self.rnd)
        expired.kept_until = date(2026, 3, 5)
        three = lent + expired + fine
        samples = self.env["sale.sample.kept"]
        domain = [("id", "in", three.ids)]
        with freeze_time("2026-03-10 04:00:00"):
            three.invalidate_recordset()
            self.assertEqual(samples.search([*domain, ("is_loan_overdue", "=", True)]), lent)
            self.assertEqual(three.filtered("is_loan_overdue"), lent)
            self.assertEqual(samples.search([*domain, ("is_expired", "=", True)]), expired)
            self.assertEqual(three.filtered("is_expired"), expired)
            self.assertEqual(samples.search([*domain, ("is_expired", "=", False)]), (lent + fine).sorted("name", True))

    def test_daily_job_asks_once(self):
        lent, to_outsider, to_stranger, expired = (self._kept() for _ in range(4))
        lent._lend(date(2026, 3, 9), user=self.rnd)
        to_outsider.with_user(self.salesman)._lend(date(2026, 3, 9), partner=self.contact)
        to_stranger.with_user(self.salesman)._lend(date(2026, 3, 9), user=self.internal)
        expired.kept_until = date(2026, 3, 5)
        cron = self.env.ref("sale_sample.ir_cron_kept_samples")
        for _run in range(2):
            with freeze_time("2026-03-10 04:00:00"), self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.assertRecordValues(
            self._todos(lent), [{"user_id": self.rnd.id, "summary": f"Get {lent.name} back from {self.rnd.name}"}]
        )
        self.assertEqual(self._todos(to_outsider).user_id, self.salesman)
        self.assertEqual(self._todos(to_stranger).user_id, self.salesman, "the borrower cannot open the sample")
        self.assertRecordValues(
            self._todos(expired),
            [
                {
                    "user_id": self.salesman.id,
                    "summary": f"Kept sample {expired.name} has expired: dispose of it, or keep it longer",
                }
            ],
        )
        expired.kept_on = date(2026, 2, 1)
        with freeze_time("2026-03-10 04:00:00"):
            expired.with_user(self.salesman).action_dispose()
        self.assertFalse(self._todos(expired), "what was to be done is done")

    def test_list_page_costs_the_same_for_many(self):
        counts = []
        for size in (1, 1, 8):  # the first fills the caches
            samples = self.env["sale.sample.kept"].browse([self._kept().id for _ in range(size)])
            samples._lend(date(2026, 3, 9), user=self.rnd)
            self.env.flush_all()
            self.env.invalidate_all()
            spec = {
                "name": {},
                "borrower": {},
                "due_back": {},
                "is_expired": {},
                "is_loan_overdue": {},
                "partner_id": {"fields": {"display_name": {}}},
            }
            start = self.cr.sql_log_count
            samples.with_user(self.rnd).web_read(spec)
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
