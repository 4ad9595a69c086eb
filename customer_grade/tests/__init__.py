from . import test_assessment, test_decision, test_scoring, test_tours
