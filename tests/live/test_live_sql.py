"""A shop's own database, read by a mapping file: what changed, late changes too, and never a word written."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from zhanggui.app import Shop
from zhanggui.app.live import Live
from zhanggui.config import Config
from zhanggui.errors import BadValue, Unreached, UserError
from zhanggui.live import sql_mapping
from zhanggui.live.database import Database
from zhanggui.live.syncing import Synced
from zhanggui.units import Clock

MAPPING = """
[[read]]
into = "orders"
table = "sale"
updated = "changed"
key = "id"
timezone = "UTC"
columns = { order_id = "id", created_at = "placed", paid_at = "placed", status = "state", goods_amount = "total", _identity = "mail" }
values = { status = { done = "completed", open = "placed" } }
constants = { currency = "EUR" }

[[read]]
name = "lines"
into = "order_lines"
query = "SELECT l.id, l.sale, l.item, l.n, l.paid, s.changed FROM line l JOIN sale s ON s.id = l.sale;"
updated = "changed"
key = "id"
columns = { order_id = "sale", line_id = "id", product_id = "item", quantity = "n", line_total = "paid" }

[[read]]
into = "products"
table = "item"
key = "code"
columns = { product_id = "code", title = "name", price = "price" }
"""
BOOKS = """
CREATE TABLE sale (id INTEGER, placed TEXT, changed TEXT, state TEXT, total NUMERIC, mail TEXT);
CREATE TABLE line (id INTEGER, sale INTEGER, item TEXT, n INTEGER, paid NUMERIC);
CREATE TABLE item (code TEXT, name TEXT, price NUMERIC);
INSERT INTO item VALUES ('tea', 'Green tea', 8.5), ('pot', 'Teapot', 35);
"""


class Books:
    """A shop's database and a workspace connected to it."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.folder, self.file = folder, file
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)
        self.write(BOOKS)
        for id in range(1, 6):
            self.sell(id, f"2026-11-{id:02d} 10:00:00")
        (folder / "sql.toml").write_text(MAPPING)
        with Shop.open(folder) as shop:
            shop.live.add("books", "sql", f"sqlite:///{file}", options={"page_size": "2"})

    def write(self, words: str) -> None:
        with sqlite3.connect(self.file) as books:
            books.executescript(words)
        books.close()

    def sell(self, id: int, at: str) -> None:
        self.write(
            f"INSERT INTO sale VALUES ({id}, '{at}', '{at}', 'done', 17, 'a{id}@example.com');"
            f"INSERT INTO line VALUES ({id}1, {id}, 'tea', 2, 17)"
        )

    def sync(self, **how: Any) -> Synced:
        with Shop.open(self.folder, Clock("UTC", lambda: self.now)) as shop:
            return Live(shop, {}).sync("books", **how)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        with Shop.open(self.folder) as shop:
            return sorted(shop.warehouse.run(shop.warehouse.table(table).select(*columns)).rows())


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "shop"
    Shop.create(folder, Config(name="Books", currency="EUR", timezone="UTC", locale="en")).close()
    return folder


@pytest.fixture
def books(empty: Path, tmp_path: Path) -> Books:
    return Books(Path(shutil.copytree(empty, tmp_path / "shop")), tmp_path / "books.db")


def test_tables_and_queries_become_canonical_rows(books: Books) -> None:
    done = books.sync()
    assert done.streams == {"orders": 5, "lines": 5, "products": 2}
    assert done.rejected == 0
    assert books.rows("orders", "order_id", "status", "goods_amount")[0] == ("1", "completed", 17.0)
    assert books.rows("order_lines", "order_id", "line_id", "line_total")[4] == ("5", "51", 17.0)
    assert books.rows("products", "product_id", "price") == [("pot", 35.0), ("tea", 8.5)]
    assert len({key for (key,) in books.rows("orders", "customer_key")}) == 5
    assert books.sync().batch == ""


def test_what_changed_late_is_read_and_rows_without_a_time_are_said_to_be_left_out(books: Books) -> None:
    books.sync()
    books.write("UPDATE sale SET state = 'open', total = 12, changed = '2026-11-20 08:00:00' WHERE id = 2")
    books.write("INSERT INTO sale VALUES (9, '2026-11-20', NULL, 'done', 5, NULL)")
    books.sell(6, "2026-11-05 09:30:00")  # written late, half an hour before the last that was seen
    books.sync()
    states = {row[0]: row[1:] for row in books.rows("orders", "order_id", "status", "goods_amount")}
    assert states["2"] == ("placed", 12.0)
    assert "6" in states
    assert "9" not in states


def test_a_table_without_a_time_of_change_is_stored_again_only_where_it_changed(books: Books) -> None:
    books.sync()
    books.write("UPDATE item SET price = 9.5 WHERE code = 'tea'")
    books.now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert books.sync().streams["products"] == 2
    assert ("tea", 9.5) in books.rows("products", "product_id", "price")
    books.write("UPDATE item SET price = 8.5 WHERE code = 'tea'")
    books.now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    books.sync()
    assert ("tea", 8.5) in books.rows("products", "product_id", "price")


def test_the_line_to_a_database_only_reads(books: Books) -> None:
    with Shop.open(books.folder) as shop:
        visit = Live(shop, {}).visit("books")
    with Database(visit) as database, database.connect() as line, pytest.raises(sa.exc.OperationalError):
        line.execute(sa.text("DELETE FROM sale"))
    assert len(sqlite3.connect(books.file).execute("SELECT * FROM sale").fetchall()) == 5


def test_a_database_that_is_not_there_is_not_made(books: Books) -> None:
    books.file.rename(books.file.with_name("away.db"))
    with pytest.raises(Unreached) as raised:
        books.sync()
    assert raised.value.code == "live.no_database"
    assert not books.file.exists()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('table = "sale"', 'table = "sales"', "live.bad_query"),
        ('into = "orders"', 'into = "order"', "live.bad_mapping"),
        ('key = "id"\ntimezone', "timezone", "live.bad_mapping"),
        ("order_id = ", "order = ", "live.bad_mapping"),
        ("s.id = l.sale;", "s.id = l.sale; DELETE FROM sale", "live.bad_mapping"),
        ('name = "lines"', 'name = "orders"', "live.mapping_twice"),
        ("[[read]]", "[[reads]]", "live.mapping_empty"),
        ('into = "orders"', "into = orders", "live.mapping_unreadable"),
        ("updated", "changed_at", "live.bad_mapping"),
    ],
)
def test_a_mapping_that_makes_no_sense_says_where(books: Books, old: str, new: str, code: str) -> None:
    told = (books.folder / "sql.toml").read_text()
    (books.folder / "sql.toml").write_text(told.replace(old, new))
    with pytest.raises(UserError) as raised:
        books.sync()
    assert raised.value.code == code


def test_a_mapping_that_is_missing_and_a_driver_that_is_missing_are_said(books: Books) -> None:
    with Shop.open(books.folder) as shop:
        shop.live.add("far", "sql", "oracle+cx_oracle://reader@far/shop")
    with Shop.open(books.folder) as shop:
        with pytest.raises(Unreached) as raised:
            Live(shop, {"ZHANGGUI_FAR_PASSWORD": "a pass word"}).sync("far")
        assert raised.value.code == "live.no_driver"
        assert "a pass word" not in str(raised.value)
    (books.folder / "sql.toml").unlink()
    with pytest.raises(BadValue) as missing:
        books.sync()
    assert missing.value.code == "live.no_mapping"


def test_values_of_any_kind_become_cells() -> None:
    read = sql_mapping.Read("x", "orders", {"order_id": "a", "channel": "b", "status": "c"})
    row = {"a": b"7", "b": True, "c": datetime(2026, 11, 1, 10)}
    assert read.told(row, "", 1) == {"_row": 1, "order_id": "7", "channel": "true", "status": "2026-11-01 10:00:00"}
