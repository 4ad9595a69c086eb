from . import test_access
from . import test_calendar_makeup_days
from . import test_calendar_working_hours
from . import test_company_time
from . import test_periods
from . import test_transition_concurrency
from . import test_transition_mixin
from . import test_working_time
