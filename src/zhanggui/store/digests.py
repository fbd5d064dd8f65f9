"""The SHA-256 of the files of an import, reckoned beside the engine's work: reading half a gigabyte again would take a second."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

_PART_BYTES = 1 << 20


class Digests:
    """Begins at once; :meth:`stop` ends it early, and must be called."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(dict.fromkeys(paths))
        self._found: dict[Path, str] = {}
        self._stopped = Event()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def of(self, path: Path) -> str:
        """The digest in hexadecimal; empty for a file that cannot be read. Waits for it."""
        self._thread.join()
        return self._found.get(path, "")

    def stop(self) -> None:
        """Let go of the files."""
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        for path in self._paths:
            try:
                self._found[path] = self._digest(path)
            except OSError:
                continue

    def _digest(self, path: Path) -> str:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while (part := file.read(_PART_BYTES)) and not self._stopped.is_set():
                digest.update(part)
        return digest.hexdigest()
