from . import (
    sale_sample_mould,
    sale_sample_mould_event,
    sale_sample_mould_part,
    sale_sample_mould_rule,
    sale_sample_mould_size,
    sale_sample_request,
    sale_sample_type,
)
