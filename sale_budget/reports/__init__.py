from . import sale_budget_report
