from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_sample_round import OPEN_STATES


class SaleSampleRequest(models.Model):
    """The rounds of a request, the points still open, and the samples kept of it."""

    _inherit = "sale.sample.request"

    open_point_count = fields.Integer(compute="_compute_open_point_count")
    article_ids = fields.One2many("sale.sample.article", "request_id", string="Kept Samples")
    has_open_round = fields.Boolean(compute="_compute_has_open_round")
    article_count = fields.Integer(compute="_compute_article_count")

    @api.depends("current_round_id.state")
    def _compute_has_open_round(self):
        for request in self:
            request.has_open_round = request.current_round_id.state in OPEN_STATES

    @api.depends("point_ids.state")
    def _compute_open_point_count(self):
        counts = dict(
            self.env["sale.sample.point"]._read_group(
                [("request_id", "in", self.ids), ("state", "=", "open")], ["request_id"], ["__count"]
            )
        )
        for request in self:
            request.open_point_count = counts.get(request._origin, 0)

    @api.depends("article_ids.state")
    def _compute_article_count(self):
        counts = dict(
            self.env["sale.sample.article"]._read_group(
                [("request_id", "in", self.ids), ("state", "!=", "disposed")], ["request_id"], ["__count"]
            )
        )
        for request in self:
            request.article_count = counts.get(request._origin, 0)

    def _after_change_state(self, target):
        """Open the first round of what R&D accepts, and cancel what is under way for a request that ends."""
        result = super()._after_change_state(target)
        if target == "accepted":
            self._open_round()
        elif target in ("rejected", "cancelled"):
            self._cancel_open_rounds()
        return result

    # ------------------------------------------------------------------
    # Rounds
    # ------------------------------------------------------------------

    def _open_round(self) -> "models.Model":
        """Open the next round of requests in R&D's hands; return the rounds.

        The first follows R&D's promise; later ones have no promise until R&D gives one.

        :raises UserError: when a request is not accepted, or has a round under way
        """
        self.round_ids.flush_recordset(["state"])  # the database allows one open round a request
        values = []
        for request in self:
            busy = request.round_ids.filtered(lambda record: record.state in OPEN_STATES)
            if request.state != "accepted" or busy:
                raise UserError(
                    self.env._(
                        "%(request)s cannot begin another round: it must be accepted by R&D, and no round under way.",
                        request=request.display_name,
                    )
                )
            values.append(request._prepare_round())
        rounds = self.env["sale.sample.round"].sudo()  # sudo: opened by R&D's acceptance or the customer's answer
        return rounds.create(values).with_env(self.env)

    def _prepare_round(self) -> dict:
        """Return the values of the next round."""
        self.ensure_one()
        last = self.round_ids.sorted("number")[-1:]
        kept = self.type_id.retained_quantity
        return {
            "request_id": self.id,
            "number": last.number + 1,
            "quantity": last.quantity or max(self.total_pairs, 1) + kept,
            "retained_quantity": last.retained_quantity if last else kept,
            "promised_on": self.promised_on if not last else False,
        }

    def action_open_round(self) -> dict:
        """Open another round by hand, after one was cancelled."""
        self.ensure_one()
        self.env["sale.sample.round"]._check_maker()
        self.check_access("write")
        return self._open_round().action_open_form()

    def action_open_current_round(self) -> dict:
        """Open the round that is under way."""
        self.ensure_one()
        return self.current_round_id.action_open_form()

    def _cancel_open_rounds(self) -> None:
        """Cancel what R&D has under way: the request has ended."""
        rounds = self.round_ids.filtered(lambda record: record.state in OPEN_STATES)
        if rounds:
            rounds.sudo()._change_state("cancelled")  # sudo: follows from the end of the request

    def action_open_articles(self) -> dict:
        """Open the samples kept of these requests."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale_sample.sale_sample_article_action")
        context = {"default_request_id": self.id} if len(self) == 1 else {}
        return {**action, "domain": [("request_id", "in", self.ids)], "context": context}
