{
    "name": "Sample Requests",
    "summary": "From a customer's need to a sealed sample: requests, hand-over to R&D, rounds, verdicts",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["customer_grade", "portal", "sale_crm", "sales_department_base"],
    "data": [
        "security/ir.model.access.csv",
        "security/sale_sample_security.xml",
        "data/ir_sequence_data.xml",
        "data/sale_sample_stage_data.xml",
        "data/sale_sample_type_data.xml",
        "views/sale_sample_request_views.xml",
        "views/sale_sample_menus.xml",
    ],
}
