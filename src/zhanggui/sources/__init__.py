"""One platform a file: each recognises that platform's files by content and says how they map to canonical tables.

Sources are found by presence: a module of this folder with a ``SOURCE``, or an entry point of the group ``zhanggui.sources``. A source may
carry ``known`` (normalised header names, which help to find the header row) and ``fallback = True`` (it takes any table, and only
what no other source recognises).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from zhanggui import presence
from zhanggui.errors import BadFile, BadValue, NotUnderstood
from zhanggui.sources import json_files, reading, weblogs
from zhanggui.sources.kinds import Source
from zhanggui.tables import TABLES
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

MARGIN = 0.15
"""How far the best source must be ahead of the second."""
FLOOR = 0.5
"""Below this score a sheet is not understood."""

_OF_NO_SOURCE = ("sources.unknown_file", "sources.not_of_source", "sources.header_only", "sources.empty")
"""What is said of a file that is no table of a shop."""

Assignment = list[tuple[Sheet, Recognition]]


@lru_cache(maxsize=1)
def all_sources() -> tuple[Source, ...]:
    """Every source, in the order of their names: those of this folder, then those of other packages."""
    found = {source.name: source for source in presence.elsewhere("zhanggui.sources")}
    found |= {source.name: source for source in presence.declared(__name__, __path__, "SOURCE")}
    return tuple(found[name] for name in sorted(found))


def known_headers() -> frozenset[str]:
    """The header names all sources know, normalised."""
    return frozenset(name for source in all_sources() for name in getattr(source, "known", ()))


def recognise(sheets: Iterable[Sheet], only: str | None = None) -> Assignment:
    """Which source reads each sheet.

    ``only`` names the source to use. Raises NotUnderstood where no source reaches 0.5, or the best two lie less than 0.15 apart
    (a fallback source stands back for any other that reaches 0.5), or the best says which columns it cannot do without; BadValue for an
    unknown ``only``.
    """
    return [(sheet, _recognised(sheet, only)) for sheet in sheets]


def _recognised(sheet: Sheet, only: str | None) -> Recognition:
    named = [_named(only)] if only else all_sources()
    claims = [(source, claim) for source in named if (claim := source.recognise(sheet)) is not None]
    claims = [(source, claim) for source, claim in claims if claim.score >= FLOOR or only]
    first_hand = [pair for pair in claims if not getattr(pair[0], "fallback", False)]
    ranked = sorted((claim for _, claim in first_hand or claims), key=lambda claim: (-claim.score, claim.source))
    if not ranked:
        code = "sources.not_of_source" if only else "sources.unknown_file"
        columns = ", ".join(sheet.columns[:12])
        raise NotUnderstood(code, file=sheet.name, columns=columns, source=only or "", known=_names())
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < MARGIN:
        candidates = ", ".join(claim.source for claim in ranked if ranked[0].score - claim.score < MARGIN)
        raise NotUnderstood("sources.ambiguous_file", file=sheet.name, candidates=candidates)
    if ranked[0].lacking:
        wanted = "; ".join(ranked[0].lacking)
        columns = ", ".join(sheet.columns[:40])
        raise NotUnderstood(
            "sources.lacks_columns", file=sheet.name, source=ranked[0].source, wanted=wanted, columns=columns
        )
    return ranked[0]


def _names() -> str:
    return ", ".join(source.name for source in all_sources())


def _named(name: str) -> Source:
    for source in all_sources():
        if source.name == name:
            return source
    raise BadValue("sources.unknown_source", name=name, known=_names())


def read(paths: Sequence[Path], options: Options, source: str | None = None) -> list[Reading]:
    """Find the files, recognise them, and read them source by source.

    ``paths`` are files or folders (searched to the bottom; hidden files, ``rejects`` folders and files that hold no table are passed over,
    the last with a note). Equal files are read once. Raises NotUnderstood for any file no source reads, BadFile for a broken one
    or for files of two shops in one channel when ``options.channel`` does not say that they belong together.
    """
    files, passed_over = find_files(paths)
    if not files:
        raise NotUnderstood("sources.nothing_found", paths=", ".join(str(path) for path in paths))
    unique, copies = _without_copies(files)
    known = known_headers()
    named = {path.resolve() for path in paths}
    found, empty = _looked_into([file for file in unique if file in named or not _any_kind(file)], known)
    loose, strangers = _known_among([file for file in unique if file not in named and _any_kind(file)], source)
    found, passed_over = found + loose, passed_over + strangers
    if strangers and not found and not empty:
        raise NotUnderstood("sources.nothing_found", paths=", ".join(str(path) for path in paths))
    assignment = recognise(found, source)
    readings = [
        reading_
        for name in sorted({recognition.source for _, recognition in assignment})
        for reading_ in _named(name).read([pair for pair in assignment if pair[1].source == name], options)
    ]
    if options.channel is None:
        _check_one_shop(readings)
    notes = [("same_file", {"file": copy.name, "same_as": first.name}) for copy, first in copies]
    notes += [("passed_over", {"file": path.name}) for path in passed_over]
    notes += [("empty_table", {"file": path.name}) for path in empty]
    if readings and notes:
        readings[0] = replace(readings[0], notes=(*readings[0].notes, *notes))
    return readings


def _looked_into(files: Sequence[Path], known: frozenset[str]) -> tuple[list[Sheet], list[Path]]:
    """The sheets of all files, and canonical files that hold no row: among others they are no fault."""
    found: list[Sheet] = []
    empty: list[Path] = []
    for path in files:
        try:
            found += reading.sheets(path, known)
        except BadFile as error:
            if error.code != "sources.header_only" or path.name.split(".")[0] not in TABLES or len(files) == 1:
                raise
            empty.append(path)
    return found, empty


def _any_kind(path: Path) -> bool:
    """Whether files of this kind lie about for many reasons: JSON is settings too, and servers log many things."""
    return json_files.is_json(path) or weblogs.is_log(path)


def _known_among(files: Sequence[Path], only: str | None) -> tuple[list[Sheet], list[Path]]:
    """Of JSON files and logs in a folder the sheets some source knows, and the files that nobody does: they are passed over."""
    found: list[Sheet] = []
    strangers: list[Path] = []
    for path in files:
        try:
            sheets = reading.sheets(path)
            recognise(sheets, only)
        except (BadFile, NotUnderstood) as error:
            if error.code not in _OF_NO_SOURCE:
                raise
            strangers.append(path)
        else:
            found += sheets
    return found, strangers


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files to read, and those in the folders that hold no table (pictures, pages of text).

    Raises NotUnderstood for a path that does not exist or a file named outright that is of no kind that is read.
    """
    files: list[Path] = []
    passed_over: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if file.is_file() and _wanted(file.relative_to(path))]
            files += [file for file in inside if reading.readable(file)]
            passed_over += [file for file in inside if not reading.readable(file)]
        elif not path.is_file():
            raise NotUnderstood("sources.no_such_file", file=str(path))
        elif not reading.readable(path):
            raise NotUnderstood("sources.unread_kind", file=path.name, kinds=", ".join(reading.SUFFIXES))
        else:
            files.append(path)
    return list(dict.fromkeys(file.resolve() for file in files)), passed_over


def _wanted(path: Path) -> bool:
    """Not hidden, not the lock file of an open spreadsheet, not our own rejects."""
    return not any(part.startswith((".", "~$")) or part == "rejects" for part in path.parts)


def _without_copies(files: Sequence[Path]) -> tuple[list[Path], list[tuple[Path, Path]]]:
    """Files once each, and pairs (copy, the file it equals). Only files of equal size are hashed."""
    by_size: dict[int, list[Path]] = {}
    for file in files:
        by_size.setdefault(file.stat().st_size, []).append(file)
    first: dict[tuple[int, str], Path] = {}
    unique: list[Path] = []
    copies: list[tuple[Path, Path]] = []
    for file in files:
        size = file.stat().st_size
        key = (size, _digest(file) if len(by_size[size]) > 1 else str(file))
        if key in first:
            copies.append((file, first[key]))
        else:
            first[key] = file
            unique.append(file)
    return unique, copies


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_one_shop(readings: Sequence[Reading]) -> None:
    shops: dict[str, dict[str, str]] = {}
    for one in readings:
        if one.shop:
            shops.setdefault(one.channel, {}).setdefault(one.shop, one.sheet.name)
    for channel, files in shops.items():
        if len(files) > 1:
            named = ", ".join(f"{shop} ({file})" for shop, file in sorted(files.items()))
            raise BadFile("sources.two_shops", channel=channel, shops=named)


__all__ = ["all_sources", "find_files", "known_headers", "read", "recognise"]
