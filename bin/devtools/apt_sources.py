"""Reading apt's own configuration, to learn which Debian mirror this machine uses.

The project names no mirror: the machine already trusts one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CODENAMES = frozenset({"bullseye", "bookworm", "trixie", "forky", "duke", "sid", "unstable", "testing"})


@dataclass(frozen=True)
class Source:
    """One repository as apt knows it."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


def parse_list(text: str) -> list[Source]:
    """Return the `deb` lines of a one-line style file (`sources.list`)."""
    found = []
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<rest>[^#]+)", line)
        if match:
            suite, *components = match["rest"].split()
            signed = re.search(r"signed-by=(\S+)", match["options"] or "")
            found.append(Source((match["uri"],), (suite,), tuple(components), signed[1] if signed else ""))
    return found


def parse_deb822(text: str) -> list[Source]:
    """Return the enabled `deb` stanzas of a deb822 style file (`*.sources`)."""
    found = []
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1] in " \t":
                fields[name] = f"{fields.get(name, '')} {line.strip()}"
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        enabled = fields.get("enabled", "yes").lower() not in ("no", "false", "0")
        if enabled and "deb" in fields.get("types", "").split():
            found.append(
                Source(
                    tuple(fields.get("uris", "").split()),
                    tuple(fields.get("suites", "").split()),
                    tuple(fields.get("components", "").split()),
                    fields.get("signed-by", "").strip(),
                )
            )
    return found


def read_sources(folder: Path = Path("/etc/apt")) -> list[Source]:
    """Return every repository configured under `folder`."""
    found = []
    for path in [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]:
        if path.suffix in (".list", ".sources") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            found += parse_deb822(text) if path.suffix == ".sources" else parse_list(text)
    return found


def debian_mirror(sources: Iterable[Source]) -> str | None:
    """Return the address of the Debian archive among `sources`, or None.

    Other vendors publish suites called `bookworm main` too: only a
    repository whose path names Debian itself counts.
    """
    for source in sources:
        if not CODENAMES.intersection(source.suites) or "main" not in source.components:
            continue
        for uri in source.uris:
            last = urlsplit(uri).path.rstrip("/").rpartition("/")[2]
            if last.startswith("debian") and "security" not in last:
                return uri.rstrip("/")
    return None


def mirror_from_template(text: str) -> str | None:
    """Return the archive's address from the template in Debian's package python-apt-common.

    Ubuntu carries that package too, so a machine without any Debian source
    can still learn where Debian lives.
    """
    match = re.search(r"^BaseURI:\s*(\S+)", text, re.MULTILINE)
    return match[1].rstrip("/") if match else None
