from . import article, sizes
