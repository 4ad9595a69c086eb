from odoo import fields, models


class CustomerRegisterReason(models.Model):
    """Why a customer file was opened, closed or reopened."""

    _name = "customer.register.reason"
    _description = "Customer Register Reason"
    _order = "event, sequence, id"

    name = fields.Char(required=True, translate=True)
    event = fields.Selection(
        [("opened", "Opened"), ("closed", "Closed"), ("reopened", "Reopened")], required=True, default="closed"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(event, name) WHERE active IS TRUE", "This reason already exists for the same event."
    )
