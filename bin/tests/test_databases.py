"""A stranger's database is neither updated nor dropped, whatever it is called. Needs the database server."""

import os
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools import databases, demo, mark  # noqa: E402
from devtools.project import PROJECT_KEY, Problem  # noqa: E402

STRANGER, OWN = f"stranger_{PROJECT_KEY}", f"own_{PROJECT_KEY}"


class TestStranger(unittest.TestCase):
    def setUp(self):
        with databases.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {STRANGER}")
            cursor.execute(f"CREATE DATABASE {STRANGER}")
        self.addCleanup(self.drop_stranger)

    def drop_stranger(self):
        with databases.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {STRANGER}")  # fails when it is gone

    def test_no_command_touches_it(self):
        with (
            mock.patch.dict(os.environ, {"DB": STRANGER}),
            mock.patch.object(demo.odoo_server, "stop", side_effect=AssertionError("nothing is stopped either")),
        ):
            for touch in (demo.ensure, demo.reset):
                with self.assertRaisesRegex(Problem, "not made by this project: it was left untouched"):
                    touch()
        for touch in (databases.drop, databases.create):
            with self.assertRaisesRegex(Problem, "left untouched"):
                touch(STRANGER, "test")
        self.assertNotIn(STRANGER, databases.ours("test"))

    def test_our_own_is_known_by_its_purpose_and_a_copy_is_not(self):
        databases.create(OWN, "test")
        self.addCleanup(databases.drop, OWN, "test")
        self.assertIn(OWN, databases.ours("test"))
        with self.assertRaisesRegex(Problem, "for something else"):
            databases.drop(OWN, "demo")
        with databases.cursor() as cursor:
            self.assertRaises(mark.NotOurs, mark.require, cursor, OWN, "benchmark")
            cursor.execute(f"DROP DATABASE {STRANGER}")
            cursor.execute(f"CREATE DATABASE {STRANGER} TEMPLATE {OWN}")
            self.assertRaises(mark.NotOurs, mark.require, cursor, STRANGER, "test")
            mark.require(cursor, "no_such_database", "test")
        databases.drop(f"{OWN}_gone", "test")  # no error


if __name__ == "__main__":
    unittest.main()
