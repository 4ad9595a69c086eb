from . import export, json, pivot, vcard
