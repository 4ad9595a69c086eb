"""A customer's signature under a sample: whether it is one, and what exactly was signed."""

import binascii
import hashlib
import io
from base64 import b64decode
from typing import Literal

from PIL import Image

from .photo import picture_kind

#: A signature drawn on a page is far smaller.
MAX_BYTES = 512 * 1024
#: So long is base64 of as much; what is longer is not even decoded.
MAX_ENCODED = 699_052
MAX_PIXELS = 4_000_000
MAX_NAME = 100

Problem = Literal["empty", "too_big", "not_a_picture"]


def signature_problem(signature: str | bytes | None) -> Problem | None:
    """Return what is wrong with a signature, None when nothing is.

    A picture of one colour only counts as empty: nobody has drawn on it.

    :param signature: the picture in base64
    """
    if not signature:
        return "empty"
    if not isinstance(signature, str | bytes):
        return "not_a_picture"
    if len(signature) > MAX_ENCODED:
        return "too_big"
    try:
        content = b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return "not_a_picture"
    if len(content) > MAX_BYTES:
        return "too_big"
    if picture_kind(content) is None:
        return "not_a_picture"
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return "too_big"
            extrema = picture.convert("RGBA").getextrema()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "not_a_picture"
    return "empty" if all(low == high for low, high in extrema) else None


def digest(statement: str) -> str:
    """Return the SHA-256 of what was signed, in hexadecimal: a later change of a letter gives another one."""
    return hashlib.sha256(statement.encode()).hexdigest()
