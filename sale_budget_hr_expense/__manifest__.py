{
    "name": "Sales Budget: Expenses",
    "summary": "Employee expenses count in the budgets of the sales department, once",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Department Contributors",
    "license": "AGPL-3",
    "depends": ["sale_budget", "hr_expense"],
    "data": ["views/hr_expense_views.xml"],
    "auto_install": True,
}
