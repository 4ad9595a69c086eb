from . import sale_sample_accept, sale_sample_return
from . import (
    sale_sample_round_send,
    sale_sample_round_answer,
    sale_sample_round_answer_line,
    sale_sample_close,
    sale_sample_lend,
    sale_sample_quote,
)
from . import (
    sale_sample_mould_open,
    sale_sample_mould_scrap,
    sale_sample_fee_exception,
    sale_sample_fee_tester,
    sale_sample_fee_tester_line,
)
from . import sale_sample_refund_book
from . import sale_sample_report
