from . import fit, learning
