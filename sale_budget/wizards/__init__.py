from . import sale_budget_overspend
from . import sale_budget_request_refuse
from . import sale_budget_request_spend
