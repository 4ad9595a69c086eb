"""Are the Chinese translations complete and safe to show?

Runs inside the venv (polib).
"""

from __future__ import annotations

import re
from pathlib import Path

import polib

PLACEHOLDERS = (
    re.compile(r"%\([\w.]+\)[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]"),
    re.compile(r"(?<!%)%(?:[-+#0]*\d*(?:\.\d+)?[sdifr])(?![\w(])"),
    re.compile(r"\$\{[^}]*\}|\{\{[^}]*\}\}"),
    re.compile(r"</?[a-zA-Z][\w.-]*"),
)


def placeholders(text: str) -> list[str]:
    """Return what a translation must carry over unchanged: placeholders and tags, sorted."""
    return sorted(match for pattern in PLACEHOLDERS for match in pattern.findall(text))


def problems(template: polib.POFile, translated: polib.POFile) -> list[str]:
    """Return in words what is wrong with a translation, measured by its template."""
    found = []
    known = {(entry.msgctxt, entry.msgid): entry for entry in translated if not entry.obsolete}
    wanted = {(entry.msgctxt, entry.msgid) for entry in template if not entry.obsolete}
    seen: set[tuple[str | None, str]] = set()
    for entry in translated:
        key = (entry.msgctxt, entry.msgid)
        if entry.obsolete:
            found.append(f"obsolete entry: {entry.msgid!r}")
        elif key in seen:
            found.append(f"twice: {entry.msgid!r}")
        seen.add(key)
    for key in sorted(wanted, key=lambda one: one[1]):
        entry = known.get(key)
        text = entry.msgstr if entry else ""
        if entry is None:
            found.append(f"missing: {key[1]!r}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {key[1]!r}")
        elif not text.strip():
            found.append(f"without translation: {key[1]!r}")
        elif placeholders(key[1]) != placeholders(text):
            found.append(f"placeholders or tags differ: {key[1]!r} → {text!r}")
        elif key[1].startswith("\n") != text.startswith("\n") or key[1].endswith("\n") != text.endswith("\n"):
            found.append(f"line ends differ: {key[1]!r}")
    found += [f"not in the template: {key[1]!r}" for key in known if key not in wanted]
    return found


def check(addon: Path, language: str = "zh_CN") -> list[str]:
    """Return the problems of one addon's translation; none when it has no terms at all."""
    template_path = addon / "i18n" / f"{addon.name}.pot"
    path = addon / "i18n" / f"{language}.po"
    if not template_path.is_file():
        return [f"{template_path.name} is missing: run `make pot`"]
    if not path.is_file():
        return [f"{path.name} is missing: run `make pot`, then translate it"]
    try:
        return problems(polib.pofile(str(template_path)), polib.pofile(str(path)))
    except OSError as error:
        return [f"cannot be read: {error}"]
