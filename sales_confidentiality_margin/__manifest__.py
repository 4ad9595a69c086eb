{
    "name": "Sales Confidentiality: Margins",
    "summary": "Margins of orders, and the costs they come from, for those with the right to see them",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["sale_margin", "sales_confidentiality"],
    "data": ["views/sale_order_views.xml"],
    "auto_install": True,
}
