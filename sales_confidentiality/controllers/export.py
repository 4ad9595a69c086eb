import json

from odoo.http import request, route

from odoo.addons.web.controllers.export import CSVExport, ExcelExport, Export


class ConfidentialExport(Export):
    @route()
    def get_fields(self, model, *args, **kwargs):
        """Say at the opening of the dialog that the user may not export, not after the fields were chosen."""
        if request.env[model]._is_customer_data():
            request.env["sales.export.log"]._check_export_right()
        return super().get_fields(model, *args, **kwargs)


class ConfidentialCSVExport(CSVExport):
    def base(self, data):
        request.sales_export = json.loads(data)  # the filter, for the log: `export_data` is not told of it
        return super().base(data)


class ConfidentialExcelExport(ExcelExport):
    def base(self, data):
        request.sales_export = json.loads(data)  # the filter, for the log: `export_data` is not told of it
        return super().base(data)
