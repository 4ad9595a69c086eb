"""`make test`, `make lint` and `make pot`: what is done, in which order."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from .. import databases, odoo_server
from ..lint import checks, odoo_lint
from ..project import Addon, addons, closure, core_dependencies, select_addons
from ..ui import say
from . import selftest, translations
from .runner import TEST_LOGS, odoo
from .tally import Section, Tally
from .templates import PREFIX, scratch
from .uninstall import footprint, leftovers

# Addons of Odoo that ours use where they are installed, without depending on
# them: the tests of all addons have them, the runs of one addon alone do not.
OPTIONAL = frozenset({"sale_margin"})


def _tags(names: Iterable[str], *, tours: bool | None = None) -> str:
    """Return the --test-tags for these addons: all tests, all but tours, or tours only."""
    chosen = [f"{'is_tour' if tours else ''}/{name}" for name in names]
    return ",".join([*chosen, "-is_tour"] if tours is False else chosen)


def _has_tours(addon: Addon) -> bool:
    return any("start_tour(" in path.read_text(encoding="utf-8") for path in addon.path.glob("tests/**/*.py"))


def _http() -> list[str]:
    return ["--http-port", str(odoo_server.any_free_port()), "--gevent-port", str(odoo_server.any_free_port())]


def lint(tally: Tally, chosen: dict[str, Addon]) -> None:
    """Run the checks that need no database, each counted as one."""
    with tally.section("Lint") as section:
        checks.run_all(section, chosen)


def _install_with_demo(tally: Tally, names: list[str], known: dict[str, Addon], *, uninstall: bool = False) -> None:
    """Install with demo data and Chinese; when asked, uninstall there, too."""
    with tally.section("Install with demo data and Chinese") as section:
        database = scratch("demo", core_dependencies(names, known), demo=True)
        run = odoo("install-demo", "-d", database, "-i", ",".join(names), "--stop-after-init", "--no-http")
        run.report(section, "install with demo data")
        if uninstall and not section.failures:
            for name in reversed(names):
                _uninstall(section, database, name)
        _drop_if(section, database)


def _uninstall(section: Section, database: str, name: str) -> None:
    """Uninstall one addon, look for what it left, install it again."""
    before = footprint(database, name)
    run = odoo(f"uninstall-{name}", "module", "uninstall", "-d", database, name)
    if run.report(section, f"{name}: uninstall"):
        section.check(f"{name}: nothing left after uninstall", leftovers(database, name, before))
        again = odoo(f"reinstall-{name}", "-d", database, "-i", name, "--stop-after-init", "--no-http")
        again.report(section, f"{name}: install again")


def _alone(tally: Tally, name: str, known: dict[str, Addon]) -> None:
    """Install one addon with nothing but what it depends on, run its tests there, uninstall it."""
    with tally.section(f"{name} alone") as section:
        database = scratch(f"alone_{name}", core_dependencies([name], known))
        run = odoo(f"alone-{name}", "-d", database, "-i", name, "--test-tags", _tags([name], tours=False), *_http())
        run.report(section, f"{name} alone", tests_expected=True)
        _uninstall(section, database, name)
        _drop_if(section, database)


def _drop_if(section: Section, database: str) -> None:
    """Drop a scratch database; after a failure it stays for a look at it, until the next run."""
    if section.failures:
        say(f"    database kept for a look: {database} (bin/odoo shell -d {database})")
    else:
        databases.drop(database)


def _all_tests(tally: Tally, names: list[str], known: dict[str, Addon]) -> str:
    """Install all addons without demo data and run every test but the tours; return the database."""
    database = ""  # stays empty when it cannot be made
    with tally.section("Tests without demo data") as section:
        database = scratch("all", core_dependencies(names, known) | OPTIONAL)
        run = odoo("tests", "-d", database, "-i", ",".join(names), "--test-tags", _tags(names, tours=False), *_http())
        run.report(section, "all addons", tests_expected=True)
    return database


def _tours(tally: Tally, database: str, names: list[str], known: dict[str, Addon]) -> None:
    touring = [name for name in names if _has_tours(known[name])]
    if not touring:
        return
    with tally.section("Browser tours") as section:
        run = odoo("tours", "-d", database, "--test-tags", _tags(touring, tours=True), *_http())
        run.report(section, "tours", tests_expected=True)


def _with_database(tally: Tally, database: str, chosen: dict[str, Addon]) -> None:
    """Run the checks that need the addons installed: Odoo's own lint, and the translation templates."""
    with tally.section("Odoo's lint and translation templates") as section:
        odoo_lint.run_all(section, database, list(chosen))
        translations.check_templates(section, database, chosen)


def main(wanted: str) -> int:
    """Run everything for all addons, or for those named; return the exit code."""
    chosen = select_addons(wanted)
    known = addons()
    names = closure(chosen, known)
    tested = [name for name in names if name in chosen]
    shutil.rmtree(TEST_LOGS, ignore_errors=True)
    odoo_server.environment()  # the database server starts now, or says why not
    for leftover in databases.names(f"{PREFIX}test_"):
        databases.drop(leftover)
    tally = Tally()
    if not wanted:
        selftest.run(tally)  # before the tracks: they change the environment and the output of this process
    # Two tracks, for two cores; browsers run in the first one only.
    with ThreadPoolExecutor(2) as tracks:
        first = tracks.submit(_first_track, tally, chosen, tested, known, bool(wanted))
        second = tracks.submit(_second_track, tally, tested, known, bool(wanted))
        for track in (first, second):
            track.result()
    return tally.finish()


def _first_track(tally: Tally, chosen: dict[str, Addon], names: list[str], known: dict[str, Addon], some: bool) -> None:
    """Static checks, tests on a database without demo data, checks that need it, browser tours."""
    lint(tally, chosen)
    run_tests = _selected_tests if some else _all_tests
    database = run_tests(tally, names, known)
    if not database:
        return
    _with_database(tally, database, chosen)
    if not some:
        _tours(tally, database, names, known)
    if not any(section.failures for section in tally.sections):
        databases.drop(database)


def _second_track(tally: Tally, names: list[str], known: dict[str, Addon], some: bool) -> None:
    """Install with demo data, then each addon alone with its uninstall."""
    _install_with_demo(tally, names, known, uninstall=some)
    if not some:
        for name in names:
            _alone(tally, name, known)


def _selected_tests(tally: Tally, names: list[str], known: dict[str, Addon]) -> str:
    """Run all tests of the named addons, tours too; return the database."""
    database = ""  # stays empty when it cannot be made
    with tally.section("Tests without demo data, tours included") as section:
        database = scratch("selected", core_dependencies(names, known) | OPTIONAL)
        run = odoo("tests", "-d", database, "-i", ",".join(names), "--test-tags", _tags(names), *_http())
        run.report(section, ", ".join(names), tests_expected=True)
    return database


def lint_only(wanted: str) -> int:
    """Run only the static checks; return the exit code."""
    chosen = select_addons(wanted)
    tally = Tally()
    lint(tally, chosen)
    return tally.finish()


def update_translations(wanted: str) -> int:
    """Export the .pot files and merge them into zh_CN.po; return the exit code."""
    chosen = select_addons(wanted)
    known = addons()
    names = closure(chosen, known)
    database = scratch("pot", core_dependencies(names, known))
    odoo("pot", "-d", database, "-i", ",".join(names), "--stop-after-init", "--no-http").require_success(
        "installing the addons"
    )
    missing = translations.update(database, chosen)
    databases.drop(database)
    return 1 if missing else 0
