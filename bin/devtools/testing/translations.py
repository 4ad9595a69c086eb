"""Translation templates through Odoo's own export, and zh_CN merged from them.

Runs inside the venv (polib).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import polib

from ..project import Addon
from ..ui import note
from .runner import odoo
from .tally import Section

LANGUAGE = "zh_CN"
# They change at each export and say nothing.
DATES = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team")


def export(database: str, addon: str) -> polib.POFile:
    """Return the addon's template as Odoo exports it from a database, in its order (by text), without dates."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{addon}.pot"
        run = odoo(f"pot-{addon}", "i18n", "export", "-d", database, addon, "-o", str(path))
        run.require_success(f"exporting the translation template of {addon}")
        if not path.is_file():
            # Odoo writes no file for an addon without any term.
            return polib.POFile(wrapwidth=78)
        return normalised(polib.pofile(str(path), wrapwidth=78))


def normalised(template: polib.POFile) -> polib.POFile:
    """Return the template without what differs from one export to the next."""
    for name in DATES:
        template.metadata.pop(name, None)
    for entry in template:
        entry.occurrences.sort()
    return template


def _fingerprint(template: polib.POFile) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (entry.msgctxt or "", entry.msgid): (tuple(sorted(entry.occurrences)), entry.comment)
        for entry in template
        if not entry.obsolete
    }


def differences(committed: polib.POFile, exported: polib.POFile) -> list[str]:
    """Return in words what the committed template lacks, has too much, or places wrongly."""
    old, new = _fingerprint(committed), _fingerprint(exported)
    return [
        *(f"missing: {key[1]!r}" for key in new if key not in old),
        *(f"gone from the addon: {key[1]!r}" for key in old if key not in new),
        *(f"found at other places: {key[1]!r}" for key in new if key in old and old[key] != new[key]),
    ]


def check_templates(section: Section, database: str, chosen: Mapping[str, Addon]) -> None:
    """Compare each addon's committed .pot with a fresh export."""
    for name, addon in chosen.items():
        exported = export(database, name)
        path = addon.path / "i18n" / f"{name}.pot"
        if not len(exported) and not path.is_file():
            continue
        committed = polib.pofile(str(path)) if path.is_file() else polib.POFile()
        problems = differences(committed, exported)
        section.check(f"{name}: i18n/{name}.pot is up to date", problems and [*problems, "`make pot` updates it"])


def update(database: str, chosen: Mapping[str, Addon]) -> int:
    """Write each addon's .pot and merge it into zh_CN.po; return how many terms lack a translation."""
    missing = 0
    for name, addon in chosen.items():
        template = export(database, name)
        if not len(template):
            note(f"{name}: no terms")
            continue
        folder = addon.path / "i18n"
        folder.mkdir(exist_ok=True)
        template.save(str(folder / f"{name}.pot"))
        path = folder / f"{LANGUAGE}.po"
        translated = polib.pofile(str(path), wrapwidth=78) if path.is_file() else _new(template)
        merge(translated, template)
        translated.save(str(path))
        lacking = len(translated.untranslated_entries())
        missing += lacking
        note(f"{name}: {len(template)} terms, {lacking} without a Chinese translation")
    return missing


def _new(template: polib.POFile) -> polib.POFile:
    translated = polib.POFile(wrapwidth=78)
    translated.metadata = {**template.metadata, "Language": LANGUAGE, "Plural-Forms": "nplurals=1; plural=0;"}
    return translated


def merge(translated: polib.POFile, template: polib.POFile) -> None:
    """Bring a translation up to its template: keep what is translated, add what is new, drop what is gone."""
    translated.merge(template)
    for entry in [entry for entry in translated if entry.obsolete]:
        translated.remove(entry)
    for name in DATES:
        translated.metadata.pop(name, None)
    order = {(entry.msgctxt, entry.msgid): position for position, entry in enumerate(template)}
    for entry in translated:
        entry.occurrences.sort()
    translated.sort(key=lambda entry: order[entry.msgctxt, entry.msgid])
