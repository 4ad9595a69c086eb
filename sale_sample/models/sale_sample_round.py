from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import ClassVar

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, html2plaintext

from odoo.addons.sales_department_base.constants import SALES_GROUP, SALES_MANAGER_GROUP
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog

from ..constants import RND_GROUPS, ROUND_AT_CUSTOMER, ROUND_CLOSED_STATES
from ..tools.measurement import summarise
from ..tools.portal_answer import clean_text
from ..tools.signature import MAX_NAME, digest, signature_problem
from ..tools.verdict import contradictions, new_points
from .sale_sample_portal_mixin import SaleSamplePortalMixin

STATES = [
    ("planned", "Planned"),
    ("making", "Being Made"),
    ("made", "Made"),
    ("sent", "Sent"),
    ("answered", "Answered"),
    ("cancelled", "Cancelled"),
]
VERDICTS = [("approved", "Approved"), ("changes", "Changes Asked For"), ("rejected", "Rejected")]
RESULTS = [("pass", "Pass"), ("fail", "Fail"), ("none", "Not Judged")]


class SaleSampleRound(models.Model):
    """One making of a request: round 2 answers what round 1 was told.

    R&D plans, makes and measures it; it travels to the customer, whose answer, part by part, approves it or opens the
    next round. Under a sealed sample the customer signs, and what was signed is kept word for word.
    """

    _name = "sale.sample.round"
    _description = "Sample Round"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.department.transition.mixin", "sale.sample.portal.mixin"]
    _order = "request_id desc, number desc, id desc"
    _rec_names_search = ["request_id.name", "request_id.partner_id.name"]
    _check_company_auto = True
    _TRANSITIONS: ClassVar = {
        "planned": {"making", "cancelled"},
        "making": {"made", "cancelled"},
        "made": {"sent", "cancelled"},
        "sent": {"answered", "cancelled"},
    }
    #: Only those who make samples plan and promise one, and write what making it needed. What the customer answered,
    #: and signed, is recorded by one method each and never edited; nor is the first promise.
    _closed_except_groups: ClassVar = {
        "planned_on": RND_GROUPS,
        "promised_on": RND_GROUPS,
        "made_on": RND_GROUPS,
        "stage_id": RND_GROUPS,
        "concession": RND_GROUPS,
    }
    #: What the customer has got, and what was promised for it. Pairs are corrected by a sales manager, in the chatter.
    _settled_fields = frozenset({"planned_on", "promised_on", "made_on", "stage_id", "concession"})
    _PORTAL_FIELDS: ClassVar[frozenset[str]] = SaleSamplePortalMixin._PORTAL_FIELDS | {
        "answer_comment",
        "answered_by_id",
        "answered_on",
        "carrier",
        "number",
        "partner_id",
        "quantity",
        "request_id",
        "sent_on",
        "signed_by",
        "signed_digest",
        "signed_on",
        "state",
        "tracking_ref",
        "tracking_url",
        "type_id",
        "verdict",
    }

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade", readonly=True)
    number = fields.Integer(string="Round", required=True, readonly=True, aggregator=None)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="request_id.partner_id", store=True, index=True)
    user_id = fields.Many2one(related="request_id.user_id", store=True, string="Salesperson")
    rnd_user_id = fields.Many2one(related="request_id.rnd_user_id", store=True)
    type_id = fields.Many2one(related="request_id.type_id", store=True, string="Sample Type")
    revision_id = fields.Many2one(
        "sale.sample.revision",
        "Made to Revision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Version of the specification that the round is made to and measured against; empty before the first change",
    )
    revision_number = fields.Integer("Revision", compute="_compute_asked", aggregator=None)
    asked_property_ids = fields.Many2many("sale.sample.property.line", compute="_compute_asked", string="Asked For")
    asked_size_ids = fields.Many2many("sale.sample.size.line", compute="_compute_asked", string="Pairs per Size")
    has_newer_revision = fields.Boolean(compute="_compute_asked")
    state = fields.Selection(STATES, group_expand=True)
    stage_id = fields.Many2one(
        "sale.sample.stage",
        string="Work Stage",
        tracking=True,
        index="btree_not_null",
        domain="[('kind', '=', 'work')]",
        copy=False,
    )
    # The making
    quantity = fields.Integer(string="Pairs to Make", required=True, tracking=True)
    retained_quantity = fields.Integer(
        string="Pairs to Keep", tracking=True, help="Pairs of this round that stay with us."
    )
    planned_on = fields.Date(string="Planned for", tracking=True, help="Day on which R&D plans to have made it.")
    promised_on = fields.Date(string="Promised for", tracking=True)
    first_promised_on = fields.Date(
        "First Promised for",
        readonly=True,
        copy=False,
        help="The day that R&D promised first, whatever was promised later",
    )
    started_on = fields.Date(readonly=True)
    made_on = fields.Date(copy=False)
    note = fields.Html(string="Remarks of R&D")
    measurement_ids = fields.One2many("sale.sample.measurement", "round_id", string="Measured Values")
    result = fields.Selection(RESULTS, compute="_compute_result", store=True, string="Measured Result")
    concession = fields.Text(
        string="Sent in Spite of Failures",
        tracking=True,
        copy=False,
        help="Why the round may go to the customer although a property failed.",
    )
    photo_ids = fields.One2many("sale.sample.photo", "round_id", string="Photos")
    photo_count = fields.Integer(compute="_compute_photo_count")
    kept_ids = fields.One2many("sale.sample.kept", "round_id", string="Kept Samples")
    # The way to the customer
    carrier = fields.Char(tracking=True)
    tracking_ref = fields.Char(string="Tracking Number", tracking=True)
    tracking_url = fields.Char(string="Tracking Link")
    sent_on = fields.Date(readonly=True, tracking=True)
    # The answer
    verdict = fields.Selection(VERDICTS, readonly=True, tracking=True, index="btree_not_null", copy=False)
    answered_on = fields.Date(readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null", copy=False)
    answer_user_id = fields.Many2one("res.users", string="Recorded by", readonly=True, copy=False)
    answer_comment = fields.Text(string="Answer", readonly=True, copy=False)
    verdict_line_ids = fields.One2many("sale.sample.verdict.line", "round_id", string="Verdict by Part", readonly=True)
    point_ids = fields.One2many("sale.sample.point", "origin_round_id", string="Points Raised")
    carried_point_ids = fields.Many2many(
        "sale.sample.point", compute="_compute_carried_point_ids", string="Points to Solve"
    )
    carried_point_count = fields.Integer(compute="_compute_carried_point_ids")
    # The signature
    signed_by = fields.Char(readonly=True, copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)
    signature = fields.Image(max_width=1024, max_height=1024, readonly=True, copy=False)
    signed_statement = fields.Text("What Was Signed", readonly=True, copy=False)
    signed_digest = fields.Char(
        "Fingerprint", readonly=True, copy=False, help="SHA-256 of what was signed. The customer has it, too."
    )

    _number_unique = models.UniqueIndex(
        "(request_id, number)", "This round has just been opened by somebody else. Reload the page."
    )
    _one_open_round = models.UniqueIndex(
        "(request_id) WHERE state IN ('planned', 'making', 'made', 'sent')",
        "A sample request has one round at a time: finish the open one first.",
    )
    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A round makes at least one pair.")
    _retained_within = models.Constraint(
        "CHECK(retained_quantity >= 0 AND retained_quantity <= quantity)",
        "The pairs to keep cannot be negative, nor more than the pairs made.",
    )
    _answer_complete = models.Constraint(
        "CHECK((state = 'answered') = (verdict IS NOT NULL))", "A round is answered by a verdict."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("request_id.name", "number")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._(
                "%(request)s · round %(number)s", request=record.request_id.name or "", number=record.number
            )

    @api.depends(
        "state", "revision_id", "request_id.revision_id", "request_id.property_line_ids", "request_id.size_line_ids"
    )
    def _compute_asked(self):
        for record in self:
            asked = record._get_asked()
            record.revision_number = asked.revision_number if asked == record.request_id else asked.number
            record.asked_property_ids = asked.property_line_ids
            record.asked_size_ids = asked.size_line_ids
            record.has_newer_revision = record.revision_number < record.request_id.revision_number

    def _get_asked(self) -> models.Model:
        """Return what this one round is made to: a revision, or its request where that has none yet.

        Each confirmation tells the round under way which revision it is made to; before the first change there is none.
        """
        self.ensure_one()
        return self.revision_id or self.request_id.revision_id or self.request_id

    @api.depends("measurement_ids.result")
    def _compute_result(self):
        for record in self:
            record.result = summarise(record.measurement_ids.mapped("result"))

    @api.depends("photo_ids")
    def _compute_photo_count(self):
        for record in self:
            record.photo_count = len(record.photo_ids)

    @api.depends("request_id.point_ids.state", "request_id.point_ids.solved_round_id")
    def _compute_carried_point_ids(self):
        for record in self:
            points = record.request_id.point_ids.filtered(
                lambda point, record=record: (
                    point.origin_round_id.number < record.number
                    and (not point.solved_round_id or point.solved_round_id.number >= record.number)
                )
            )
            record.carried_point_ids = points
            record.carried_point_count = len(points.filtered(lambda point: point.state == "open"))

    # ------------------------------------------------------------------
    # Who may change what, and when
    # ------------------------------------------------------------------

    @api.constrains("planned_on", "promised_on", "made_on", "sent_on", "started_on")
    def _check_dates(self):
        refuse(
            self.filtered(lambda record: record.made_on and record.sent_on and record.sent_on < record.made_on),
            self.env._("%(names)s cannot be sent before it was made. Correct the date of sending."),
            ValidationError,
        )

    @api.constrains("tracking_url")
    def _check_tracking_url(self):
        schemes = ("https://", "http://")
        refuse(
            self.filtered(lambda record: record.tracking_url and not record.tracking_url.lower().startswith(schemes)),
            self.env._("The tracking link of %(names)s must begin with https:// or http://."),
            ValidationError,
        )

    def _check_figures_open(self) -> None:
        """Refuse to correct the figures of rounds that the customer has, or that are over.

        :raises UserError: naming them, unless the user is a sales manager
        """
        if not self.env.su and not self.env.user.has_group(SALES_MANAGER_GROUP):
            refuse(
                self.filtered(lambda record: record.state in ROUND_CLOSED_STATES),
                self.env._("%(names)s: the round is over. Only a sales manager corrects its figures."),
            )
            refuse(
                self.filtered(lambda record: record.state == "sent"),
                self.env._("%(names)s: the customer has it. Only a sales manager corrects its figures."),
            )

    def _check_shipping_open(self) -> None:
        """Refuse to change how rounds that are over travelled.

        :raises UserError: naming them
        """
        if not self.env.su:
            refuse(
                self.filtered(lambda record: record.state in ROUND_CLOSED_STATES),
                self.env._("%(names)s: the round is over, and the way it travelled stays on record."),
            )

    def _get_settled(self):
        return self.filtered(lambda record: record.state in (*ROUND_AT_CUSTOMER, "cancelled"))

    def _settled_refusal(self):
        return self.env._(
            "%(names)s has been sent or is over: it stays as the customer knows it, and cannot be deleted. Plan the next "
            "round instead."
        )

    def _check_maker(self) -> None:
        """Refuse steps of the making to those who do not make samples.

        :raises AccessError: when the user is neither R&D nor a sales manager
        """
        if not self.env.su and not self.env.user.has_groups(RND_GROUPS):
            raise AccessError(self.env._("Making samples is up to R&D. Ask the R&D colleague of the request."))

    def _check_may_answer(self) -> None:
        """Refuse answers by those who do not speak for the customer.

        :raises AccessError: when the user is neither a salesperson nor the customer's own page
        """
        if not self.env.su and not self.env.user.has_group(SALES_GROUP):
            raise AccessError(self.env._("The customer's answer is recorded by the salesperson of the request."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rounds = super().create(vals_list)
        for day, promised in rounds.grouped("promised_on").items():
            promised._keep_first_promise(day)
        rounds._enter_request_step("planned")
        return rounds

    def write(self, vals):
        if {"quantity", "retained_quantity"} & vals.keys():
            self._check_figures_open()
        if {"carrier", "tracking_ref", "tracking_url"} & vals.keys():
            self._check_shipping_open()
        result = super().write(vals)
        if vals.get("promised_on"):
            self._keep_first_promise(vals["promised_on"])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        refuse(
            self.filtered(lambda record: record.state != "planned" or record.number > 1),
            self.env._("%(names)s cannot be deleted: what was made stays on record. Cancel the round instead."),
        )

    def _keep_first_promise(self, day) -> None:
        """Note the day on the rounds that had no promise yet."""
        fresh = self.filtered(lambda record: not record.first_promised_on) if day else self.browse()
        if fresh:
            fresh.sudo().first_promised_on = day  # sudo: the field is closed to hands

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_start(self) -> None:
        """Begin the making; a row to fill awaits each property the customer set."""
        self._check_maker()
        self._change_state("making", started_on=self._get_today())
        for record in self.filtered(lambda record: not record.stage_id):
            record.stage_id = record._get_work_stages()[:1]
        self._prepare_measurements()

    def action_made(self) -> None:
        """The pairs are made; those to keep become retained samples."""
        self._check_maker()
        self._change_state("made", made_on=self._get_today())
        for record in self:
            record.stage_id = record._get_work_stages()[-1:] or record.stage_id
        self._keep_retained()

    def action_open_send(self) -> dict:
        """Open the dialog that asks how the round travels.

        :raises UserError: when the round cannot go to the customer as it is
        """
        self.ensure_one()
        self.check_access("write")
        self._check_ready_to_send()
        return dialog(self.env._("Send to Customer"), "sale.sample.round.send", round_id=self.id)

    def action_open_answer(self) -> dict:
        """Open the dialog that records what the customer said."""
        self.ensure_one()
        self.check_access("write")
        return dialog(self.env._("Customer's Answer"), "sale.sample.round.answer", round_id=self.id)

    def action_cancel(self) -> None:
        """Give up rounds that did not reach the customer; the request itself goes on."""
        self._check_maker()
        refuse(
            self.filtered(lambda record: record.state == "sent"),
            self.env._("%(names)s: the customer has it. Record the answer, or end the request."),
        )
        self._change_state("cancelled")

    def action_open_form(self) -> dict:
        """Open this round on a page of its own."""
        self.ensure_one()
        self.check_access("read")
        return self._get_records_action()

    # ------------------------------------------------------------------
    # What follows a change of state
    # ------------------------------------------------------------------

    def _after_change_state(self, target):
        """What a change of state sets off, in this order. Other addons add to it with ``super()``."""
        result = super()._after_change_state(target)
        # without a round the request waits for R&D to open another
        self._enter_request_step("accepted" if target == "cancelled" else target)
        return result

    def _enter_request_step(self, step: str) -> None:
        """What happens to a round is a step of its request, as long as that has not ended."""
        self.request_id.filtered(lambda request: request.state == "accepted")._enter_step(step, self)

    def _get_step_day(self, step: str) -> date | bool:
        """Return the day that people entered for a step of one round, False where there is none. Extension point."""
        self.ensure_one()
        return {"sent": self.sent_on, "answered": self.answered_on}.get(step, False)

    def _get_step_moment(self, step: str) -> datetime | None:
        """Return the last second of the day entered for a step, in naive UTC; None when it is not before today."""
        day = self._get_step_day(step)
        if not day or day >= self._get_today():
            return None
        _start, stop = self.company_id._sales_utc_bounds(day, day + timedelta(days=1))
        return stop - timedelta(seconds=1)

    def _get_today(self) -> date:
        """Return today in the time zone of the company of the rounds."""
        return (self.company_id[:1] or self.env.company)._sales_today()

    # ------------------------------------------------------------------
    # R&D makes and measures
    # ------------------------------------------------------------------

    def _get_work_stages(self) -> "models.Model":
        """Return the stages of R&D's work that the type of sample goes through, in their order."""
        return self.type_id.stage_ids.filtered(lambda stage: stage.kind == "work").sorted("sequence")

    def _prepare_measurements(self) -> None:
        """Add an empty measured value for each required or wanted property not there yet."""
        values = []
        for record in self:
            known = record.measurement_ids.property_line_id
            values += [
                {"round_id": record.id, "property_line_id": line.id} for line in record.asked_property_ids - known
            ]
        self.env["sale.sample.measurement"].create(values)

    def _is_untouched(self) -> bool:
        """Tell whether nothing of this one round is made, measured or photographed: it may follow another revision."""
        measured = self.measurement_ids.filtered(lambda line: line.is_measured or line.result != "none")
        return self.state in ("planned", "making") and not measured and not self.photo_ids

    def _keep_retained(self) -> None:
        """Store the pairs that stay with us, for as long as the type of sample says."""
        self._keep("retained", {record: record.retained_quantity for record in self})

    def _keep(self, kind: str, pairs: Mapping["models.Model", int]) -> None:
        """Store pairs of rounds among the kept samples.

        :param kind: "sealed" or "retained"
        :param pairs: round → how many, 0 for none
        """
        today = self._get_today()
        self.env["sale.sample.kept"].create([
            {
                "request_id": record.request_id.id,
                "round_id": record.id,
                "kind": kind,
                "pairs": count,
                "kept_on": today,
                "kept_until": record._get_retention_end(today),
            }
            for record, count in pairs.items()
            if count
        ])

    def _get_retention_end(self, day: date) -> date | bool:
        """Return the day until which samples of this round are kept, False where the type sets no time."""
        months = self.type_id.retention_months
        return day + relativedelta(months=months) if months else False

    # ------------------------------------------------------------------
    # To the customer
    # ------------------------------------------------------------------

    def _check_ready_to_send(self) -> None:
        """Refuse to send a round that lacks measured values, or failed without a reason to send it.

        What is asked for counts, not the rows there are.

        :raises UserError: naming the round and each property concerned
        """
        for record in self:
            measured = record.measurement_ids.filtered(lambda line: line.result != "none" or line.is_measured)
            asked = (
                record.asked_property_ids.filtered("required")
                if record.state != "planned"
                else measured.property_line_id
            )
            unmeasured = asked - measured.property_line_id
            if unmeasured:
                raise UserError(
                    self.env._(
                        "%(round)s cannot be sent before these properties are measured: %(properties)s.",
                        round=record.display_name,
                        properties=", ".join(unmeasured.mapped("property_id.display_name")),
                    )
                )
            failed = record.measurement_ids.filtered(lambda line: line.result == "fail")
            if failed and not (record.concession or "").strip():
                raise UserError(
                    self.env._(
                        "%(round)s failed on: %(properties)s. Make it again, or write under "
                        "“Sent in Spite of Failures” why the customer gets it all the same.",
                        round=record.display_name,
                        properties=", ".join(failed.mapped("property_id.display_name")),
                    )
                )

    def _send(self, sent_on: date, **shipping: str) -> None:
        """Record that rounds are on their way to the customer.

        :param sent_on: not before they were made, not in the future
        :param shipping: `carrier`, `tracking_ref` and `tracking_url`, each optional
        :raises UserError: when a round is not ready, or the day cannot be
        """
        self._check_ready_to_send()
        for record in self:
            if sent_on > record._get_today() or (record.made_on and sent_on < record.made_on):
                raise UserError(
                    self.env._(
                        "%(round)s was made on %(made)s: it was sent on a day since then, and not after today.",
                        round=record.display_name,
                        made=record.made_on,
                    )
                )
        self.write({key: shipping.get(key) or False for key in ("carrier", "tracking_ref", "tracking_url")})
        self._change_state("sent", sent_on=sent_on)

    def _mail_customer(self, template: str) -> None:
        """Write to the customer of each round by email, in their language.

        :param template: external id of a `mail.template` of rounds
        """
        for record in self:
            mail_template = self.env.ref(template).sudo()  # sudo: R&D, too, sends what the template says
            mail_template.send_mail(record.id, email_layout_xmlid="mail.mail_notification_light")

    # ------------------------------------------------------------------
    # The customer answers, and what follows from it
    # ------------------------------------------------------------------

    def _record_answer(
        self,
        verdict: str,
        changes: Mapping[str, bool] | None = None,
        comments: Mapping[str, str] | None = None,
        solved_points=None,
        comment: str = "",
        answered_by=None,
        reason=None,
    ) -> "models.Model":
        """Record the customer's answer; return the round it opens, if any.

        Approved: the request is approved. Changes: the next round opens and takes
        all open points along. Rejected: the request ends for the reason given.

        :param verdict: "approved", "changes" or "rejected"
        :param changes: aspect → whether the customer wants it changed
        :param comments: aspect → what the customer said; each line becomes a point
        :param solved_points: points of earlier rounds that this one has solved.
            None: all of them when the verdict is "approved", else none
        :param answered_by: contact (`res.partner`) who answered
        :param reason: `sale.sample.reason` of a rejection
        :raises AccessError: when the user does not speak for the customer
        :raises UserError: when the answer contradicts itself, or the round is not with the customer
        """
        self.ensure_one()
        self._check_may_answer()
        changes, comments = dict(changes or {}), dict(comments or {})
        carried = self.carried_point_ids.filtered(lambda point: not point.solved_round_id)
        solved = (carried if verdict == "approved" else carried.browse()) if solved_points is None else solved_points
        solved &= carried
        self._check_answer(verdict, changes, comments, carried - solved)
        if verdict == "rejected" and not reason:
            raise UserError(self.env._("Choose the reason for which %s was rejected.", self.display_name))
        self._change_state(
            "answered",
            verdict=verdict,
            answered_on=self._get_today(),
            answered_by_id=answered_by.id if answered_by else False,
            answer_user_id=self.env.uid,
            answer_comment=comment,
        )
        records = self.sudo()  # sudo: answers are closed to hands; access was checked above
        records._store_verdict(changes, comments)
        solved.sudo().solved_round_id = self.id  # sudo: R&D's points, answered by the customer
        following = self.browse()
        if verdict == "approved":
            records._seal()
            self.request_id._end_approved()
        elif verdict == "rejected":
            self.request_id._end("rejected", reason, comment)
        else:
            following = self.request_id._open_round().with_env(self.env)
        self._tell_answer(following)
        return following

    def _check_answer(self, verdict: str, changes: Mapping[str, bool], comments: Mapping[str, str], still_open) -> None:
        """Refuse an answer that contradicts itself.

        :raises UserError: what contradicts what, and the way out
        """
        labels = dict(self.env["sale.sample.verdict.line"]._fields["aspect"]._description_selection(self.env))
        found = contradictions(verdict, changes, comments, still_open.mapped("name"))
        for problem in found:
            aspects = ", ".join(labels[aspect] for aspect in problem.aspects)
            if problem.code == "change_without_words":
                raise UserError(self.env._("Write what the customer wants changed: %s.", aspects))
            if problem.code == "changes_without_any":
                raise UserError(
                    self.env._("%s: say which part is to be changed, or record an approval.", self.display_name)
                )
            if aspects:
                raise UserError(
                    self.env._(
                        "%(round)s cannot be approved while parts are to be changed: %(parts)s. "
                        "Record changes instead, or set these parts to OK.",
                        round=self.display_name,
                        parts=aspects,
                    )
                )
            raise UserError(
                self.env._(
                    "%(round)s cannot be approved while points are open: %(points)s.",
                    round=self.display_name,
                    points="; ".join(still_open.mapped("display_name")),
                )
            )

    def _store_verdict(self, changes: Mapping[str, bool], comments: Mapping[str, str]) -> None:
        """Store the verdict on each aspect, and the points it raises. Called with all rights."""
        self.env["sale.sample.verdict.line"].create([
            {
                "round_id": self.id,
                "aspect": aspect,
                "opinion": "change" if change else "ok",
                "comment": comments.get(aspect),
            }
            for aspect, change in changes.items()
        ])
        self.env["sale.sample.point"].create([
            {"origin_round_id": self.id, "aspect": aspect, "name": text}
            for aspect, text in new_points(changes, comments)
        ])

    def _seal(self) -> None:
        """Keep a pair of an approved round as the sealed standard, where the type wants one."""
        self._keep("sealed", {record: 1 for record in self if record.type_id.is_sealed})

    def _tell_answer(self, following) -> None:
        """Give R&D the work that follows from the answer.

        :param following: the round that the answer opened, empty when it opened none
        """
        self.env["mail.activity"]._sales_ask(
            "mail.mail_activity_data_todo",
            {record: record.rnd_user_id for record in following if record.rnd_user_id != self.env.user},
            lambda record: record.env._(
                "Plan round %(number)s: %(count)s open points", number=record.number, count=record.carried_point_count
            ),
            deadline=lambda record: record.promised_on or self._get_today(),
            notify=True,
        )

    # ------------------------------------------------------------------
    # The customer's page
    # ------------------------------------------------------------------

    def _shown_to_customer(self) -> "models.Model":
        """Return those of these rounds that a customer sees: from the day on which they were sent."""
        return self.filtered(
            lambda record: record.state in ROUND_AT_CUSTOMER or (record.state == "cancelled" and record.sent_on)
        )

    def _record_portal_answer(
        self,
        verdict: str,
        answered_by,
        changes: Mapping[str, bool],
        comments: Mapping[str, str] | None = None,
        solved_points=None,
        comment: str = "",
    ):
        """Record what the customer answered on their own page; return the round it opens, if any.

        :param verdict: "approved" or "changes"; customers do not end a request on their own
        :param answered_by: the contact (`res.partner`) who answers
        :param changes: aspect → whether it is to be changed
        :param comments: aspect → what the customer wrote
        :param solved_points: earlier points that this round has solved; None as in `_record_answer`
        :param comment: remark on the whole sample
        :raises UserError: when the answer contradicts itself, or the round was answered before
        """
        self.ensure_one()
        if verdict not in ("approved", "changes"):
            raise ValueError(f"a customer's page cannot record {verdict!r}")
        self._track_set_author(answered_by)
        self.request_id._track_set_author(answered_by)
        following = self._record_answer(
            verdict, changes, comments, solved_points=solved_points, comment=comment, answered_by=answered_by
        )
        self._post_portal_answer(answered_by, new_points(changes, comments or {}), comment)
        self._ask_salesperson(following)
        return following

    def _set_answer_user(self, user) -> None:
        """Note the portal user who answered, where the customer had logged in."""
        if not user._is_public():
            self.sudo().answer_user_id = user  # sudo: an answer is closed to hands, this completes it

    def _post_portal_answer(self, author, points: list[tuple[str, str]], comment: str) -> None:
        """Post the answer in the customer's name: salesperson and R&D are told, both sides can read it later.

        :param points: aspect and text of each new point
        """
        labels = dict(self.env["sale.sample.point"]._fields["aspect"]._description_selection(self.env))
        if self.verdict == "approved":
            title = self.env._("Round %s is approved.", self.number)
        else:
            title = self.env._("Round %s needs changes.", self.number)
        body = Markup("<p>%s</p>") % title
        if points:
            rows = Markup().join(Markup("<li><b>%s</b>: %s</li>") % (labels[aspect], text) for aspect, text in points)
            body += Markup("<ul>%s</ul>") % rows
        if comment:
            body += Markup("<p>%s</p>") % Markup("<br/>").join(comment.splitlines())
        self._post_as_customer(author, body)

    def _post_as_customer(self, author, body: Markup) -> None:
        """Post on the request in the name of a contact, who need not have an email address."""
        request = self.request_id
        sender = author.email_formatted or request.company_id.email_formatted
        request.message_post(
            author_id=author.id,
            email_from=sender or self.env.ref("base.partner_root").email_formatted,
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(request.user_id | request.rnd_user_id).partner_id.ids,
        )

    def _ask_salesperson(self, following) -> None:
        """Give the salesperson the work that follows from an answer they did not record themselves.

        :param following: the round that the answer opened, empty when it opened none
        """
        self.env["mail.activity"]._sales_ask(
            "mail.mail_activity_data_todo",
            {self.request_id: self.request_id.user_id},
            lambda request: self.with_env(request.env)._get_answer_summary(following),
            notify=True,
        )

    def _get_answer_summary(self, following) -> str:
        """Return what the customer answered on this one round, in the language of the environment."""
        if self.verdict == "approved":
            return self.env._("The customer approved round %s", self.number)
        return self.env._(
            "The customer wants changes on round %(number)s: %(count)s open points",
            number=self.number,
            count=following.carried_point_count,
        )

    # ------------------------------------------------------------------
    # The customer's signature under a sealed sample
    # ------------------------------------------------------------------

    def _awaits_signature(self) -> bool:
        """Tell whether this one round is an approved sealed sample that nobody has signed."""
        return bool(self.type_id.is_sealed and self.verdict == "approved" and not self.signed_on)

    def _check_signature(self, name: str, signature: str | bytes) -> None:
        """Refuse what is no signature.

        :param name: who signs
        :param signature: picture of the signature, in base64
        :raises UserError: what is wrong with it
        """
        if not clean_text(name):
            raise UserError(self.env._("Write your name under the signature."))
        if len(name) > MAX_NAME:
            raise UserError(self.env._("The name may have %s characters at most.", MAX_NAME))
        problem = signature_problem(signature)
        if problem == "empty":
            raise UserError(self.env._("The signature is missing. Draw it, or let it be drawn from your name."))
        if problem == "too_big":
            raise UserError(self.env._("The picture of the signature is too large."))
        if problem:
            raise UserError(self.env._("The signature is not a picture. Use a PNG or JPEG file."))

    def _record_signature(self, name: str, signature: str | bytes) -> None:
        """Keep what was signed, and its fingerprint, with the signature. Of two who sign at once, one passes.

        :param name: who signed
        :param signature: picture of the signature, in base64
        :raises UserError: when it is no signature, or the round is not approved, or has been signed
        """
        self.ensure_one()
        self._check_signature(name, signature)
        self._lock()
        self.invalidate_recordset(["signed_on"])
        if self.verdict != "approved" or self.signed_on:
            raise UserError(self.env._("%s cannot be signed: sign an approved sample, once.", self.display_name))
        self.check_access("write")
        record = self.sudo()  # sudo: a signature is closed to hands; access was checked above
        record.write({"signed_by": clean_text(name), "signed_on": fields.Datetime.now(), "signature": signature})
        statement = record._get_signed_statement()
        record.write({"signed_statement": statement, "signed_digest": digest(statement)})

    def _record_portal_signature(self, name: str, signature: str | bytes, answered_by) -> None:
        """Record the signature that a customer gave on their page; a round with the customer is approved by it.

        :param name: who signed
        :param signature: picture of the signature, in base64
        :param answered_by: the contact who signed
        :raises UserError: when it is no signature, or there is nothing to sign
        """
        self.ensure_one()
        self._check_signature(name, signature)
        if self.state == "sent":
            aspects = self.env["sale.sample.verdict.line"]._fields["aspect"].get_values(self.env)
            self._record_portal_answer("approved", answered_by, dict.fromkeys(aspects, False))
        self._record_signature(name, signature)
        line = self.env._("Round %(number)s is signed by %(name)s.", number=self.number, name=self.signed_by)
        mark = self.env._("Fingerprint: %s", self.signed_digest)
        self._post_as_customer(answered_by, Markup("<p>%s</p><p><small>%s</small></p>") % (line, mark))

    def _get_signed_statement(self) -> str:
        """Return in words what is signed with this round: requirement, measured values, photos."""
        self.ensure_one()
        request, asked = self.request_id, self._get_asked()
        product = request.product_id or request.product_family_id
        moment = fields.Datetime.to_string(self.signed_on)
        return "\n".join([
            self.env._("Sample %(request)s, round %(number)s", request=request.name, number=self.number),
            self.env._("Specification: revision %s", self.revision_number),
            self.env._("Customer: %s", request.commercial_partner_id.name or ""),
            self.env._("Type of sample: %s", self.type_id.name),
            self.env._("Product: %s", product.display_name or ""),
            self.env._("Style: %s", asked.style_name or ""),
            *([self.env._("Form: %s", asked.style_note)] if asked.style_note else []),
            self.env._("Last: %s", asked.last_number or ""),
            self.env._("Function: %s", html2plaintext(asked.function or "").strip()),
            *self._get_stated_sizes(),
            *self._get_stated_properties(),
            self.env._("Sent on %s", format_date(self.env, self.sent_on) if self.sent_on else ""),
            *(self.env._("Photo, SHA-1 %s", checksum) for checksum in self._get_photo_checksums()),
            self.env._("Approved and signed by %(name)s on %(moment)s UTC", name=self.signed_by, moment=moment),
        ])

    def _get_stated_sizes(self) -> list[str]:
        """Return the pairs per size, in words."""
        request = self.request_id
        system = request._get_size_system_label()
        return [
            self.env._(
                "Size %(size)s %(system)s: %(pairs)s pairs", size=f"{line.size:g}", system=system, pairs=line.pairs
            )
            for line in self.asked_size_ids
        ]

    def _get_stated_properties(self) -> list[str]:
        """Return the properties asked for with the values measured, in words."""
        measured = {line.property_line_id: line for line in self.measurement_ids}
        return [
            self.env._(
                "%(property)s: %(target)s, measured %(value)s",
                property=" ".join(filter(None, (line.property_id.name, line.standard, line.condition))),
                target=line.requirement or "",
                value=measured[line]._get_value_in_words() if line in measured else "–",
            )
            for line in self.asked_property_ids
        ]

    def _get_photo_checksums(self) -> list[str]:
        """Return the checksums of the photos of this round, in their order."""
        photos = self.photo_ids
        domain = [("res_model", "=", photos._name), ("res_field", "=", "image"), ("res_id", "in", photos.ids)]
        files = self.env["ir.attachment"].sudo().search(domain)  # sudo: read for the record of what was signed
        found = {file.res_id: file.checksum for file in files}
        return [found[photo.id] for photo in photos if photo.id in found]
