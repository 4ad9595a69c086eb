"""Where Odoo comes from: ODOO_SRC, an `odoo` on the PATH, or Debian's package unpacked here."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .apt import PrivateApt
from .pins import MISSING_ASSETS, ODOO_PACKAGES, ODOO_SERIES
from .project import ODOO_HOME, RUN, Problem, execute, is_done, key_of, note, run, set_done, step, tail

UNPACKED = ODOO_HOME / "usr/lib/python3/dist-packages"
LINKED = RUN / "odoo-link"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo to run: the folder for PYTHONPATH, and how we came by it."""

    pythonpath: Path
    origin: str

    @property
    def version(self) -> str:
        """The series, like `19.0`; empty when there is no Odoo in the folder."""
        release = self.pythonpath / "odoo" / "release.py"
        return parse_version(release.read_text(encoding="utf-8")) if release.is_file() else ""

    def checked(self, remedy: str) -> "OdooSource":
        """Return it, or raise Problem when it is not Odoo 19.0."""
        if not self.version:
            raise Problem(f"{self.origin} is not an Odoo: no odoo/release.py in {self.pythonpath}.", remedy)
        if self.version != ODOO_SERIES:
            raise Problem(f"{self.origin} is Odoo {self.version}; these addons need {ODOO_SERIES}.", remedy)
        return self


def parse_version(release: str) -> str:
    """Return `major.minor` out of the text of Odoo's `release.py`."""
    match = re.search(r"^version_info\s*=\s*\(\s*['\"]?([\w~]+)['\"]?\s*,\s*(\d+)", release, re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else ""


def _from_path(executable: Path) -> OdooSource:
    """Return the Odoo behind an `odoo` command, linked alone into a folder of ours.

    Only its package is linked: its site-packages would shadow the pinned
    versions of everything else.
    """
    origin = f"the odoo on the PATH ({executable})"
    first = executable.read_bytes().split(b"\n", 1)[0].decode(errors="replace")
    interpreter = first.removeprefix("#!").split() if first.startswith("#!") else ["python3"]
    question = "import odoo.release; print(odoo.release.__file__)"
    code, answer = execute(*interpreter, "-c", question, cwd=executable.parent)
    if code:
        raise Problem(f"{origin} does not import:\n{tail(answer, 1)}", "Set ODOO_SRC, or take it off the PATH.")
    LINKED.mkdir(parents=True, exist_ok=True)
    link, package = LINKED / "odoo", Path(answer.split()[-1]).parent
    if not (link.is_symlink() and link.resolve() == package.resolve()):
        link.unlink(missing_ok=True)
        link.symlink_to(package)
    return OdooSource(LINKED, origin)


def choose() -> OdooSource:
    """Return the Odoo to use, without fetching anything; Debian's package may still be missing."""
    if wanted := os.environ.get("ODOO_SRC"):
        source = OdooSource(Path(wanted).expanduser().resolve(), f"ODOO_SRC={wanted}")
        return source.checked("Point ODOO_SRC at a checkout of branch 19.0, or unset it to have one fetched.")
    own = Path(__file__).resolve().parents[1] / "odoo"
    on_path = shutil.which("odoo")
    if on_path and Path(on_path).resolve() != own:
        source = _from_path(Path(on_path).resolve())
        return source.checked("Take it off the PATH, or set ODOO_SRC to an Odoo 19.0.")
    return OdooSource(UNPACKED, "Debian's package, unpacked in .run/odoo")


def ensure() -> None:
    """Make sure that there is an Odoo, fetching and unpacking Debian's package when the user has none."""
    source = choose()
    if source.pythonpath != UNPACKED:
        note(f"Odoo {source.version} from {source.origin}")
        return
    key = key_of(*(f"{package.name}={package.version}" for package in ODOO_PACKAGES), *MISSING_ASSETS)
    if not is_done("odoo", key):
        with step("Odoo 19: Debian's package and its fonts (117 MB to fetch, 1.3 GB on disk)"):
            _unpack()
            set_done("odoo", key)
    source.checked("Run `make clean`, then `make setup`.")


def _unpack() -> None:
    """Download and unpack all packages into a new folder, then put it in the old one's place."""
    apt = PrivateApt()
    archives = [archive for package in ODOO_PACKAGES if (archive := apt.download(package))]
    fresh = ODOO_HOME.with_name("odoo.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for archive in archives:
        note(f"unpacking {archive.name}")
        run("dpkg", "-x", archive, fresh, what=f"unpacking {archive.name}")
    for asset in MISSING_ASSETS:
        path = fresh / UNPACKED.relative_to(ODOO_HOME) / asset
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    shutil.rmtree(ODOO_HOME, ignore_errors=True)
    fresh.rename(ODOO_HOME)
