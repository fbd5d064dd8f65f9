"""The bytes of a file as text: which encoding it has, and a UTF-8 copy of it where it has another."""

from __future__ import annotations

import atexit
import codecs
import gzip
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from zhanggui.errors import BadFile
from zhanggui.sources.big5 import SAMPLE_BYTES, is_big5

MAGIC = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"PAR1": "parquet",
    b"\x1f\x8b": "gz",
    b"%PDF": "pdf",
    b"\x89PNG": "png",
    b"Rar!": "rar",
}
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("utf-8", "cp950", "big5hkscs", "gb18030", "cp1252")
BIG5 = ("cp950", "big5hkscs")
"""Big5 as Windows writes it, and with the signs of Hong Kong."""
_OTHERWISE = {"gb18030": ("cp1252",), "cp950": ("big5hkscs", "gb18030"), "big5hkscs": ("gb18030",)}
"""What to try where the head of a file said one encoding and the rest is not of it."""
_BLOCK = 4 << 20


def magic(path: Path) -> str | None:
    """What the first bytes say the file is (``xlsx``, ``xls``, ``parquet``, ``gz`` …), None for text."""
    with path.open("rb") as file:
        start = file.read(8)
    return next((kind for mark, kind in MAGIC.items() if start.startswith(mark)), None)


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where it is gzipped."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if magic(path) == "gz" else path.open("rb")


def head_bytes(path: Path, limit: int) -> tuple[bytes, bool]:
    """The first ``limit`` bytes (unpacked) and whether that is all there is.

    Raises BadFile where a gzip file is cut short or spoilt.
    """
    try:
        with opened(path) as file:
            start = file.read(limit)
            return start, not file.read(1)
    except (OSError, EOFError) as error:
        raise BadFile("sources.truncated", file=path.name, reason=str(error)) from None


def encoding_of(path: Path, head: bytes, *, whole: bool) -> str:
    """The encoding of a text file, judged by its first bytes: BOM, strict UTF-8, Big5, GB18030, cp1252.

    Raises BadFile for binary content and for bytes no encoding explains.
    """
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    kind = magic(path)
    if kind not in (None, "gz") or b"\x00" in head:
        raise BadFile("sources.binary", file=path.name, kind=kind or "binary")
    for name in CANDIDATES:
        text = _decoded(head, name, whole=whole)
        if text is None or (name in BIG5 and not is_big5(head)) or (name == "gb18030" and _western(text)):
            continue
        return name
    raise BadFile("sources.encoding", file=path.name)


def _decoded(raw: bytes, encoding: str, *, whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(raw, whole)
    except UnicodeDecodeError:
        return None


def _western(text: str) -> bool:
    """Whether what GB18030 made of the bytes is really an accented Western text.

    In Chinese files nearly every second byte is above 0x80 (the old GB2312 block); ``é`` or ``ß`` followed by an ASCII letter is
    not. Without this a French file would be read as a handful of rare Chinese signs.
    """
    pairs = [sign.encode("gb18030") for sign in text[:200_000] if sign > "\x7f"]
    doubles = [pair for pair in pairs if len(pair) == 2]
    if not doubles:
        return bool(pairs)
    low = sum(pair[1] < 0x80 for pair in doubles)
    return low * 2 > len(doubles)


def text_blocks(path: Path, encoding: str) -> Iterator[str]:
    """The whole file as text, a block at a time. Raises UnicodeDecodeError where it is not of that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with opened(path) as file:
        while block := file.read(_BLOCK):
            yield decoder.decode(block)
    yield decoder.decode(b"", True)


def utf8_copy(path: Path, encoding: str) -> Path:
    """The file itself when it is plain UTF-8 from end to end, else a UTF-8 copy in a temporary folder.

    The head may have been plain ASCII with Chinese notes a million rows further down, so the whole file is checked here.
    Raises BadFile for bytes no encoding explains or a spoilt gzip file.
    """
    try:
        if encoding in ("utf-8", "utf-8-sig"):
            if magic(path) != "gz" and _is_utf8(path):
                return path
            return _transcoded(path, _whole_encoding(path) if encoding == "utf-8" else encoding)
        return _transcoded(path, encoding)
    except UnicodeDecodeError:
        for name in _OTHERWISE.get(encoding, ()):
            with suppress(UnicodeDecodeError):
                return _transcoded(path, name)
        raise BadFile("sources.encoding", file=path.name) from None
    except (OSError, EOFError) as error:
        raise BadFile("sources.truncated", file=path.name, reason=str(error)) from None


def _is_utf8(path: Path) -> bool:
    try:
        for _ in text_blocks(path, "utf-8"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _whole_encoding(path: Path) -> str:
    """The first encoding that explains the whole file."""
    big5 = is_big5(_beyond_ascii(path))
    for name in CANDIDATES[:-1]:
        if name in BIG5 and not big5:
            continue
        try:
            for _ in text_blocks(path, name):
                pass
        except UnicodeDecodeError:
            continue
        return name
    return CANDIDATES[-1]


def _beyond_ascii(path: Path) -> bytes:
    """The first lines that hold more than ASCII, as many as tell the encoding."""
    found: list[bytes] = []
    with opened(path) as file:
        for line in file:
            if not line.isascii():
                found.append(line)
                if sum(map(len, found)) >= SAMPLE_BYTES:
                    break
    return b"".join(found)


def _transcoded(path: Path, encoding: str) -> Path:
    copy = _folder() / f"{path.stem}-{abs(hash((str(path), encoding))):x}.csv"
    with copy.open("w", encoding="utf-8", newline="") as file:
        for text in text_blocks(path, encoding):
            file.write(text)
    return copy


_FOLDER: list[Path] = []


def _folder() -> Path:
    """One temporary folder a process, readable by its owner only and removed at the end: the copies hold personal data."""
    if not _FOLDER:
        folder = Path(tempfile.mkdtemp(prefix="zhanggui-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _FOLDER.append(folder)
    return _FOLDER[0]
