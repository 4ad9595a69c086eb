from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.money import Balance
from ..tools.scope import Scope, overlap

#: Figures that follow from the ledger; nobody writes them.
LEDGER_FIELDS = (
    "amendment_amount",
    "committed_amount",
    "actual_amount",
    "available_amount",
    "share_used",
    "notified_share",
)


class SaleBudgetLine(models.Model):
    """The money of one purpose within a budget.

    The row is also the lock of its money: whoever reserves or spends takes it first.
    """

    _name = "sale.budget.line"
    _description = "Budget Line"
    _order = "budget_id desc, sequence, id"
    _rec_names_search = ["budget_id.name", "purpose_id.name"]

    budget_id = fields.Many2one("sale.budget", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(related="purpose_id.sequence", store=True)
    purpose_id = fields.Many2one("sale.budget.purpose", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="budget_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="budget_id.state")
    date_from = fields.Date(related="budget_id.date_from", store=True)
    date_to = fields.Date(related="budget_id.date_to", store=True)
    team_id = fields.Many2one(related="budget_id.team_id", store=True)
    user_id = fields.Many2one(related="budget_id.user_id", store=True)
    owner_id = fields.Many2one(related="budget_id.owner_id")
    amount = fields.Monetary("Planned")
    amendment_ids = fields.One2many("sale.budget.amendment", "line_id", "Amendments")
    entry_ids = fields.One2many("sale.budget.entry", "line_id", "Ledger")
    amendment_amount = fields.Monetary("Amended", compute="_compute_balance", store=True)
    committed_amount = fields.Monetary(
        "Committed", compute="_compute_balance", store=True, help="Reserved by approved documents and not spent yet"
    )
    actual_amount = fields.Monetary("Actual", compute="_compute_balance", store=True)
    available_amount = fields.Monetary(
        "Available", compute="_compute_balance", store=True, help="Planned + amended − committed − actual"
    )
    share_used = fields.Float(
        "Used",
        compute="_compute_balance",
        store=True,
        aggregator=None,
        digits=(16, 4),
        help="Committed and actual, as a share of the plan with its amendments",
    )
    notified_share = fields.Float(readonly=True, copy=False, aggregator=None, help="Highest notice given so far")

    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A planned amount must not be negative.")
    _purpose_once = models.UniqueIndex("(budget_id, purpose_id)", "A budget has one line for each purpose.")

    @api.depends("budget_id.name", "purpose_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.budget_id.name or ''} · {line.purpose_id.name or ''}"

    @api.depends("amount", "amendment_ids.amount", "entry_ids.amount", "entry_ids.kind")
    def _compute_balance(self):
        amended = dict(
            self.env["sale.budget.amendment"]._read_group([("line_id", "in", self.ids)], ["line_id"], ["amount:sum"])
        )
        groups = self.env["sale.budget.entry"]._read_group(
            [("line_id", "in", self.ids)], ["line_id", "kind"], ["amount:sum"]
        )
        spent = {(line.id, kind): amount for line, kind, amount in groups}
        for line in self:
            round_ = (line.currency_id or self.env.company.currency_id).round
            origin = line._origin
            balance = Balance(
                line.amount,
                round_(amended.get(origin, 0.0)),
                round_(spent.get((origin.id, "commitment"), 0.0)),
                round_(spent.get((origin.id, "actual"), 0.0)),
            )
            line.amendment_amount = balance.amended
            line.committed_amount = balance.committed
            line.actual_amount = balance.actual
            line.available_amount = round_(balance.available)
            line.share_used = balance.share_used

    # ------------------------------------------------------------------
    # One budget for one thing
    # ------------------------------------------------------------------

    def _get_scope(self) -> Scope:
        self.ensure_one()
        return Scope(self.id, self.date_from, self.date_to, self.user_id.id or None, self.team_id.id or None)

    @api.constrains("budget_id", "purpose_id")
    def _check_overlap(self):
        lines = self.sudo()  # sudo: a budget the user may not see counts all the same
        if not lines:
            return
        others = lines.search([
            ("company_id", "in", lines.company_id.ids),
            ("purpose_id", "in", lines.purpose_id.ids),
            ("date_from", "<=", max(lines.mapped("date_to"))),
            ("date_to", ">=", min(lines.mapped("date_from"))),
        ]).grouped(lambda line: (line.company_id, line.purpose_id))
        for line in lines:
            for other in others.get((line.company_id, line.purpose_id), ()):
                if other != line and overlap(line._get_scope(), other._get_scope()):
                    raise ValidationError(
                        self.env._(
                            "%(budget)s and %(other)s would both pay for “%(purpose)s” of the same company, team and "
                            "salesperson at the same time. Change the period or scope of one of them, or amend the "
                            "existing one.",
                            budget=line.budget_id.display_name,
                            other=other.budget_id.display_name,
                            purpose=line.purpose_id.display_name,
                        )
                    )

    # ------------------------------------------------------------------
    # The plan is fixed by approval
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in LEDGER_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    def _refuse_change(self) -> None:
        """:raise UserError: the plan of one of the budgets is approved"""
        fixed = self.budget_id.filtered(lambda budget: budget.state != "draft")
        if fixed:
            raise UserError(
                self.env._(
                    "The plan of %(budgets)s is fixed since the approval. Add an amendment instead.",
                    budgets=", ".join(fixed.mapped("display_name")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        late = lines.filtered(lambda line: line.budget_id.state != "draft")
        # A purpose nobody planned may be added to an approved budget, its money by amendment.
        late.filtered(lambda line: line.amount or line.budget_id.state != "approved")._refuse_change()
        return lines

    def write(self, vals):
        if {"amount", "budget_id", "purpose_id"} & vals.keys():
            self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._refuse_change()

    def action_view_entries(self) -> dict:
        """Open the ledger of these lines."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_entry_action")
        return dict(action, domain=[("line_id", "in", self.ids)], context={})

    def action_amend(self) -> dict:
        """Open the form for an amendment of this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Amend %(line)s", line=self.display_name),
            "res_model": "sale.budget.amendment",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_line_id": self.id},
        }
