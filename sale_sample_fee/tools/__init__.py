from . import collection, fee_policy, refund
