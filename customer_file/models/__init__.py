from . import (
    customer_file_requirement,
    customer_file_confirmation,
    customer_file_gap,
    customer_register_reason,
    customer_register_entry,
    customer_grade,
    customer_grade_assessment,
    customer_grade_metric,
    res_partner,
    crm_lead,
    sale_order,
    ir_model_fields,
)
