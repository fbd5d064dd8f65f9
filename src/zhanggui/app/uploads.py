"""Files that arrive from a browser: bounded before they are opened, kept under names of our own, gone when they were read.

Nothing that a sender says decides where a file lies: each has a folder of its own with a random name, and of its own name only
letters, digits and a few signs are kept, because an export's name carries its date and what table it is.
"""

from __future__ import annotations

import gzip
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from zhanggui.config import Config
from zhanggui.errors import BadFile, BadValue

FOLDER = ".uploads"
MB = 1 << 20
CHUNK = MB
LONGEST_NAME = 100
ENTRIES = 5000
"""Files inside a workbook at most: a real one has some dozens."""
RATIO = 200
"""How many times larger a compressed file may become; text in workbooks becomes five to thirty times larger."""
SLACK = 16 * MB
"""What is small enough whatever its ratio."""
CELLS = 30_000_000
"""Cells of one sheet at most, empty ones between the first and the last included: all of them take memory."""
_TOKEN = re.compile(r"[0-9a-f]{32}")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d+)["']""")
_CELL = re.compile(rb"""\br=["']([A-Z]{2,3})\d""")
_OUTSIDE = re.compile(r"[^\w.()\[\] +=@#-]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken: bytes of all files together, how many files, and bytes they may unpack to."""

    size: int
    files: int
    unpacked: int

    @classmethod
    def of(cls, config: Config) -> Limits:
        """The workspace's own limits."""
        return cls(
            int(config["upload_limit_mb"]) * MB,
            int(config["upload_files"]),
            int(config["upload_unpacked_mb"]) * MB,
        )


@dataclass(frozen=True, slots=True)
class Parcel:
    """Files that were sent together, until they are imported or thrown away."""

    token: str
    files: tuple[Path, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(path.name for path in self.files)


class Uploads:
    """The workspace's folder for what was sent and not yet imported."""

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / FOLDER

    def receive(self, sent: Sequence[tuple[str, BinaryIO]], limits: Limits) -> Parcel:
        """Keep files (name as sent, content) as one parcel.

        Raises BadValue for none or too many, BadFile for too much and for what unpacks to too much; nothing is kept then.
        """
        if not sent:
            raise BadValue("uploads.nothing")
        if len(sent) > limits.files:
            raise BadValue("uploads.too_many", n=len(sent), most=limits.files)
        token = token_hex(16)
        place = self._folder / token
        try:
            files = tuple(
                self._keep(place, number, name, content, limits) for number, (name, content) in enumerate(sent)
            )
            check_unpacked(files, limits)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return Parcel(token, files)

    def _keep(self, place: Path, number: int, name: str, content: BinaryIO, limits: Limits) -> Path:
        own = place / f"{number:04d}-{token_hex(4)}"
        own.mkdir(parents=True, mode=0o700)
        path = own / label(name)
        left = limits.size - sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        with path.open("xb") as file:
            while chunk := content.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise BadFile("uploads.too_large", file=path.name, most=limits.size // MB)
                file.write(chunk)
        return path

    def find(self, token: str) -> Parcel | None:
        """A parcel by its token; None where it is gone, or the token is none of ours."""
        place = self._folder / token
        if not _TOKEN.fullmatch(token) or not place.is_dir():
            return None
        return Parcel(token, tuple(sorted(file for file in place.glob("*/*") if file.is_file())))

    def throw_away(self, token: str) -> None:
        """Remove a parcel's files."""
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self._folder / token, ignore_errors=True)

    def clear(self) -> None:
        """Remove every parcel: what an earlier server left behind."""
        shutil.rmtree(self._folder, ignore_errors=True)


def label(name: str) -> str:
    """What is kept of a file's name: no folder, no sign that means anything to a shell or a page, no leading dot.

    >>> label("../../etc/passwd.csv"), label("C:\\\\temp\\\\a b.xlsx"), label("<i>.csv"), label("..")
    ('passwd.csv', 'a b.xlsx', 'i.csv', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = _OUTSIDE.sub("", last).strip(" .")
    if len(kept) > LONGEST_NAME:
        stem, dot, suffix = kept.rpartition(".")
        kept = f"{stem[: LONGEST_NAME - 10]}{dot}{suffix[:9]}" if dot else kept[:LONGEST_NAME]
    return kept or "file"


def check_unpacked(files: Iterable[Path], limits: Limits) -> None:
    """Unpack compressed files piece by piece, keeping nothing, and raise BadFile where one becomes too large or too wide."""
    left = limits.unpacked
    for path in files:
        with path.open("rb") as file:
            head = file.read(4)
        try:
            if head == b"PK\x03\x04":
                left -= _unpacked_book(path, left)
            elif head[:2] == b"\x1f\x8b":
                left -= _unpacked_gzip(path, left)
            elif head == b"PAR1":
                left -= _unpacked_parquet(path, left)
        except (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, RuntimeError) as error:
            raise BadFile("sources.truncated", file=path.name, reason=str(error)[:200]) from None


def _unpacked_book(path: Path, left: int) -> int:
    total, most = 0, _most(path, left)
    with zipfile.ZipFile(path) as book:
        entries = book.infolist()
        if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > most:
            raise _bomb(path)
        for entry in entries:
            widest, rows = 1, 0
            with book.open(entry) as content:
                tail = b""
                while chunk := content.read(CHUNK):
                    total += len(chunk)
                    if total > most:
                        raise _bomb(path)
                    if entry.filename.endswith(".xml"):
                        seen = tail + chunk
                        widest = max([widest, *map(_column, set(_CELL.findall(seen)))])
                        rows = max([rows, *map(int, set(_ROW.findall(seen)))])
                        tail = chunk[-256:]
            if rows * widest > CELLS:
                raise BadFile("uploads.too_wide", file=path.name, rows=rows, columns=widest)
    return total


def _column(letters: bytes) -> int:
    """``AB`` → 28."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unpacked_gzip(path: Path, left: int) -> int:
    total, most = 0, _most(path, left)
    with gzip.open(path) as content:
        while chunk := content.read(CHUNK):
            total += len(chunk)
            if total > most:
                raise _bomb(path)
    return total


def _unpacked_parquet(path: Path, left: int) -> int:
    """What a Parquet file says of itself: a few bytes may stand for billions of equal cells."""
    import pyarrow as pa
    import pyarrow.parquet

    try:
        told = pyarrow.parquet.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise BadFile("sources.truncated", file=path.name, reason=str(error)[:200]) from None
    size = sum(told.row_group(number).total_byte_size for number in range(told.num_row_groups))
    if size > left or told.num_rows * told.num_columns > 10 * CELLS:
        raise _bomb(path)
    return int(size)


def _most(path: Path, left: int) -> int:
    return min(left, max(RATIO * path.stat().st_size, SLACK))


def _bomb(path: Path) -> BadFile:
    return BadFile("uploads.bomb", file=path.name)
