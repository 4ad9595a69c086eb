from . import (
    test_fee_refund,
    test_tools_statistics,
    test_statistics,
    test_statistics_money,
    test_sample_report,
    test_sample_report_mail,
    test_report_doors,
    test_screens,
    test_tours_statistics,
)
