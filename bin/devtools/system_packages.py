"""What only the system's administrator can install: browser, fonts, shared libraries."""

from __future__ import annotations

import ctypes.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .process import run, succeeds
from .ui import Problem, note, step

OS_RELEASE = Path("/etc/os-release")
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
LIBRARIES = {
    "libxrender1": "Xrender",
    "libfontconfig1": "fontconfig",
    "libfreetype6": "freetype",
    "libxext6": "Xext",
    "libx11-6": "X11",
    "libmagic1": "magic",
}
SNAP_ONLY = (
    "Browser tests need a browser, and Ubuntu has Chromium only as a snap, which they cannot drive: "
    "install Google Chrome's .deb package, or any `chromium` on the PATH."
)


@dataclass(frozen=True)
class Missing:
    """A system package that is not there, and what does not work without it."""

    package: str
    purpose: str
    # What to do instead, where this system's apt does not have the package.
    otherwise: str = ""


def browser() -> str | None:
    """Return the browser Odoo's tests would use, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def missing() -> list[Missing]:
    """Return what is missing on this machine."""
    found = []
    if not browser():
        # A snap sees another /tmp than the tests that drive it.
        found.append(Missing("chromium", "browser tests", SNAP_ONLY if _is_ubuntu() else ""))
    if not _has_chinese_font():
        found.append(Missing("fonts-noto-cjk", "Chinese text in PDFs and browser tests"))
    found += [
        Missing(package, "PDF reports and file types")
        for package, library in LIBRARIES.items()
        if not ctypes.util.find_library(library)
    ]
    if not shutil.which("npm"):
        found.append(Missing("npm", "fetching wkhtmltopdf"))
    return found


def _is_ubuntu() -> bool:
    return OS_RELEASE.is_file() and any(
        line.strip() == "ID=ubuntu" for line in OS_RELEASE.read_text(encoding="utf-8").splitlines()
    )


def _has_chinese_font() -> bool:
    folders = (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".fonts",
        Path.home() / ".local/share/fonts",
    )
    return any(
        next(folder.rglob(pattern), None)
        for folder in folders
        if folder.is_dir()
        for pattern in ("*CJK*", "*wqy*", "*SourceHanS*")
    )


def administrator() -> list[str] | None:
    """Return the prefix that makes a command run as root without a question, or None."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]) else None


def ensure() -> None:
    """Install what is missing if we may; else print the one line that does, and go on."""
    wanted = missing()
    names = [one.package for one in wanted if not one.otherwise]
    prefix = administrator() if names and shutil.which("apt-get") else None
    if prefix is not None:
        with step(f"System packages: {', '.join(names)}"):
            try:
                _install(prefix, names)
            except Problem as problem:
                note(str(problem))
        wanted = missing()
    _report(wanted)


def _report(wanted: list[Missing]) -> None:
    installable = [one for one in wanted if not one.otherwise]
    if installable:
        note(f"Missing on this system: {', '.join(f'{one.package} ({one.purpose})' for one in installable)}.")
        note(
            "Going on without. To have them, as root: apt-get install -y --no-install-recommends "
            + " ".join(one.package for one in installable)
        )
    for one in wanted:
        if one.otherwise:
            note(one.otherwise)


def _install(prefix: list[str], names: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # The archive may be locked by another run: apt waits for it.
    apt = [*prefix, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    install = [*apt, "install", "-y", "--no-install-recommends", *names]
    try:
        run(install, log="system", what="installing system packages", env=environment)
    except Problem:
        note("package lists are old or empty: apt-get update")
        run([*apt, "update"], log="system", what="apt-get update", env=environment, attempts=2)
        run(install, log="system", what="installing system packages", env=environment, attempts=2)
