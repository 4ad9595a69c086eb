"""apt-get with lists and caches of our own: no root, and no change to the system.

The project names no mirror: the machine already trusts one, and apt itself
says which.
"""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .pins import DebianPackage
from .project import DOWNLOADS, RUN, Problem, note, run, succeeds

HOME = RUN / "apt"
KEYRING = Path("usr/share/keyrings/debian-archive-keyring.gpg")
TEMPLATE = Path("usr/share/python-apt/templates/Debian.info")
SUITES = ("sid", "trixie", "bookworm")
CODENAMES = frozenset({"bullseye", "bookworm", "trixie", "forky", "duke", "sid", "unstable", "testing"})
SETTINGS = """\
Dir::State "{home}/state";
Dir::State::Lists "{home}/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "{home}/cache";
// Container images switch these off, and each look-up then takes seconds.
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Acquire::Languages "none";
Acquire::Retries "4";
// Root needs no sandbox user here, and that user could not read a private folder.
APT::Sandbox::User "root";
// Hooks of the system (container images have some) are not for us.
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


class PrivateApt:
    """Downloads Debian packages of several suites as any user."""

    def __init__(self) -> None:
        if not shutil.which("apt-get") or not shutil.which("dpkg"):
            raise Problem(
                "This machine has no apt-get, so Odoo's Debian package cannot be fetched.",
                "Point ODOO_SRC at a checkout of Odoo 19.0: ODOO_SRC=/path/to/odoo make setup",
            )
        self._apt: list[str] = []

    def _configure(self, home: Path, own_sources: bool) -> list[str]:
        """Return apt-get with lists and caches in `home`, and with our sources or the system's."""
        for part in ("lists/partial", "cache/archives/partial", "state", "sources.d"):
            (home / part).mkdir(parents=True, exist_ok=True)
        sources = f'Dir::Etc::sourcelist "{home}/none";\nDir::Etc::sourceparts "{home}/sources.d";\n'
        conf = home / "apt.conf"
        conf.write_text(SETTINGS.format(home=home) + (sources if own_sources else ""), encoding="utf-8")
        return ["apt-get", "-q", "-c", str(conf)]

    def _borrow(self, package: str, wanted: Path) -> Path:
        """Return `wanted` out of a package that this system's own sources carry."""
        folder = HOME / "borrowed"
        found = next((path for path in (Path("/") / wanted, folder / wanted) if path.is_file()), None)
        if not found:
            folder.mkdir(parents=True, exist_ok=True)
            apt, what = self._configure(HOME / "system", own_sources=False), f"fetching {package} by apt"
            run(*apt, "update", what=what)
            run(*apt, "download", package, what=what, cwd=folder)
            run("dpkg", "-x", next(folder.glob(f"{package}_*.deb")), folder, what=f"unpacking {package}")
        return found or folder / wanted

    def mirror(self) -> str:
        """Return the Debian mirror: DEBIAN_MIRROR, this system's own, or the one Debian's template names.

        Ubuntu carries the template's package too, so a machine without any
        Debian source can still learn where Debian lives.
        """
        form = "$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)"
        targets = run(
            "apt-get", "indextargets", "--format", form, "Created-By: Packages", what="asking apt for its mirrors"
        )
        chosen = os.environ.get("DEBIAN_MIRROR") or debian_mirror(targets.splitlines())
        if not chosen:
            template = self._borrow("python-apt-common", TEMPLATE).read_text(encoding="utf-8", errors="replace")
            match = re.search(r"^BaseURI:\s*(\S+)", template, re.MULTILINE)
            if not match:
                raise Problem("No Debian mirror is known to this machine.", "Set DEBIAN_MIRROR to a mirror's address.")
            chosen = match[1].rstrip("/")
        if chosen.startswith("https:") and not Path("/etc/ssl/certs/ca-certificates.crt").is_file():
            # Signatures guard the content; without CA certificates https cannot work.
            chosen = "http:" + chosen.removeprefix("https:")
        return chosen

    def _update(self) -> None:
        """Fetch the package lists of the suites, once per run of the set-up."""
        if not self._apt:
            mirror, keyring = self.mirror(), self._borrow("debian-archive-keyring", KEYRING)
            apt = self._configure(HOME, own_sources=True)
            lines = [f"deb [signed-by={keyring}] {mirror} {suite} main\n" for suite in SUITES]
            (HOME / "sources.d" / "debian.list").write_text("".join(lines), encoding="utf-8")
            note(f"Debian mirror: {mirror}")
            try:
                run(*apt, "update", what="fetching the package lists", show=True)
            except Problem:
                note("some package lists could not be fetched; going on with the others")
            self._apt = apt

    def download(self, package: DebianPackage) -> Path | None:
        """Return the package's file, fetched if needed; None when an optional one is not offered.

        The pinned version is taken where the mirror still has it, else the
        newest of the suites named for the package.
        """
        for archive in DOWNLOADS.glob(f"{package.name}_*.deb"):
            same = unquote(archive.name).split("_")[1] == package.version or not package.version
            if same and succeeds("dpkg-deb", "-I", archive):
                return archive
        self._update()
        for wanted in package.choices():
            if succeeds(*self._apt, "download", "--print-uris", wanted):
                break
        else:
            if package.optional:
                note(f"{package.name}: not on the mirror; going on without this font")
                return None
            raise Problem(
                f"The mirror does not offer {package.name} in {' or '.join(package.suites)}.",
                "Set DEBIAN_MIRROR to a complete mirror, or ODOO_SRC to a checkout of Odoo 19.0.",
            )
        if package.version and package.version not in wanted:
            note(f"{package.name}: {package.version} has gone from the mirror, taking what {wanted} has")
        partial = DOWNLOADS / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        # apt checks the archive against the signed package list.
        run(*self._apt, "download", wanted, what=f"downloading {wanted}", cwd=partial, show=True)
        archive = next(partial.glob("*.deb"))
        return archive.rename(DOWNLOADS / archive.name)


def debian_mirror(targets: Iterable[str]) -> str | None:
    """Return the address of the Debian archive among apt's targets (address, suite, code name, component).

    Other vendors publish suites called `bookworm main` too: only a
    repository whose path names Debian itself counts.
    """
    for target in targets:
        uri, *names = target.split()
        last = urlsplit(uri).path.rstrip("/").rpartition("/")[2]
        if CODENAMES.intersection(names) and "main" in names and last.startswith("debian") and "security" not in last:
            return uri.rstrip("/")
    return None
