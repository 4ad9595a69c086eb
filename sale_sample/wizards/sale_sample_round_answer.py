from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.sale_sample_round import VERDICTS
from ..models.sale_sample_verdict_line import ASPECTS
from ..tools.verdict import proposed_verdict


class SaleSampleRoundAnswer(models.TransientModel):
    """Asks what the customer said on a round, aspect by aspect."""

    _name = "sale.sample.round.answer"
    _description = "Customer's Answer on a Round"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"round_id": "write"}

    round_id = fields.Many2one("sale.sample.round", required=True)
    request_id = fields.Many2one(related="round_id.request_id")
    partner_id = fields.Many2one(related="request_id.partner_id")
    line_ids = fields.One2many(
        "sale.sample.round.answer.line", "wizard_id", string="Parts", default=lambda self: self._default_line_ids()
    )
    verdict = fields.Selection(
        VERDICTS, required=True, compute="_compute_verdict", store=True, readonly=False, precompute=True
    )
    answered_by_id = fields.Many2one("res.partner", compute="_compute_answered_by_id", store=True, readonly=False)
    comment = fields.Text(string="In the Customer's Words")
    notify = fields.Boolean(
        string="Confirm to the Customer",
        compute="_compute_notify",
        store=True,
        readonly=False,
        help="By email, when the sample is approved.",
    )
    reason_id = fields.Many2one("sale.sample.reason", domain="[('kind', '=', 'rejected')]")
    carried_point_ids = fields.Many2many(related="round_id.carried_point_ids")
    solved_point_ids = fields.Many2many(
        "sale.sample.point",
        string="Points Solved",
        compute="_compute_solved_point_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', carried_point_ids)]",
        help="Points without a tick are taken along to the next round.",
    )

    @api.model
    def _default_line_ids(self):
        return [Command.create({"aspect": aspect}) for aspect, _label in ASPECTS]

    @api.depends("line_ids.opinion")
    def _compute_verdict(self):
        for wizard in self:
            if wizard.verdict != "rejected":
                wizard.verdict = proposed_verdict({line.aspect: line.opinion == "change" for line in wizard.line_ids})

    @api.depends("round_id")
    def _compute_answered_by_id(self):
        for wizard in self:
            request = wizard.round_id.request_id
            wizard.answered_by_id = request.contact_id or request.partner_id

    @api.depends("answered_by_id")
    def _compute_notify(self):
        for wizard in self:
            wizard.notify = bool(wizard.answered_by_id.email)

    @api.depends("round_id")
    def _compute_solved_point_ids(self):
        for wizard in self:
            wizard.solved_point_ids = wizard.round_id.carried_point_ids

    def action_record(self) -> None:
        """Record the answer; go on to the round it opens, or back to the request.

        :raises UserError: when the answer contradicts itself, or is somebody else's
        """
        self._use_once()
        customer = self.request_id.commercial_partner_id
        company = self.answered_by_id.sudo().commercial_partner_id  # sudo: whose contact it is only
        if company and customer and company != customer:
            raise UserError(
                self.env._(
                    "%(person)s is not with %(customer)s. Choose who answered for the customer.",
                    person=self.answered_by_id.display_name,
                    customer=customer.display_name,
                )
            )
        self.round_id._record_answer(
            self.verdict,
            changes={line.aspect: line.opinion == "change" for line in self.line_ids},
            comments={line.aspect: line.comment or "" for line in self.line_ids},
            solved_points=self.solved_point_ids,
            comment=self.comment or "",
            answered_by=self.answered_by_id,
            reason=self.reason_id,
        )
        if self.notify and self.verdict == "approved":
            self.round_id._mail_customer("sale_sample.mail_template_round_approved")
