"""What only the system's administrator can install: browser, fonts, shared libraries."""

import ctypes.util
import os
import shutil
from pathlib import Path

from .project import Problem, child_environment, note, run, step, succeeds

OS_RELEASE = Path("/etc/os-release")
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
LIBRARIES = {
    "libxrender1": "Xrender",
    "libfontconfig1": "fontconfig",
    "libfreetype6": "freetype",
    "libxext6": "Xext",
    "libx11-6": "X11",
    "libmagic1": "magic",
}
# SYSTEM_PACKAGES=no: nothing is installed, only said.
SWITCH = "SYSTEM_PACKAGES"
SNAP_ONLY = (
    "Browser tests need a browser, and Ubuntu has Chromium only as a snap, which they cannot drive: "
    "install Google Chrome's .deb package, or any `chromium` on the PATH."
)


def browser() -> str | None:
    """Return the browser Odoo's tests would use, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def missing() -> dict[str, str]:
    """Return the packages that are missing on this machine, and what each is for."""
    found = {} if browser() or is_ubuntu() else {"chromium": "browser tests"}
    folders = [folder for name in FONTS if (folder := Path(name).expanduser()).is_dir()]
    if not any(next(folder.rglob(name), None) for folder in folders for name in ("*CJK*", "*wqy*", "*SourceHanS*")):
        found["fonts-noto-cjk"] = "Chinese text in PDFs and browser tests"
    for package, library in LIBRARIES.items():
        if not ctypes.util.find_library(library):
            found[package] = "PDF reports and file types"
    if not shutil.which("npm"):
        found["npm"] = "fetching wkhtmltopdf"
    return found


def is_ubuntu() -> bool:
    """Tell whether this is Ubuntu, whose Chromium is a snap: it sees another /tmp than the tests that drive it."""
    return OS_RELEASE.is_file() and "ID=ubuntu" in OS_RELEASE.read_text(encoding="utf-8").split()


def administrator() -> list[str] | None:
    """Return the prefix that makes a command run as root without a question, or None when we may not."""
    if os.environ.get(SWITCH, "").lower() in ("no", "0", "off", "false") or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and succeeds("sudo", "-n", "true") else None


def ensure() -> None:
    """Install what is missing if we may; else print the one line that does, and go on."""
    wanted = missing()
    prefix = administrator() if wanted else None
    if prefix is not None:
        with step(f"System packages: {', '.join(wanted)} ({SWITCH}=no leaves them out)"):
            try:
                _install([*prefix, "apt-get"], list(wanted))
            except Problem as problem:
                note(str(problem))
        wanted = missing()
    if wanted:
        note(f"Missing on this system: {', '.join(f'{name} ({purpose})' for name, purpose in wanted.items())}.")
        note(f"Going on without. As root: apt-get install -y --no-install-recommends {' '.join(wanted)}")
    if not browser() and is_ubuntu():
        note(SNAP_ONLY)


def _install(apt: list[str], names: list[str]) -> None:
    environment = {**child_environment(), "DEBIAN_FRONTEND": "noninteractive"}
    # The archive may be locked by another run: apt waits for it.
    apt += ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    install = [*apt, "install", "-y", "--no-install-recommends", *names]
    try:
        run(*install, what="installing system packages", env=environment)
    except Problem:
        note("package lists are old or empty: apt-get update")
        run(*apt, "update", what="apt-get update", env=environment)
        run(*install, what="installing system packages", env=environment)
