"""How this project starts Odoo: environment, configuration, ports, the background server."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from . import odoo_source, postgres
from .project import DATA, LOGS, ROOT, RUN, VENV, VENV_PYTHON, Problem, child_environment, tail
from .wkhtmltopdf import BINARIES

FIRST_PORT = 8069
STATE = RUN / "odoo.pid"  # process id and address
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


def free_port(wanted: int = 0) -> int | None:
    """Return `wanted` when nobody listens there on the loopback interface, or any free port; else None."""
    with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", wanted))
        return int(probe.getsockname()[1])
    return None


def choose_port() -> int:
    """Return the port for `make run`: PORT, or the first free one from 8069 on.

    :raises Problem: when PORT is taken, or none of the usual ones is free.
    """
    wanted = os.environ.get("PORT")
    if wanted and not (wanted.isdigit() and 0 < int(wanted) < 65536):
        raise Problem(f"PORT={wanted} is not a port number.", "Choose one between 1024 and 65535.")
    tried = [int(wanted)] if wanted else range(FIRST_PORT, FIRST_PORT + 30)
    for port in tried:
        if free_port(port):
            return port
    raise Problem(f"Port {tried[0]} is taken by another program.", "Choose another: PORT=8100 make run")


def _state() -> tuple[int, str]:
    """Return process id and address of our server, or (0, ""); a stale file is not believed."""
    try:
        pid, address = STATE.read_text(encoding="utf-8").split()
        words = Path(f"/proc/{int(pid)}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return 0, ""
    return (int(pid), address) if str(VENV_PYTHON).encode() in words else (0, "")


def running() -> str:
    """Return the address of this project's running server; empty when there is none."""
    return _state()[1]


def start(database: str, port: int) -> str:
    """Start Odoo in the background on `database`; return its address once it answers."""
    LOGS.mkdir(parents=True, exist_ok=True)
    address = f"http://127.0.0.1:{port}/odoo"
    ports = ("--http-port", str(port), "--gevent-port", str(free_port()))
    words = command("server", "-d", database, "--db-filter", f"^{database}$", *ports, "--logfile", str(LOGFILE))
    LOGFILE.unlink(missing_ok=True)
    with (LOGS / "odoo-start.log").open("wb") as log:
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT}
        server = subprocess.Popen(words, env=environment(), cwd=ROOT, start_new_session=True, **streams)  # type: ignore[call-overload]
    STATE.write_text(f"{server.pid} {address}", encoding="utf-8")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), opener.open(f"http://127.0.0.1:{port}/web/health", timeout=10):
            return address
        time.sleep(0.3)
    stop()
    text = "".join(path.read_text(errors="replace") for path in (Path(log.name), LOGFILE) if path.is_file())
    raise Problem(f"Odoo did not start. The end of {LOGFILE}:\n{tail(text, 20)}")


def stop() -> bool:
    """Stop our server, firmly after 20 s; return False when none was running."""
    pid, _address = _state()
    for number in (signal.SIGTERM, signal.SIGKILL) if pid else ():
        deadline = time.monotonic() + 20
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        while _state()[0] and time.monotonic() < deadline:
            time.sleep(0.1)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if not _state()[0]:
            break
    STATE.unlink(missing_ok=True)
    return bool(pid)
