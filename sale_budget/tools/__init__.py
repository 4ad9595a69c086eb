from . import actions
from . import groups
from . import money
from . import refusal
from . import scope
from . import target
from . import thresholds
