from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Parameters of an address that no page could take."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        # A page is a method: a parameter with the name of its own object would end in an error.
        request.params.pop("self", None)
        return super()._dispatch(endpoint)
