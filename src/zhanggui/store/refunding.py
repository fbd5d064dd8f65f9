"""What refunds and credit notes reverse: the queries behind ``refund_facts``, over ``order_facts`` and ``sales`` as they have become."""

from __future__ import annotations

from zhanggui.store.schema import literal
from zhanggui.tables.facts import DIMENSIONS

NEVER_SALES = ("credit", "exchange", "reship", "test", "staff")
PAID_STATUSES = ("paid", "shipped", "delivered", "completed")

_DIMS = tuple(column.name for column in DIMENSIONS if column.name != "new_or_returning")


def ours(amount: str, rate: str) -> str:
    """SQL for an amount in the workspace's currency."""
    return f"CAST(CASE WHEN {rate} = 1 THEN {amount} ELSE round(CAST({amount} AS DOUBLE) * {rate}, 4) END AS DECIMAL(18,4))"


def agreed(order: str, channel: str) -> str:
    """SQL for whether an order's kind, status and payment say that it is a sale; ``channel`` says whether its channel has payment times."""
    return (
        f"coalesce({order}.kind, 'normal') NOT IN ({_among(NEVER_SALES)})"
        f" AND coalesce({order}.status, '') NOT IN ('placed', 'cancelled')"
        f" AND ({order}.paid_at IS NOT NULL OR NOT {channel}.pays OR coalesce({order}.status, '') IN ({_among(PAID_STATUSES)}))"
    )


def _among(values: tuple[str, ...]) -> str:
    return ", ".join(map(literal, values))


def owed(refunds: str) -> str:
    """The finished ones of ``refunds``, where statements *so far* count only what single refunds below them do not explain.

    A refund list may give a line's number for the order's, or name only the product: the lines tell which line of which order
    is meant, whenever they were imported.
    """
    return f"""
        WITH loose AS (
            SELECT channel, refund_id, order_id, product_id FROM {refunds}
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
            FROM {refunds} r LEFT JOIN meant m ON m.channel = r.channel AND m.refund_id = r.refund_id
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


LINKS = """
        WITH credits AS (
            SELECT r.channel, r.refund_id, r.product_id, coalesce(r.quantity, 0) AS quantity, o.customer_key, o.country,
            coalesce(r.finished_at, r.requested_at, o.paid_at, o.created_at) AS moment
            FROM _owed r JOIN order_facts o USING (channel, order_id)
            WHERE o.kind = 'credit' AND o.customer_key IS NOT NULL AND r.product_id IS NOT NULL
        ), sold AS (
            SELECT s.channel, s.order_id, s.line_id, s.product_id, s.customer_key, s.country, s.units, s.day, s.new_or_returning,
                coalesce(o.paid_at, o.created_at) AS moment FROM sales s JOIN order_facts o USING (channel, order_id)
            WHERE s.kind <> 'non_goods' AND s.customer_key IN (SELECT customer_key FROM credits)
        )
        SELECT c.channel, c.refund_id, max({'m': s.moment, 'o': s.order_id, 'l': s.line_id, 'd': s.day, 'n': s.new_or_returning}) AS sale
        FROM credits c JOIN sold s ON s.channel = c.channel AND s.customer_key = c.customer_key AND s.product_id = c.product_id
            AND s.country = c.country AND s.moment <= c.moment AND s.units >= c.quantity
        GROUP BY c.channel, c.refund_id"""
"""Credit notes joined to the latest earlier sale line of the same buyer, product and country that is large enough."""


def refund_facts(currency: str) -> str:
    """A refund of an order that never was a sale is left out; a credit note stays, linked or not.

    What is paid back of an order without goods is no refund of goods.
    """
    dims = ", ".join(f"o.{name}" for name in _DIMS)
    home = literal(currency)
    rate = f"CASE WHEN coalesce(r.currency, r.order_currency, {home}) = {home} THEN 1.0 ELSE x.rate END"
    return f"""
        WITH single_lines AS (
            SELECT channel, order_id, min(line_id) AS line_id, min(product_id) AS product_id, min(sku) AS sku
            FROM sales WHERE kind = 'goods' GROUP BY ALL HAVING count(*) = 1
        ), placed AS (
            SELECT r.*, o.currency AS order_currency, o.customer_key, o.kind AS sort, o.counted, o.order_id IS NOT NULL AS known,
                o.order_id IS NOT NULL AND ({agreed("o", "p")}) AS agreed, {dims}, k.sale,
                CASE WHEN o.kind = 'credit' THEN k.sale['d'] WHEN agreed THEN o.day END AS sale_day,
                CASE WHEN o.kind = 'credit' THEN coalesce(k.sale['n'], '') ELSE coalesce(o.new_or_returning, '') END AS new_or_returning,
                CASE WHEN o.kind = 'credit' THEN coalesce(k.sale['o'], '') WHEN agreed THEN o.order_id ELSE '' END AS sale_order,
                CASE WHEN o.kind = 'credit' THEN k.sale['l'] ELSE coalesce(r.line_id, l.line_id) END AS sale_line,
                coalesce(r.product_id, s.product_id, l.product_id, '') AS sale_product, coalesce(r.sku, s.sku, l.sku) AS sale_sku,
                coalesce(r.finished_day, r.requested_day) AS own_day, o.day AS order_day
            FROM _owed r
            LEFT JOIN order_facts o ON o.channel = r.channel AND o.order_id = r.order_id
            LEFT JOIN _paying p ON p.channel = o.channel
            LEFT JOIN _links k ON k.channel = r.channel AND k.refund_id = r.refund_id
            LEFT JOIN sales s ON s.channel = r.channel AND s.order_id = r.order_id AND s.line_id = r.line_id
            LEFT JOIN single_lines l ON l.channel = r.channel AND l.order_id = r.order_id AND r.line_id IS NULL
        )
        SELECT r.channel, r.refund_id, r.sale_order AS order_id, r.sale_line AS line_id,
            coalesce(r.own_day, r.sale_day, r.order_day) AS day, r.sale_day,
            coalesce(r.own_day, r.sale_day, r.order_day) - r.sale_day AS age_days, r.own_day IS NOT NULL AS dated, r.customer_key,
            r.sale_product AS product_id, r.sale_sku AS sku, {", ".join(f"r.{name}" for name in _DIMS)}, r.new_or_returning,
            {ours("r.amount", f"({rate})")} AS amount, r.quantity AS units,
            coalesce(r.non_goods, r.agreed AND NOT r.counted, false) AS non_goods,
            r.kind, r.phase, r.reason, coalesce(r.status, 'finished') AS status
        FROM placed r LEFT JOIN _rates x
            ON x.currency = coalesce(r.currency, r.order_currency) AND x.day = coalesce(r.own_day, r.sale_day, r.order_day)
        WHERE NOT r.known OR r.agreed OR r.sort = 'credit'"""
