"""zhanggui (掌櫃, the shopkeeper): reads a shop's own files, says what happened and exactly why, and what to do today."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhanggui.app import Shop

__version__ = "0.1.0"

__all__ = ["__version__", "open"]


def open(folder: str | Path = ".") -> Shop:
    """Open a workspace and give its facade."""
    from zhanggui.app import Shop

    return Shop.open(Path(folder))
