"""`make mutate`: do the tests that need no database notice a mistake in the `tools/` of their addon?

Of each file `mutants` makes one source per mistake, `inside.judge` runs the tests for each. A mistake that no test
notices must be named in `bin/mutants_accepted.tsv`, with the reason why it does no harm. What went unnoticed is also
written to `.run/log/mutate/`, in the form of that list.
"""

import json
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from . import inside, mutants
from .addons import addons, select
from .project import LOGS, ROOT
from .tally import Section, Tally

LEAST = 95
"""Of a hundred mistakes, so many are noticed, in each addon."""

ACCEPTED = ROOT / "bin" / "mutants_accepted.tsv"
LIST = LOGS / "mutate"
"""What went unnoticed, in the form of the list of accepted ones."""

Key = tuple[str, str, str]


def accepted() -> dict[Key, str]:
    """Return why a mistake may stay unnoticed, by file and changed line before and after."""
    rows = [line.split("\t") for line in ACCEPTED.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")]
    return {(file, before, after): why for file, before, after, why in rows}


def judge(section: Section, name: str, paths: Iterable[Path], known: dict[Key, str]) -> None:
    """Count what the tests of an addon notice, each noticed mistake as passed; the others go to a file in the log.

    :param paths: of the files in which mistakes are made
    """
    folder = addons()[name].path
    made = [(path, mutant) for path in paths for mutant in mutants.mutants(path.read_text("utf-8"))]
    found = _found(name, [(_module(path, folder), str(path), mutant.source) for path, mutant in made])
    if not section.check(f"{name}: the tests pass without a mistake", found.get("failed", found.get("judge", []))):
        return
    total, unnoticed = Counter(), defaultdict(dict)
    noticed = len(made)
    for (path, mutant), verdict in zip(made, found["verdicts"], strict=True):
        file = path.relative_to(ROOT).as_posix()
        total[file] += 1
        if not verdict:
            noticed -= 1
            unnoticed[file][(file, *mutant.key)] = mutant.line
    section.passed += noticed
    share = 100 * noticed / len(made)
    few = [f"{share:.1f} %, less than {LEAST} %"] if share < LEAST else []
    section.check(f"{name}: {noticed} of {len(made)} noticed ({share:.1f} %)", few)
    section.remarks.append(f"{noticed} of {len(made)} noticed ({share:.1f} %)")
    for file, count in total.items():
        rows = unnoticed[file]
        told = [f"{line}: {key[1]}\n{' ' * len(str(line))}→ {key[2]}" for key, line in rows.items() if key not in known]
        named = sum(key in known for key in rows)
        section.remarks.append(f"{file}: {count - len(rows)} of {count} noticed, {named} accepted")
        section.check(f"{file}: {len(rows) - named} go unnoticed and are not accepted", told)
    stale = [" | ".join(key) for key in known if key[0] in total and key not in unnoticed[key[0]]]
    section.check(f"{ACCEPTED.name}: rows of {name} that are noticed, or not made any more", stale)
    LIST.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join((*key, known.get(key, ""))) for rows in unnoticed.values() for key in rows]
    (LIST / f"{name}.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _found(name: str, changed: list[tuple[str, str, str]]) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"addon": name, "changed": changed}, file)
        file.flush()
        return inside.call("judge", file.name)


def _module(path: Path, folder: Path) -> str:
    return ".".join(("odoo.addons", folder.name, *path.relative_to(folder).with_suffix("").parts))


def main(*files: str) -> int:
    """Judge the tests of all addons that have `tools/`, or of those named; return the exit code.

    :param files: only these files (`bin/dev mutate sale_budget/tools/money.py`)
    """
    mutants.ensure()
    known, tally = accepted(), Tally()
    for name in select(os.environ.get("ADDON", "")):
        paths = mutants.tools(addons()[name].path)
        if paths := [path for path in paths if not files or path.relative_to(ROOT).as_posix() in files]:
            with tally.section(f"Mistakes in {name}") as section:
                judge(section, name, paths, known)
    return tally.finish()
