"""The whole set-up, step by step; each step is skipped when its stamp says it is done."""

from __future__ import annotations

import shutil

from . import odoo_source, python_env, system_packages, wkhtmltopdf
from .pins import DISK_NEEDED
from .project import LOGS, RUN
from .ui import Problem, human_size


def ensure(*, with_tools: bool = False) -> None:
    """Make sure everything is there: disk, system packages, Odoo, Python packages, wkhtmltopdf.

    :param with_tools: the tools for tests and lint, too.
    """
    try:
        LOGS.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise Problem(
            f"{RUN} cannot be written by you.", "It was made by another user (root?): use another clone, or remove it."
        ) from error
    free = shutil.disk_usage(RUN).free
    if not (RUN / "stamps" / "venv").exists() and free < DISK_NEEDED:
        raise Problem(
            f"Only {human_size(free)} free on the disk of {RUN}; {human_size(DISK_NEEDED)} are needed.",
            "Free some space, or clone the project on another disk.",
        )
    try:
        system_packages.ensure()
        odoo_source.ensure()
        python_env.ensure(with_tools=with_tools)
        wkhtmltopdf.ensure()
    except OSError as error:
        if error.errno == 28:  # ENOSPC
            raise Problem(f"The disk is full: {error}.", "Free some space, then run the same command again.") from error
        raise
