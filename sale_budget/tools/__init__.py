from . import money
from . import scope
from . import target
from . import thresholds
