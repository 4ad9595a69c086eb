from odoo import fields, models

BILL_TYPES = ("in_invoice", "in_refund", "in_receipt")


class SaleSampleMould(models.Model):
    """What the maker has billed for a mould, beside what it was expected to cost."""

    _inherit = "sale.sample.mould"

    billed_cost = fields.Monetary(
        "Billed",
        compute="_compute_billed_cost",
        compute_sudo=True,
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

    def action_view_bills(self) -> dict:
        """Open the vendor bills that name one of these moulds."""
        lines = self.env["account.move.line"].search([
            ("sale_sample_mould_id", "in", self.ids),
            ("move_id.move_type", "in", BILL_TYPES),
        ])
        return lines.move_id._get_records_action(name=self.env._("Vendor Bills"))
