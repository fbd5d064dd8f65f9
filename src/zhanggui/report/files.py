"""Rows as files to take away: CSV that a spreadsheet opens safely, a workbook, Parquet."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

from zhanggui.errors import BadValue

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
MARK = "\ufeff"
"""Tells a spreadsheet program that a CSV is UTF-8."""
MOST_SHEET_ROWS = 1_048_575
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="zhanggui" sheetId="1" r:id="rId1"/></sheets></workbook>',
}


def file_of(rows: pl.DataFrame, form: str, counts: Collection[str] = ()) -> bytes:
    """The rows as the bytes of a ``csv``, ``xlsx`` or ``parquet`` file. ``counts`` are columns of whole numbers.

    Raises BadValue for another form, and for more rows than a sheet holds.
    """
    if form == "csv":
        return (MARK + as_csv(rows, counts)).encode()
    if form == "xlsx":
        return as_workbook(rows, counts)
    if form == "parquet":
        buffer = io.BytesIO()
        rows.write_parquet(buffer)
        return buffer.getvalue()
    raise BadValue("store.unknown_format", format=form, known=", ".join(MEDIA))


def as_csv(rows: pl.DataFrame, counts: Collection[str] = ()) -> str:
    """The rows as CSV. A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    out = io.StringIO()
    cells = [
        [_whole(cell) if name in counts else _neutral(cell) for name, cell in zip(rows.columns, row, strict=True)]
        for row in rows.iter_rows()
    ]
    # The writer does not quote a lone carriage return by itself, and readers then take it for the end of the row.
    broken = any(isinstance(cell, str) and "\r" in cell for row in cells for cell in row)
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if broken else csv.QUOTE_MINIMAL)
    writer.writerow(rows.columns)
    writer.writerows(cells)
    return out.getvalue()


def _whole(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _neutral(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_workbook(rows: pl.DataFrame, counts: Collection[str] = ()) -> bytes:
    """The rows as one sheet. Texts are written as texts, which no spreadsheet runs; days and instants as ISO texts."""
    if rows.height > MOST_SHEET_ROWS:
        raise BadValue("web_metrics.too_many_rows", rows=rows.height, most=MOST_SHEET_ROWS)
    lines = [_line(rows.columns), *(_line(row) for row in rows.iter_rows())]
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _HEAD + content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _line(cells: Sequence[Any]) -> str:
    return f"<row>{''.join(_cell(cell) for cell in cells)}</row>"


def _cell(cell: Any) -> str:
    match cell:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(cell)}</v></c>'
        case float() if cell != cell or cell in (float("inf"), float("-inf")):
            return "<c/>"
        case int() | float():
            return f"<c><v>{_whole(cell)!r}</v></c>"
        case date() | datetime():
            return _text(cell.isoformat())
    return _text(str(cell))


def _text(value: str) -> str:
    # XML 1.0 has no control characters but these three; a workbook with another does not open.
    kept = "".join(c if c >= " " or c in "\t\n\r" else " " for c in value).replace("\ufffe", " ").replace("\uffff", " ")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(kept)}</t></is></c>'
