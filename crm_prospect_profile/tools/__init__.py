from . import learning
