from . import sale_sample_report
