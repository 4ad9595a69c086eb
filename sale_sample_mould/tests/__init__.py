from . import test_tools, test_mould, test_request, test_screens, test_tours
