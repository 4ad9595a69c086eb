from . import export, json, pivot
