"""Large exports drawn from the small samples of every platform: the same columns, encoding and writing, many rows of other orders.

The rows of a sample are repeated in order; each time round the ids go on, the times move, the amounts are multiplied, and products get a
number, so that orders, days, prices and titles are as different as in a shop's own file and rows that belong together still do.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import polars as pl

from zhanggui.sources import known_headers, reading
from zhanggui.sources.encoding import utf8_copy
from zhanggui.tables.loading import Sheet

SAMPLES = Path(__file__).parent.parent / "tests" / "samples"
PRODUCTS = 2000
DAYS = 180
NAMES = re.compile(
    r"(?i)title|商品名称|选购商品|^商品$|标题|主体名称|lineitem name|product-name|queries|search term|^name$|page$|handle"
)
"""Headers of columns whose cells name a product, a page or a word."""
_TIME = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?P<between>[ T])(?P<clock>\d\d:\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"\d{7,18}")
_AMOUNT = re.compile(r"-?\d+\.\d\d")


def sheet_of(path: Path) -> Sheet:
    """The one sheet of a text file."""
    return reading.sheets(path, known_headers())[0]


def drawn(sample: Path, rows: int) -> tuple[pl.DataFrame, Sheet]:
    """``rows`` rows in the shape of a sample, as text, and the sample's sheet."""
    sheet = sheet_of(sample)
    table = reading.frame(sheet).drop("_row").head(50)
    rounds = pl.DataFrame({"_n": pl.int_range(-(-rows // len(table)), eager=True)})
    made = [
        rounds.select("_n", pl.lit(at).alias("_at"), *(_cell(name, cell) for name, cell in row.items()))
        for at, row in enumerate(table.rows(named=True))
    ]
    return pl.concat(made).sort("_n", "_at").drop("_n", "_at").head(rows), sheet


def _cell(name: str, cell: str | None) -> pl.Expr:
    """A sample's cell in every round."""
    n = pl.col("_n")
    if cell is None:
        return pl.lit(None, pl.String).alias(name)
    if found := _TIME.search(cell):
        start = pl.lit(f"{found['day']} {found['clock']}").str.to_datetime()
        moved = start + pl.duration(seconds=n * 37 % (DAYS * 86400))
        text = moved.dt.strftime(f"%Y-%m-%d{found['between']}%H:%M:%S")
    elif found := _DAY.fullmatch(cell):
        text = (pl.lit(cell).str.to_date() + pl.duration(days=n % DAYS)).dt.strftime("%Y-%m-%d")
    elif found := _ID.search(cell):
        width = len(found.group())
        text = (pl.lit(int(found.group())) + n * 100).cast(pl.String).str.zfill(width).str.slice(-width)
    elif found := _AMOUNT.fullmatch(cell):
        text = (pl.lit(float(cell)) * (1 + n % 97)).round(2).cast(pl.Decimal(18, 2)).cast(pl.String)
    elif NAMES.search(name):
        return pl.concat_str(pl.lit(cell + " "), (n % PRODUCTS).cast(pl.String)).alias(name)
    else:
        return pl.lit(cell).alias(name)
    return pl.concat_str(pl.lit(cell[: found.start()]), text, pl.lit(cell[found.end() :])).alias(name)


def write(sample: Path, rows: int, path: Path) -> Path:
    """A file in the shape of a sample; beside it the same text in UTF-8, whose path is given back."""
    frame, sheet = drawn(sample, rows)
    plain = path.with_name(f"{path.stem}.utf8.csv")
    head = utf8_copy(sample, sheet.encoding).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    with plain.open("wb") as file:
        file.write("".join(head[: sheet.header_row]).encode())
        frame.write_csv(file, include_header=False, separator=sheet.delimiter, quote_style=_quotes(head[-1]))
    _encode(plain, path, sheet.encoding)
    return plain


def _quotes(line: str) -> str:
    """Whether every cell of the sample's last line is quoted."""
    return "always" if line.count('"') >= line.count(",") * 2 > 0 else "necessary"


def _encode(plain: Path, path: Path, encoding: str) -> None:
    encoder = codecs.getincrementalencoder(encoding)()
    with plain.open(encoding="utf-8", newline="") as text, path.open("wb") as file:
        while block := text.read(1 << 22):
            file.write(encoder.encode(block))
