from . import (
    test_doors,
    test_languages,
    test_learning,
    test_performance_pages,
    test_prospect_access,
    test_prospect_fit,
    test_prospect_follow,
    test_prospect_profile,
    test_security,
    test_tours_prospect,
)
