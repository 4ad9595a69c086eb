from . import test_assessment, test_decision, test_scoring
from . import test_learning, test_prospect_access, test_prospect_follow, test_prospect_grading, test_prospect_profile, test_tours_prospect
from . import test_grade_paper, test_history_chart, test_migration, test_simulation, test_tours_simulation
from . import test_completeness_access, test_completeness_file, test_completeness_register, test_tours_completeness
