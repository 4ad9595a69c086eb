from . import (
    test_request_budget,
    test_fee_collection,
    test_fee_decision,
    test_tools_fee,
    test_tours_fees,
    test_refund,
    test_fee_refund,
    test_fee_budget,
    test_fee_concurrency,
    test_fee_guards,
    test_fee_mould,
    test_refund_terms,
)
