"""Which files may stand as photos of a sample: judged by content, never by name."""

from typing import Literal

#: Kind of picture → the bytes such a file begins with.
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "gif": (b"GIF87a", b"GIF89a"),
}
MEGABYTE = 1024 * 1024

Problem = Literal["empty", "too_big", "not_a_picture"]


def picture_kind(content: bytes) -> str | None:
    """Return "jpeg", "png", "gif" or "webp", None when the content is none of them.

    SVG is not among them on purpose: it may carry scripts, and no camera writes it.
    """
    for kind, signatures in SIGNATURES.items():
        if content.startswith(signatures):
            return kind
    # WebP: a RIFF container whose form type, after the size, is WEBP
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return None


def photo_problem(content: bytes, max_bytes: int) -> Problem | None:
    """Return what is wrong with a photo, None when nothing is.

    :param max_bytes: the greatest size allowed; 0 or less sets no limit
    """
    if not content:
        return "empty"
    if max_bytes > 0 and len(content) > max_bytes:
        return "too_big"
    if picture_kind(content) is None:
        return "not_a_picture"
    return None
