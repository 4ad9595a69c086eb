from . import fee_policy, refund, staging
