"""Reading apt's configuration, Odoo's version, and the mirror's offers."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools.apt_private import choose_version, parse_madison  # noqa: E402
from devtools.apt_sources import debian_mirror, mirror_from_template, parse_deb822, parse_list  # noqa: E402
from devtools.odoo_source import parse_version  # noqa: E402
from devtools.pins import DebianPackage  # noqa: E402

DEB822 = """\
Types: deb deb-src
# a remark
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: trixie-security
Components: main

Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
Enabled: no
"""
LIST = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] https://vendor.example/apt bookworm main
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian/ bookworm main non-free # why
"""


class TestAptSources(unittest.TestCase):
    def test_deb822(self):
        sources = parse_deb822(DEB822)
        self.assertEqual(len(sources), 2)
        self.assertEqual(sources[0].suites, ("trixie", "trixie-updates"))
        self.assertEqual(sources[0].signed_by, "/usr/share/keyrings/debian-archive-keyring.gpg")

    def test_list(self):
        sources = parse_list(LIST)
        self.assertEqual(
            [source.uris[0] for source in sources], ["https://vendor.example/apt", "http://mirror.example/debian/"]
        )
        self.assertEqual(sources[0].signed_by, "/x.gpg")
        self.assertEqual(sources[1].components, ("main", "non-free"))

    def test_mirror_is_debians_own(self):
        self.assertEqual(debian_mirror(parse_deb822(DEB822)), "http://mirror.example/debian")
        self.assertEqual(debian_mirror(parse_list(LIST)), "http://mirror.example/debian")

    def test_ubuntu_has_no_debian_mirror(self):
        ubuntu = parse_list("deb http://archive.example/ubuntu noble main universe\n")
        self.assertIsNone(debian_mirror(ubuntu))

    def test_template(self):
        self.assertEqual(
            mirror_from_template("Suite: x\nBaseURI: https://d.example/debian/\n"), "https://d.example/debian"
        )
        self.assertIsNone(mirror_from_template("nothing"))


class TestOffers(unittest.TestCase):
    MADISON = """\
  odoo-19 | 19.0.1+dfsg-1 | http://mirror.example/debian sid/main amd64 Packages
  odoo-19 | 19.0.0+dfsg-1 | http://mirror.example/debian trixie/main amd64 Packages
"""

    def test_madison(self):
        self.assertEqual(parse_madison(self.MADISON), [("19.0.1+dfsg-1", "sid"), ("19.0.0+dfsg-1", "trixie")])

    def test_pin_first_then_suite(self):
        offered = parse_madison(self.MADISON)
        self.assertEqual(choose_version(DebianPackage("odoo-19", "19.0.0+dfsg-1"), offered), "19.0.0+dfsg-1")
        self.assertEqual(choose_version(DebianPackage("odoo-19", "19.0.0~rc1"), offered), "19.0.1+dfsg-1")
        self.assertIsNone(choose_version(DebianPackage("odoo-19", "", ("bookworm",)), offered))


class TestOdooVersion(unittest.TestCase):
    def test_final(self):
        self.assertEqual(parse_version("version_info = (19, 0, 0, FINAL, 0, '')\n"), "19.0")

    def test_saas(self):
        self.assertEqual(parse_version("version_info = ('saas~18', 2, 0, FINAL, 0, '')"), "saas~18.2")

    def test_none(self):
        self.assertEqual(parse_version("nothing here"), "")


if __name__ == "__main__":
    unittest.main()
