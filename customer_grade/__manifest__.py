{
    "name": "Customer Grade",
    "summary": "Grade customers by your own rules, with reviews, evidence and history",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["sales_department_base", "sale_crm"],
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/customer_grade_security.xml",
        "data/customer_grade_data.xml",
        "data/ir_cron_data.xml",
        "reports/assessment_explanation_templates.xml",
        "views/customer_grade_assessment_views.xml",
        "wizards/customer_grade_override_views.xml",
        "views/customer_grade_review_views.xml",
        "views/customer_grading_criterion_views.xml",
        "views/customer_grading_scheme_views.xml",
        "views/res_partner_views.xml",
        "views/customer_grade_views.xml",
        "views/sale_report_views.xml",
        "views/customer_grade_menus.xml",
    ],
    "demo": [
        "demo/customer_grade_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "customer_grade/static/src/**/*",
        ],
        "web.assets_tests": [
            "customer_grade/static/tests/tours/**/*",
        ],
    },
}
