from odoo.http import request

from odoo.addons.web.controllers.json import WebJsonController


class ConfidentialJsonController(WebJsonController):
    def _get_action(self, subpath):
        """Ask for the right to export here, too: these addresses give whole lists away."""
        result = super()._get_action(subpath)
        if request.env[result[0].res_model]._may_be_customer_data():
            request.env["sales.export.log"]._check_export_right()
        return result
