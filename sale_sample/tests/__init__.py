from . import test_tools, test_requirement, test_import, test_norm, test_handover, test_due, test_request_budget
from . import test_request_access, test_holders
from . import test_tools_rounds
from . import test_round_flow
from . import test_round_answer
from . import test_kept_samples
from . import test_round_access
from . import test_tours_rounds
from . import test_tools_portal
from . import test_portal_access
from . import test_portal_answer
from . import test_portal_mail
from . import test_tours_portal
from . import test_fee_collection, test_fee_decision, test_mould, test_tools_fee
from . import test_tours_fees
from . import test_tools_statistics, test_statistics, test_statistics_money
from . import test_refund
from . import test_sample_report, test_sample_report_mail
from . import test_tours_statistics
from . import test_fee_refund
from . import test_fee_budget, test_fee_concurrency, test_fee_guards, test_refund_terms
from . import test_screens
