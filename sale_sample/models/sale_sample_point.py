from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.sales_department_base.records import refuse

from ..constants import ROUND_CLOSED_STATES, ROUND_OPEN_STATES
from .sale_sample_verdict_line import ASPECTS


class SaleSamplePoint(models.Model):
    """Something to change, raised on one round and open until a later round solves it."""

    _name = "sale.sample.point"
    _description = "Open Point"
    _inherit = ["sales.department.closed.mixin"]
    _order = "request_id, origin_number, id"
    _settled_fields = frozenset({"name", "aspect", "origin_round_id"})

    name = fields.Text(string="Point", required=True)
    aspect = fields.Selection(ASPECTS, "Part", required=True, default="other")
    origin_round_id = fields.Many2one(
        "sale.sample.round", string="Raised on", required=True, index=True, ondelete="cascade"
    )
    origin_number = fields.Integer(related="origin_round_id.number", store=True, string="Raised on Round")
    request_id = fields.Many2one(related="origin_round_id.request_id", store=True, index=True)
    company_id = fields.Many2one(related="origin_round_id.company_id", store=True)
    state = fields.Selection(
        [("open", "Unsolved"), ("solved", "Solved")], compute="_compute_state", store=True, index=True
    )
    solved_round_id = fields.Many2one(
        "sale.sample.round",
        string="Solved on",
        index="btree_not_null",
        ondelete="set null",
        domain="[('request_id', '=', request_id)]",
    )
    solution = fields.Char(help="What was done about it.")

    @api.depends("name")
    def _compute_display_name(self):
        for point in self:
            point.display_name = (point.name or "").split("\n")[0][:80]

    @api.depends("solved_round_id")
    def _compute_state(self):
        for point in self:
            point.state = "solved" if point.solved_round_id else "open"

    @api.constrains("solved_round_id", "origin_round_id")
    def _check_solved_round(self):
        for point in self.filtered("solved_round_id"):
            origin, solved = point.origin_round_id, point.solved_round_id
            if solved.request_id != origin.request_id or solved.number <= origin.number:
                raise ValidationError(
                    self.env._(
                        "“%(point)s” was raised on %(origin)s: only a later round of the same request can solve it.",
                        point=point.display_name,
                        origin=origin.display_name,
                    )
                )

    def write(self, vals):
        if not self.env.su and {"solved_round_id", "solution"} & vals.keys():
            self._check_not_accepted("solved_round_id" not in vals)
        result = super().write(vals)
        if not self.env.su and vals.get("solved_round_id"):
            refuse(
                self.solved_round_id.filtered(lambda record: record.state not in ROUND_OPEN_STATES),
                self.env._("%(names)s is over: a point is solved by the round under way."),
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_raised_by_customer(self):
        refuse(self._get_settled(), self._settled_refusal())

    def _get_settled(self):
        return self.filtered(lambda point: point.origin_round_id.state in ROUND_CLOSED_STATES)

    def _settled_refusal(self):
        return self.env._(
            "%(names)s: the round it was raised on is over, so it stays. Mark it as solved, or add a point to the round "
            "under way."
        )

    def _check_not_accepted(self, adds: bool) -> None:
        """Refuse to change what the customer has accepted as solved.

        :param adds: only what was done about it is written, which can still be added where nothing was said
        :raises UserError: naming the point and the round
        """
        for point in self:
            solving = point.solved_round_id
            if solving.state == "answered" and not (adds and not point.solution):
                raise UserError(
                    self.env._(
                        "“%(point)s” was accepted by the customer with %(round)s.",
                        point=point.display_name,
                        round=solving.display_name,
                    )
                )

    def action_solve(self) -> None:
        """Mark points as solved by the round of the request that is under way.

        :raises UserError: when a request has no later round under way
        """
        for point in self.filtered(lambda point: point.state == "open"):
            current = point.request_id.current_round_id
            if not current or current.number <= point.origin_number:
                raise UserError(
                    self.env._(
                        "“%(point)s” can only be solved by a round after the one it was raised on.",
                        point=point.display_name,
                    )
                )
            point.solved_round_id = current

    def action_reopen(self) -> None:
        """Open points again, while the round said to solve them is not answered."""
        self.solved_round_id = False
