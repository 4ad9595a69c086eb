"""What a customer typed into the answer form of a sample round. Anything may have been sent instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .verdict import ASPECTS

#: Longest comment on one aspect, in characters: some pages of text, not a book.
MAX_COMMENT = 2000
#: Digits of the longest id that the database has room for.
ID_DIGITS = 10
#: Prefix of the form's fields, one for each aspect.
COMMENT_FIELD = "comment_"
GENERAL_FIELD = "comment"
POINT_FIELD = "solved_"


@dataclass(frozen=True, slots=True)
class PortalAnswer:
    """An answer as the form sent it.

    :param comments: aspect → what the customer wrote on it, stripped; aspects without a word are left out
    :param general: remark on the whole sample
    :param solved: ids of the earlier points that the customer ticked as solved
    :param too_long: names of the aspects ("" for the general remark) whose text is too long
    """

    comments: Mapping[str, str]
    general: str = ""
    solved: frozenset[int] = field(default_factory=frozenset)
    too_long: tuple[str, ...] = ()

    @property
    def changes(self) -> dict[str, bool]:
        """Aspect → whether the customer wants it changed: writing about an aspect asks for a change of it."""
        return {aspect: bool(self.comments.get(aspect)) for aspect in ASPECTS}


def read_answer(form: Mapping[str, Any], *, limit: int = MAX_COMMENT) -> PortalAnswer:
    """Return the answer in a submitted form; unknown fields are ignored, and so are files.

    :param form: name → text of the form's fields
    :param limit: most characters a text may have
    """
    texts = {aspect: clean_text(form.get(COMMENT_FIELD + aspect)) for aspect in ASPECTS}
    general = clean_text(form.get(GENERAL_FIELD))
    too_long = tuple(aspect for aspect, text in [*texts.items(), ("", general)] if len(text) > limit)
    solved = (key.removeprefix(POINT_FIELD) for key in form if key.startswith(POINT_FIELD))
    return PortalAnswer(
        comments={aspect: text for aspect, text in texts.items() if text},
        general=general,
        solved=frozenset(
            int(point) for point in solved if point.isascii() and point.isdigit() and len(point) <= ID_DIGITS
        ),
        too_long=too_long,
    )


def clean_text(text: Any) -> str:
    """Return a text with plain line ends, without what no database stores, and stripped; "" for what is no text."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip() if isinstance(text, str) else ""


def as_token(token: Any) -> str | None:
    """Return a token that a visitor sent as it can be compared with the real one, None for what is none.

    >>> as_token("6f0c"), as_token("é"), as_token(["6f0c"])
    ('6f0c', None, None)
    """
    return token if isinstance(token, str) and token.isascii() and token else None
