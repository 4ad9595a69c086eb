from . import export, json
