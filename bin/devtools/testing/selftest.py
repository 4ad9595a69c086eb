"""The tests of the tooling itself, in `bin/tests`."""

from __future__ import annotations

import io
import unittest

from ..project import ROOT
from .tally import Tally


def run(tally: Tally) -> None:
    """Run them, each counted as one test."""
    with tally.section("Tests of the tooling") as section:
        folder = ROOT / "bin" / "tests"
        suite = unittest.defaultTestLoader.discover(str(folder), top_level_dir=str(folder))
        result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
        broken = [*result.failures, *result.errors]
        section.passed += max(0, result.testsRun - len(broken))
        for test, trace in broken:
            section.check(str(test), [trace])
        if not result.testsRun:
            section.check("tests of the tooling", ["no test was found in bin/tests"])
