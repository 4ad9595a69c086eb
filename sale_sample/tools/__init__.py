from . import article, measurement, photo, portal_answer, signature, sizes, verdict
