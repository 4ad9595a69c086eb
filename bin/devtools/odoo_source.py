"""Where Odoo comes from: ODOO_SRC, an `odoo` on the PATH, or Debian's package unpacked here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .apt_private import PrivateApt, folder_size
from .pins import COMPANION_PACKAGES, MISSING_ASSETS, ODOO_PACKAGE, ODOO_SERIES
from .process import run
from .project import ODOO_HOME, RUN
from .stamps import Stamp, key_of
from .ui import Problem, human_size, note, step

UNPACKED = ODOO_HOME / "usr/lib/python3/dist-packages"
LINKED = RUN / "odoo-link"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo to run: the folder for PYTHONPATH, and how we came by it."""

    pythonpath: Path
    origin: str

    @property
    def version(self) -> str:
        """The series and, where the release file gives one, the build: `19.0`."""
        return read_version(self.pythonpath)


def parse_version(release: str) -> str:
    """Return `major.minor` out of the text of Odoo's `release.py`."""
    match = re.search(r"^version_info\s*=\s*\(\s*['\"]?([\w~]+)['\"]?\s*,\s*(\d+)", release, re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else ""


def read_version(pythonpath: Path) -> str:
    """Return the version of the Odoo whose `odoo` folder lies in `pythonpath`; empty if there is none."""
    release = pythonpath / "odoo" / "release.py"
    return parse_version(release.read_text(encoding="utf-8")) if release.is_file() else ""


def _checked(source: OdooSource, remedy: str) -> OdooSource:
    if not source.version:
        raise Problem(f"{source.origin} is not an Odoo: no odoo/release.py in {source.pythonpath}.", remedy)
    if source.version != ODOO_SERIES:
        raise Problem(f"{source.origin} is Odoo {source.version}; these addons need {ODOO_SERIES}.", remedy)
    return source


def _from_path(executable: Path) -> OdooSource:
    """Return the Odoo behind an `odoo` command, linked alone into a folder of ours.

    Only its package is linked: its site-packages would shadow the pinned
    versions of everything else.
    """
    origin = f"the odoo on the PATH ({executable})"
    first = executable.resolve().read_bytes().split(b"\n", 1)[0].decode(errors="replace")
    interpreter = first.removeprefix("#!").split() if first.startswith("#!") else ["python3"]
    asked = subprocess.run(
        [*interpreter, "-c", "import odoo.release; print(odoo.release.__file__)"],
        cwd=executable.resolve().parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise Problem(
            f"{origin} does not import: {asked.stderr.strip().splitlines()[-1:]}",
            "Set ODOO_SRC, or take it off the PATH.",
        )
    package = Path(asked.stdout.strip()).parent
    LINKED.mkdir(parents=True, exist_ok=True)
    link = LINKED / "odoo"
    if not (link.is_symlink() and link.resolve() == package.resolve()):
        link.unlink(missing_ok=True)
        link.symlink_to(package)
    return OdooSource(LINKED, origin)


def choose() -> OdooSource:
    """Return the Odoo to use, without fetching anything; Debian's package may still be missing."""
    if wanted := os.environ.get("ODOO_SRC"):
        return _checked(
            OdooSource(Path(wanted).expanduser().resolve(), f"ODOO_SRC={wanted}"),
            "Point ODOO_SRC at a checkout of branch 19.0, or unset it to have one fetched.",
        )
    own = Path(__file__).resolve().parents[1] / "odoo"
    on_path = shutil.which("odoo")
    if on_path and Path(on_path).resolve() != own:
        return _checked(_from_path(Path(on_path)), "Take it off the PATH, or set ODOO_SRC to an Odoo 19.0.")
    return OdooSource(UNPACKED, "Debian's package, unpacked in .run/odoo")


def ensure() -> OdooSource:
    """Return the Odoo to use, fetching and unpacking Debian's package when the user has none."""
    source = choose()
    if source.pythonpath != UNPACKED:
        note(f"Odoo {source.version} from {source.origin}")
        return source
    packages = (ODOO_PACKAGE, *COMPANION_PACKAGES)
    stamp = Stamp("odoo", key_of(*(f"{package.name}={package.version}" for package in packages), *MISSING_ASSETS))
    if not stamp.is_set():
        with step("Odoo 19: Debian's package and its fonts (117 MB to fetch, 1.3 GB on disk)"):
            _unpack()
            stamp.set()
    return _checked(source, "Run `make clean`, then `make setup`.")


def _unpack() -> None:
    """Download and unpack all packages into a new folder, then put it in the old one's place."""
    apt = PrivateApt()
    archives = [archive for package in (ODOO_PACKAGE, *COMPANION_PACKAGES) if (archive := apt.download(package))]
    fresh = ODOO_HOME.with_name("odoo.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for archive in archives:
        note(f"unpacking {archive.name} ({human_size(archive.stat().st_size)})")
        run(["dpkg", "-x", archive, fresh], log="odoo", what=f"unpacking {archive.name}")
    for asset in MISSING_ASSETS:
        path = fresh / UNPACKED.relative_to(ODOO_HOME) / asset
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    if ODOO_HOME.exists():
        old = ODOO_HOME.with_name("odoo.old")
        shutil.rmtree(old, ignore_errors=True)
        ODOO_HOME.rename(old)
        shutil.rmtree(old)
    fresh.rename(ODOO_HOME)
    note(f"unpacked {human_size(folder_size(ODOO_HOME))}")
