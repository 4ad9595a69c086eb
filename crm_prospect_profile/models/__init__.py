from . import (
    crm_prospect_question,
    crm_prospect_answer,
    crm_prospect_trait,
    crm_prospect_profile,
    crm_prospect_profile_decision,
    crm_prospect_mixin,
    crm_lead,
    res_partner,
    customer_grade_metric,
    customer_grading_scheme,
)
