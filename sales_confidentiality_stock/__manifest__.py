{
    "name": "Sales Confidentiality: Stock Values",
    "summary": "What stock and its moves are worth, for those with the right to see costs",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["stock_account", "sales_confidentiality"],
    "data": ["security/res_groups.xml"],
    "auto_install": True,
}
