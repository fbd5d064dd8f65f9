"""The derived tables, computed from the current canonical tables inside the import's transaction.

Written as one query a step, in the order in which they are run. ``order_facts``, ``sales`` and ``refund_facts`` are replaced as a
whole, or only where an import or its undo reaches (``moves``): the steps are the same, over fewer orders.
"""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from zhanggui.store import moves, refunding, sourcing
from zhanggui.store.moves import IDS, Moves
from zhanggui.store.refunding import agreed, ours
from zhanggui.store.schema import create_table, fact_types, first, literal, names
from zhanggui.tables.facts import DIMENSIONS, FACTS

RATE_DAYS = 7
"""How old an exchange rate may be: markets close over weekends and holidays."""

NEVER_PLACED = ("credit", "exchange", "reship", "test")

_DIMS = tuple(column.name for column in DIMENSIONS if column.name not in ("new_or_returning", *sourcing.DECIDED))
_ORDER_STEPS = ("_paying", "_rates", "_placed", "_lines", "_goods", "_visits", "_told", "_orders", "_allocated")
_REFUND_STEPS = ("_owed", "_links")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the facts depend on beside the tables."""

    currency: str
    new_buyer_days: int


def derive(connection: DuckDBPyConnection, terms: Terms) -> None:
    """Make the three fact tables anew."""
    _make_orders(connection, terms, "(SELECT *, rowid AS o FROM orders)")
    for fact in ("order_facts", "sales"):
        _empty(connection, fact)
    _fill_orders(connection)
    if _any(connection, "refunds", "true"):
        _make_refunds(connection, "refunds")
        _empty(connection, "refund_facts")
        _fill(connection, "refund_facts", refunding.refund_facts(terms.currency))
    else:
        _empty(connection, "refund_facts")
    _clear(connection)


def refresh(connection: DuckDBPyConnection, terms: Terms, moved: Moves) -> None:
    """Bring the facts up to date with what an import or its undo moved: the same facts that :func:`derive` makes."""
    if not moved.any:
        return
    if moved.whole or not moves.reach_orders(connection):
        derive(connection, terms)
        return
    _make_orders(connection, terms, f"(SELECT *, rowid AS o FROM orders SEMI JOIN _reached_orders USING {IDS})")
    for fact in ("order_facts", "sales"):
        _leave(connection, fact, "_reached_orders", "order_id")
    _fill_orders(connection)
    if _any(connection, "refunds", "true") or _any(connection, "refund_facts", "true"):
        moves.reach_refunds(connection)
        _make_refunds(connection, "_neighbour_refunds")
        _leave(connection, "refund_facts", "_reached_refunds", "refund_id")
        reached = "SEMI JOIN _reached_refunds USING (channel, refund_id)"
        _fill(connection, "refund_facts", f"SELECT * FROM ({refunding.refund_facts(terms.currency)}) {reached}")
    _clear(connection)


def _make_orders(connection: DuckDBPyConnection, terms: Terms, orders: str) -> None:
    for name, query in (
        ("_paying", moves.PAYING),
        ("_rates", _rates(terms)),
        ("_placed", _placed(terms, orders)),
        ("_lines", _lines(costed=_any(connection, "products", "cost IS NOT NULL"))),
        ("_goods", _goods()),
        ("_visits", _visits()),
        ("_told", sourcing.told() if _any(connection, "events", sourcing.PAID) else sourcing.NOTHING_TOLD),
        ("_orders", _orders(terms)),
        ("_allocated", _allocated()),
    ):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def _fill_orders(connection: DuckDBPyConnection) -> None:
    _fill(connection, "order_facts", "SELECT * FROM _orders")
    _fill(connection, "sales", _sales(allocated=_any(connection, "_allocated", "true")))


def _make_refunds(connection: DuckDBPyConnection, refunds: str) -> None:
    for name, query in (("_owed", refunding.owed(refunds)), ("_links", refunding.LINKS)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def _clear(connection: DuckDBPyConnection) -> None:
    for name in (*_ORDER_STEPS, *_REFUND_STEPS):
        connection.execute(f"DROP TABLE IF EXISTS {name}")


def _empty(connection: DuckDBPyConnection, fact: str) -> None:
    """A new table in place of the old one: cheaper than deleting its rows."""
    connection.execute(f"DROP TABLE {fact}")
    connection.execute(create_table(fact, fact_types(FACTS[fact])))


def _leave(connection: DuckDBPyConnection, fact: str, reached: str, key: str) -> None:
    connection.execute(f"DELETE FROM {fact} f USING {reached} r WHERE f.channel = r.channel AND f.{key} = r.{key}")


def _fill(connection: DuckDBPyConnection, fact: str, query: str) -> None:
    connection.execute(f"INSERT INTO {fact} BY NAME SELECT {names(tuple(fact_types(FACTS[fact])))} FROM ({query})")


def _any(connection: DuckDBPyConnection, table: str, condition: str) -> bool:
    row = first(connection, f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {condition})")
    return bool(row and row[0])


def _rates(terms: Terms) -> str:
    """The rate of each foreign currency in use, by day: the latest that is at most a week old."""
    used = " UNION ".join(f"SELECT currency FROM {table}" for table in ("orders", "order_fees", "refunds"))
    return f"""
        WITH used AS (SELECT currency FROM ({used}) WHERE currency <> {literal(terms.currency)}),
        spread AS (SELECT currency, day, rate, unnest(range({RATE_DAYS})) AS age FROM fx_rates SEMI JOIN used USING (currency))
        SELECT currency, day + CAST(age AS INTEGER) AS day, arg_max(rate, spread.day) AS rate FROM spread
        GROUP BY currency, spread.day + CAST(age AS INTEGER)"""


def _placed(terms: Terms, orders: str) -> str:
    """Orders with what decides whether and when they are a sale. ``o`` is their place in the table: joins go by it, not by two texts.

    ``agreed`` is what an order's kind, status and payment say; whether it is a sale of goods depends on its lines too.
    """
    home = literal(terms.currency)
    return f"""
        WITH judged AS (
            SELECT o.* EXCLUDE (kind, carrier, buyer_note, seller_note, extra, _key, _content, _rank, _batch, _piece),
                coalesce(o.kind, 'normal') AS sort, coalesce(o.paid_day, o.created_day) AS day,
                coalesce(o.paid_at, o.created_at) AS moment,
                {agreed("o", "p")} AS agreed
            FROM {orders} o JOIN _paying p USING (channel)
        )
        SELECT j.*, CASE WHEN coalesce(j.currency, {home}) = {home} THEN 1.0 ELSE x.rate END AS rate
        FROM judged j LEFT JOIN _rates x ON x.currency = j.currency AND x.day = j.day"""


def _visits() -> str:
    """A buyer's days in a channel: the last sale before, the first later one, the first of all. Orders of one day are one visit."""
    days = """SELECT channel, customer_key, day, bool_or(counted) AS sale FROM _placed JOIN _goods USING (o)
        WHERE customer_key IS NOT NULL AND day IS NOT NULL GROUP BY ALL"""
    return f"""
        SELECT channel, customer_key, day,
            lag(CASE WHEN sale THEN day END IGNORE NULLS) OVER buyer AS previous_day,
            lead(CASE WHEN sale THEN day END IGNORE NULLS) OVER buyer AS next_day,
            first_value(CASE WHEN sale THEN day END IGNORE NULLS) OVER (PARTITION BY channel, customer_key ORDER BY day
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS first_day
        FROM ({days}) WINDOW buyer AS (PARTITION BY channel, customer_key ORDER BY day)"""


def _lines(*, costed: bool) -> str:
    """Order lines with their value: the stated total, else quantity × price − discount."""
    listed = "CAST(round(l.quantity * CAST(l.unit_price AS DOUBLE), 4) AS DECIMAL(18,4))"
    unit_cost = "coalesce(l.unit_cost, p.cost)" if costed else "l.unit_cost"
    products = "(SELECT channel, product_id, cost FROM products WHERE cost IS NOT NULL)"
    join = f"LEFT JOIN {products} p ON p.channel = l.channel AND p.product_id = l.product_id" if costed else ""
    return f"""
        SELECT o.o, l.line_id, coalesce(l.kind, 'goods') AS kind, l.quantity AS units, coalesce(l.product_id, '') AS product_id, l.sku,
            CAST(coalesce(l.line_total, {listed} - coalesce(l.line_discount, 0)) AS DECIMAL(18,4)) AS value, {listed} AS listed,
            CAST(round(l.quantity * CAST({unit_cost} AS DOUBLE), 4) AS DECIMAL(18,4)) AS cost
        FROM order_lines l JOIN _placed o ON o.channel = l.channel AND o.order_id = l.order_id {join}"""


def _goods() -> str:
    """What each order's goods are worth, own currency and ours, and whether its lines must be allocated to it.

    An order of postage, fees or manual lines alone is no sale of goods: it is not counted and has no worth in goods.
    """
    rest = "o.order_total - coalesce(o.shipping_amount, 0) - coalesce(o.tax_amount, 0)"
    return f"""
        WITH sums AS (
            SELECT o, sum(value) FILTER (kind <> 'non_goods') AS goods_value, sum(value) FILTER (kind = 'non_goods') AS non_goods,
                count(*) FILTER (kind <> 'non_goods') AS goods_lines, true AS lined, sum(units) FILTER (kind <> 'non_goods') AS units,
                sum(cost) FILTER (kind <> 'non_goods') AS cost
            FROM _lines GROUP BY o
        ), worth AS (
            SELECT o.o, o.rate, s.* EXCLUDE (o, lined), coalesce(s.lined AND s.goods_lines = 0, false) AS bare,
                o.agreed AND NOT bare AS counted,
                CASE WHEN NOT bare THEN CAST(coalesce(o.goods_amount, s.goods_value, {rest}) AS DECIMAL(18,4)) END AS goods_own
            FROM _placed o LEFT JOIN sums s USING (o)
        )
        SELECT *, {ours("goods_own", "rate")} AS goods, coalesce(goods_lines, 0) > 0 AND goods_own IS NOT NULL
            AND (goods_value IS DISTINCT FROM goods_own OR rate IS DISTINCT FROM 1) AS uneven
        FROM worth"""


def _new_or_returning(terms: Terms) -> str:
    return f"""CASE WHEN o.customer_key IS NULL THEN ''
        WHEN v.previous_day IS NULL OR v.previous_day < o.day - {terms.new_buyer_days} THEN 'new' ELSE 'returning' END"""


def _orders(terms: Terms) -> str:
    dims = ", ".join(f"coalesce(o.{name}, '') AS {name}" for name in _DIMS)
    never_placed = ", ".join(map(literal, NEVER_PLACED))
    fee_rate = f"CASE WHEN coalesce(f.currency, o.currency, {literal(terms.currency)}) = {literal(terms.currency)} THEN 1.0 ELSE x.rate END"
    return f"""
        WITH charged AS (
            SELECT o.o, sum({ours("f.amount", f"({fee_rate})")}) AS fees
            FROM order_fees f JOIN _placed o USING (channel, order_id)
            LEFT JOIN _rates x ON x.currency = coalesce(f.currency, o.currency) AND x.day = o.day GROUP BY ALL
        )
        SELECT o.o, g.goods_lines, g.uneven, o.channel, o.order_id, o.customer_key, o.status, o.sort AS kind,
            coalesce(o.created_day, o.paid_day) AS placed_day, o.day,
            g.counted, o.agreed, o.sort NOT IN ({never_placed}) AS placed, {sourcing.decided("o", "t")}, {dims},
            {_new_or_returning(terms)} AS new_or_returning,
            v.previous_day, v.first_day, v.next_day, g.goods, {ours("g.non_goods", "o.rate")} AS non_goods,
            {ours("o.shipping_amount", "o.rate")} AS shipping, {ours("o.tax_amount", "o.rate")} AS tax,
            {ours("o.discount_amount", "o.rate")} AS discount, {ours("o.platform_discount", "o.rate")} AS platform_discount,
            c.fees, {ours("o.payout_amount", "o.rate")} AS payout, g.units, {ours("g.cost", "o.rate")} AS cost,
            coalesce(o.currency, {literal(terms.currency)}) AS currency, o.rate, g.goods_own,
            o.paid_at, o.created_at, o.ship_by, o.shipped_at, o.delivered_at
        FROM _placed o JOIN _goods g USING (o)
        LEFT JOIN _visits v ON v.channel = o.channel AND v.customer_key = o.customer_key AND v.day = o.day
        LEFT JOIN charged c ON c.o = o.o LEFT JOIN _told t ON t.o = o.o"""


def _allocated() -> str:
    """Lines of orders whose lines do not add up: price × quantity shares, to the cent, the remainder on the largest line."""
    return """
        WITH weighed AS (
            SELECT l.o, l.line_id, g.goods,
                CASE WHEN l.kind = 'gift' THEN 0 ELSE greatest(coalesce(CAST(CASE WHEN g.goods_value = g.goods_own
                    THEN l.value ELSE coalesce(l.listed, l.value) END AS DOUBLE), 0), 0) END AS weight
            FROM _lines l JOIN _goods g USING (o) WHERE g.uneven AND l.kind <> 'non_goods'
        ), shared AS (
            SELECT *, sum(weight) OVER whole AS total, count(*) OVER whole AS lines,
                row_number() OVER (PARTITION BY o ORDER BY weight DESC, line_id) AS nth
            FROM weighed WINDOW whole AS (PARTITION BY o)
        ), cut AS (
            SELECT *, CAST(round(CAST(goods AS DOUBLE) * CASE WHEN total > 0 THEN weight / total ELSE 1.0 / lines END, 2)
                AS DECIMAL(18,4)) AS part
            FROM shared
        )
        SELECT o, line_id,
            CAST(part + CASE WHEN nth = 1 THEN goods - sum(part) OVER (PARTITION BY o) ELSE 0 END AS DECIMAL(18,4)) AS amount
        FROM cut"""


def _sales(*, allocated: bool) -> str:
    dims = ", ".join(f"o.{column.name}" for column in DIMENSIONS)
    amount = ours("l.value", "o.rate")
    join = ""
    if allocated:
        amount = f"CASE WHEN o.uneven AND l.kind <> 'non_goods' THEN a.amount ELSE {amount} END"
        join = "LEFT JOIN _allocated a ON a.o = l.o AND a.line_id = l.line_id"
    return f"""
        WITH by_line AS (
            SELECT o.channel, o.order_id, l.line_id, o.day, o.customer_key, l.product_id, l.sku, l.kind, {dims}, l.units,
                {ours("l.listed", "o.rate")} AS listed, {amount} AS amount, {ours("l.cost", "o.rate")} AS cost
            FROM _lines l JOIN _orders o ON o.o = l.o {join} WHERE o.agreed
        ), without_lines AS (
            SELECT o.channel, o.order_id, '' AS line_id, o.day, o.customer_key, '' AS product_id, NULL AS sku, 'goods' AS kind,
                {dims}, NULL AS units, NULL AS listed, o.goods AS amount, NULL AS cost
            FROM _orders o WHERE o.counted AND coalesce(o.goods_lines, 0) = 0
        )
        SELECT *, CAST(listed - amount AS DECIMAL(18,4)) AS discount FROM (SELECT * FROM by_line UNION ALL SELECT * FROM without_lines)"""
