"""What a source is: it recognises a platform's files by their content and says how they map to canonical tables.

A source is one module of this folder with a module-level ``SOURCE`` that satisfies :class:`Source`; outsiders register theirs by
the entry point ``zhanggui.sources``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from zhanggui.tables.loading import Options, Reading, Recognition, Sheet


@runtime_checkable
class Source(Protocol):
    """A platform's files."""

    name: str

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """How well the sheet fits, or None."""
        ...

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Read the sheets this source won (together, so that one may complete another)."""
        ...
