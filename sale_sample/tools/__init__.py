from . import article, measurement, photo, portal_answer, requirement, signature, sizes, verdict
