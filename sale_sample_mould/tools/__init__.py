from . import rules, staging
