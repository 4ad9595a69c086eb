from . import sizes
