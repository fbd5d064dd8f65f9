"""Questions that were built and compiled once: the SQL and the types of every shape, for all warehouses of this process, and on disk
for the next process.

What is on disk holds no word of a shop: only shapes that consist of the product's own names and numbers are kept there, in the user's
cache folder, and only for the very code that made them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    import polars as pl

KEPT = 1024
"""Shapes remembered at most; the oldest go first."""
KEPT_ON_DISK = 1000
"""Files of one code at most, and codes at most, beside each other."""
KEPT_CODES = 3


@dataclass(frozen=True, slots=True)
class Compiled:
    """A question as SQL, its parameters being variables of the connection, and the Ibis type of each column."""

    sql: str
    types: tuple[tuple[str, str], ...]


@cache
def types_of(compiled: Compiled) -> pl.Schema:
    """The types that its rows have."""
    import ibis

    types: pl.Schema = ibis.schema(dict(compiled.types)).to_polars()
    return types


class Questions:
    """What this process has compiled, and where it is kept for the next. Shared by threads: the worst that two at once can do is to
    compile one twice."""

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self._folder = folder
        self._known: OrderedDict[Hashable, Compiled] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, shape: Hashable, *, on_disk: bool = False) -> Compiled | None:
        """The compiled question of a shape, None where it is not known."""
        found = self._known.get(shape)
        if found is None and on_disk and (file := self._file(shape)) is not None:
            found = _read(file)
            if found is not None:
                self._known[shape] = found
        return found

    def keep(self, shape: Hashable, compiled: Compiled, *, on_disk: bool = False) -> Compiled:
        """Remember it; ``on_disk`` only for shapes that say nothing of a shop."""
        self._known[shape] = compiled
        while len(self._known) > KEPT:
            with suppress(KeyError):
                self._known.popitem(last=False)
        if on_disk and (file := self._file(shape)) is not None:
            _write(file, compiled)
        return compiled

    def forget(self) -> None:
        """Forget what this process knows; what is on disk stays."""
        self._known.clear()

    def _file(self, shape: Hashable) -> Path | None:
        words = told(shape)
        folder = self._folder() if words is not None else None
        if words is None or folder is None:
            return None
        return folder / f"{hashlib.sha256(words.encode()).hexdigest()[:32]}.json"


def told(shape: object) -> str | None:
    """A shape in words that are the same in every process; None where it holds something that has none."""
    with suppress(TypeError):
        return _told(shape)
    return None


def _told(value: object) -> str:
    if value is None or isinstance(value, bool | int | float | str | date):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, Enum):
        return f"{type(value).__qualname__}.{value.name}"
    if isinstance(value, tuple | list):
        return "(" + ",".join(map(_told, value)) + ")"
    if isinstance(value, frozenset | set):
        return "{" + ",".join(sorted(map(_told, value))) + "}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_told(key)}={_told(one)}" for key, one in value.items()) + "}"
    if isinstance(value, FunctionType):
        return _function(value)
    if is_dataclass(value) and not isinstance(value, type):
        inside = ",".join(f"{one.name}={_told(getattr(value, one.name))}" for one in fields(value))
        return f"{type(value).__module__}.{type(value).__qualname__}({inside})"
    raise TypeError(type(value))


def _function(value: FunctionType) -> str:
    """A function by its place and code, and by what it closes over: two lambdas of one line differ in their code."""
    held = tuple(cell.cell_contents for cell in value.__closure__ or ())
    name = f"{value.__module__}.{value.__qualname__}:{value.__code__.co_firstlineno}"
    return f"{name}[{_code(value.__code__)}]{_told(value.__defaults__)}{_told(held)}"


def _code(code: CodeType) -> str:
    inner = (_code(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts)
    text = "|".join((code.co_code.hex(), *code.co_names, *code.co_freevars, *inner))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def cache_folder() -> Path | None:
    """Where the questions of this very code are kept; None where no such folder can be had."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        base = (Path(home) if home else Path.home() / ".cache") / "zhanggui-questions"
        folder = base / _code_of_all()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix" and (folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022):
            return None  # what others may write is not run
        _forget_old(base)
    except (OSError, RuntimeError):
        return None
    return folder


def _code_of_all() -> str:
    """A mark of the code that builds and compiles questions: of every file of the product, and of the libraries' versions."""
    from importlib.metadata import version

    package = Path(__file__).parents[1]
    marks = [f"{name} {version(name)}" for name in ("duckdb", "ibis-framework", "sqlglot")]
    for file in sorted(package.rglob("*.py")):
        state = file.stat()
        marks.append(f"{file.relative_to(package)} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join((str(package), *marks)).encode()).hexdigest()[:16]


def _forget_old(base: Path) -> None:
    """Keep the questions of the few codes made last."""
    folders = sorted((one for one in base.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime, reverse=True)
    for folder in folders[KEPT_CODES:]:
        for file in folder.iterdir():
            file.unlink(missing_ok=True)
        folder.rmdir()


def _read(file: Path) -> Compiled | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Compiled(str(found["sql"]), tuple((str(name), str(kind)) for name, kind in found["types"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: Path, compiled: Compiled) -> None:
    """Whole or not at all; a full or read-only disk is no reason to fail."""
    with suppress(OSError):
        if file.exists() or sum(1 for _ in os.scandir(file.parent)) >= KEPT_ON_DISK:
            return
        part = file.with_name(f"{file.stem}.{uuid4().hex}.part")
        part.write_text(json.dumps({"sql": compiled.sql, "types": compiled.types}), encoding="utf-8")
        part.replace(file)


QUESTIONS = Questions(cache_folder)
