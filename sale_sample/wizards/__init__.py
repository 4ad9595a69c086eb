from . import (
    base_partner_merge,
    sale_sample_accept,
    sale_sample_return,
    sale_sample_round_send,
    sale_sample_round_answer,
    sale_sample_round_answer_line,
    sale_sample_close,
    sale_sample_lend,
    sale_sample_quote,
)
