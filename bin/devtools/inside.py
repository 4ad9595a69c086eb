"""What runs inside Odoo, in a process of its own; its answer is one line of JSON.

`checks`: Odoo's own `test_lint` and the translation templates, on a database
where our addons are installed. Odoo's tests scan every addon they can find,
its own 600 included: here they see only those named; where a test walks the
models of the database, what it says about Odoo's own is left out.

`quick`: those tests of the addons that need no database.
"""

import importlib
import json
import sys
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

LINT = (
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
OURS_ONLY = "test_docstring"
ANSWER = "devtools.inside: "


def call(function: str, *arguments: str) -> dict[str, Any]:
    """Run one of the functions below inside Odoo; return what it found, by check."""
    from . import odoo_server  # the child process has no use for these
    from .project import ROOT, VENV_PYTHON, execute

    variables = odoo_server.environment()
    variables["PYTHONPATH"] += f":{ROOT / 'bin'}"
    code, output = execute(VENV_PYTHON, "-m", "devtools.inside", function, *arguments, env=variables)
    last = next((line for line in reversed(output.splitlines()) if line.startswith(ANSWER)), "")
    if code or not last:
        return {function: [f"ended with code {code}", output[-3000:]]}
    found: dict[str, Any] = json.loads(last.removeprefix(ANSWER))
    return found


def _configure(*options: str) -> None:
    from odoo.modules.module import initialize_sys_path
    from odoo.tools import config

    config.parse_config(["--no-http", "--log-level", "critical", *options], setup_logging=True)
    initialize_sys_path()


def _run(suite: unittest.TestSuite) -> tuple[int, dict[str, str]]:
    """Return how many tests ran, and the trace of each that failed."""
    result = unittest.TestResult()
    suite.run(result)
    broken = {str(case): trace.strip() for case, trace in [*result.failures, *result.errors]}
    return result.testsRun, broken


def checks(database: str, folder: str, *names: str) -> dict[str, list[str]]:
    """Export each addon's template to `folder`, and return the problems that each test of Odoo's lint finds."""
    _configure("-d", database)
    from odoo import SUPERUSER_ID, api
    from odoo.modules import Manifest
    from odoo.modules.registry import Registry
    from odoo.tools.translate import trans_export

    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        for name in names:
            with (Path(folder) / f"{name}.pot").open("wb") as file:
                trans_export(False, [name], file, "po", env)
    ours = [manifest for name in names if (manifest := Manifest.for_addon(name))]
    found: dict[str, list[str]] = {}
    with mock.patch.object(Manifest, "all_addon_manifests", staticmethod(lambda: ours)):
        for test in LINT:
            module = importlib.import_module(f"odoo.addons.test_lint.tests.{test}")
            count, broken = _run(unittest.defaultTestLoader.loadTestsFromModule(module))
            problems = [f"{case}\n{trace}" for case, trace in broken.items()]
            if test == OURS_ONLY:
                problems = [problem for problem in problems if any(f"'{name}'" in problem for name in names)]
            found[test] = problems if count else ["no test ran"]
    return found


def quick(*names: str) -> dict[str, Any]:
    """Run the addons' tests that build on Odoo's BaseCase and never ask for a database."""
    _configure()
    from odoo.tests import BaseCase, TransactionCase

    suite = unittest.TestSuite()
    for name in names:
        package = importlib.import_module(f"odoo.addons.{name}.tests")
        for module in [one for key, one in vars(package).items() if key.startswith("test_")]:
            needs = any(hasattr(module, word) for word in ("get_db_name", "Registry"))
            for kind in () if needs else vars(module).values():
                pure = isinstance(kind, type) and issubclass(kind, BaseCase) and not issubclass(kind, TransactionCase)
                if pure and kind.__module__ == module.__name__:
                    suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(kind))
    count, broken = _run(suite)
    return {"ran": count, "failed": broken}


if __name__ == "__main__":
    functions = {"checks": checks, "quick": quick}
    print(f"{ANSWER}{json.dumps(functions[sys.argv[1]](*sys.argv[2:]))}")
