from . import sale_report
from . import customer_grade_list, report_grade_list_review, report_grade_list_partner, report_grade_card
