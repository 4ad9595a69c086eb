from odoo import fields, models


class SaleSampleStage(models.Model):
    """Where a request stands. Stages of kind "work" are R&D's own; the others follow the states."""

    _name = "sale.sample.stage"
    _description = "Sample Stage"
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

    _kind_uniq = models.UniqueIndex(
        "(kind) WHERE kind != 'work'", "There is already a stage of this kind. Only R&D's work may have several."
    )
