from . import actions
from . import collection
from . import periods
from . import report_sentences
from . import revenue
from . import rules
from . import svg_charts
from . import working_time
