"""Translation templates as Odoo exports them, zh_CN merged from them, and whether it is complete and safe to show."""

import re
from pathlib import Path

import polib

from .project import ROOT

LANGUAGE = "zh_CN"
# They change at each export and say nothing.
DATES = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team")


def normalised(file: polib.POFile) -> polib.POFile:
    """Return the file without what differs from one export to the next."""
    for name in DATES:
        file.metadata.pop(name, None)
    for entry in file:
        entry.occurrences.sort()
    return file


def read(path: Path) -> polib.POFile:
    """Return a file, wrapped as ours are; an empty one when there is none."""
    return normalised(polib.pofile(str(path), wrapwidth=78)) if path.is_file() else polib.POFile(wrapwidth=78)


def differences(committed: polib.POFile, exported: polib.POFile) -> list[str]:
    """Return in words what the committed template lacks, has too much, or places wrongly."""
    old, new = (
        {(entry.msgctxt, entry.msgid): (sorted(entry.occurrences), entry.comment) for entry in file}
        for file in (committed, exported)
    )
    return [
        *(f"missing: {key[1]!r}" for key in new if key not in old),
        *(f"gone from the addon: {key[1]!r}" for key in old if key not in new),
        *(f"found at other places: {key[1]!r}" for key in new if key in old and old[key] != new[key]),
    ]


def check(exported: Path) -> list[str]:
    """Compare a fresh export, `<addon>.pot`, with the committed template."""
    problems = differences(read(ROOT / exported.stem / "i18n" / exported.name), read(exported))
    return problems and [*problems, "`make pot` updates it"]


def update(exported: Path) -> tuple[int, int]:
    """Write an addon's .pot and merge it into zh_CN.po; return how many terms there are, and how many lack Chinese."""
    template = read(exported)
    folder = ROOT / exported.stem / "i18n"
    if not len(template):
        return 0, 0
    folder.mkdir(exist_ok=True)
    template.save(str(folder / exported.name))
    path = folder / f"{LANGUAGE}.po"
    translated = read(path)
    if not path.is_file():
        translated.metadata = {**template.metadata, "Language": LANGUAGE, "Plural-Forms": "nplurals=1; plural=0;"}
    merge(translated, template)
    translated.save(str(path))
    return len(template), len(translated.untranslated_entries())


def merge(translated: polib.POFile, template: polib.POFile) -> None:
    """Bring a translation up to its template: keep what is translated, add what is new, drop what is gone."""
    translated.merge(template)
    for entry in translated.obsolete_entries():
        translated.remove(entry)
    order = {(entry.msgctxt, entry.msgid): position for position, entry in enumerate(template)}
    normalised(translated).sort(key=lambda entry: order[entry.msgctxt, entry.msgid])


# `%(x)s`, `%s` and `{x}` are compared by oca-checks-po.
CARRIED = re.compile(r"%\([\w.]+\)|\$\{[^}]*\}|\{\{[^}]*\}\}|</?[a-zA-Z][\w.-]*")


def problems(template: polib.POFile, translated: polib.POFile) -> list[str]:
    """Return in words what is wrong with a translation, measured by its template."""
    found = [f"obsolete entry: {entry.msgid!r}" for entry in translated.obsolete_entries()]
    known = {(entry.msgctxt, entry.msgid): entry for entry in translated if not entry.obsolete}
    wanted = [(entry.msgctxt, entry.msgid) for entry in template]
    for key in wanted:
        entry, source = known.get(key), key[1]
        text = entry.msgstr if entry else ""
        if entry is None:
            found.append(f"missing: {source!r}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {source!r}")
        elif not text.strip():
            found.append(f"without translation: {source!r}")
        elif sorted(CARRIED.findall(source)) != sorted(CARRIED.findall(text)):
            found.append(f"placeholders or tags differ: {source!r} → {text!r}")
        elif source.startswith("\n") != text.startswith("\n") or source.endswith("\n") != text.endswith("\n"):
            found.append(f"line ends differ: {source!r}")
    return found + [f"not in the template: {key[1]!r}" for key in known if key not in set(wanted)]


def complete(addon: Path, language: str = LANGUAGE) -> list[str]:
    """Return the problems of one addon's translation."""
    paths = [addon / "i18n" / f"{addon.name}.pot", addon / "i18n" / f"{language}.po"]
    missing = [f"i18n/{path.name} is missing: run `make pot`" for path in paths if not path.is_file()]
    try:
        return missing or problems(*(polib.pofile(str(path)) for path in paths))
    except OSError as error:
        return [f"cannot be read: {error}"]
