from . import transition_mixin
from . import append_only_mixin
from . import number_mixin
from . import resource_calendar_makeup_day
from . import resource_calendar
from . import res_company
