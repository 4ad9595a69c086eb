from . import assessment, decision, learning, metric, scoring
from . import customer_file
