from . import report_charts, report_sentences
