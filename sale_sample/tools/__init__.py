from . import (
    article,
    fee_policy,
    measurement,
    photo,
    portal_answer,
    refund,
    report_charts,
    report_sentences,
    signature,
    sizes,
    staging,
    verdict,
)
