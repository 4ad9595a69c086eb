"""Rules of this repository that no ready-made linter knows."""

from __future__ import annotations

import re

from ..project import Addon

LONGEST_FILE = 300
VERSION = re.compile(r"^19\.0\.\d+\.\d+\.\d+$")
SUDO = re.compile(r"\.sudo\(\)")
CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
TEXT = (".py", ".xml", ".csv", ".js", ".scss", ".md", ".po", ".pot")


def problems(addon: Addon) -> list[str]:
    """Return in words what breaks a rule in one addon."""
    found = []
    manifest = addon.manifest
    if not VERSION.match(str(manifest.get("version", ""))):
        found.append("the manifest's version must be 19.0.x.y.z")
    if manifest.get("license") != "AGPL-3":
        found.append("the manifest's license must be AGPL-3")
    found += [
        f"the manifest lists {name}, which does not exist"
        for key in ("data", "demo")
        for name in manifest.get(key, ())
        if not (addon.path / name).is_file()
    ]
    found += [f"the manifest has an empty {key}" for key, value in manifest.items() if value in ((), [], {}, "")]
    listed = {*manifest.get("data", ()), *manifest.get("demo", ())}
    for folder in ("data", "demo", "security", "views", "reports", "wizards"):
        for path in sorted((addon.path / folder).glob("*")):
            name = str(path.relative_to(addon.path))
            if path.suffix in (".xml", ".csv") and name not in listed:
                found.append(f"{name} is in no list of the manifest")
    found += [
        f"{path.relative_to(addon.path)} has conflict markers"
        for path in sorted(addon.path.rglob("*"))
        if path.suffix in TEXT and CONFLICT.search(path.read_text(encoding="utf-8"))
    ]
    for path in sorted(addon.path.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST_FILE and "tests" not in path.parts:
            found.append(
                f"{path.relative_to(addon.path)} has {len(lines)} lines; more than {LONGEST_FILE} want splitting"
            )
        found += [
            f"{path.relative_to(addon.path)}:{number}: sudo() without a comment saying why"
            for number, line in enumerate(lines, 1)
            if SUDO.search(line) and "#" not in line and "tests" not in path.parts
        ]
    return found
