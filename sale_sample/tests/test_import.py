from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools.misc import file_open

from .common import MONDAY_9, SampleCase

HEADERS = [
    "type_id",
    "partner_id",
    "style_name",
    "product_family_id",
    "needed_by",
    "size_line_ids/size",
    "size_line_ids/pairs",
]


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestImport(SampleCase):
    """A list of requests comes in by Odoo's own import, with sizes and properties."""

    def _import(self, rows):
        requests = self.env["sale.sample.request"].with_user(self.salesman)
        return requests.load(HEADERS, rows)

    def test_template(self):
        self.env["res.partner"].create([
            {"name": "Dongguan Huafeng Footwear", "is_company": True},
            {"name": "Jinjiang Tengyue Sports", "is_company": True},
        ])
        template = self.env["sale.sample.request"].get_import_templates()[0]["template"]
        with file_open(template.lstrip("/"), "rb") as file:
            wizard = (
                self
                .env["base_import.import"]
                .with_user(self.salesman)
                .create({
                    "res_model": "sale.sample.request",
                    "file": file.read(),
                    "file_name": "sample_requests.xlsx",
                    "file_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                })
            )
        preview = wizard.parse_preview({"has_headers": True, "quoting": '"', "separator": ","})
        columns = [
            "/".join(preview["matches"].get(place, [])) or False for place, _header in enumerate(preview["headers"])
        ]
        self.assertTrue(all(columns), "each column of the template is recognised")
        result = wizard.execute_import(columns, preview["headers"], preview["options"])
        self.assertFalse(result["messages"])
        first, second = self.env["sale.sample.request"].browse(result["ids"])
        self.assertEqual(first.size_line_ids.mapped("size"), [40, 41])
        self.assertEqual(first.property_line_ids.mapped("requirement"), ["65 ± 3 Shore A", "1.15 ± 0.05 g/cm³"])
        self.assertEqual((second.total_pairs, second.user_id, second.state), (1, self.salesman, "draft"))

    def test_wrong_rows_are_named(self):
        result = self._import([["Plain Sample", "Runner Shoes", "A", "Outsoles T", "2026-02-01", "42", "1"]])
        self.assertFalse(result["ids"])
        self.assertIn("past", result["messages"][0]["message"])
        result = self._import([["Plain Sample", "Runner Shoes", "A", "Outsoles T", "2026-05-01", "420", "1"]])
        self.assertIn("no size 420", result["messages"][0]["message"])

    def test_state_cannot_be_imported(self):
        requests = self.env["sale.sample.request"].with_user(self.salesman)
        result = requests.load(["type_id", "partner_id", "state"], [["Plain Sample", "Runner Shoes", "Approved"]])
        self.assertFalse(result["ids"])
        with self.assertRaises(UserError):
            requests.create(self._values(state="approved"))
