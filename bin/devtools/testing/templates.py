"""Template databases: Odoo's own addons already installed, so that a test run only installs ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable

from .. import databases, odoo_source
from ..project import ODOO_HOME, PROJECT_KEY, RUN
from ..stamps import key_of
from ..ui import human_time, note
from . import runner

# All test and template databases of this project begin with it.
PREFIX = f"sd_{PROJECT_KEY}_"
REGISTER = RUN / "state" / "templates.json"
# Two sections may ask for databases at the same time.
_BUILDING = threading.Lock()


def _odoo_key() -> str:
    """Return what changes when another Odoo is used."""
    source = odoo_source.choose()
    stamp = RUN / "stamps" / "odoo"
    build = stamp.read_text(encoding="utf-8") if ODOO_HOME in source.pythonpath.parents and stamp.is_file() else ""
    return f"{source.pythonpath} {source.version} {build}"


def _register() -> dict[str, dict[str, list[str] | bool | str]]:
    try:
        known = json.loads(REGISTER.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    existing = set(databases.names(PREFIX))
    return {name: about for name, about in known.items() if name in existing}


def template(modules: Iterable[str], *, demo: bool) -> str:
    """Return a database with just these modules of Odoo (and what they bring), built if needed.

    With demo data it has Chinese too, so that an install on top of it also
    loads our translations. The nearest smaller template is the start.
    """
    wanted = sorted({"base", *modules})
    odoo = _odoo_key()
    name = f"{PREFIX}tpl_{key_of(odoo, ' '.join(wanted), 'demo' if demo else '')[:10]}"
    known = _register()
    if name in known:
        return name
    start = ""
    for other, about in known.items():
        has = about["modules"]
        if (about["demo"], about["odoo"]) == (demo, odoo) and isinstance(has, list) and set(has) <= set(wanted):
            best = known[start]["modules"] if start else []
            start = other if isinstance(best, list) and len(has) > len(best) else start
        elif about["odoo"] != odoo:
            databases.drop(other)
    building = f"{name}_building"
    kind = "with demo data and Chinese" if demo else "without demo data"
    note(f"building a template database {kind}: {', '.join(wanted)} (once; 1 to 3 minutes, about 100 MB)")
    if start:
        databases.clone(start, building)
        missing = [module for module in wanted if module not in (known[start]["modules"] or [])]  # type: ignore[operator]
    else:
        databases.drop(building)
        missing = wanted
    options = ["--with-demo", "--load-language", "en_US,zh_CN"] if demo and not start else []
    run = runner.odoo(
        f"template-{name[-10:]}", "-d", building, "-i", ",".join(missing), *options, "--stop-after-init", "--no-http"
    )
    run.require_success(f"building the template database {kind}")
    databases.rename(building, name)
    known[name] = {"modules": wanted, "demo": demo, "odoo": odoo}
    REGISTER.parent.mkdir(parents=True, exist_ok=True)
    REGISTER.write_text(json.dumps(known, indent=1), encoding="utf-8")
    note(f"template ready in {human_time(run.seconds)}")
    return name


def scratch(purpose: str, modules: Iterable[str], *, demo: bool = False) -> str:
    """Return a fresh database for one purpose, copied from the fitting template."""
    name = f"{PREFIX}test_{purpose}"[:60]
    with _BUILDING:
        databases.clone(template(modules, demo=demo), name)
    return name
