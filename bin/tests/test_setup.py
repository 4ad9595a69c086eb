"""The small parts of the set-up: mirrors, versions, stamps, ports, and the programs that are run."""

import contextlib
import os
import socket
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools import odoo_server, odoo_source, project, system_packages  # noqa: E402
from devtools.apt import debian_mirror  # noqa: E402
from devtools.pins import DebianPackage  # noqa: E402
from devtools.project import Problem  # noqa: E402


class TestProject(unittest.TestCase):
    def test_words_and_programs(self):
        self.assertEqual(project.human_time(75), "1 min 15 s")
        self.assertEqual(project.run(sys.executable, "-c", "print(1)", what="x"), "1\n")
        with self.assertRaisesRegex(Problem, "(?s)counting failed.*why"):
            project.run(sys.executable, "-c", "exit('why')", what="counting")
        with self.assertRaisesRegex(Problem, "not installed"):
            project.run("no-such-program", what="x")

    def test_another_key_means_again(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(project, "RUN", Path(folder)):
            project.set_done("x", "1")
            self.assertTrue(project.is_done("x", "1"))
            self.assertFalse(project.is_done("x", "2"))


class TestApt(unittest.TestCase):
    def test_mirror_is_debians_own(self):
        targets = [
            "https://vendor.example/apt bookworm bookworm main",
            "http://mirror.example/debian-security trixie-security trixie-security main",
            "http://mirror.example/debian/ trixie trixie contrib",
            "http://mirror.example/debian/ trixie trixie main",
        ]
        self.assertEqual(debian_mirror(targets), "http://mirror.example/debian")
        self.assertIsNone(debian_mirror(["http://archive.example/ubuntu noble noble main"]))

    def test_pin_first_then_suite(self):
        package = DebianPackage("odoo-19", "19.0.0", ("sid", "trixie"))
        self.assertEqual(package.choices(), ["odoo-19=19.0.0", "odoo-19/sid", "odoo-19/trixie"])

    def test_nothing_is_installed_when_switched_off(self):
        with mock.patch.dict(os.environ, {system_packages.SWITCH: "no"}):
            self.assertIsNone(system_packages.administrator())


class TestPorts(unittest.TestCase):
    def test_a_taken_port_is_named(self):
        with contextlib.closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assertIsNone(odoo_server.free_port(port))
            with mock.patch.dict(os.environ, {"PORT": str(port)}), self.assertRaisesRegex(Problem, "taken"):
                odoo_server.choose_port()
            with mock.patch.dict(os.environ), mock.patch.object(odoo_server, "FIRST_PORT", port):
                os.environ.pop("PORT", None)
                self.assertNotEqual(odoo_server.choose_port(), port)


class TestOdooSource(unittest.TestCase):
    def test_versions(self):
        self.assertEqual(odoo_source.parse_version("version_info = (19, 0, 0, FINAL, 0, '')\n"), "19.0")
        self.assertEqual(odoo_source.parse_version("version_info = ('saas~18', 2, 0, FINAL, 0, '')"), "saas~18.2")
        self.assertEqual(odoo_source.parse_version("nothing here"), "")

    def test_another_version_is_refused_in_words(self):
        with tempfile.TemporaryDirectory() as folder:
            release = Path(folder) / "odoo" / "release.py"
            release.parent.mkdir()
            release.write_text("version_info = (17, 0, 0, FINAL, 0, '')", encoding="utf-8")
            with mock.patch.dict(os.environ, {"ODOO_SRC": folder}):
                with self.assertRaisesRegex(Problem, r"is Odoo 17\.0; these addons need 19\.0"):
                    odoo_source.choose()
                release.write_text("version_info = (19, 0, 0, FINAL, 0, '')", encoding="utf-8")
                self.assertEqual(odoo_source.choose().pythonpath, Path(folder).resolve())
                release.unlink()
                with self.assertRaisesRegex(Problem, "is not an Odoo"):
                    odoo_source.choose()


if __name__ == "__main__":
    unittest.main()
