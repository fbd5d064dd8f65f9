"""Any file of orders or order lines: columns guessed from names and content, or given by ``--map``. See docs/sources/general.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zhanggui.errors import NotUnderstood
from zhanggui.sources import general_orders, reading, values
from zhanggui.sources.general_cleaning import cleaned
from zhanggui.sources.general_columns import Guess, guess, looks_like_orders
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

_LEAST, _SPAN = 0.55, 0.25
"""Scores lie between 0.55 and 0.8, so that the source of a platform goes first."""
_UNUSABLE = 0.1


class General:
    """Files no platform's source knows."""

    name = "general"
    fallback = True

    def recognise(self, sheet: Sheet) -> Recognition:
        """A score by how surely the columns are understood; 0.1 where there is no date, no amount, or no sign of orders."""
        found = guess(sheet)
        usable = not found.missing and looks_like_orders(sheet, found)
        return Recognition(
            source=self.name,
            layout=general_orders.layout_of(found.fields),
            score=_LEAST + _SPAN * found.confidence if usable else _UNUSABLE,
            known=tuple(column.column for column in found.columns if column.field),
            missing=found.missing,
            unknown=tuple(column.column for column in found.columns if not column.field),
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Orders, lines, products and refunds of each sheet.

        Raises NotUnderstood, saying what is missing, where no column is a date or none an amount.
        """
        for sheet, recognition in sheets:
            yield _read(sheet, recognition, options)


def _read(sheet: Sheet, recognition: Recognition, options: Options) -> Reading:
    found = guess(sheet, options.mapping)
    if found.missing:
        raise NotUnderstood(
            f"sources_general.no_{found.missing[0]}",
            file=sheet.name,
            columns=", ".join(sheet.columns[:20]),
            rows=len(sheet.head),
        )
    table, ragged = reading.rows(sheet)
    clean = cleaned(table, found.fields, sheet, options)
    unused = [column.column for column in found.columns if not column.field]
    rows = clean.rows
    if unused:
        rows = rows.join(
            table.select("_row", values.extra(table, unused).alias("extra")),
            on="_row",
            how="left",
            maintain_order="left",
        )
    result = general_orders.pieces(
        rows, origin=sheet.name, timezone=clean.timezone, currency=clean.currency or options.currency
    )
    return Reading(
        sheet=sheet,
        recognition=recognition,
        pieces=result.pieces,
        channel=options.channel or "shop:main",
        rows_read=len(table) + len(ragged),
        left_out=(*clean.left_out, *result.left_out),
        rejects=(*ragged, *clean.rejects),
        notes=(*_notes(found), *clean.notes, *result.notes),
    )


def _notes(found: Guess) -> list[tuple[str, Mapping[str, object]]]:
    """How the columns were understood, one line for the file."""
    understood = "; ".join(f"{column.column} → {column.field}" for column in found.columns if column.field)
    return [("columns_understood", {"columns": understood})]


SOURCE = General()

__all__ = ["SOURCE", "General"]
