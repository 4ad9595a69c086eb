from . import (
    sale_sample_report_mixin,
    sale_sample_statistics,
    sale_sample_statistics_rows,
    sale_sample_statistics_steps,
    sale_sample_statistics_moulds,
    sale_sample_statistics_fees,
    sale_sample_statistics_orders,
    sale_sample_statistics_period,
    sale_sample_cycle,
    report_sample,
)
