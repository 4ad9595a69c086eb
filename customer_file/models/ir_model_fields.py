from odoo import models


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def unlink(self):
        removed = self.filtered(lambda field: field.model == "res.partner")
        # When this addon is removed itself, its own tables are on their way out: nothing is left to keep.
        if removed and not any(field.model == "customer.file.requirement" for field in self):
            requirements = self.env["customer.file.requirement"].sudo()  # sudo: who removes fields may know no files
            requirements = requirements.with_context(active_test=False).search([("field_id", "in", removed.ids)])
            requirements._field_removed({field.id: field.field_description for field in removed})
        return super().unlink()
