"""The derived tables, computed from the current canonical tables inside the import's transaction.

Written as one query a step, in the order in which they are run; ``order_facts``, ``sales`` and ``refund_facts`` are replaced as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from zhanggui.store.schema import create_table, fact_types, first, literal, names
from zhanggui.tables.facts import DIMENSIONS, FACTS

READS = ("orders", "order_lines", "order_fees", "refunds", "fx_rates", "products")
"""The canonical tables that the facts are made of."""

RATE_DAYS = 7
"""How old an exchange rate may be: markets close over weekends and holidays."""

NEVER_SALES = ("credit", "exchange", "reship", "test", "staff")
NEVER_PLACED = ("credit", "exchange", "reship", "test")
PAID_STATUSES = ("paid", "shipped", "delivered", "completed")

_DIMS = tuple(column.name for column in DIMENSIONS if column.name != "new_or_returning")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the facts depend on beside the tables."""

    currency: str
    new_buyer_days: int


def derive(connection: DuckDBPyConnection, terms: Terms) -> None:
    """Make the three fact tables anew."""
    for name, query in (
        ("_rates", _rates(terms)),
        ("_placed", _placed(terms)),
        ("_lines", _lines(costed=_any(connection, "products", "cost IS NOT NULL"))),
        ("_goods", _goods()),
        ("_visits", _visits()),
        ("_orders", _orders(terms)),
        ("_allocated", _allocated()),
    ):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    _fill(connection, "order_facts", "SELECT * FROM _orders")
    _fill(connection, "sales", _sales(allocated=_any(connection, "_allocated", "true")))
    if _any(connection, "refunds", "true"):
        for name, query in (("_owed", _owed()), ("_links", _links())):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        _fill(connection, "refund_facts", _refund_facts(terms))
    else:
        connection.execute("DELETE FROM refund_facts")
    for name in ("_rates", "_placed", "_visits", "_lines", "_goods", "_orders", "_allocated", "_owed", "_links"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")


def _fill(connection: DuckDBPyConnection, fact: str, query: str) -> None:
    """A new table in place of the old one: cheaper than deleting its rows."""
    columns = fact_types(FACTS[fact])
    connection.execute(f"DROP TABLE {fact}")
    connection.execute(create_table(fact, columns))
    connection.execute(f"INSERT INTO {fact} SELECT {names(tuple(columns))} FROM ({query})")


def _any(connection: DuckDBPyConnection, table: str, condition: str) -> bool:
    row = first(connection, f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {condition})")
    return bool(row and row[0])


def _among(values: tuple[str, ...]) -> str:
    return ", ".join(map(literal, values))


def _rates(terms: Terms) -> str:
    """The rate of each foreign currency on each day that asks for one: the latest that is at most a week old."""
    home = literal(terms.currency)
    return f"""
        WITH asked AS (
            SELECT currency, coalesce(paid_day, created_day) AS day FROM orders
            UNION SELECT f.currency, coalesce(o.paid_day, o.created_day) FROM order_fees f JOIN orders o USING (channel, order_id)
            UNION SELECT r.currency, coalesce(r.finished_day, r.requested_day) FROM refunds r
            UNION SELECT o.currency, coalesce(r.finished_day, r.requested_day) FROM refunds r JOIN orders o USING (channel, order_id)
            UNION SELECT r.currency, coalesce(o.paid_day, o.created_day) FROM refunds r JOIN orders o USING (channel, order_id)
        ), foreign_days AS (SELECT currency, day FROM asked WHERE currency <> {home} AND day IS NOT NULL)
        SELECT a.currency, a.day, arg_max(x.rate, x.day) AS rate FROM foreign_days a
        JOIN fx_rates x ON x.currency = a.currency AND x.day <= a.day AND x.day > a.day - {RATE_DAYS}
        GROUP BY a.currency, a.day"""


def _placed(terms: Terms) -> str:
    """Orders with what decides whether and when they are a sale. ``o`` numbers them: joins go by it, not by two texts.

    ``agreed`` is what an order's kind, status and payment say; whether it is a sale of goods depends on its lines too.
    """
    home = literal(terms.currency)
    return f"""
        WITH paying AS (SELECT channel, bool_or(paid_at IS NOT NULL) AS pays FROM orders GROUP BY channel),
        judged AS (
            SELECT o.* EXCLUDE (kind, carrier, buyer_note, seller_note, extra, _key, _content, _rank, _batch, _piece),
                row_number() OVER () AS o, coalesce(o.kind, 'normal') AS sort, coalesce(o.paid_day, o.created_day) AS day,
                coalesce(o.paid_at, o.created_at) AS moment,
                coalesce(o.kind, 'normal') NOT IN ({_among(NEVER_SALES)})
                AND coalesce(o.status, '') NOT IN ('placed', 'cancelled')
                AND (o.paid_at IS NOT NULL OR NOT p.pays OR coalesce(o.status, '') IN ({_among(PAID_STATUSES)})) AS agreed
            FROM orders o JOIN paying p USING (channel)
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
            min(CASE WHEN sale THEN day END) OVER (PARTITION BY channel, customer_key) AS first_day
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
        SELECT *, {_ours("goods_own", "rate")} AS goods, coalesce(goods_lines, 0) > 0 AND goods_own IS NOT NULL
            AND (goods_value IS DISTINCT FROM goods_own OR rate IS DISTINCT FROM 1) AS uneven
        FROM worth"""


def _ours(amount: str, rate: str) -> str:
    return f"CAST(CASE WHEN {rate} = 1 THEN {amount} ELSE round(CAST({amount} AS DOUBLE) * {rate}, 4) END AS DECIMAL(18,4))"


def _new_or_returning(terms: Terms) -> str:
    return f"""CASE WHEN o.customer_key IS NULL THEN ''
        WHEN v.previous_day IS NULL OR v.previous_day < o.day - {terms.new_buyer_days} THEN 'new' ELSE 'returning' END"""


def _orders(terms: Terms) -> str:
    dims = ", ".join(f"coalesce(o.{name}, '') AS {name}" for name in _DIMS)
    fee_rate = f"CASE WHEN coalesce(f.currency, o.currency, {literal(terms.currency)}) = {literal(terms.currency)} THEN 1.0 ELSE x.rate END"
    return f"""
        WITH charged AS (
            SELECT o.o, sum({_ours("f.amount", f"({fee_rate})")}) AS fees
            FROM order_fees f JOIN _placed o USING (channel, order_id)
            LEFT JOIN _rates x ON x.currency = coalesce(f.currency, o.currency) AND x.day = o.day GROUP BY ALL
        )
        SELECT o.o, g.goods_lines, g.uneven, o.channel, o.order_id, o.customer_key, o.status, o.sort AS kind,
            coalesce(o.created_day, o.paid_day) AS placed_day, o.day,
            g.counted, o.agreed, o.sort NOT IN ({_among(NEVER_PLACED)}) AS placed, {dims}, {_new_or_returning(terms)} AS new_or_returning,
            v.previous_day, v.first_day, v.next_day, g.goods, {_ours("g.non_goods", "o.rate")} AS non_goods,
            {_ours("o.shipping_amount", "o.rate")} AS shipping, {_ours("o.tax_amount", "o.rate")} AS tax,
            {_ours("o.discount_amount", "o.rate")} AS discount, {_ours("o.platform_discount", "o.rate")} AS platform_discount,
            c.fees, {_ours("o.payout_amount", "o.rate")} AS payout, g.units, {_ours("g.cost", "o.rate")} AS cost,
            coalesce(o.currency, {literal(terms.currency)}) AS currency, o.rate, g.goods_own,
            o.paid_at, o.created_at, o.ship_by, o.shipped_at, o.delivered_at
        FROM _placed o JOIN _goods g USING (o)
        LEFT JOIN _visits v ON v.channel = o.channel AND v.customer_key = o.customer_key AND v.day = o.day
        LEFT JOIN charged c ON c.o = o.o"""


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
    amount = _ours("l.value", "o.rate")
    join = ""
    if allocated:
        amount = f"CASE WHEN o.uneven AND l.kind <> 'non_goods' THEN a.amount ELSE {amount} END"
        join = "LEFT JOIN _allocated a ON a.o = l.o AND a.line_id = l.line_id"
    return f"""
        WITH by_line AS (
            SELECT o.channel, o.order_id, l.line_id, o.day, o.customer_key, l.product_id, l.sku, l.kind, {dims}, l.units,
                {_ours("l.listed", "o.rate")} AS listed, {amount} AS amount, {_ours("l.cost", "o.rate")} AS cost
            FROM _lines l JOIN _orders o ON o.o = l.o {join} WHERE o.agreed
        ), without_lines AS (
            SELECT o.channel, o.order_id, '' AS line_id, o.day, o.customer_key, '' AS product_id, NULL AS sku, 'goods' AS kind,
                {dims}, NULL AS units, NULL AS listed, o.goods AS amount, NULL AS cost
            FROM _orders o WHERE o.counted AND coalesce(o.goods_lines, 0) = 0
        )
        SELECT *, CAST(listed - amount AS DECIMAL(18,4)) AS discount FROM (SELECT * FROM by_line UNION ALL SELECT * FROM without_lines)"""


def _owed() -> str:
    """Finished refunds, where statements *so far* count only what single refunds below them do not explain.

    A refund list may give a line's number for the order's, or name only the product: the lines tell which line of which order
    is meant, whenever they were imported.
    """
    return """
        WITH loose AS (
            SELECT channel, refund_id, order_id, product_id FROM refunds
            WHERE line_id IS NULL AND coalesce(scope, 'single') = 'single' AND coalesce(status, 'finished') = 'finished'
        ), by_number AS (
            SELECT channel, line_id, min(order_id) AS order_id FROM order_lines
            WHERE line_id IN (SELECT order_id FROM loose) GROUP BY ALL HAVING count(*) = 1
        ), by_product AS (
            SELECT channel, order_id, product_id, min(line_id) AS line_id FROM order_lines
            WHERE order_id IN (SELECT order_id FROM loose) AND product_id IS NOT NULL GROUP BY ALL HAVING count(*) = 1
        ), meant AS (
            SELECT l.channel, l.refund_id, coalesce(n.order_id, l.order_id) AS order_id, coalesce(n.line_id, p.line_id) AS line_id
            FROM loose l LEFT JOIN by_number n ON n.channel = l.channel AND n.line_id = l.order_id
            LEFT JOIN by_product p ON p.channel = l.channel AND p.order_id = l.order_id AND p.product_id = l.product_id
        ), finished AS (
            SELECT r.* REPLACE (coalesce(m.order_id, r.order_id) AS order_id, coalesce(r.line_id, m.line_id) AS line_id),
                coalesce(r.scope, 'single') AS extent
            FROM refunds r LEFT JOIN meant m ON m.channel = r.channel AND m.refund_id = r.refund_id
            WHERE coalesce(r.status, 'finished') = 'finished' AND r.amount IS NOT NULL
        ), singles AS (
            SELECT channel, order_id, line_id, sum(amount) AS paid FROM finished WHERE extent = 'single' GROUP BY ALL
        ), line_totals AS (
            SELECT f.*, greatest(f.amount - coalesce(s.paid, 0), 0) AS rest,
                row_number() OVER (PARTITION BY f.channel, f.order_id, f.line_id ORDER BY f.amount DESC, f.refund_id) AS nth
            FROM finished f LEFT JOIN singles s ON s.channel = f.channel AND s.order_id = f.order_id AND s.line_id = f.line_id
            WHERE f.extent = 'line_total'
        ), below AS (
            SELECT channel, order_id, sum(paid) AS paid FROM (
                SELECT channel, order_id, paid FROM singles UNION ALL SELECT channel, order_id, rest FROM line_totals WHERE nth = 1)
            GROUP BY ALL
        ), order_totals AS (
            SELECT f.*, greatest(f.amount - coalesce(b.paid, 0), 0) AS rest,
                row_number() OVER (PARTITION BY f.channel, f.order_id ORDER BY f.amount DESC, f.refund_id) AS nth
            FROM finished f LEFT JOIN below b ON b.channel = f.channel AND b.order_id = f.order_id
            WHERE f.extent = 'order_total'
        )
        SELECT * EXCLUDE (rest, nth, amount), CAST(rest AS DECIMAL(18,4)) AS amount FROM line_totals WHERE nth = 1 AND rest > 0
        UNION ALL BY NAME
        SELECT * EXCLUDE (rest, nth, amount), CAST(rest AS DECIMAL(18,4)) AS amount FROM order_totals WHERE nth = 1 AND rest > 0
        UNION ALL BY NAME
        SELECT * FROM finished WHERE extent = 'single'"""


def _links() -> str:
    """Credit notes joined to the latest earlier sale line of the same buyer, product and country that is large enough."""
    return """
        WITH credits AS (
            SELECT r.channel, r.refund_id, r.product_id, coalesce(r.quantity, 0) AS quantity, o.customer_key,
                coalesce(o.country, '') AS country, coalesce(r.finished_at, r.requested_at, o.moment) AS moment
            FROM _owed r JOIN _placed o USING (channel, order_id)
            WHERE o.sort = 'credit' AND o.customer_key IS NOT NULL AND r.product_id IS NOT NULL
        ), sold AS (
            SELECT s.channel, s.order_id, s.line_id, s.product_id, s.customer_key, s.country, s.units, s.day, s.new_or_returning,
                o.moment FROM sales s JOIN _placed o USING (channel, order_id)
            WHERE s.kind <> 'non_goods' AND s.customer_key IN (SELECT customer_key FROM credits)
        )
        SELECT c.channel, c.refund_id, max({'m': s.moment, 'o': s.order_id, 'l': s.line_id, 'd': s.day, 'n': s.new_or_returning}) AS sale
        FROM credits c JOIN sold s ON s.channel = c.channel AND s.customer_key = c.customer_key AND s.product_id = c.product_id
            AND s.country = c.country AND s.moment <= c.moment AND s.units >= c.quantity
        GROUP BY c.channel, c.refund_id"""


def _refund_facts(terms: Terms) -> str:
    """A refund of an order that never was a sale is left out; a credit note stays, linked or not.

    What is paid back of an order without goods is no refund of goods.
    """
    dims = ", ".join(f"coalesce(o.{name}, '') AS {name}" for name in _DIMS)
    home = literal(terms.currency)
    rate = f"CASE WHEN coalesce(r.currency, r.order_currency, {home}) = {home} THEN 1.0 ELSE x.rate END"
    return f"""
        WITH single_lines AS (
            SELECT channel, order_id, min(line_id) AS line_id, min(product_id) AS product_id, min(sku) AS sku
            FROM sales WHERE kind = 'goods' GROUP BY ALL HAVING count(*) = 1
        ), placed AS (
            SELECT r.*, o.currency AS order_currency, o.customer_key, o.sort, o.agreed, b.counted, o.order_id IS NOT NULL AS known,
                {dims}, k.sale,
                CASE WHEN o.sort = 'credit' THEN k.sale['d'] WHEN o.agreed THEN o.day END AS sale_day,
                CASE WHEN o.sort = 'credit' THEN coalesce(k.sale['n'], '') ELSE coalesce(b.new_or_returning, '') END AS new_or_returning,
                CASE WHEN o.sort = 'credit' THEN coalesce(k.sale['o'], '') WHEN o.agreed THEN o.order_id ELSE '' END AS sale_order,
                CASE WHEN o.sort = 'credit' THEN k.sale['l'] ELSE coalesce(r.line_id, l.line_id) END AS sale_line,
                coalesce(r.product_id, s.product_id, l.product_id, '') AS sale_product, coalesce(r.sku, s.sku, l.sku) AS sale_sku,
                coalesce(r.finished_day, r.requested_day) AS own_day, o.day AS order_day
            FROM _owed r
            LEFT JOIN _placed o ON o.channel = r.channel AND o.order_id = r.order_id
            LEFT JOIN order_facts b ON b.channel = r.channel AND b.order_id = r.order_id
            LEFT JOIN _links k ON k.channel = r.channel AND k.refund_id = r.refund_id
            LEFT JOIN sales s ON s.channel = r.channel AND s.order_id = r.order_id AND s.line_id = r.line_id
            LEFT JOIN single_lines l ON l.channel = r.channel AND l.order_id = r.order_id AND r.line_id IS NULL
        )
        SELECT r.channel, r.refund_id, r.sale_order AS order_id, r.sale_line AS line_id,
            coalesce(r.own_day, r.sale_day, r.order_day) AS day, r.sale_day,
            coalesce(r.own_day, r.sale_day, r.order_day) - r.sale_day AS age_days, r.own_day IS NOT NULL AS dated, r.customer_key,
            r.sale_product AS product_id, r.sale_sku AS sku, {", ".join(f"r.{name}" for name in _DIMS)}, r.new_or_returning,
            {_ours("r.amount", f"({rate})")} AS amount, r.quantity AS units, coalesce(r.non_goods, r.agreed AND NOT r.counted, false) AS non_goods,
            r.kind, r.phase, r.reason, coalesce(r.status, 'finished') AS status
        FROM placed r LEFT JOIN _rates x
            ON x.currency = coalesce(r.currency, r.order_currency) AND x.day = coalesce(r.own_day, r.sale_day, r.order_day)
        WHERE NOT r.known OR r.agreed OR r.sort = 'credit'"""
