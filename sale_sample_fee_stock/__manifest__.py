{
    "name": "Sample Requests: Deliveries",
    "summary": "Mould fees come back by the pairs that stock really delivered, net of returns",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["sale_sample_fee", "sale_stock"],
    "uninstall_hook": "uninstall_hook",
    "demo": ["demo/sale_sample_fee_stock_demo.xml"],
    "assets": {"web.assets_tests": ["sale_sample_fee_stock/static/tests/tours/**/*"]},
    "auto_install": True,
}
