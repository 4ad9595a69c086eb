import base64
import doctest
import io

from PIL import Image, ImageDraw

from odoo.tests import BaseCase

from ..tools import portal_answer
from ..tools.portal_answer import MAX_COMMENT, as_token, read_answer
from ..tools.signature import MAX_BYTES, digest, signature_problem


def drawn(width=60, height=20, kind="PNG", line=True) -> str:
    """Return a signature in base64."""
    picture = Image.new("RGBA" if kind == "PNG" else "RGB", (width, height))
    if line:
        ImageDraw.Draw(picture).line((2, 2, width - 2, height - 2), fill="blue", width=2)
    stream = io.BytesIO()
    picture.save(stream, kind)
    return base64.b64encode(stream.getvalue()).decode()


class TestPortalAnswer(BaseCase):
    def test_parts_with_words_are_changes(self):
        form = {"comment_style": " Toe\r\nHeel ", "comment_packing": " \n", "other": "x", "comment": "Fine"}
        answer = read_answer(form)
        self.assertEqual(answer.comments, {"style": "Toe\nHeel"})
        self.assertEqual(answer.general, "Fine")
        self.assertEqual([aspect for aspect, change in answer.changes.items() if change], ["style"])
        self.assertEqual(len(answer.changes), 5)
        self.assertFalse(answer.too_long)

    def test_some_pages_and_no_book(self):
        self.assertFalse(read_answer({"comment": "x" * 2000}).too_long)
        self.assertEqual(read_answer({"comment": "x" * 2001}).too_long, ("",))

    def test_an_id_that_no_database_has_room_for(self):
        ticked = ("solved_2147483647", "solved_00000000007", "solved_99999999999")
        self.assertEqual(read_answer(dict.fromkeys(ticked, "on")).solved, {2147483647})

    def test_tokens(self):
        self.assertFalse(doctest.testmod(portal_answer).failed)
        for token, kept in (("6f0c", "6f0c"), ("", None), ("é", None), (None, None), (["6f0c"], None), (b"6f0c", None)):
            with self.subTest(token=token):
                self.assertEqual(as_token(token), kept)

    def test_length(self):
        self.assertFalse(read_answer({"comment_style": "x" * MAX_COMMENT}).too_long)
        answer = read_answer({"comment_style": "x" * (MAX_COMMENT + 1), "comment": "y" * (MAX_COMMENT + 1)})
        self.assertEqual(answer.too_long, ("style", ""))

    def test_solved_points(self):
        ticked = ("solved_3", "solved_x", "solved_", "solved_-4", "solved_１", "solved_12")
        self.assertEqual(read_answer(dict.fromkeys(ticked, "on")).solved, {3, 12})

    def test_nul_is_dropped(self):
        self.assertEqual(read_answer({"comment_other": "a\x00b"}).comments, {"other": "ab"})


class TestSignature(BaseCase):
    def test_signatures(self):
        self.assertIsNone(signature_problem(drawn()))
        self.assertIsNone(signature_problem(drawn(kind="JPEG").encode()))

    def test_no_signatures(self):
        for given, problem in (
            (None, "empty"),
            ("", "empty"),
            (drawn(line=False), "empty"),
            (drawn(line=False, kind="JPEG"), "empty"),
            ("no base64!", "not_a_picture"),
            (f"{drawn()[:20]}!{drawn()[20:]}", "not_a_picture"),
            (base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(), "not_a_picture"),
            (base64.b64encode(b"\x89PNG\r\n\x1a\ncut off").decode(), "not_a_picture"),
            (["a"], "not_a_picture"),
            ("A" * (MAX_BYTES * 2), "too_big"),
            ("!" * 699_052, "not_a_picture"),
            ("!" * 699_053, "too_big"),  # not decoded to find out
            (drawn(2000, 2000), None),
            (drawn(4_000_001, 1), "too_big"),
            (drawn(3, 1_333_334), "too_big"),
            (drawn(1_333_334, 3), "too_big"),
        ):
            with self.subTest(problem=problem, given=str(given)[:20]):
                self.assertEqual(signature_problem(given), problem)

    def test_half_a_megabyte_and_no_more(self):
        picture = base64.b64decode(drawn())
        for size, problem in ((512 * 1024, None), (512 * 1024 + 1, "too_big")):
            padded = base64.b64encode(picture.ljust(size, b"\0"))
            self.assertEqual(signature_problem(padded), problem)

    def test_digest(self):
        self.assertEqual(digest("Sample 1 鞋"), digest("Sample 1 鞋"))
        self.assertEqual(len(digest("")), 64)
        self.assertNotEqual(digest("Sample 1"), digest("Sample 2"))
