{
    "name": "Sales Department: Base",
    "summary": "Roles, declared transitions, periods and working time that the sales department's addons share",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["mail", "resource", "sales_team"],
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/resource_calendar_makeup_day_security.xml",
        "views/resource_calendar_makeup_day_views.xml",
        "views/resource_calendar_views.xml",
        "views/sales_department_base_menus.xml",
    ],
}
