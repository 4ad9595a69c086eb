from . import sale_sample_report_mixin, sale_sample_statistics, sale_sample_cycle, report_sample
