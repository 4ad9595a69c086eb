"""`make test`, `make attack`, `make lint`, `make quick` and `make pot`: what is done, in which order."""

import os
import re
import shutil
import tempfile
import unittest
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

from . import databases, inside, odoo_server, runs, translations
from .addons import addons, apart, dependents, in_order, needed, select, since_base
from .project import LOGS, ROOT, RUN, VENV, child_environment, execute, note, say
from .scratch import footprint, leftovers, scratch
from .tally import Section, Tally

# Addons of Odoo that ours use where they are installed, without depending on
# them: the tests of all addons have them, the runs of one addon alone do not.
OPTIONAL = frozenset({"sale_margin"})
# No addon is begun alone after so many seconds, unless all are asked for: the whole stays below 40 minutes.
LATEST_START = 28 * 60
# The long form of the attacks may take so many seconds.
LONGEST_ATTACK = 3 * 3600
# Tests that need no Odoo: their folder, and the folder from which they import.
SELFTESTS = (("bin/tests", "bin/tests"), ("benchmarks/tests", "."))
HOOK = re.compile(r"(?m)^(?P<name>.+?)\.{2,}(?:\(.*\))?(?P<end>Passed|Failed|Skipped)\n")


def _tags(names: Iterable[str], *, tours: bool | None = None) -> str:
    """Return the --test-tags for these addons: all tests, all but tours, or tours only."""
    chosen = [f"{'is_tour' if tours else ''}/{name}" for name in names]
    return ",".join([*chosen, "-is_tour"] if tours is False else chosen)


def odoo(name: str, *arguments: str, longest: float = runs.LONGEST_RUN) -> runs.OdooRun:
    """Run Odoo to its end; the log goes to `.run/log/test/<name>.log`."""
    return runs.odoo(f"test/{name}", *arguments, longest=longest)


def _http() -> list[str]:
    return ["--http-port", str(odoo_server.free_port()), "--gevent-port", str(odoo_server.free_port())]


def _files(names: Iterable[str]) -> list[str]:
    """Return the files that git knows or would add, of these addons or (without names) of all the project."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *names]
    found = execute(*listed)[1]
    return [name for name in found.split("\0") if (ROOT / name).is_file()]


def lint(tally: Tally, names: Iterable[str]) -> None:
    """Run the hooks of `.pre-commit-config.yaml`, each counted as one check."""
    with tally.section("Lint") as section:
        files = _files(names)
        environment = {**child_environment(), "PRE_COMMIT_HOME": str(RUN / "cache/pre-commit")}
        command = (VENV / "bin/pre-commit", "run", "--color", "never", "--files", *files)
        code, output = execute(*command, env=environment)
        count_hooks(section, output)
        if code and not section.failures:
            section.check("pre-commit", [output[-3000:]])


def count_hooks(section: Section, output: str) -> None:
    """Count what pre-commit says of each hook; what a failed one found follows its line."""
    hooks = list(HOOK.finditer(output))
    ends = [*(hook.start() for hook in hooks[1:]), len(output)]
    for hook, end in zip(hooks, ends, strict=False):
        found = output[hook.end() : end]
        if hook["end"] != "Skipped":
            section.check(hook["name"], [found or "no word why"] if hook["end"] == "Failed" else [])


def selftest(tally: Tally) -> None:
    """Run the tests of the tooling and of the benchmarks, each counted as one."""
    with tally.section("Tests of the tooling and benchmarks") as section:
        for folder, top in SELFTESTS:
            suite = unittest.TestLoader().discover(str(ROOT / folder), top_level_dir=str(ROOT / top))
            result = unittest.TextTestRunner(stream=StringIO()).run(suite)
            broken = [*result.failures, *result.errors]
            section.passed += max(0, result.testsRun - len(broken) - len(result.skipped))
            for test, trace in broken:
                section.check(str(test), [trace])
            if not result.testsRun:
                section.check(f"tests in {folder}", ["no test was found"])


def _install_with_demo(tally: Tally, names: list[str]) -> None:
    """Install with demo data and Chinese."""
    with tally.section("Install with demo data and Chinese") as section:
        database = scratch("demo", names, demo=True)
        run = odoo("install-demo", "-d", database, "-i", ",".join(names), "--stop-after-init", "--no-http")
        run.report(section, "install with demo data")
        _drop_if(section, database)


def _uninstall(section: Section, database: str, name: str) -> None:
    """Uninstall one addon, look for what it left, install it again."""
    before = footprint(database, name)
    run = odoo(f"uninstall-{name}", "module", "uninstall", "-d", database, name)
    if run.report(section, f"{name}: uninstall"):
        section.check(f"{name}: nothing left after uninstall", leftovers(database, name, before))
        run = odoo(f"reinstall-{name}", "-d", database, "-i", name, "--stop-after-init", "--no-http")
        run.report(section, f"{name}: install again")


def _alone(tally: Tally, name: str, *, tests: bool) -> None:
    """Install one addon with nothing but what it depends on, run its tests there, uninstall it."""
    with tally.section(f"{name} alone") as section:
        if tally.seconds > LATEST_START and not os.environ.get("ALL"):
            section.remarks.append("NOT RUN, for want of time: ALL=1 takes the time, ADDON= tries it by itself")
            return
        database = scratch(f"alone_{name}", [name])
        options = ["--test-tags", _tags([name], tours=False), *_http()] if tests else ["--stop-after-init", "--no-http"]
        odoo(f"alone-{name}", "-d", database, "-i", name, *options).report(section, name, tests_expected=tests)
        _uninstall(section, database, name)
        _drop_if(section, database)


def _drop_if(section: Section, database: str) -> None:
    """Drop a scratch database; after a failure it stays for a look at it, until the next run."""
    if section.failures:
        section.remarks.append(f"database kept for a look: bin/odoo shell -d {database}")
    else:
        databases.drop(database, "test")


def _installed(tally: Tally, names: list[str], tested: list[str], *, tours_too: bool, purpose: str = "all") -> None:
    """Install without demo data and test; then Odoo's lint and the translation templates, and the browser tours.

    :param names: what is installed
    :param tested: those of them that are tested
    :param purpose: for the names of the database and the logs
    """
    database = ""  # stays empty when it cannot be made
    words = " of what changes the others" if purpose == "apart" else ""
    with tally.section(f"Tests{words} without demo data{', tours too' if tours_too else ''}") as section:
        database = scratch(purpose, names, also=OPTIONAL)
        tags = _tags(tested, tours=None if tours_too else False)
        run = odoo(f"tests-{purpose}", "-d", database, "-i", ",".join(names), "--test-tags", tags, *_http())
        run.report(section, "tests", tests_expected=True)
    if not database:
        return
    with (
        tally.section(f"Odoo's lint and translation templates{words}") as checks,
        tempfile.TemporaryDirectory() as folder,
    ):
        for name, problems in inside.call("checks", database, folder, *tested).items():
            checks.check(f"Odoo's lint: {name}", problems)
        for name in tested:
            checks.check(f"{name}: i18n/{name}.pot is up to date", translations.check(Path(folder) / f"{name}.pot"))
    sections = [section, checks]
    touring = [name for name in tested if _has_tours(addons()[name].path)]
    if touring and not tours_too:
        with tally.section(f"Browser tours{words}") as tours:
            run = odoo(f"tours-{purpose}", "-d", database, "--test-tags", _tags(touring, tours=True), *_http())
            run.report(tours, "tours", tests_expected=True)
            sections.append(tours)
    _drop_if(next((one for one in sections if one.failures), section), database)


def _has_tours(addon: Path) -> bool:
    return any("start_tour(" in path.read_text(encoding="utf-8") for path in addon.glob("tests/**/*.py"))


def main() -> int:
    """Run everything for all addons, or for those named; return the exit code.

    Each one that changed is also installed alone, tested there, uninstalled and
    installed again; each that needs one of these, or was named, the same without
    its tests. With ALL set, every addon counts as changed.
    """
    wanted = os.environ.get("ADDON", "")
    chosen = select(wanted)
    names = needed(chosen)[0] if wanted else chosen
    shutil.rmtree(LOGS / "test", ignore_errors=True)
    for leftover in databases.ours("test"):
        databases.drop(leftover, "test")
    tally = Tally()
    if not wanted:
        selftest(tally)  # before the others: it changes the environment and the output of this process
    words, changed = ("(ALL)", set(chosen)) if os.environ.get("ALL") else since_base()
    alone = [] if wanted else in_order(changed)
    above = chosen if wanted else [name for name in dependents(changed) if name not in changed]
    if not wanted:
        say(f"Alone: what changed {words}: {', '.join(alone)}; what needs it: {', '.join(above)}")
    others = [] if wanted else apart()
    together = [name for name in names if name not in others]
    # For two cores. Browsers run in the first job only, one at a time.
    with ThreadPoolExecutor(2) as jobs:
        futures = [
            jobs.submit(_installed, tally, together, chosen if wanted else together, tours_too=bool(wanted)),
            jobs.submit(lint, tally, chosen if wanted else []),
            *([jobs.submit(_installed, tally, names, others, tours_too=False, purpose="apart")] if others else []),
            jobs.submit(_install_with_demo, tally, chosen),
            *(jobs.submit(_alone, tally, name, tests=True) for name in alone),
            *(jobs.submit(_alone, tally, name, tests=False) for name in above),
        ]
        for future in futures:
            future.result()
    return tally.finish()


def attack() -> int:
    """Run the attacks of all roles over all ways on a database with all addons; return the exit code."""
    tally = Tally()
    with tally.section("Attacks of everybody, over every way") as section:
        database = scratch("attack", select(""), also=OPTIONAL)
        names = ",".join(select(""))
        os.environ["ATTACK"] = "all"  # read by the tests: every role attacks, over every way
        run = odoo("attack", "-d", database, "-i", names, "--test-tags", "attack", *_http(), longest=LONGEST_ATTACK)
        run.report(section, "attacks", tests_expected=True)
        _drop_if(section, database)
    return tally.finish()


def write_access() -> None:
    """Write the data of who may do what anew, from a database with all addons."""
    others = apart()
    together = [name for name in select("") if name not in others]
    for names in (select(""), together):  # the second run writes the data of the others, as they are without these
        database = scratch("access", names, also=OPTIONAL)
        run = odoo("access", "-d", database, "-i", ",".join(names), "--test-tags", "access_write", *_http())
        run.require_success("Trying the rights of all roles")
        databases.drop(database, "test")


def lint_only() -> int:
    """Run only the static checks; return the exit code."""
    wanted, tally = os.environ.get("ADDON", ""), Tally()
    lint(tally, select(wanted) if wanted else [])
    return tally.finish()


def quick() -> int:
    """Run the tests that need no database; return the exit code."""
    wanted, tally = os.environ.get("ADDON", ""), Tally()
    if not wanted:
        selftest(tally)
    with tally.section("Tests of the addons that need no database") as section:
        found = inside.call("quick", *select(wanted))
        failed = found.get("failed", found)
        section.passed += max(0, found.get("ran", 0) - len(failed))
        for name, problems in failed.items():
            section.check(name, problems if isinstance(problems, list) else [problems])
    return tally.finish()


def update_translations() -> int:
    """Export the .pot files and merge them into zh_CN.po; return the exit code."""
    chosen = select(os.environ.get("ADDON", ""))
    database = scratch("pot", chosen)
    names = needed(chosen)[0]
    finish = ("--stop-after-init", "--no-http")
    odoo("pot", "-d", database, "-i", ",".join(names), *finish).require_success("installing the addons")
    missing = 0
    with tempfile.TemporaryDirectory() as folder:
        inside.call("checks", database, folder, *chosen)
        for name in chosen:
            terms, lacking = translations.update(Path(folder) / f"{name}.pot")
            missing += lacking
            note(f"{name}: {terms} terms, {lacking} without a Chinese translation")
    databases.drop(database, "test")
    return 1 if missing else 0
