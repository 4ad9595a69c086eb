from . import (
    sale_sample_mould,
    sale_sample_mould_flow,
    sale_sample_mould_staging,
    sale_sample_mould_part,
    sale_sample_mould_size,
    sale_sample_mould_event,
    sale_sample_mould_rule,
)
