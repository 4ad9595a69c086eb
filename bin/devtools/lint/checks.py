"""All checks of `make lint`, each with its own line and count."""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

from .. import odoo_source
from ..project import ROOT, VENV, Addon, child_environment
from ..testing.tally import Section
from . import house, po_files, removed_names

# What Odoo's own test_lint checks in Python sources, with Odoo's plugins.
ODOO_PYLINT = (
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
)
# OCA's hooks that only ask for another spelling of the same thing.
OCA_NOT_WANTED = (
    "missing-readme",  # OCA's bot generates it; our texts are in readme/
    "xml-header-wrong",
    "xml-header-missing",  # utf-8 in any case of letters
    "xml-field-numeric-without-eval",  # Odoo's own data files do as we do
    "xml-tag-position",
    "po-pretty-format",  # wrapping, which differs between tools
)


def _tool(*command: str | Path, env: Mapping[str, str] | None = None) -> list[str]:
    """Run a tool of the venv; return its output lines when it finds something."""
    done = subprocess.run(
        [str(VENV / "bin" / command[0]), *map(str, command[1:])],
        cwd=ROOT,
        env={**child_environment(), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return []
    lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("************* Module")]
    return lines or [f"{command[0]} ended with code {done.returncode}"]


def _ruff(chosen: Mapping[str, Addon]) -> list[str]:
    extra = [path for path in (ROOT / "bin", ROOT / "benchmarks") if path.is_dir()]
    scripts = [ROOT / "bin" / "dev", ROOT / "bin" / "odoo"]
    return _tool(
        "ruff",
        "check",
        "--no-cache",
        "--output-format=concise",
        *(addon.path for addon in chosen.values()),
        *extra,
        *scripts,
    )


def _pylint_odoo(chosen: Mapping[str, Addon]) -> list[str]:
    # Each folder above must not look like a package, or pylint names the addons otherwise.
    return _tool("pylint", f"--rcfile={ROOT / '.pylintrc'}", *(addon.path for addon in chosen.values()))


def _odoo_pylint(chosen: Mapping[str, Addon]) -> list[str]:
    odoo = odoo_source.choose().pythonpath
    plugins = odoo / "odoo/addons/test_lint/tests"
    if not plugins.is_dir():
        return [f"this Odoo has no test_lint: {plugins}"]
    return _tool(
        "pylint",
        f"--rcfile={os.devnull}",
        "--disable=all,useless-option-value",
        f"--enable={','.join(ODOO_PYLINT)}",
        "--reports=n",
        "--score=n",
        "--load-plugins=_pylint_path_setup,pylint.extensions.bad_builtin,_odoo_checker_sql_injection,"
        "_odoo_checker_gettext,_odoo_checker_unlink_override",
        "--bad-functions=input",
        *(addon.path for addon in chosen.values()),
        env={"PYTHONPATH": os.pathsep.join(map(str, (plugins, odoo))), "ADDONS_PATH": str(ROOT)},
    )


def _oca_module(chosen: Mapping[str, Addon]) -> list[str]:
    manifests = [addon.path / "__manifest__.py" for addon in chosen.values()]
    return _tool("oca-checks-odoo-module", f"--disable={','.join(OCA_NOT_WANTED)}", *manifests)


def _oca_po(chosen: Mapping[str, Addon]) -> list[str]:
    files = [path for addon in chosen.values() for path in sorted(addon.path.glob("i18n/*.po*"))]
    return _tool("oca-checks-po", f"--disable={','.join(OCA_NOT_WANTED)}", *files) if files else []


def _xml(addon: Addon) -> list[str]:
    found = []
    for path in sorted(addon.path.rglob("*.xml")):
        try:
            ET.parse(path)
        except ET.ParseError as error:
            found.append(f"{path.relative_to(ROOT)}: {error}")
    return found


def _removed(addon: Addon) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {text}"
        for path in sorted(addon.path.rglob("*"))
        if path.suffix in (".py", ".xml", ".js", ".csv") and path.is_file()
        for number, text in removed_names.find(path.read_text(encoding="utf-8"), path.suffix)
    ]


def run_all(section: Section, chosen: Mapping[str, Addon]) -> None:
    """Run every check on the chosen addons."""
    section.check("ruff", _ruff(chosen))
    section.check("pylint-odoo", _pylint_odoo(chosen))
    section.check("Odoo's pylint checkers", _odoo_pylint(chosen))
    section.check("OCA hook: oca-checks-odoo-module", _oca_module(chosen))
    section.check("OCA hook: oca-checks-po", _oca_po(chosen))
    for name, addon in chosen.items():
        section.check(f"{name}: XML is well-formed", _xml(addon))
        section.check(f"{name}: no names from before 19", _removed(addon))
        section.check(f"{name}: zh_CN is complete", po_files.check(addon.path))
        section.check(f"{name}: layout and manifest", house.problems(addon))
