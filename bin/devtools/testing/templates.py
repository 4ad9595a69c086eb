"""Template databases: Odoo's own addons already installed, so that a test run only installs ours."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from .. import databases, odoo_server, odoo_source
from ..addons import needed
from ..project import PROJECT_KEY, RUN, VENV, human_time, key_of, note
from . import runner

# Two sections may ask for databases at the same time.
_BUILDING = threading.Lock()


def template(modules: Iterable[str], *, demo: bool) -> str:
    """Return a database with just these modules of Odoo, built by click-odoo-initdb if needed.

    Attachments are in the database, so that a copy needs no file store. With
    demo data it has Chinese too: an install on top of it also loads ours.
    """
    source, stamp = odoo_source.choose(), RUN / "stamps" / "odoo"
    build = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
    names = ",".join(modules)
    name = f"sd_{PROJECT_KEY}_tpl_{key_of(str(source.pythonpath), build, names, str(demo))[:10]}"
    if name in databases.ours("template"):
        return name
    building, log = f"{name}_building", f"template-{name[-10:]}"
    kind = "with demo data and Chinese" if demo else "without demo data"
    databases.create(building, "template")
    initdb = str(VENV / "bin" / "click-odoo-initdb")
    options = (
        "--demo" if demo else "--no-demo",
        "--no-cache",
        "--unless-initialized",
        "--attachments-in-db-persistent",
    )
    built = runner.run(log, initdb, "--log-level", "info", "-n", building, "-m", names, *options)
    built.require_success(f"building a template database {kind}")
    if demo:
        language = runner.run(f"{log}-zh", *odoo_server.command("i18n", "loadlang", "-d", building, "-l", "zh_CN"))
        language.require_success("loading Chinese")
    databases.rename(building, name)
    note(f"built a template database {kind}, {len(names.split(','))} modules, in {human_time(built.seconds)} (once)")
    return name


def scratch(purpose: str, names: Iterable[str], *, demo: bool = False, also: Iterable[str] = ()) -> str:
    """Return a fresh database for one purpose, in which all that these addons of ours need is installed.

    :param also: more addons of Odoo to have there.
    """
    modules = needed([*needed(names)[1], *also])[1]
    name = f"sd_{PROJECT_KEY}_test_{purpose}"[:60]
    with _BUILDING:
        databases.create(name, "test", template(modules, demo=demo))
    return name
