"""The page of who may do what."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools import access  # noqa: E402


class TestAccessPage(unittest.TestCase):
    def test_the_page_is_up_to_date(self):
        self.assertEqual(access.PAGE.read_text(encoding="utf-8"), access.page(), "run `make access`")

    def test_cells_tell_rights_in_few_words(self):
        for scopes, words in (
            (("crwd", "crwd", "crwd", "-"), "crwd"),
            (("-", "-", "-", "-"), ""),
            (("r", "r", "r", "r"), "r *everywhere*"),
            (("crw", "-", "-", "-"), "*own* crw"),
            (("crw", "r", "r", "-"), "*own* crw, *all* r"),
            (("crw", "rw", "r", "r"), "*own* crw, *team* rw, *all* r, *elsewhere* r"),
        ):
            self.assertEqual(access.cell(*scopes), words)

    def test_roles_with_the_same_rights_stand_together(self):
        source = access.data()
        reads, nothing = ("r", "r", "r", "-"), ("-", "-", "-", "-")
        found = {("a", "x"): reads, ("a", "y"): ("crwd", "r", "-", "-"), ("a", "z"): reads, ("a", "w"): nothing}
        rows = source.group(found)
        self.assertEqual([row.roles for row in rows], ["y", "x z", "others"])
        self.assertEqual(source.by_role(rows, ["w", "x", "y", "z"]), found)

    def test_another_addon_says_more(self):
        source = access.data()
        lower = source.group({("a", "x"): ("r", "r", "r", "-"), ("a", "y"): ("-", "-", "-", "-")})
        told = source.by_role([*lower, source.Right("a", "y", "r", "-", "-", "-")], ["x", "y"])
        self.assertEqual(told, {("a", "x"): ("r", "r", "r", "-"), ("a", "y"): ("r", "-", "-", "-")})
