from . import article, measurement, photo, sizes, verdict
