from . import (
    sale_sample_stage,
    sale_sample_type,
    sale_sample_reason,
    sale_sample_property,
    sale_sample_request,
    sale_sample_request_stage,
    sale_sample_property_line,
    sale_sample_size_line,
    sale_sample_step,
)
from . import (
    sale_sample_round,
    sale_sample_measurement,
    sale_sample_verdict_line,
    sale_sample_point,
    sale_sample_location,
    sale_sample_article,
    sale_sample_loan,
)
