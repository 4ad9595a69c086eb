from collections.abc import Callable

from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """The file behind a field stays as it is where the field does: a signature, a photo of what was sent."""

    _inherit = "ir.attachment"

    def write(self, vals):
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"} & vals.keys():
            self.check_access("write")  # of where the file belongs now
        return result

    def _check_access(self, operation: str) -> tuple[models.Model, Callable] | None:
        refused = super()._check_access(operation)
        if self.env.su or operation == "read":
            return refused
        forbidden = refused[0] if refused else self.browse()
        kept = (self - forbidden)._get_kept_files()
        if not kept:
            return refused
        return forbidden + kept, lambda: AccessError(
            self.env._(
                "These files are on record and stay as they are: %s.",
                ", ".join(kept.sudo().mapped("name")),  # sudo: whoever asks to change them knows them
            )
        )

    def _get_kept_files(self) -> "models.Model":
        """Return those of these files that stay as they are, as their records say."""
        kept = self.browse()
        files = self.sudo().filtered("res_field")  # sudo: asks what they belong to, whatever the user may read
        for (model, name), owned in files.grouped(lambda file: (file.res_model, file.res_field)).items():
            if hasattr(self.env.get(model), "_keeps_file"):
                records = self.env[model].sudo().browse(owned.mapped("res_id")).exists()  # sudo: as above
                keepers = {record.id for record in records if record._keeps_file(name)}
                kept += owned.filtered(lambda file, keepers=keepers: file.res_id in keepers)
        return kept.sudo(False)
