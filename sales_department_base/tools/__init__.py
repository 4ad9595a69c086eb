from . import periods
from . import working_time
