"""What runs inside Odoo, in a process of its own; its answer is one line of JSON.

`checks`: Odoo's own `test_lint` and the translation templates, on a database
where our addons are installed. Odoo's tests scan every addon they can find,
its own 600 included: here they see only those named; where a test walks the
models of the database, what it says about Odoo's own is left out.

`quick`: those tests of the addons that need no database.

`judge`: the same tests of one addon, once for each mistake put into its sources.
"""

import importlib
import importlib.util
import json
import os
import resource
import signal
import sys
import time
import unittest
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
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
# Of a property, so many examples are tried for each mistake; and where hypothesis keeps what a test asks for.
EXAMPLES = 50
SETTINGS = "_hypothesis_internal_use_settings"


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


def _pure_tests(names: Iterable[str]) -> unittest.TestSuite:
    """Return the addons' tests that build on Odoo's BaseCase and never ask for a database."""
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
    return suite


def quick(*names: str) -> dict[str, Any]:
    """Run the pure tests of addons."""
    _configure()
    count, broken = _run(_pure_tests(names))
    return {"ran": count, "failed": broken}


class _Changed(SourceFileLoader):
    """Finds one module, whose source is another than the file's. Nothing is written, nor read from a cache."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def find_spec(self, name: str, *_path: Any) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec")


class _Timed(unittest.TestResult):
    """Adds up how long the tests of each class took."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = defaultdict(float)
        self._started = 0.0

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._started = time.monotonic()

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.seconds[_class_of(test)] += time.monotonic() - self._started


def _class_of(test: unittest.TestCase) -> str:
    return f"{type(test).__module__}.{type(test).__qualname__}"


def judge(file: str) -> dict[str, Any]:
    """Run the pure tests of an addon for each changed source of a module of its `tools/`, in a process forked for it.

    All is loaded before; the fork loads `tools/` and the modules of the pure tests anew, and so gets the changed module.

    :param file: JSON of ``{addon: its name, changed: [(module, path, source)]}``
    :return: of each changed source 0 when all tests pass, 1 when one fails, or minus the signal that ended it; and what
        fails without a change
    """
    _configure()
    from hypothesis import Phase, settings

    work = json.loads(Path(file).read_text(encoding="utf-8"))
    # The same examples each time; none is looked for that fails more simply.
    tries = {"max_examples": EXAMPLES, "database": None, "derandomize": True, "deadline": None}
    settings.register_profile("mutants", settings(phases=(Phase.explicit, Phase.generate), **tries))
    settings.load_profile("mutants")
    unchanged = _Timed()
    _pure_tests([work["addon"]]).run(unchanged)
    failed = [trace for _test, trace in [*unchanged.failures, *unchanged.errors]]
    if failed or not unchanged.testsRun:
        return {"failed": failed or ["there is no test without a database"]}
    files = sorted({(module, path) for module, path, _source in work["changed"]})
    sources = [(module, path, Path(path).read_text(encoding="utf-8")) for module, path in files]
    verdicts, running = {}, {}
    for place, source in enumerate([*sources, *work["changed"]]):
        running[_fork(work["addon"], unchanged.seconds, *source)] = place
        if len(running) >= (os.cpu_count() or 1):
            process, verdict = _wait()
            verdicts[running.pop(process)] = verdict
    while running:
        process, verdict = _wait()
        verdicts[running.pop(process)] = verdict
    found = [verdict for _place, verdict in sorted(verdicts.items())]
    # Loaded anew as they are, the files must pass: else nothing is proved by a failure.
    failed = [f"{path} as it is: {found[place]}" for place, (_module, path) in enumerate(files) if found[place]]
    return {"failed": failed} if failed else {"verdicts": found[len(files) :]}


def _limit_examples(tests: Iterable[unittest.TestCase]) -> None:
    """Let properties that ask for more examples than `EXAMPLES` have so many: a mistake shows early, or hardly at all."""
    from hypothesis import settings

    for test in tests:
        method = getattr(type(test), test.id().rpartition(".")[2])
        own = getattr(method, SETTINGS, None)
        if own and own.max_examples > EXAMPLES:
            setattr(method, SETTINGS, settings(own, max_examples=EXAMPLES, derandomize=True, database=None))


def _used(module: ModuleType, package: str) -> set[str]:
    """Return the modules of a package from which a module has classes or functions, or which it has as a whole."""
    found: set[str] = set()
    todo = [module]
    while todo:
        for value in vars(todo.pop()).values():
            name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            if isinstance(name, str) and name.startswith(f"{package}.") and name not in found:
                found.add(name)
                todo.append(sys.modules[name])
    return found


def _wait() -> tuple[int, int]:
    process, status = os.wait()
    return process, os.waitstatus_to_exitcode(status)


def _fork(addon: str, seconds: Mapping[str, float], module: str, path: str, source: str) -> int:
    """Run the pure tests of an addon with a changed module in a process of their own; return its id.

    Only those run that use the module, directly or by another one of `tools/`.

    :param seconds: which each class of tests takes. The quick ones come first, as one failure is enough; what takes
        ten times as long as all never ends.
    """
    if process := os.fork():
        return process
    code = 1
    try:
        signal.alarm(10 + round(10 * sum(seconds.values())))  # nobody handles it: it ends the process
        resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.meta_path.insert(0, _Changed(module, path, source))
        tests = sorted({name.rpartition(".")[0] for name in seconds})
        tools = f"odoo.addons.{addon}.tools"
        for name in [one for one in sys.modules if one in tests or one == tools or one.startswith(f"{tools}.")]:
            del sys.modules[name]
        using = {name for name in tests if module in _used(importlib.import_module(name), tools)} or set(tests)
        suite = [test for test in _pure_tests([addon]) if type(test).__module__ in using]
        _limit_examples(suite)
        result = unittest.TestResult()
        result.failfast = True
        unittest.TestSuite(sorted(suite, key=lambda test: seconds[_class_of(test)])).run(result)
        code = 0 if result.testsRun and result.wasSuccessful() else 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    functions = {"checks": checks, "quick": quick, "judge": judge}
    print(f"{ANSWER}{json.dumps(functions[sys.argv[1]](*sys.argv[2:]))}")
