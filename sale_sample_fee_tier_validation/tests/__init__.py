from . import test_reviews_closed, test_tiers
