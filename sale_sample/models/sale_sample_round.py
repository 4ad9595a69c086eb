from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.measurement import summarise

STATES = [
    ("planned", "Planned"),
    ("making", "Being Made"),
    ("made", "Made"),
    ("sent", "Sent"),
    ("answered", "Answered"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("planned", "making", "made", "sent")
VERDICTS = [("approved", "Approved"), ("changes", "Changes Asked For"), ("rejected", "Rejected")]
RESULTS = [("pass", "Pass"), ("fail", "Fail"), ("none", "Not Judged")]

#: Only those who make samples write what making one needed.
MAKER_FIELDS = frozenset({"made_on", "stage_id", "concession"})
#: What the customer answered is recorded by one method and never edited.
ANSWER_FIELDS = frozenset({"verdict", "answered_on", "answered_by_id", "answer_user_id", "answer_comment"})
MAKER_GROUPS = "sales_department_base.group_collaborator_rnd,sales_team.group_sale_manager"


class SaleSampleRound(models.Model):
    """One making of a request: round 2 answers what round 1 was told."""

    _name = "sale.sample.round"
    _description = "Sample Round"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.department.transition.mixin"]
    _order = "request_id desc, number desc, id desc"
    _rec_names_search = ["request_id.name", "request_id.partner_id.name"]
    _check_company_auto = True
    _TRANSITIONS: ClassVar = {
        "planned": {"making", "cancelled"},
        "making": {"made", "cancelled"},
        "made": {"sent", "cancelled"},
        "sent": {"answered", "cancelled"},
    }

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade", readonly=True)
    number = fields.Integer(string="Round", required=True, readonly=True, aggregator=None)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="request_id.partner_id", store=True, index=True)
    user_id = fields.Many2one(related="request_id.user_id", store=True, string="Salesperson")
    rnd_user_id = fields.Many2one(related="request_id.rnd_user_id", store=True)
    type_id = fields.Many2one(related="request_id.type_id", store=True, string="Sample Type")
    state = fields.Selection(
        STATES, required=True, default="planned", readonly=True, tracking=True, index=True, group_expand=True
    )
    stage_id = fields.Many2one(
        "sale.sample.stage",
        string="Work Stage",
        tracking=True,
        index="btree_not_null",
        domain="[('kind', '=', 'work')]",
    )

    quantity = fields.Integer(string="Pairs to Make", required=True, tracking=True)
    retained_quantity = fields.Integer(string="Pairs to Keep", help="Pairs of this round that stay with us.")
    planned_on = fields.Date(string="Planned for", tracking=True, help="Day on which R&D plans to have made it.")
    promised_on = fields.Date(string="Promised for", tracking=True)
    started_on = fields.Date(readonly=True)
    made_on = fields.Date(readonly=True)
    note = fields.Html(string="Remarks of R&D")

    measurement_ids = fields.One2many("sale.sample.measurement", "round_id", string="Measured Values")
    result = fields.Selection(RESULTS, compute="_compute_result", store=True, string="Measured Result")
    concession = fields.Text(
        string="Sent in Spite of Failures",
        tracking=True,
        help="Why the round may go to the customer although a property failed.",
    )
    photo_ids = fields.One2many("sale.sample.photo", "round_id", string="Photos")
    photo_count = fields.Integer(compute="_compute_photo_count")

    carrier = fields.Char(tracking=True)
    tracking_ref = fields.Char(string="Tracking Number", tracking=True)
    tracking_url = fields.Char(string="Tracking Link")
    sent_on = fields.Date(readonly=True, tracking=True)

    verdict = fields.Selection(VERDICTS, readonly=True, tracking=True, index="btree_not_null")
    answered_on = fields.Date(readonly=True)
    answered_by_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    answer_user_id = fields.Many2one("res.users", string="Recorded by", readonly=True)
    answer_comment = fields.Text(string="Answer", readonly=True)
    signed_by = fields.Char(readonly=True, copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)
    signature = fields.Image(max_width=1024, max_height=1024, readonly=True, copy=False)
    verdict_line_ids = fields.One2many("sale.sample.verdict.line", "round_id", string="Verdict by Part", readonly=True)
    point_ids = fields.One2many("sale.sample.point", "origin_round_id", string="Points Raised")
    carried_point_ids = fields.Many2many(
        "sale.sample.point", compute="_compute_carried_point_ids", string="Points to Solve"
    )
    carried_point_count = fields.Integer(compute="_compute_carried_point_ids")
    article_ids = fields.One2many("sale.sample.article", "round_id", string="Kept Samples")

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
    # Fields closed to users, or to some of them
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su:
            if field.name in ANSWER_FIELDS:
                return False
            if field.name in MAKER_FIELDS and not self.env.user.has_groups(MAKER_GROUPS):
                return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("request_id.name", "number")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._(
                "%(request)s · round %(number)s", request=record.request_id.name or "", number=record.number
            )

    @api.depends("measurement_ids.result")
    def _compute_result(self):
        for record in self:
            record.result = summarise(record.measurement_ids.mapped("result"))

    @api.depends("photo_ids")
    def _compute_photo_count(self):
        counts = dict(
            self.env["sale.sample.photo"]._read_group([("round_id", "in", self.ids)], ["round_id"], ["__count"])
        )
        for record in self:
            record.photo_count = counts.get(record._origin, 0)

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
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("planned_on", "promised_on", "made_on", "sent_on", "started_on")
    def _check_dates(self):
        for record in self:
            if record.made_on and record.sent_on and record.sent_on < record.made_on:
                raise ValidationError(
                    self.env._(
                        "%(round)s cannot be sent before it was made. Correct the date of sending.",
                        round=record.display_name,
                    )
                )

    @api.constrains("tracking_url")
    def _check_tracking_url(self):
        for record in self:
            url = record.tracking_url
            if url and not url.lower().startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "The tracking link of %(round)s must begin with https:// or http://.", round=record.display_name
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        if {"quantity", "retained_quantity"} & vals.keys():
            self._check_figures_open()
        return super().write(vals)

    def _check_figures_open(self) -> None:
        """Refuse to correct the figures of rounds that are over.

        :raises UserError: naming them, unless the user is a sales manager
        """
        closed = self.filtered(lambda record: record.state in ("answered", "cancelled"))
        if closed and not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(
                self.env._(
                    "%(rounds)s: the round is over. Only a sales manager corrects its figures.",
                    rounds=", ".join(closed.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        started = self.filtered(lambda record: record.state != "planned" or record.number > 1)
        if started:
            raise UserError(
                self.env._(
                    "%(rounds)s cannot be deleted: what was made stays on record. Cancel the round instead.",
                    rounds=", ".join(started.mapped("display_name")),
                )
            )
