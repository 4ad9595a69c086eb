from . import money
from . import scope
from . import thresholds
