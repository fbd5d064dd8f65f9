"""What an import or its undo moves, and how far that reaches into the facts.

Rows that come or go are noted before they do. From them follow the orders whose facts may be others now: those that were stated, and
all orders of their buyers, since who is new and who returns hangs on the neighbours. Refunds are reached through orders and lines.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from zhanggui.store import sourcing
from zhanggui.store.schema import first, names, quote
from zhanggui.tables import Table

WATCHED = {
    "orders": ("channel", "order_id"),
    "order_lines": ("channel", "order_id", "line_id"),
    "order_fees": ("channel", "order_id"),
    "refunds": ("channel", "refund_id", "order_id"),
    "products": ("channel", "product_id"),
}
EVENTS = "events"
"""The tables that single facts follow from, and by which columns; a moved exchange rate is answered with all facts."""

IDS = "(channel, order_id)"
WHOLE = 5
"""Where more than one in so many orders is reached, making everything anew is cheaper."""

PAYING = "SELECT channel, bool_or(paid_at IS NOT NULL) AS pays FROM orders GROUP BY channel"
"""Whether a channel has payment times at all."""

TEMPORARY = (
    *(f"_moved_{name}" for name in WATCHED),
    *("_moved_numbers", "_reached_orders", "_edges", "_ids", "_reached_refunds", "_neighbour_refunds"),
)


class Moves:
    """The rows noted so far. ``any`` says that some facts may be others now, ``whole`` that all may be."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self.any = False
        self.whole = False
        self._connection = connection
        for name, columns in WATCHED.items():
            body = ", ".join(f"{column} VARCHAR" for column in columns)
            connection.execute(f"CREATE OR REPLACE TEMP TABLE _moved_{name} ({body})")
        connection.execute("CREATE OR REPLACE TEMP TABLE _moved_numbers (number VARCHAR)")

    def note(self, table: Table, rows: str) -> None:
        """Note the rows of a relation with the table's stated columns and ``_key``, before they come or go."""
        if table.name not in WATCHED and table.name not in ("fx_rates", EVENTS):
            return
        if table.name == EVENTS:
            rows = f"(SELECT * FROM {rows} WHERE {sourcing.PAID})"
        count = self._one(f"SELECT count(*) FROM {rows}")
        if not count:
            return
        self.any = True
        if self.whole:
            return
        if table.name == "fx_rates" or count * WHOLE > max(self._rows(table.name), self._rows("orders")):
            self.whole = True
            return
        connection, own = self._connection, quote(table.name)
        if table.name == EVENTS or (table.name == "orders" and self._rows(EVENTS)):
            for held in (rows, f"(SELECT * FROM {own} SEMI JOIN {rows} USING (_key))"):
                connection.execute(f"INSERT INTO _moved_numbers {sourcing.numbers(held)}")
        if table.name == EVENTS:
            return
        columns = names(WATCHED[table.name])
        if table.name == "products":
            rows = f"(SELECT * FROM {rows} WHERE cost IS NOT NULL)"
        noted = f"SELECT {columns} FROM {rows}"
        if table.name == "refunds":
            noted += f" UNION SELECT {columns} FROM {own} SEMI JOIN {rows} USING (_key)"
        if table.name == "order_lines" and self._rows("refunds"):
            noted += f" UNION SELECT {columns} FROM {own} SEMI JOIN {rows} USING {IDS}"
        connection.execute(f"INSERT INTO _moved_{table.name} {noted}")

    def _rows(self, table: str) -> int:
        return self._one(f"SELECT count(*) FROM {quote(table)}")

    def _one(self, query: str) -> int:
        row = first(self._connection, query)
        return int(row[0]) if row else 0


def reach_orders(connection: DuckDBPyConnection) -> bool:
    """Find the orders whose facts may be others now, into ``_reached_orders``. False where they are too many."""
    habits = f"""SELECT channel FROM ({PAYING}) n JOIN
        (SELECT channel, bool_or(paid_at IS NOT NULL) AS pays FROM order_facts GROUP BY channel) b USING (channel)
        WHERE n.pays <> b.pays"""
    numbered = sourcing.numbered_so("_moved_numbers")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE _reached_orders AS
        WITH moved AS (
            SELECT channel, order_id FROM _moved_orders UNION SELECT channel, order_id FROM _moved_order_lines
            UNION SELECT channel, order_id FROM _moved_order_fees
            UNION SELECT channel, order_id FROM order_lines SEMI JOIN _moved_products USING (channel, product_id)
            UNION SELECT channel, order_id FROM orders SEMI JOIN ({habits}) USING (channel)
            UNION {numbered}
        ), buyers AS (
            SELECT channel, customer_key FROM orders SEMI JOIN moved USING {IDS} WHERE customer_key IS NOT NULL
            UNION SELECT channel, customer_key FROM order_facts SEMI JOIN moved USING {IDS} WHERE customer_key IS NOT NULL
        )
        SELECT channel, order_id FROM moved UNION
        SELECT channel, order_id FROM orders SEMI JOIN buyers USING (channel, customer_key)""")
    row = first(connection, "SELECT (SELECT count(*) FROM _reached_orders), (SELECT count(*) FROM orders)")
    return bool(row and row[0] * WHOLE <= row[1])


def reach_refunds(connection: DuckDBPyConnection) -> None:
    """Find the refunds whose facts may be others now, and all that are summed with them.

    A refund may name a line instead of an order, so the number it names can mean the order of that line; what belongs together is
    found by walking from number to number: two steps to every refund that may have changed, two more to those beside it.
    """
    connection.execute("""CREATE OR REPLACE TEMP TABLE _edges AS SELECT DISTINCT channel, line_id, order_id FROM order_lines
        SEMI JOIN (SELECT channel, order_id AS line_id FROM refunds) USING (channel, line_id)""")
    connection.execute("""CREATE OR REPLACE TEMP TABLE _ids AS
        SELECT channel, order_id AS id FROM _reached_orders UNION SELECT channel, line_id FROM _moved_order_lines
        UNION SELECT channel, coalesce(order_id, '') FROM _moved_refunds
        UNION SELECT channel, coalesce(order_id, '') FROM refunds SEMI JOIN _moved_refunds USING (channel, refund_id)""")
    _walk(connection)
    _walk(connection)
    near = "JOIN _ids i ON i.channel = r.channel AND i.id = coalesce(r.order_id, '')"
    connection.execute(f"""CREATE OR REPLACE TEMP TABLE _reached_refunds AS
        SELECT channel, refund_id FROM _moved_refunds UNION SELECT r.channel, r.refund_id FROM refunds r {near}
        UNION SELECT channel, refund_id FROM refund_facts SEMI JOIN _reached_orders USING {IDS}""")
    _walk(connection)
    _walk(connection)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _neighbour_refunds AS SELECT r.* FROM refunds r {near}")


def _walk(connection: DuckDBPyConnection) -> None:
    connection.execute("""INSERT INTO _ids SELECT * FROM (
        SELECT e.channel, e.order_id AS id FROM _edges e JOIN _ids i ON i.channel = e.channel AND i.id = e.line_id
        UNION SELECT e.channel, e.line_id FROM _edges e JOIN _ids i ON i.channel = e.channel AND i.id = e.order_id
        ) ANTI JOIN _ids USING (channel, id)""")
