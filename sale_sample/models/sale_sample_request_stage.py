from odoo import api, fields, models


class SaleSampleRequest(models.Model):
    """Where a request stands on the board."""

    _inherit = "sale.sample.request"

    stage_id = fields.Many2one(
        "sale.sample.stage",
        compute="_compute_stage_id",
        store=True,
        copy=False,
        index=True,
        ondelete="restrict",
        group_expand="_read_group_expand_full",
    )

    @api.depends("state", "type_id", "current_round_id.state", "current_round_id.stage_id")
    def _compute_stage_id(self):
        stages = self.env["sale.sample.stage"].search([("kind", "!=", False)])
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
