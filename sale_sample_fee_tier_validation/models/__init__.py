from . import sale_sample_fee_decision, tier_definition, tier_review
