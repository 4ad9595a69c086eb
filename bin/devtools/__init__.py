"""Project tooling: sets up a real Odoo 19, runs it, tests and lints the addons.

Everything up to the Python environment needs only the standard library of
Python 3.10 or later; what comes after runs inside that environment.
"""
