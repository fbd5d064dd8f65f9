"""People in files: who is masked, what looks personal, and the columns that may be kept beside the canonical ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import polars as pl

from zhanggui.sources.blanks import GUARD, filled, nulls, repeats, whole

_MASK = r"[*＊]"
_PERSONAL = re.compile(
    r"姓名|电话|手机|地址|收货人|收件人|邮编|邮箱|身份证|支付宝|账号|帐号|昵称|会员名|旺旺|买家会员|微信|真实姓名|发票抬头|"
    r"e-?mail|phone|mobile|address|street|zip|postal|postcode|first.?name|last.?name|full.?name|recipient|"
    r"\bip\b|passport|birth|buyer.?name|customer.?name|username",
    re.IGNORECASE,
)
_PERSONAL_CELL = r"(?i)[\w.+-]+@[\w-]+\.[a-z]{2,}|(?:^|\D)1[3-9]\d{9}(?:\D|$)|(?:^|\D)\d{17}[\dX](?:\D|$)"


def is_masked(cell: pl.Expr) -> pl.Expr:
    """Whether a name was masked by the platform (``张**``, ``t**``): it names nobody and many share it."""
    return cell.str.contains(_MASK)


def identity(cell: pl.Expr) -> pl.Expr:
    """A buyer's name, NULL where it is missing or masked."""

    def named(column: pl.Series) -> pl.Series:
        name = filled(column.str.replace_all(GUARD, ""))
        return name.zip_with(~name.str.contains(_MASK).fill_null(True), nulls(name))

    return whole(cell, named)


def looks_personal(name: str) -> bool:
    """Whether a column's header says that it holds personal data."""
    return bool(_PERSONAL.search(name))


def extra(frame: pl.DataFrame, columns: Iterable[str], names: Mapping[str, str] | None = None) -> pl.Expr:
    """The given columns as one JSON object per row (empty cells left out), NULL where nothing is left.

    Columns that look personal by their header, or whose cells do (an e-mail, a phone), are not taken. ``names`` renames.
    """
    taken = [name for name in columns if name in frame.columns and not looks_personal(name)]
    found = [_pairs((names or {}).get(name, name.strip()), frame[name]) for name in taken]
    parts = [part for part in found if part is not None]
    if not parts:
        return pl.lit(None, dtype=pl.String)
    inner = pl.select(pl.concat_str([pl.lit(part) for part in parts], separator=",", ignore_nulls=True)).to_series()
    any_left = inner.str.len_bytes() > 0
    return pl.lit(("{" + inner + "}").zip_with(any_left.fill_null(False), nulls(inner)))


def _pairs(name: str, column: pl.Series) -> pl.Series | None:
    """``"name":"cell"`` as JSON, NULL for an empty cell and for one that looks like a person's; repeated cells are written once.

    None where every cell is empty, or more than one in a hundred looks like an e-mail, a mobile phone or an identity card.
    """
    asked = column.unique() if repeats(column) else column
    cells = filled(asked)
    if cells.null_count() == len(cells):
        return None
    personal = cells.str.contains(_PERSONAL_CELL)
    if personal.any():
        people, told = (column.is_in(asked.filter(which).implode()) for which in (personal, cells.is_not_null()))
        if int(people.sum()) * 100 > int(told.sum()):
            return None
        cells = cells.zip_with(~personal, nulls(cells))
    written = pl.select(pl.concat_str(pl.lit(_quoted(name) + ":"), pl.lit(_json_text(cells)))).to_series()
    return written if asked is column else column.replace_strict(asked, written, return_dtype=pl.String)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json_text(cells: pl.Series) -> pl.Series:
    if cells.str.contains(r'["\\\x00-\x1f]').any():
        cells = cells.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
        cells = cells.str.replace_all("\n", "\\n", literal=True).str.replace_all("\r", "\\r", literal=True)
        cells = cells.str.replace_all("\t", "\\t", literal=True).str.replace_all(r"[\x00-\x1f]", "")
    return '"' + cells + '"'
