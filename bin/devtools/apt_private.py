"""apt-get with lists and caches of our own: no root, and no change to the system."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

from .apt_sources import debian_mirror, mirror_from_template, read_sources
from .pins import DebianPackage
from .process import run, succeeds
from .project import DOWNLOADS, RUN
from .ui import Problem, note, progress

HOME = RUN / "apt"
KEYRING = Path("usr/share/keyrings/debian-archive-keyring.gpg")
TEMPLATE = Path("usr/share/python-apt/templates/Debian.info")
SUITES = ("sid", "trixie", "bookworm")


class PrivateApt:
    """Downloads Debian packages of several suites as any user."""

    def __init__(self) -> None:
        if not shutil.which("apt-get") or not shutil.which("dpkg"):
            raise Problem(
                "This machine has no apt-get, so Odoo's Debian package cannot be fetched.",
                "Point ODOO_SRC at a checkout of Odoo 19.0: ODOO_SRC=/path/to/odoo make setup",
            )
        self._updated = False

    def _configure(self, folder: Path, system_sources: bool = False) -> Path:
        """Write an apt configuration that keeps lists and caches in `folder`; return its path."""
        for part in ("lists/partial", "cache/archives/partial", "state", "sources.d"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        own_sources = (
            ""
            if system_sources
            else (f'Dir::Etc::sourcelist "{folder}/none";\nDir::Etc::sourceparts "{folder}/sources.d";\n')
        )
        conf = folder / "apt.conf"
        conf.write_text(
            own_sources
            + f'Dir::State "{folder}/state";\nDir::State::Lists "{folder}/lists";\n'
            + f'Dir::Cache "{folder}/cache";\nDir::State::status "/var/lib/dpkg/status";\n'
            # Container images switch these off, and each look-up then takes seconds.
            + 'Dir::Cache::pkgcache "pkgcache.bin";\nDir::Cache::srcpkgcache "srcpkgcache.bin";\n'
            # Contents and translations are not needed; root needs no sandbox
            # user here, and that user could not read a private folder.
            + 'Acquire::Languages "none";\nAcquire::Retries "3";\nAPT::Sandbox::User "root";\n'
            # Else apt only warns when a list could not be fetched.
            + 'APT::Update::Error-Mode "any";\n'
            # Hooks of the system (container images have some) are not for us.
            + "#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n",
            encoding="utf-8",
        )
        return conf

    def _borrow(self, package: str, wanted: Path) -> Path:
        """Return `wanted` out of a package that this system's own sources carry."""
        installed = Path("/") / wanted
        if installed.is_file():
            return installed
        unpacked = HOME / "borrowed" / wanted
        if not unpacked.is_file():
            folder = HOME / "borrowed"
            folder.mkdir(parents=True, exist_ok=True)
            conf = self._configure(HOME / "system", system_sources=True)
            apt = ["apt-get", "-c", str(conf), "-q"]
            what = f"fetching {package} from this system's apt sources"
            run([*apt, "update"], log="apt", what=what, attempts=3)
            run([*apt, "download", package], log="apt", what=what, cwd=folder, attempts=3)
            for archive in folder.glob(f"{package}_*.deb"):
                run(["dpkg", "-x", archive, folder], log="apt", what=f"unpacking {package}")
        if not unpacked.is_file():
            raise Problem(f"The package {package} has no {wanted}.", "Set DEBIAN_MIRROR to a Debian mirror's address.")
        return unpacked

    def mirror(self) -> str:
        """Return the Debian mirror: DEBIAN_MIRROR, this system's own, or the one Debian's template names."""
        chosen = os.environ.get("DEBIAN_MIRROR") or debian_mirror(read_sources())
        if not chosen:
            template = self._borrow("python-apt-common", TEMPLATE)
            chosen = mirror_from_template(template.read_text(encoding="utf-8", errors="replace"))
        if not chosen:
            raise Problem("No Debian mirror is known to this machine.", "Set DEBIAN_MIRROR to a mirror's address.")
        if chosen.startswith("https:") and not Path("/etc/ssl/certs/ca-certificates.crt").is_file():
            # Signatures guard the content; without CA certificates https cannot work.
            chosen = "http:" + chosen.removeprefix("https:")
        return chosen

    def update(self) -> None:
        """Fetch the package lists of the suites, once per run of the set-up."""
        if self._updated:
            return
        mirror = self.mirror()
        keyring = self._borrow("debian-archive-keyring", KEYRING)
        self._conf = self._configure(HOME)
        for suite in SUITES:
            (HOME / "sources.d" / f"{suite}.list").write_text(
                f"deb [signed-by={keyring}] {mirror} {suite} main\n", encoding="utf-8"
            )
        note(f"Debian mirror: {mirror}")
        try:
            with progress(lambda: folder_size(HOME / "lists"), what="package lists: "):
                run(
                    ["apt-get", "-c", self._conf, "-q", "update"],
                    log="apt",
                    what="fetching the package lists",
                    attempts=3,
                )
        except Problem as problem:
            # One suite may be gone from the mirror: go on when Odoo's is there.
            if not self.versions("odoo-19"):
                raise
            note(f"some package lists could not be fetched; going on ({problem.message.splitlines()[0]})")
        self._updated = True

    def versions(self, package: str) -> list[tuple[str, str]]:
        """Return the (version, suite) pairs the mirror offers for a package, newest first."""
        listing = run(["apt-cache", "-c", self._conf, "madison", package], log="apt", what=f"looking up {package}")
        return parse_madison(listing)

    def download(self, package: DebianPackage) -> Path | None:
        """Return the package's file, fetched if needed; None when an optional one is not offered.

        The pinned version is taken where the mirror still has it, else the
        newest of the suites named for the package.
        """
        kept = find_archive(package.name, package.version)
        if kept:
            return kept
        self.update()
        offered = self.versions(package.name)
        version = choose_version(package, offered)
        if version is None:
            if package.optional:
                note(f"{package.name}: not on the mirror; going on without this font")
                return None
            raise Problem(
                f"The mirror does not offer {package.name} in {' or '.join(package.suites)}.",
                "Set DEBIAN_MIRROR to a complete mirror, or ODOO_SRC to a checkout of Odoo 19.0.",
            )
        if package.version and version != package.version:
            note(f"{package.name}: {package.version} has gone from the mirror, taking {version}")
        kept = find_archive(package.name, version)
        if kept:
            return kept
        DOWNLOADS.mkdir(parents=True, exist_ok=True)
        partial = DOWNLOADS / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        wanted = f"{package.name}={version}"
        uris = run(
            ["apt-get", "-c", self._conf, "download", "--print-uris", wanted], log="apt", what=f"locating {wanted}"
        )
        size = re.search(r"^'\S+' \S+ (\d+)", uris, re.MULTILINE)
        with progress(lambda: folder_size(partial), int(size[1]) if size else 0, f"{package.name}: "):
            # apt checks the archive against the signed package list.
            run(
                ["apt-get", "-c", self._conf, "-q", "download", wanted],
                log="apt",
                what=f"downloading {wanted}",
                cwd=partial,
                attempts=4,
            )
        archive = next(partial.glob("*.deb"))
        return archive.rename(DOWNLOADS / archive.name)


def parse_madison(listing: str) -> list[tuple[str, str]]:
    """Return (version, suite) of each line of `apt-cache madison`."""
    found = []
    for line in listing.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 3 and "Packages" in parts[2]:
            suite = re.search(r"\s(\S+)/main\s", f"{parts[2]} ")
            found.append((parts[1], suite[1] if suite else ""))
    return found


def choose_version(package: DebianPackage, offered: list[tuple[str, str]]) -> str | None:
    """Return the version to take: the pin when offered, else the first of the named suites."""
    if package.version and any(version == package.version for version, _suite in offered):
        return package.version
    for suite in package.suites:
        for version, where in offered:
            if where == suite:
                return version
    return None


def find_archive(name: str, version: str) -> Path | None:
    """Return a complete, earlier download of this very version."""
    for archive in DOWNLOADS.glob(f"{name}_*.deb"):
        if version and unquote(archive.name).split("_")[1] == version and succeeds(["dpkg-deb", "-I", archive]):
            return archive
    return None


def folder_size(folder: Path) -> int:
    """Return the bytes in a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
