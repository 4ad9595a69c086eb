import base64
import binascii
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_department_base.records import refuse

from ..constants import ROUND_CLOSED_STATES
from ..tools.photo import MEGABYTE, photo_problem


class SaleSamplePhoto(models.Model):
    """A picture of what a round made; the customer sees it, too."""

    _name = "sale.sample.photo"
    _description = "Sample Photo"
    _inherit = ["sales.department.closed.mixin"]
    _order = "round_id, sequence, id"
    _open_parents = frozenset({"round_id"})  # quality, too, takes photos of a round that it may only read

    name = fields.Char(string="What It Shows", translate=False)
    sequence = fields.Integer(default=10)
    round_id = fields.Many2one("sale.sample.round", required=True, index=True, ondelete="cascade")
    request_id = fields.Many2one(related="round_id.request_id", store=True, index=True)
    company_id = fields.Many2one(related="round_id.company_id", store=True)
    image = fields.Image(required=True, max_width=1920, max_height=1920)
    image_256 = fields.Image("Thumbnail", related="image", max_width=256, max_height=256, store=True)

    @api.depends("name", "round_id")
    def _compute_display_name(self):
        for photo in self:
            photo.display_name = photo.name or self.env._("Photo of %s", photo.round_id.display_name)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_photo(vals.get("image"), vals.get("name"))
        photos = super().create(vals_list)
        photos.round_id.check_access("read")
        return photos

    def write(self, vals):
        if "image" in vals:
            self._check_photo(vals["image"], vals.get("name") or self[:1].name)
        if {"image", "name"} & vals.keys():
            self._check_not_shown()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown(self):
        self._check_not_shown()

    def _check_not_shown(self) -> None:
        """Refuse to change or delete photos of a round that the customer has: they are shown what was sent.

        :raises UserError: naming the rounds
        """
        if not self.env.su:
            refuse(
                self.round_id.filtered(lambda record: record.state == "sent"),
                self.env._("%(names)s: the customer sees the photos of what was sent, they stay. Add another one."),
            )

    def _get_settled(self):
        return self.filtered(lambda photo: photo.round_id.state in ROUND_CLOSED_STATES)

    def _settled_refusal(self):
        return self.env._(
            "%(names)s: the round is over, and its photos stay as they are. Take photos of the next round."
        )

    def _keeps_file(self, name):
        return name in ("image", "image_256") or super()._keeps_file(name)  # the photo checks what it is given

    @api.model
    def _check_photo(self, image: Any, name: Any = None) -> None:
        """Refuse a file that is no picture, or too big a one.

        :param image: the file in base64; anything else is no picture
        :param name: what the user calls it
        :raises UserError: which photo is refused, and what to do about it
        """
        label = name or self.env._("The photo")
        try:
            content = base64.b64decode(image or b"", validate=False)
        except (binascii.Error, TypeError, ValueError) as error:
            raise UserError(self._photo_refusal("not_a_picture", label)) from error
        problem = photo_problem(content, self._get_max_bytes())
        if problem:
            raise UserError(self._photo_refusal(problem, label))

    @api.model
    def _get_max_bytes(self) -> int:
        """Return the greatest size of a photo in bytes, 0 for no limit."""
        return int(self.env.company.sudo().sample_photo_max_mb * MEGABYTE)  # sudo: portal users may not read settings

    @api.model
    def _photo_refusal(self, problem: str, label: str) -> str:
        """Return why a photo is refused, in words."""
        if problem == "empty":
            return self.env._("“%(photo)s” is empty. Choose a picture.", photo=label)
        if problem == "too_big":
            return self.env._(
                "“%(photo)s” is larger than %(limit)s MB. Take it at a lower resolution, or crop it.",
                photo=label,
                limit=round(self._get_max_bytes() / MEGABYTE, 1),
            )
        return self.env._("“%(photo)s” is not a picture. Use a JPEG, PNG, GIF or WebP file.", photo=label)
