"""The tests that need no Odoo: those of the tooling in `bin/tests`, and of the benchmarks."""

from __future__ import annotations

import io
import unittest

from ..project import ROOT
from .tally import Section, Tally

# Folder of tests, and the folder its imports start from.
FOLDERS = (("bin/tests", "bin/tests"), ("benchmarks/tests", "."))


def run(tally: Tally) -> None:
    """Run them, each counted as one test."""
    with tally.section("Tests of the tooling and benchmarks") as section:
        for folder, top in FOLDERS:
            if (ROOT / folder).is_dir():
                _run_folder(section, folder, top)


def _run_folder(section: Section, folder: str, top: str) -> None:
    suite = unittest.TestLoader().discover(str(ROOT / folder), top_level_dir=str(ROOT / top))
    output = io.StringIO()
    result = unittest.TextTestRunner(stream=output).run(suite)
    broken = [*result.failures, *result.errors]
    section.passed += max(0, result.testsRun - len(broken) - len(result.skipped))
    for test, reason in result.skipped:
        section.remark(f"skipped {test}: {reason}")
    for test, trace in broken:
        section.check(str(test), [trace])
    if not result.testsRun:
        section.check(f"tests in {folder}", ["no test was found"])
