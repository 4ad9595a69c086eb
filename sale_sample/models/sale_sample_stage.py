from odoo import api, fields, models

from odoo.addons.sales_department_base.records import refuse, used_by


class SaleSampleStage(models.Model):
    """Where a request stands. Stages of kind "work" are R&D's own; the others follow the states."""

    _name = "sale.sample.stage"
    _description = "Sample Stage"
    _inherit = ["sales.department.closed.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Handed Over"),
            ("returned", "Returned with Questions"),
            ("work", "R&D at Work"),
            ("sent", "Sent to the Customer"),
            ("answered", "Customer Answered"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="work",
        help="R&D may have any number of stages of its own work; of every other kind there is exactly one.",
    )
    fold = fields.Boolean("Folded", help="Folded in the kanban view")
    type_ids = fields.Many2many("sale.sample.type", string="Sample Types", readonly=True)

    _kind_uniq = models.UniqueIndex(
        "(kind) WHERE kind != 'work'", "There is already a stage of this kind. Only R&D's work may have several."
    )

    def write(self, vals):
        refuse(
            self.filtered(lambda stage: stage.kind != vals.get("kind", stage.kind)),
            self.env._(
                "The kind of a stage does not change, requests stand in it: %(names)s. Add another stage instead."
            ),
        )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        refuse(
            self.filtered(lambda stage: stage.kind != "work"),
            self.env._("Requests need these stages: %(names)s. Rename or fold them instead."),
        )
        requests = self.env["sale.sample.request"].sudo().with_context(active_test=False)  # sudo: of all companies
        refuse(
            used_by(self, requests, "stage_id"),
            self.env._("There are requests in these stages: %(names)s. Move them to another stage first."),
        )
