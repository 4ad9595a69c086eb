from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleSampleRequest(models.Model):
    """Where a request stands on the board. R&D drags cards between its own stages of work."""

    _inherit = "sale.sample.request"

    stage_id = fields.Many2one(
        "sale.sample.stage",
        compute="_compute_stage_id",
        inverse="_inverse_stage_id",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        ondelete="restrict",
        group_expand="_read_group_expand_full",
    )
    stage_kind = fields.Selection(related="stage_id.kind")

    @api.depends("state", "type_id", "current_round_id.state", "current_round_id.stage_id")
    def _compute_stage_id(self):
        stages = self.env["sale.sample.stage"].sudo().search([("kind", "!=", False)])  # sudo: computed for portal users
        by_kind = {stage.kind: stage for stage in stages if stage.kind != "work"}
        work = stages.filtered(lambda stage: stage.kind == "work")
        for request in self:
            sample_round = request.current_round_id
            if request.state != "accepted":
                request.stage_id = by_kind.get(request.state)
            elif sample_round.state in ("sent", "answered"):
                request.stage_id = by_kind.get(sample_round.state)
            else:
                request.stage_id = sample_round.stage_id or (request.type_id.stage_ids.sorted() or work)[:1]

    def _inverse_stage_id(self):
        """Move the current round to another stage of work.

        :raises UserError: the stage follows from the state, or is not one of the type's
        """
        for request in self:
            stage, sample_round = request.stage_id, request.current_round_id
            if (
                request.state != "accepted"
                or stage.kind != "work"
                or sample_round.state not in ("planned", "making", "made")
            ):
                raise UserError(
                    self.env._(
                        "%(request)s cannot be moved to “%(stage)s” by hand: only R&D's stages of work are. Use the "
                        "buttons "
                        "of the request.",
                        request=request.display_name,
                        stage=stage.name,
                    )
                )
            request._check_rnd()
            if request.type_id.stage_ids and stage not in request.type_id.stage_ids:
                raise UserError(
                    self.env._(
                        "A sample of type %(type)s does not go through “%(stage)s”. Its stages are: %(stages)s.",
                        type=request.type_id.name,
                        stage=stage.name,
                        stages=", ".join(request.type_id.stage_ids.sorted().mapped("name")),
                    )
                )
            sample_round.stage_id = stage
