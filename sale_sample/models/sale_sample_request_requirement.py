from odoo import api, fields, models


class SaleSampleRequest(models.Model):
    """The requirement in the parts that R&D needs: style, physical properties, function, and how many of which size."""

    _inherit = "sale.sample.request"

    product_id = fields.Many2one("product.product", index="btree_not_null", check_company=True, ondelete="restrict")
    product_family_id = fields.Many2one(
        "product.category",
        compute="_compute_product_family_id",
        store=True,
        readonly=False,
        copy=True,
        index="btree_not_null",
    )
    style_name = fields.Char(
        "Style", index="trigram", tracking=True, help="Shoe model and form the part is for, in the customer's words"
    )
    style_note = fields.Text("Form")
    last_number = fields.Char(help="Number of the shoe last")
    style_file_ids = fields.Many2many(
        "ir.attachment",
        "sale_sample_request_style_file_rel",
        string="Last, 3D Files, Drawings",
        copy=False,
        bypass_search_access=True,
    )
    reference_sample = fields.Char(help="A sample of the customer's, handed over with the request")
    reference_received_on = fields.Date("Reference Received", copy=False)
    reference_returned_on = fields.Date("Reference Given Back", copy=False)
    property_line_ids = fields.One2many("sale.sample.property.line", "request_id", "Physical Properties", copy=True)
    function = fields.Html(help="What the part has to do, for whom, under which conditions")
    size_system = fields.Selection(
        [
            ("cn", "CN (mm)"),
            ("eu", "EU"),
            ("uk", "UK"),
            ("us_men", "US Men"),
            ("us_women", "US Women"),
            ("uk_child", "UK Children"),
            ("us_child", "US Children"),
        ],
        required=True,
        default="eu",
    )
    size_line_ids = fields.One2many("sale.sample.size.line", "request_id", "Pairs per Size", copy=True)
    total_pairs = fields.Integer("Pairs", compute="_compute_total_pairs", store=True)

    _reference_in_order = models.Constraint(
        "CHECK(reference_returned_on >= reference_received_on)",
        "A reference sample cannot be given back before it was received.",
    )

    @api.depends("product_id")
    def _compute_product_family_id(self):
        for request in self:
            request.product_family_id = request.product_id.categ_id or request.product_family_id

    @api.depends("size_line_ids.pairs")
    def _compute_total_pairs(self):
        for request in self:
            request.total_pairs = sum(request.size_line_ids.mapped("pairs"))

    def _adopt_style_files(self) -> None:
        """Attach files that the user has just uploaded to the request, so that whoever reads it can open them."""
        for request in self:
            loose = request.style_file_ids.sudo().filtered(  # sudo: files of others are looked at, not taken
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": request.id})
