from odoo import api, fields, models


class SaleSampleRound(models.Model):
    """The first promise of a round stays on record: by it, R&D is measured."""

    _inherit = "sale.sample.round"

    first_promised_on = fields.Date(
        "First Promised for",
        readonly=True,
        copy=False,
        help="The day that R&D promised first, whatever was promised later",
    )

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name == "first_promised_on":
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        rounds = super().create(vals_list)
        for day, promised in rounds.grouped("promised_on").items():
            promised._keep_first_promise(day)
        return rounds

    def write(self, vals):
        result = super().write(vals)
        if vals.get("promised_on"):
            self._keep_first_promise(vals["promised_on"])
        return result

    def _keep_first_promise(self, day) -> None:
        """Note the day on the rounds that had no promise yet."""
        fresh = self.filtered(lambda record: not record.first_promised_on) if day else self.browse()
        if fresh:
            fresh.sudo().first_promised_on = day  # sudo: the field is closed to hands
