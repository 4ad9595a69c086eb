{
    "name": "Sample Requests: Moulds",
    "summary": "Moulds of sample requests: parts, sizes, staged opening by the customer's grade and orders",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["customer_grade", "sale_sample"],
    "data": [
        "security/ir.model.access.csv",
        "security/sale_sample_mould_security.xml",
        "views/sale_sample_mould_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "demo": ["demo/sale_sample_mould_demo.xml"],
}
