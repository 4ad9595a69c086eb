from odoo import api, fields, models


class CustomerFileConfirmation(models.Model):
    """Somebody vouched for a value of a customer's file. History: nobody edits it."""

    _name = "customer.file.confirmation"
    _description = "Customer File Confirmation"
    _inherit = ["sales.department.closed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "field_label"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    # The name is kept, too: a removed field does not take the history with it.
    field_id = fields.Many2one("ir.model.fields", "Source Field", readonly=True, index=True, ondelete="set null")
    field_name = fields.Char("Technical Name", required=True, readonly=True)
    field_label = fields.Char("Field", compute="_compute_field_label")
    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, help="Set where each company has a value of its own."
    )
    origin = fields.Selection(
        [("confirmed", "Confirmed"), ("changed", "Value Changed")], required=True, readonly=True, default="confirmed"
    )
    user_id = fields.Many2one("res.users", "Confirmed By", required=True, readonly=True, index=True)
    date = fields.Date("Confirmed On", required=True, readonly=True)

    _last_idx = models.Index("(partner_id, field_name, date DESC)")

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_field_label(self):
        labels = self.env["ir.model.fields"].get_field_string("res.partner")
        for confirmation in self:
            confirmation.field_label = labels.get(confirmation.field_name) or confirmation.field_name

    @api.model
    def _record(self, partner_ids_by_field: dict[str, list[int]], origin: str) -> None:
        """Add confirmations by the current user, today, in the current company.

        The caller checks that the user may write these partners.

        :param partner_ids_by_field: ids of partners by name of the field
        :param origin: ``confirmed`` or ``changed``
        """
        known = self.env["res.partner"]._fields
        today = self.env.company._sales_today()
        field_of = self.env["ir.model.fields"]._get_ids("res.partner")
        history = self.sudo()  # sudo: nobody may write the history directly
        history.create([
            {
                "partner_id": partner_id,
                "field_id": field_of.get(name),
                "field_name": name,
                "company_id": self.env.company.id if known[name].company_dependent else False,
                "origin": origin,
                "user_id": self.env.uid,
                "date": today,
            }
            for name, partner_ids in partner_ids_by_field.items()
            for partner_id in partner_ids
        ])
