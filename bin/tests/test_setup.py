"""Stamps, sizes, ports, sockets: the small parts of the set-up."""

import contextlib
import io
import os
import socket
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools import odoo_server, odoo_source, process, stamps, ui, wkhtmltopdf  # noqa: E402
from devtools.testing.tally import Tally  # noqa: E402


class TestWords(unittest.TestCase):
    def test_sizes_and_times(self):
        self.assertEqual(ui.human_size(122533504), "116.9 MB")
        self.assertEqual(ui.human_size(5 * 1024**3), "5.0 GB")
        self.assertEqual(ui.human_time(75), "1 min 15 s")

    def test_advice_fits_the_failure(self):
        self.assertIn("disk is full", process.explain("write: No space left on device"))
        self.assertIn("network", process.explain("Temporary failure resolving 'x'"))


class TestStamps(unittest.TestCase):
    def test_another_key_means_again(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(stamps, "RUN", Path(folder)):
            stamps.Stamp("x", "1").set()
            self.assertTrue(stamps.Stamp("x", "1").is_set())
            self.assertFalse(stamps.Stamp("x", "2").is_set())
            stamps.Stamp("x", "1").clear()
            self.assertFalse(stamps.Stamp("x", "1").is_set())


class TestPorts(unittest.TestCase):
    def test_a_taken_port_is_named(self):
        with contextlib.closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assertFalse(odoo_server.port_is_free(port))
            with mock.patch.dict(os.environ, {"PORT": str(port)}), self.assertRaisesRegex(ui.Problem, "taken"):
                odoo_server.choose_port()
            with mock.patch.dict(os.environ), mock.patch.object(odoo_server, "FIRST_PORT", port):
                os.environ.pop("PORT", None)
                chosen, remark = odoo_server.choose_port()
            self.assertNotEqual(chosen, port)
            self.assertIn(str(port), remark)


class TestOdooSource(unittest.TestCase):
    def test_another_version_is_refused_in_words(self):
        with tempfile.TemporaryDirectory() as folder:
            release = Path(folder) / "odoo" / "release.py"
            release.parent.mkdir()
            release.write_text("version_info = (17, 0, 0, FINAL, 0, '')", encoding="utf-8")
            with mock.patch.dict(os.environ, {"ODOO_SRC": folder}):
                with self.assertRaisesRegex(ui.Problem, r"is Odoo 17\.0; these addons need 19\.0"):
                    odoo_source.choose()
                release.write_text("version_info = (19, 0, 0, FINAL, 0, '')", encoding="utf-8")
                self.assertEqual(odoo_source.choose().pythonpath, Path(folder).resolve())
                release.unlink()
                with self.assertRaisesRegex(ui.Problem, "is not an Odoo"):
                    odoo_source.choose()


class TestChecksum(unittest.TestCase):
    def test_known_digest(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x"
            path.write_bytes(b"abc")
            self.assertEqual(
                wkhtmltopdf.sha256_of(path), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            )


class TestTally(unittest.TestCase):
    def run_with(self, *outcomes):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tally = Tally()
            for number, problems in enumerate(outcomes):
                with tally.section("part") as section:
                    if problems == "crash":
                        raise RuntimeError("broken")
                    section.check(f"check {number}", problems)
            code = tally.finish()
        return code, out.getvalue().splitlines()[-1]

    def test_last_line_and_code(self):
        self.assertEqual(self.run_with([], []), (0, "2 passed, 0 failed"))
        self.assertEqual(self.run_with([], ["bad"]), (1, "1 passed, 1 failed"))

    def test_a_crash_is_a_failure(self):
        self.assertEqual(self.run_with([], "crash"), (1, "1 passed, 1 failed"))

    def test_nothing_ran(self):
        self.assertEqual(self.run_with(), (1, "0 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
