from . import (
    sale_sample_accept,
    sale_sample_fee_exception,
    sale_sample_fee_tester,
    sale_sample_fee_tester_line,
    sale_sample_refund_book,
)
