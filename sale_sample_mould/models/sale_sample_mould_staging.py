from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.fee_policy import Case, Rule, resolve


class SaleSampleMould(models.Model):
    """One size first, the others once orders carry them."""

    _inherit = "sale.sample.mould"

    ordered_pairs = fields.Float(
        compute="_compute_ordered_pairs", digits=(16, 0), help="Of its products, in confirmed orders"
    )
    needed_pairs = fields.Integer(
        "Pairs Needed", compute="_compute_needed_pairs", help="Orders needed before further sizes are opened"
    )
    planned_size_count = fields.Integer("Sizes Waiting", compute="_compute_planned_size_count")

    def _compute_ordered_pairs(self):
        """Pairs come from everybody's orders: what a colleague sold carries the mould, too. Two queries."""
        lines = self.env["sale.order.line"].sudo()  # sudo: see above
        groups = lines._read_group(
            [
                ("product_id", "in", self.product_ids.ids),
                ("state", "=", "sale"),
                ("company_id", "in", self.company_id.ids),
            ],
            ["company_id", "product_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        )
        pairs: dict = {}
        for company, product, unit, quantity in groups:
            ordered = unit._compute_quantity(quantity, product.uom_id, raise_if_failure=False)
            pairs[company.id, product.id] = pairs.get((company.id, product.id), 0.0) + ordered
        for mould in self:
            mould.ordered_pairs = sum(pairs.get((mould.company_id.id, id_), 0.0) for id_ in mould.product_ids.ids)

    def _compute_needed_pairs(self):
        found = (
            self
            .env["sale.sample.mould.rule"]
            .sudo()
            .search(  # sudo: policy counts for whoever looks
                [("company_id", "in", [False, *self.company_id.ids])]
            )
        )
        rules = [Rule(rule.id, rule.company_id.id or None, rule.grade_id.id or None) for rule in found]
        for mould in self:
            holder = mould.with_company(mould.company_id).sudo().commercial_partner_id  # sudo: the grade is policy
            rule = resolve(rules, Case(mould.company_id.id, holder.customer_grade_id.id or None))
            mould.needed_pairs = found.browse(rule.key).min_pairs if rule else 0

    def _compute_planned_size_count(self):
        for mould in self:
            mould.planned_size_count = len(mould.size_ids.filtered(lambda size: size.state == "planned"))

    def action_open_sizes(self) -> dict:
        """Open the dialog that opens further sizes."""
        self.ensure_one()
        self._check_maker()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Further Sizes"),
            "res_model": "sale.sample.mould.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mould_id": self.id},
        }

    def _open_sizes(self, sizes, reason: str = "") -> None:
        """Open further sizes of one mould, carried by orders or by a sales manager's reason.

        :param sizes: `sale.sample.mould.size` of this mould, planned ones
        :param reason: why without the orders; for sales managers
        :raises UserError: the mould is not in use, nothing is chosen, or the orders do not suffice
        :raises AccessError: a reason is given by somebody else
        """
        self.ensure_one()
        self._check_maker()
        self._lock_for_transition()
        reason = (reason or "").strip()
        if self.state not in ("opened", "trial", "released", "stored"):
            raise UserError(self.env._("%s: only the sizes of a mould in use can be opened.", self.display_name))
        if not sizes or sizes.mould_id != self or any(size.state != "planned" for size in sizes):
            raise UserError(self.env._("%s: choose sizes that are not opened yet.", self.display_name))
        if self.ordered_pairs >= self.needed_pairs:
            evidence = self.env._(
                "%(ordered)d pairs ordered, %(needed)d needed", ordered=self.ordered_pairs, needed=self.needed_pairs
            )
        elif not reason:
            raise UserError(
                self.env._(
                    "%(mould)s: %(ordered)d pairs are ordered, further sizes need %(needed)d. Wait for orders, or ask a sales "
                    "manager to open them with a reason.",
                    mould=self.display_name,
                    ordered=self.ordered_pairs,
                    needed=self.needed_pairs,
                )
            )
        elif not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales manager opens sizes without the orders they need."))
        else:
            evidence = reason
        today = self._get_today()
        sizes.sudo().write(  # sudo: closed fields, the rule was checked above
            {"state": "opened", "opened_on": today, "evidence": evidence}
        )
        self._log_event("sizes", sizes=sizes._get_labels(), note=evidence)
        self._settle_fees(owed=False)
