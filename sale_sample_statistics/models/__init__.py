from . import sale_sample_report_subscription, digest_digest
