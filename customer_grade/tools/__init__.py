from . import assessment, decision, metric, scoring
