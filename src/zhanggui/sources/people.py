"""People in files: who is masked, what looks personal, and the columns that may be kept beside the canonical ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import polars as pl

from zhanggui.sources.blanks import GUARD, filled, nulls, whole

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
    cleaned = {name: filled(frame[name]) for name in taken}
    parts = [
        _pair((names or {}).get(name, name.strip()), column)
        for name, column in cleaned.items()
        if column.count() and not _holds_people(column)
    ]
    if not parts:
        return pl.lit(None, dtype=pl.String)
    inner = pl.select(pl.concat_str([pl.lit(part) for part in parts], separator=",", ignore_nulls=True)).to_series()
    any_left = inner.str.len_bytes() > 0
    return pl.lit(("{" + inner + "}").zip_with(any_left.fill_null(False), nulls(inner)))


def _pair(name: str, column: pl.Series) -> pl.Series:
    """``"name":"cell"`` as JSON, NULL for an empty cell and for one that looks like a person's. Repeated cells are written once."""
    cells = column.unique()
    written = pl.DataFrame({"cell": cells}).select(
        pl.when(~pl.col("cell").str.contains(_PERSONAL_CELL)).then(
            pl.concat_str(pl.lit(_quoted(name) + ":"), _json_text(pl.col("cell")))
        )
    )
    return column.replace_strict(cells, written.to_series(), return_dtype=pl.String)


def _holds_people(column: pl.Series) -> bool:
    """Whether cells of a column look like e-mails, mobile phones or identity cards, beyond a stray one in a hundred."""
    known = column.drop_nulls()
    return len(known) > 0 and int(known.str.contains(_PERSONAL_CELL).sum()) * 100 > len(known)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json_text(cell: pl.Expr) -> pl.Expr:
    escaped = cell.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    escaped = escaped.str.replace_all("\n", "\\n", literal=True).str.replace_all("\r", "\\r", literal=True)
    escaped = escaped.str.replace_all("\t", "\\t", literal=True).str.replace_all(r"[\x00-\x1f]", "")
    return pl.concat_str(pl.lit('"'), escaped, pl.lit('"'))
