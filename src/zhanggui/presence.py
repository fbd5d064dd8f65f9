"""What is there because its file is there: sources, connectors, rules and the like are each a module of one folder, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any


def modules(package: str, path: Sequence[str]) -> Iterator[ModuleType]:
    """Every module of a package's folder (its ``__name__`` and ``__path__``), by name."""
    for found in sorted(pkgutil.iter_modules(path), key=lambda found: found.name):
        yield importlib.import_module(f"{package}.{found.name}")


def declared(package: str, path: Sequence[str], name: str) -> Iterator[Any]:
    """What each module of a package's folder declares under ``name``; modules that do not are passed over."""
    for module in modules(package, path):
        found = getattr(module, name, None)
        if found is not None:
            yield found


def elsewhere(group: str) -> Iterator[Any]:
    """What other packages that are installed declare as entry points of ``group``, by name."""
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        yield entry.load()
