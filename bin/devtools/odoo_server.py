"""How this project starts Odoo: environment, configuration, ports, the background server."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from . import odoo_source, postgres
from .project import DATA, LOGS, ROOT, RUN, VENV, VENV_PYTHON, Problem, child_environment
from .wkhtmltopdf import BINARIES

FIRST_PORT = 8069
PIDFILE = RUN / "odoo.pid"
ADDRESS_FILE = RUN / "odoo.address"
LOGFILE = LOGS / "odoo-server.log"
ODOO_CONF = RUN / "odoo.conf"
CONFIGURATION = f"""\
; Written by bin/dev at each start: changes made here are lost.
[options]
addons_path = {ROOT}
data_dir = {DATA}
http_interface = 127.0.0.1
; One browser and one developer: long reviews and reports may take their time.
limit_time_cpu = 1200
limit_time_real = 2400
screenshots = {LOGS / "screenshots"}
"""


def environment() -> dict[str, str]:
    """Return the environment in which this project's Odoo runs; starts the database server if needed."""
    source = odoo_source.choose()
    if not source.version or not VENV_PYTHON.exists():
        raise Problem("The project is not set up.", "Run `make setup`.")
    DATA.mkdir(parents=True, exist_ok=True)
    if not ODOO_CONF.is_file() or ODOO_CONF.read_text(encoding="utf-8") != CONFIGURATION:
        ODOO_CONF.write_text(CONFIGURATION, encoding="utf-8")
    variables = {**child_environment(), **postgres.ensure_running()}
    path = [str(BINARIES), str(VENV / "bin"), variables.get("PATH", os.defpath)]
    # A shell that stands in an addon must not shadow the standard library.
    own = {"PYTHONPATH": str(source.pythonpath), "PYTHONSAFEPATH": "1", "ODOO_RC": str(ODOO_CONF)}
    return {**variables, **own, "PATH": os.pathsep.join(path)}


def command(*arguments: str) -> list[str]:
    """Return the command line of Odoo with `arguments`."""
    return [str(VENV_PYTHON), "-m", "odoo", *arguments]


def port_is_free(port: int) -> bool:
    """Tell whether nobody listens on a port of this machine's loopback interface."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    """Return a port nobody uses now, for tests."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def choose_port() -> int:
    """Return the port for `make run`: PORT, or the first free one.

    :raises Problem: when PORT names a taken port, or none of the usual ones is free.
    """
    if wanted := os.environ.get("PORT"):
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise Problem(f"PORT={wanted} is not a port number.", "Choose one between 1024 and 65535.")
        if not port_is_free(int(wanted)):
            raise Problem(f"Port {wanted} is taken by another program.", "Choose another: PORT=8100 make run")
        return int(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + 30):
        if port_is_free(port):
            return port
    raise Problem(f"The ports {FIRST_PORT} to {FIRST_PORT + 29} are all taken.", "Choose one: PORT=8100 make run")


def running() -> str | None:
    """Return the address of this project's running server, or None."""
    return ADDRESS_FILE.read_text(encoding="utf-8") if _server_pid() and ADDRESS_FILE.is_file() else None


def _server_pid() -> int | None:
    """Return the process id of our server; a stale file is not believed."""
    try:
        pid = int(PIDFILE.read_text(encoding="ascii"))
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if str(VENV_PYTHON).encode() in words else None


def start(database: str, port: int) -> str:
    """Start Odoo in the background on `database`; return its address once it answers."""
    LOGS.mkdir(parents=True, exist_ok=True)
    ports = ("--http-port", str(port), "--gevent-port", str(any_free_port()))
    with LOGFILE.open("ab") as log:
        beginning = log.tell()
        process = subprocess.Popen(
            command("server", "-d", database, "--db-filter", f"^{database}$", *ports),
            env=environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    PIDFILE.write_text(str(process.pid), encoding="ascii")
    address = f"http://127.0.0.1:{port}"
    ADDRESS_FILE.write_text(f"{address}/odoo", encoding="utf-8")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), opener.open(f"{address}/web/health", timeout=10):
            return f"{address}/odoo"
        time.sleep(0.3)
    text = LOGFILE.read_bytes()[beginning:].decode(errors="replace")
    stop()
    raise Problem(f"Odoo did not start. The end of {LOGFILE}:\n{text[-2000:]}")


def stop() -> bool:
    """Stop our server, firmly after 20 s; return False when none was running."""
    pid = _server_pid()
    if pid:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 20
        while _server_pid() and time.monotonic() < deadline:
            time.sleep(0.1)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if _server_pid():
            os.kill(pid, signal.SIGKILL)
    PIDFILE.unlink(missing_ok=True)
    ADDRESS_FILE.unlink(missing_ok=True)
    return bool(pid)
