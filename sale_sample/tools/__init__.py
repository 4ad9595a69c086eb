from . import actions, article, measurement, photo, portal_answer, signature, sizes, verdict
