"""wkhtmltopdf with patched Qt: the one whose PDFs have headers, footers and page numbers."""

import shutil

from .project import ROOT, RUN, Problem, is_done, key_of, note, run, set_done, step, succeeds

# The lock file has the checksum of what is fetched; npm compares it.
LOCK = ROOT / "bin/npm/package-lock.json"
HOME = RUN / "npm"
BINARIES = HOME / "node_modules/wkhtmltopdf-lambda-pack/wkhtmltox/bin"


def ensure() -> None:
    """Fetch, check and unpack it; without npm or network go on, and say what is missing.

    PDFs are not needed to install the addons or to grade customers, so
    their lack is no reason to stop the set-up.
    """
    if is_done("npm", key_of(LOCK)) and BINARIES.is_dir():
        return
    with step("wkhtmltopdf with patched Qt, for PDFs (45 MB to fetch)"):
        HOME.mkdir(parents=True, exist_ok=True)
        for file in (LOCK, LOCK.with_name("package.json")):
            shutil.copy(file, HOME)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--cache", RUN / "cache/npm")
        try:
            run("npm", "ci", *options, cwd=HOME, what="fetching wkhtmltopdf", show=True)
        except Problem as problem:
            note(f"not installed: {problem}")
            note("PDF reports will lack headers, footers and page numbers until `make setup` succeeds here.")
            return
        set_done("npm", key_of(LOCK))
    if not succeeds(BINARIES / "wkhtmltopdf", "--version"):
        note("wkhtmltopdf does not start yet: shared libraries are missing (see the line on system packages).")
