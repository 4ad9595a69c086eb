{
    "name": "Sales Department: Base",
    "summary": "What the sales department's addons share: roles, transitions, closed fields, reminders, periods, working time",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["resource", "sale_crm"],
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_competitor_security.xml",
        "security/resource_calendar_makeup_day_security.xml",
        "views/resource_calendar_makeup_day_views.xml",
        "views/resource_calendar_views.xml",
        "views/crm_competitor_views.xml",
        "views/sales_department_base_menus.xml",
    ],
}
