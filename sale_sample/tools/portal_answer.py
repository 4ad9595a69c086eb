"""What a customer typed into the answer form of a sample round."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .verdict import ASPECTS

#: Longest comment on one aspect, in characters: some pages of text, not a book.
MAX_COMMENT = 2000
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


def read_answer(form: Mapping[str, str], *, limit: int = MAX_COMMENT) -> PortalAnswer:
    """Return the answer in a submitted form; unknown fields are ignored.

    :param form: name → text of the form's fields
    :param limit: most characters a text may have
    """
    texts = {aspect: _clean(form.get(COMMENT_FIELD + aspect)) for aspect in ASPECTS}
    general = _clean(form.get(GENERAL_FIELD))
    too_long = tuple(aspect for aspect, text in [*texts.items(), ("", general)] if len(text) > limit)
    solved = (key.removeprefix(POINT_FIELD) for key in form if key.startswith(POINT_FIELD))
    return PortalAnswer(
        comments={aspect: text for aspect, text in texts.items() if text},
        general=general,
        solved=frozenset(int(point) for point in solved if point.isascii() and point.isdigit()),
        too_long=too_long,
    )


def _clean(text: str | None) -> str:
    """Return a text with plain line ends, without what no database stores, and stripped."""
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()
