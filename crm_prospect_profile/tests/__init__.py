from . import test_learning, test_prospect_access, test_prospect_profile, test_tours_prospect
