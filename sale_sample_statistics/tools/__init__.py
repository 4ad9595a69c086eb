from . import report_sentences
