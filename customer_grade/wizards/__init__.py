from . import base_partner_merge, customer_grade_override
