"""Odoo's own `test_lint`, kept to our addons, on a database where they are installed.

Odoo's tests scan every addon they can find, its own 600 included. Here
they see only the addons named; where a test walks the models of the
database, what it says about Odoo's own is left out.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import unittest
from unittest import mock

TESTS = (
    "test_docstring",
    "test_dunderinit",
    "test_i18n",
    "test_index",
    "test_jstranslate",
    "test_manifests",
    "test_naming",
    "test_onchange_domains",
    "test_orm_import",
    "test_override_signatures",
    "test_pofile",
    "test_routes",
    "test_test_holes",
)
# Odoo 19.0 itself does not pass it: only what it says about our methods counts.
OURS_ONLY = frozenset({"test_docstring"})


def run_all(section: object, database: str, names: list[str]) -> None:
    """Run them in a process of their own, inside Odoo; each counts as one check."""
    from .. import odoo_server  # the child process below has no use for it
    from ..project import ROOT, VENV_PYTHON
    from ..testing.tally import Section

    assert isinstance(section, Section)
    variables = odoo_server.environment()
    variables["PYTHONPATH"] = f"{variables['PYTHONPATH']}:{ROOT / 'bin'}"
    done = subprocess.run(
        [str(VENV_PYTHON), "-m", "devtools.lint.odoo_lint", database, *names],
        env=variables,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        section.check("Odoo's lint", [f"ended with code {done.returncode}", done.stdout[-2000:], done.stderr[-3000:]])
        return
    for name, problems in json.loads(last).items():
        section.check(f"Odoo's lint: {name}", problems)


def _inside(database: str, names: list[str]) -> dict[str, list[str]]:
    """Run the tests; return the problems of each."""
    # Odoo can only be imported in the child process.
    from odoo.modules import Manifest
    from odoo.modules.module import initialize_sys_path
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--no-http", "--log-level", "critical"], setup_logging=True)
    initialize_sys_path()
    Registry(database)
    ours = [manifest for name in names if (manifest := Manifest.for_addon(name))]
    results: dict[str, list[str]] = {}
    with mock.patch.object(Manifest, "all_addon_manifests", staticmethod(lambda: ours)):
        for test in TESTS:
            module = importlib.import_module(f"odoo.addons.test_lint.tests.{test}")
            result = unittest.TestResult()
            unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
            problems = [f"{case}\n{trace.strip()}" for case, trace in [*result.failures, *result.errors]]
            if test in OURS_ONLY:
                problems = [problem for problem in problems if any(f"'{name}'" in problem for name in names)]
            if not result.testsRun:
                problems = ["no test ran"]
            results[test] = problems
    return results


if __name__ == "__main__":
    print(json.dumps(_inside(sys.argv[1], sys.argv[2:])))
