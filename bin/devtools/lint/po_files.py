"""Are the Chinese translations complete and safe to show? What OCA's hooks do not look at."""

from __future__ import annotations

import re
from pathlib import Path

import polib

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


def check(addon: Path, language: str = "zh_CN") -> list[str]:
    """Return the problems of one addon's translation."""
    paths = [addon / "i18n" / f"{addon.name}.pot", addon / "i18n" / f"{language}.po"]
    missing = [f"i18n/{path.name} is missing: run `make pot`" for path in paths if not path.is_file()]
    try:
        return missing or problems(*(polib.pofile(str(path)) for path in paths))
    except OSError as error:
        return [f"cannot be read: {error}"]
