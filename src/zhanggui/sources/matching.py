"""How well a sheet's header fits a layout a source knows."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from zhanggui.tables.loading import Recognition, Sheet


def words(text: str) -> tuple[str, ...]:
    """Names set apart by white space, as column lists are written here."""
    return tuple(text.split())


def fit(source: str, layout: str, sheet: Sheet, *, core: Collection[str], known: Collection[str]) -> Recognition | None:
    """The recognition of a sheet as ``layout``: None unless all ``core`` headers are there; the score grows from 0.5 to 1
    with the share of the sheet's headers that are ``known`` (normalised names)."""
    headers = set(sheet.headers)
    if not headers.issuperset(core):
        return None
    hits = headers & set(known)
    return Recognition(
        source=source,
        layout=layout,
        score=0.5 + 0.5 * len(hits) / len(headers),
        known=tuple(name for name in sheet.headers if name in hits),
        missing=tuple(name for name in known if name not in headers),
        unknown=tuple(name for name in sheet.headers if name not in hits),
    )


def best(*candidates: Recognition | None) -> Recognition | None:
    """The candidate with the highest score, the first of equals."""
    return max((one for one in candidates if one is not None), key=lambda one: one.score, default=None)


def by_header(frame: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """The frame under its normalised header names (the first column wins where two become equal)."""
    names: dict[str, str] = {}
    for original, header in zip(sheet.columns, sheet.headers, strict=True):
        if header not in names.values():
            names[original] = header
    return frame.select("_row", *[pl.col(original).alias(header) for original, header in names.items()])
