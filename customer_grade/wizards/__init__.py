from . import base_partner_merge
from . import customer_grade_override
from . import customer_grade_simulation_line
from . import customer_grade_simulation
