from odoo import api, fields, models
from odoo.exceptions import UserError

from ..constants import COST_GROUPS

BILL_TYPES = ("in_invoice", "in_refund", "in_receipt")


class SaleSampleMould(models.Model):
    """What the maker has billed for a mould, beside what it was expected to cost; what it costs the company."""

    _inherit = "sale.sample.mould"

    billed_cost = fields.Monetary(
        "Billed",
        compute="_compute_billed_cost",
        compute_sudo=True,
        groups=COST_GROUPS,
        help="Posted vendor bills for the mould, before taxes",
    )

    def _compute_billed_cost(self):
        groups = self.env["account.move.line"]._read_group(
            [
                ("sale_sample_mould_id", "in", self.ids),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "in", BILL_TYPES),
            ],
            ["sale_sample_mould_id"],
            ["balance:sum"],
        )
        billed = {mould.id: amount for mould, amount in groups}
        for mould in self:
            mould.billed_cost = billed.get(mould._origin.id, 0.0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paid_for(self):
        decisions = self.env["sale.sample.fee.decision"].sudo()  # sudo: R&D does not see fees, but they count
        decided = decisions.search([("mould_ids", "in", self.ids)], limit=1)
        if decided:
            raise UserError(
                self.env._(
                    "%s: who pays for the mould has been decided, so it stays on record. Archive it instead.",
                    ", ".join(decided.mould_ids.mapped("display_name")),
                )
            )

    def action_view_bills(self) -> dict:
        """Open the vendor bills that name one of these moulds."""
        lines = self.env["account.move.line"].search([
            ("sale_sample_mould_id", "in", self.ids),
            ("move_id.move_type", "in", BILL_TYPES),
        ])
        return lines.move_id._get_records_action(name=self.env._("Vendor Bills"))

    # ------------------------------------------------------------------
    # What the turns of a mould cost the company
    # ------------------------------------------------------------------

    def _after_release(self):
        result = super()._after_release()
        self._settle_fees()
        return result

    def _after_scrap(self):
        result = super()._after_scrap()
        self._settle_fees()
        return result

    def _after_drop(self):
        result = super()._after_drop()
        self._settle_fees()
        return result

    def _after_open_sizes(self):
        result = super()._after_open_sizes()
        self._settle_fees(owed=False)
        return result

    def _settle_fees(self, owed: bool = True) -> None:
        """Tell the budget what these moulds cost the company.

        :param owed: the cost has arisen already
        :raises UserError: it has not, and the budget does not cover it
        """
        requests = self.sudo().request_id  # sudo: R&D does not see fees; what the mould cost is booked all the same
        requests.fee_decision_id._settle_budget(owed)
