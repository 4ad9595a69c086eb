"""`make test`: static checks, Odoo's tests, installs, and the judgement of the log."""
