from . import customer_grade_override
