{
    "name": "Sample Requests: Margins",
    "summary": "Samples pay back by the margin of the orders they won, not by their revenue",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["sale_margin", "sale_sample_statistics"],
    "auto_install": True,
}
