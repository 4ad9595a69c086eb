"""Which mistakes are put into a source, and what comes of them."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools import mutants, mutate  # noqa: E402
from devtools.tally import Section  # noqa: E402

SOURCE = '''\
"""A text of 1 + 1."""
from dataclasses import dataclass
from typing import Literal

Kind = Literal["a", 1]
Names = dict[str, int | None]


@dataclass(frozen=True)
class Part:
    size: int | None = None


def rest(first: float | None, *, second: int = 3) -> list[int | None]:
    total = first + second
    total -= 4
    if total in (5, 6) and total not in (7,):
        return max(total, 8)
    return [part for part, _one in zip(rest(9), rest(9), strict=True) if part < 10 and part is not None]
'''


@unittest.skipUnless(mutants.PACKAGES.is_dir(), "`make mutate` has not fetched cosmic-ray yet")
class TestMutants(unittest.TestCase):
    def setUp(self):
        self.found = mutants.mutants(SOURCE)

    def test_each_is_one_changed_line_that_compiles(self):
        for mutant in self.found:
            compile(mutant.source, "mutant", "exec")
            changed = [
                (old, new)
                for old, new in zip(SOURCE.splitlines(), mutant.source.splitlines(), strict=True)
                if old != new
            ]
            self.assertEqual(len(changed), 1)
            self.assertEqual(" ".join(changed[0][1].split()), mutant.after)

    def test_signs_numbers_comparisons_and_words_become_others(self):
        after = {mutant.after for mutant in self.found}
        for line in (
            "total = first - second",
            "total += 4",
            "total -= 5",
            "if total not in (5, 6) and total not in (7,):",
            "if total in (5, 6) and total in (7,):",
            "if total in (5, 6) or total not in (7,):",
            "return min(total, 8)",
            "return [part for part, _one in zip(rest(9), rest(9), strict=True) if part <= 10 and part is not None]",
            "return [part for part, _one in zip(rest(9), rest(9), strict=True) if part < 10 and part is None]",
            "def rest(first: float | None, *, second: int = 4) -> list[int | None]:",
        ):
            self.assertIn(line, after)

    def test_texts_types_and_decorators_stay(self):
        lines = {mutant.line for mutant in self.found}
        self.assertEqual(lines & set(range(1, 12)), set())
        self.assertFalse([mutant for mutant in self.found if "strict=False" in mutant.after])
        self.assertEqual({mutant.after.count("|") for mutant in self.found if mutant.line == 14}, {2})


class TestJudge(unittest.TestCase):
    def judged(self, verdicts, accepted):
        """Judge the tests of an addon whose one file has these verdicts for lines 1, 2, …; return the section."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder).resolve() / "addon" / "tools" / "x.py"
            path.parent.mkdir(parents=True)
            path.write_text("")
            made = [mutants.Mutant(line, f"old {line}", f"new {line}", "") for line in range(1, len(verdicts) + 1)]
            known = {("addon/tools/x.py", f"old {line}", f"new {line}"): "why" for line in accepted}
            section = Section("x")
            with (
                mock.patch.object(mutate, "ROOT", path.parents[2]),
                mock.patch.object(mutate, "LIST", path.parents[2]),
                mock.patch.object(mutate, "addons", lambda: {"addon": mock.Mock(path=path.parents[1])}),
                mock.patch.object(mutate.mutants, "mutants", lambda source: made),
                mock.patch.object(mutate.inside, "call", lambda *_: {"verdicts": verdicts}),
            ):
                mutate.judge(section, "addon", [path], known)
            return section

    def test_every_one_that_goes_unnoticed_is_accepted(self):
        self.assertEqual(self.judged([1] * 99 + [0], [100]).failures, [])
        self.assertEqual(len(self.judged([1] * 99 + [0], []).failures), 1)

    def test_one_that_never_ends_is_noticed(self):
        self.assertEqual(self.judged([1, -14], []).failures, [])

    def test_too_few(self):
        self.assertIn("94 of 100", self.judged([1] * 94 + [0] * 6, range(95, 101)).failures[0])
        self.assertEqual(self.judged([1] * 95 + [0] * 5, range(96, 101)).failures, [])

    def test_a_row_without_use(self):
        self.assertIn("not made any more", self.judged([1, 1], [2]).failures[0])


if __name__ == "__main__":
    unittest.main()
