{
    "name": "Sales Confidentiality: Margins of Samples",
    "summary": "The margin that samples have earned, for those with the right to see margins",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["sale_sample_statistics_margin", "sales_confidentiality_margin"],
    "auto_install": True,
}
