from . import customer_grade_override
from . import (
    base_partner_merge,
    customer_grade_simulation_line,
    customer_grade_simulation_criterion,
    customer_grade_simulation_threshold,
    customer_grade_simulation_step,
    customer_grade_simulation,
    customer_grade_simulation_run,
    customer_grade_simulation_save,
    customer_grading_scheme,
)
