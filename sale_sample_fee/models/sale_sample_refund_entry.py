from odoo import api, fields, models


class SaleSampleRefundEntry(models.Model):
    """The refund ledger: pairs delivered and returned, one row for each movement.

    Rows are only added. When a document is corrected, the difference is a row of its own: what the rows of a movement
    say together is what the document says now. Nobody has a right to create them: agreements write them as superuser.
    """

    _name = "sale.sample.refund.entry"
    _description = "Refund Ledger Entry"
    _inherit = ["sales.department.append.only.mixin", "sales.department.closed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "source_name"
    #: stored values that follow the agreement are recomputed
    _append_only_except = frozenset({"company_id", "partner_id", "user_id"})

    agreement_id = fields.Many2one("sale.sample.mould.agreement", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one(
        related="agreement_id.commercial_partner_id", store=True, precompute=True, string="Customer", index=True
    )
    user_id = fields.Many2one(
        related="agreement_id.user_id", store=True, precompute=True, string="Salesperson", index=True
    )
    date = fields.Date(required=True, index=True)
    kind = fields.Selection(
        [
            ("delivery", "Delivered"),
            ("return", "Returned"),
            ("correction", "Corrected"),
            ("order", "Delivered by the Order"),
            ("manual", "By Hand"),
        ],
        required=True,
    )
    product_id = fields.Many2one("product.product", index="btree_not_null", ondelete="restrict")
    pairs = fields.Float(required=True, digits="Product Unit", help="Negative when returned")
    source_model = fields.Char(help="Record that the row was made from")
    source_id = fields.Many2oneReference("Source ID", model_field="source_model", aggregator=None)
    source_key = fields.Char(help="Names the movement, which counts once; with a number its corrections, each once")
    source_name = fields.Char("Document")
    contact_id = fields.Many2one(
        "res.partner",
        "Ordered by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The contact of the customer on the day; what it becomes later does not move the pairs",
    )
    reason = fields.Char()
    booked_by_id = fields.Many2one("res.users", required=True, readonly=True, default=lambda self: self.env.user)

    _source_once = models.UniqueIndex("(source_key) WHERE source_key IS NOT NULL", "This delivery is booked already.")
    _source_idx = models.Index("(source_model, source_id)")
    _pairs_moved = models.Constraint("CHECK(pairs <> 0)", "A row of the refund ledger needs pairs.")
    _reason_by_hand = models.Constraint(
        "CHECK(kind <> 'manual' OR reason IS NOT NULL)", "Pairs booked by hand need a reason."
    )

    def _append_only_refusal(self):
        return self.env._("The refund ledger is never changed. Book the difference by hand, with a reason.")

    def action_open_source(self) -> dict:
        """Open the transfer or order behind a row; the agreement where there is none, or none the user may see."""
        self.ensure_one()
        record = self.agreement_id
        if self.source_model in self.env:
            source = self.env[self.source_model].sudo().browse(self.source_id).exists()  # sudo: to name its document
            document = self._get_record_to_open(source).sudo(False) if source else source
            if document and document.has_access("read"):
                record = document
        return record._get_records_action()

    @api.model
    def _get_record_to_open(self, source):
        """Return the document of a source, which is looked up as superuser. Extension point for glue addons."""
        return source.order_id if source._name == "sale.order.line" else source
