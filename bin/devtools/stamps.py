"""A stamp per finished set-up step, so that a second or interrupted run only does the rest."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .project import RUN


def key_of(*parts: str | Path) -> str:
    """Return a key for a step: changes when a pin (text) or a file's content changes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


class Stamp:
    """Marks one step as done for one key; another key means doing it again."""

    def __init__(self, name: str, key: str) -> None:
        self._path = RUN / "stamps" / name
        self._key = key

    def is_set(self) -> bool:
        """Tell whether the step was finished with this very key."""
        return self._path.is_file() and self._path.read_text(encoding="utf-8") == self._key

    def set(self) -> None:
        """Record that the step is finished."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._key, encoding="utf-8")

    def clear(self) -> None:
        """Forget it, before starting to redo the step."""
        self._path.unlink(missing_ok=True)
