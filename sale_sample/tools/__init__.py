from . import article, fee_policy, measurement, photo, portal_answer, signature, sizes, staging, verdict
