from . import (
    test_completeness_access,
    test_completeness_file,
    test_completeness_register,
    test_doors,
    test_performance_pages,
    test_register_cancelled,
    test_security,
    test_tools_customer_file,
    test_tools_register,
    test_tours_completeness,
)
