# ruff: noqa: E501
"""The numbers of a brief as a person would write them in SQL: one query for each frame, and for each split of the change in sales."""

from __future__ import annotations

from datetime import date

GOODS = "kind <> 'non_goods'"
BACK = "NOT coalesce(non_goods, false)"


def queries(as_of: date) -> dict[str, str]:
    """By frame, with the columns of the frame; ``change …`` are the splits of the week's change in sales."""
    last = f"DATE '{as_of}'"
    seen = f"day BETWEEN {last} - 783 AND {last}"
    block, age = f"date_diff('day', day, {last}) // 7", f"date_diff('day', day, {last})"
    top = f"""(SELECT product_id FROM sales WHERE {GOODS} AND day BETWEEN {last} - 363 AND {last} AND product_id <> '' GROUP BY ALL
        ORDER BY sum(amount) DESC, product_id LIMIT 300)"""
    return {
        "shop_blocks": f"""
            WITH o AS (SELECT {block} AS block, count(*) AS orders, count(DISTINCT customer_key) AS buyers, count(customer_key) AS known_orders,
                count(DISTINCT customer_key) FILTER (new_or_returning = 'new') AS new_buyers,
                count(DISTINCT customer_key) FILTER (new_or_returning = 'returning') AS returning_buyers, count(DISTINCT day) AS days
                FROM order_facts WHERE counted AND {seen} GROUP BY ALL),
            p AS (SELECT date_diff('day', placed_day, {last}) // 7 AS block, count(*) AS placed FROM order_facts
                WHERE placed AND placed_day BETWEEN {last} - 783 AND {last} GROUP BY ALL),
            l AS (SELECT {block} AS block, sum(units) FILTER (kind = 'goods') AS units, sum(amount) AS gross, sum(listed) AS listed,
                sum(discount) AS discount, sum(cost) AS cost, sum(amount) FILTER (cost IS NOT NULL) AS costed
                FROM sales WHERE {GOODS} AND {seen} GROUP BY ALL),
            r AS (SELECT {block} AS block, sum(amount) AS refunds, count(*) AS refund_rows FROM refund_facts WHERE {BACK} AND {seen} GROUP BY ALL)
            SELECT * FROM o FULL JOIN p USING (block) FULL JOIN l USING (block) FULL JOIN r USING (block) ORDER BY block""",
        "shop_days": f"""
            SELECT * FROM (SELECT day, count(*) AS orders, sum(goods) AS gross, sum(units) AS units FROM order_facts
                WHERE counted AND day <= {last} GROUP BY ALL)
            FULL JOIN (SELECT day, sum(amount) AS refunds FROM refund_facts WHERE {BACK} AND day <= {last} GROUP BY ALL) USING (day)
            ORDER BY day""",
        "product_blocks": f"""
            SELECT * FROM (SELECT product_id, {block} AS block, count(DISTINCT order_id) AS orders, sum(units) FILTER (kind = 'goods') AS units,
                sum(amount) AS gross, sum(listed) AS listed, max(amount) AS largest
                FROM sales WHERE {GOODS} AND {seen} AND product_id IN {top} GROUP BY ALL)
            FULL JOIN (SELECT product_id, {block} AS block, sum(amount) AS refunds FROM refund_facts
                WHERE {BACK} AND {seen} AND product_id IN {top} GROUP BY ALL) USING (product_id, block) ORDER BY product_id, block""",
        "product_diary": f"""
            SELECT product_id, CASE WHEN {age} < 112 THEN {age} ELSE 112 + ({age} - 112) // 28 * 28 END AS age,
                count(DISTINCT order_id) AS orders, sum(units) FILTER (kind = 'goods') AS units, sum(amount) AS gross FROM sales
            WHERE {GOODS} AND day BETWEEN {last} - 223 AND {last} AND product_id IN {top} GROUP BY ALL ORDER BY product_id, age""",
        "product_last_sales": f"""
            SELECT product_id, min(day) AS first_day, max(day) AS last_day, count(DISTINCT order_id) AS orders, sum(amount) AS gross,
                sum(amount) FILTER (day > {last} - 364) AS gross_year
            FROM sales WHERE {GOODS} AND day <= {last} AND product_id <> '' GROUP BY ALL ORDER BY product_id""",
        "product_names": """
            SELECT product_id, max(coalesce(short_name, title, product_id)) AS name, max(category) AS category, min(listed_day) AS listed_day,
                max(cost) AS cost, max(price) AS price, max(lead_days) AS lead_days, max(status) AS status FROM products GROUP BY ALL""",
        "refund_ages": f"""
            SELECT {block} AS cohort, -1 AS age, sum(amount) AS amount, count(DISTINCT order_id) AS refunds FROM sales
                WHERE {GOODS} AND {seen} GROUP BY ALL
            UNION ALL SELECT date_diff('day', sale_day, {last}) // 7, least(age_days, 180), sum(amount), count(DISTINCT order_id)
                FROM refund_facts WHERE {BACK} AND dated AND day <= {last} AND sale_day BETWEEN {last} - 783 AND {last} GROUP BY ALL
            ORDER BY ALL""",
        "product_refunds": f"""
            SELECT * FROM (SELECT product_id, ({age} - 7) // 28 AS "window", count(DISTINCT order_id) AS orders, sum(amount) AS gross
                FROM sales WHERE {GOODS} AND {age} BETWEEN 7 AND 62 AND product_id <> '' GROUP BY ALL)
            FULL JOIN (SELECT product_id, (date_diff('day', sale_day, {last}) - 7) // 28 AS "window", count(DISTINCT order_id) AS refunded,
                sum(amount) AS refunds FROM refund_facts WHERE {BACK} AND dated AND day <= {last} AND age_days <= 7
                AND date_diff('day', sale_day, {last}) BETWEEN 7 AND 62 GROUP BY ALL) USING (product_id, "window") ORDER BY ALL""",
        "large_orders": f"""
            SELECT channel, order_id, min(day) AS day, sum(amount) AS goods, sum(units) FILTER (kind = 'goods') AS units, count(*) AS lines,
                max(amount) AS largest, arg_max(product_id, amount) AS product_id, max(country) AS country, max(customer_key) AS customer_key
            FROM sales WHERE {GOODS} AND day BETWEEN {last} - 55 AND {last} GROUP BY channel, order_id ORDER BY goods DESC, order_id LIMIT 40""",
        "order_sizes": f"""
            SELECT floor(log2(goods::DOUBLE) * 4)::INTEGER AS bucket, count(*) AS orders, sum(goods) AS goods FROM order_facts
            WHERE counted AND goods > 0 AND day BETWEEN {last} - 83 AND {last} GROUP BY ALL ORDER BY bucket""",
        "non_goods": f"""
            SELECT * FROM (SELECT sku, sum(amount) AS amount, count(*) AS rows, sum(amount) FILTER (day >= {last} - 6) AS amount_now FROM sales
                WHERE kind = 'non_goods' AND day <= {last} GROUP BY ALL)
            FULL JOIN (SELECT sku, sum(amount) AS refunds, count(*) AS refund_rows, sum(amount) FILTER (day >= {last} - 6) AS refunds_now
                FROM refund_facts WHERE non_goods AND day <= {last} GROUP BY ALL) USING (sku)""",
        "set_apart": f"""
            SELECT kind, status, counted, count(*) AS orders, count(*) FILTER (placed_day >= {last} - 6) AS orders_now, sum(goods) AS goods,
                count(*) FILTER (rate IS NULL AND counted) AS no_rate, count(*) FILTER (customer_key IS NULL AND counted) AS no_buyer,
                sum(goods) FILTER (customer_key IS NULL AND counted) AS no_buyer_goods
            FROM order_facts WHERE placed_day <= {last} GROUP BY ALL""",
        "below_cash": f"""
            WITH l AS (SELECT * FROM sales WHERE {GOODS} AND product_id <> '' AND day BETWEEN {last} - 27 AND {last}),
            b AS (SELECT channel, order_id, product_id, sum(units) AS units, sum(amount)::DOUBLE AS amount, sum(listed)::DOUBLE AS listed,
                coalesce(sum(cost)::DOUBLE, 0) AS cost, count(*) FILTER (cost IS NULL) = 0 AS known, max(sku) AS sku
                FROM l WHERE kind = 'goods' GROUP BY ALL),
            w AS (SELECT channel, order_id, sum(amount)::DOUBLE AS paid FROM l GROUP BY ALL),
            o AS (SELECT channel, order_id, coalesce(shipping::DOUBLE, 0) AS shipping FROM order_facts WHERE day BETWEEN {last} - 27 AND {last}),
            m AS (SELECT *, paid - amount AS rest, known AND amount < cost + CASE WHEN paid > 0 THEN amount / paid ELSE 1 END
                * greatest(-coalesce(shipping, 0), 0) AS loss FROM b JOIN w USING (channel, order_id) LEFT JOIN o USING (channel, order_id))
            SELECT product_id, count(*) AS orders, sum(units) AS units, sum(amount) AS gross, count(DISTINCT sku) AS skus,
                count(*) FILTER (rest > 0) AS others, sum(rest) FILTER (rest > 0) AS others_gross, count(*) FILTER (known) AS costed,
                sum(units) FILTER (known) AS costed_units, sum(amount) FILTER (known) AS costed_gross, sum(listed) FILTER (known) AS costed_listed,
                sum(cost) FILTER (known) AS costed_cost, count(*) FILTER (known AND amount < cost) AS goods_orders,
                count(*) FILTER (loss) AS loss_orders, sum(units) FILTER (loss) AS loss_units, sum(amount) FILTER (loss) AS loss_gross,
                sum(listed) FILTER (loss) AS loss_listed, sum(cost) FILTER (loss) AS loss_cost, count(DISTINCT sku) FILTER (loss) AS loss_skus,
                max(sku) FILTER (loss) AS loss_sku
            FROM m GROUP BY ALL ORDER BY product_id""",
        "price_days": f"""
            WITH l AS (SELECT product_id, coalesce(sku, '') AS sku, units, {age} AS age, amount::DOUBLE / units AS paid FROM sales
                WHERE kind = 'goods' AND units > 0 AND amount > 0 AND product_id IN {top} AND day BETWEEN {last} - 111 AND {last}),
            u AS (SELECT *, median(paid) OVER s AS usual_paid, median(units) OVER s AS usual_units FROM l WINDOW s AS (PARTITION BY product_id, sku))
            SELECT product_id, age, sum(units) AS units, median(paid / usual_paid) FILTER (units <= usual_units) AS price
            FROM u GROUP BY ALL ORDER BY ALL""",
        "basket_pairs": f"""
            WITH h AS (SELECT DISTINCT channel, order_id, product_id FROM sales WHERE kind = 'goods' AND amount > 0 AND product_id <> ''
                AND day BETWEEN {last} - 181 AND {last}),
            k AS (SELECT channel, order_id FROM h GROUP BY ALL HAVING count(*) <= 30),
            t AS (SELECT * FROM h WHERE product_id IN {top} AND (channel, order_id) IN (SELECT (channel, order_id) FROM k))
            SELECT a.product_id, b.product_id AS other, count(*) AS orders FROM t a JOIN t b USING (channel, order_id)
                WHERE a.product_id < b.product_id GROUP BY ALL HAVING count(*) >= 5
            UNION ALL SELECT product_id, '', count(*) FROM t GROUP BY ALL
            UNION ALL SELECT '', '', count(*) FROM k ORDER BY ALL""",
        "buyer_parts": _buyer_parts(last),
        "refund_places": _refund_places(last, top),
        "paid_prices": f"""
            SELECT product_id, {age} // 28 AS "window", count(DISTINCT order_id) AS orders, sum(units) AS units, sum(amount) AS gross,
                sum(listed) AS listed, median(amount::DOUBLE / units) AS price
            FROM sales WHERE kind = 'goods' AND units > 0 AND product_id <> '' AND day BETWEEN {last} - 55 AND {last}
            GROUP BY ALL ORDER BY product_id, "window" """,
        "open_orders": f"""
            WITH recent AS (SELECT * FROM order_facts WHERE counted AND paid_at IS NOT NULL AND day BETWEEN {last} - 60 AND {last})
            SELECT channel, order_id, paid_at, ship_by, goods, tracked
            FROM recent JOIN (SELECT channel, count(shipped_at) AS tracked FROM recent GROUP BY ALL) USING (channel)
            WHERE shipped_at IS NULL AND status = 'paid' AND kind <> 'presale' AND day >= {last} - 30
                AND (channel, order_id) NOT IN (SELECT (channel, order_id) FROM refund_facts WHERE {BACK}) ORDER BY paid_at LIMIT 5000""",
        "hero_lines": f"""
            SELECT product_id, {age} AS age, round(amount::DOUBLE / units, 2) AS price, units, count(*) AS lines FROM sales
            WHERE kind = 'goods' AND units > 0 AND day BETWEEN {last} - 181 AND {last} AND product_id IN (SELECT * FROM {top} LIMIT 4)
            GROUP BY ALL ORDER BY ALL""",
        "places": f"""
            SELECT count(DISTINCT country) AS country, count(DISTINCT region) AS region, count(DISTINCT city) AS city,
                count(DISTINCT source) AS source, count(DISTINCT channel) AS channel, count(DISTINCT campaign) AS campaign
            FROM order_facts WHERE counted AND day BETWEEN {last} - 55 AND {last}""",
        **{
            f"change {place}".strip(): _change(place, last, seen)
            for place in ("", "product_id", "new_or_returning", "country", "source")
        },
    }


def _change(place: str, last: str, seen: str) -> str:
    """Sales and refunds by place in the week, the week before and the twelve before that."""
    weeks = f"""date_diff('day', day, {last}) // 7 AS "window" """
    lately = f"day BETWEEN {last} - 97 AND {last}"
    by = f"{place}, " if place else ""
    return f"""
        SELECT * FROM (SELECT {by}{weeks}, count(DISTINCT order_id) AS orders, sum(units) FILTER (kind = 'goods') AS units,
            sum(amount) AS gross, sum(listed) AS listed, count(DISTINCT customer_key) AS buyers,
            count(DISTINCT order_id) FILTER (customer_key IS NOT NULL) AS known FROM sales WHERE {GOODS} AND {lately} GROUP BY ALL)
        FULL JOIN (SELECT {by}{weeks}, sum(amount) AS refunds FROM refund_facts WHERE {BACK} AND {lately} GROUP BY ALL)
            USING ({by}"window")"""


def _buyer_parts(last: str) -> str:
    """Ninety days of buyers after their first order, by where they came from and what they bought first."""
    names = ("country", "region", "source", "device", "product_id")
    known = f"{GOODS} AND customer_key IS NOT NULL AND day <= {last}"
    sums = """count(*) AS buyers, sum(net) AS net, sum(net * net) AS net2, sum(orders) AS orders, sum(orders * orders) AS orders2,
        sum(net * orders) AS both"""
    parts = "".join(
        f"UNION ALL SELECT '{name}', {name}, cohort, {sums} FROM e WHERE {name} <> '' GROUP BY ALL HAVING count(*) >= 100 "
        for name in names
    )
    return f"""
        WITH f AS (SELECT customer_key, min(day) AS first, max(day) AS last FROM sales WHERE {known} GROUP BY ALL),
        g AS (SELECT customer_key, first, date_diff('day', first, {last}) // 90 - 1 AS cohort FROM f
            WHERE date_diff('day', first, {last}) BETWEEN 90 AND 269),
        s AS (SELECT customer_key, channel, order_id, min(day) AS day, sum(amount)::DOUBLE AS net, 1 AS orders, max(country) AS country,
            max(region) AS region, max(source) AS source, max(device) AS device, arg_max(product_id, (amount, product_id)) AS product_id
            FROM sales WHERE {known} AND customer_key IN (SELECT customer_key FROM g) GROUP BY ALL),
        b AS (SELECT customer_key, {", ".join(f"arg_min({name}, (day, order_id)) AS {name}" for name in names)} FROM s GROUP BY ALL),
        m AS (SELECT customer_key, day, net, orders FROM s UNION ALL SELECT customer_key, sale_day, -amount::DOUBLE, 0 FROM refund_facts
            WHERE {BACK} AND day <= {last} AND customer_key IS NOT NULL AND sale_day IS NOT NULL),
        e AS (SELECT customer_key, cohort, {", ".join(names)}, sum(net) AS net, sum(orders) AS orders FROM m JOIN g USING (customer_key)
            JOIN b USING (customer_key) WHERE day < first + 90 GROUP BY ALL)
        SELECT '*' AS "by", '' AS part, cohort, {sums} FROM e GROUP BY ALL {parts}
        UNION ALL SELECT 'active', '', 0, count(*), 0, 0, 0, 0, 0 FROM f WHERE last > {last} - 182 ORDER BY ALL"""


def _refund_places(last: str, top: str) -> str:
    """Orders and refunds of equal age by what may lie behind them."""
    told = ("sku", "country", "region", "source")
    window = "(date_diff('day', {}, " + last + ') - 7) // 28 AS "window"'
    sold = "".join(
        f"""UNION ALL SELECT product_id, '{name}', {name}, "window", count(DISTINCT order_id), 0, 0 FROM s WHERE {name} <> '' GROUP BY ALL """
        for name in (*told, "carrier")
    )
    back = "".join(
        f"""UNION ALL SELECT product_id, '{name}', {name}, "window", 0, count(DISTINCT order_id), sum(amount) FROM r WHERE {name} <> ''
        GROUP BY ALL """
        for name in (*told, "carrier", "phase", "reason")
    )
    return f"""
        WITH s AS (SELECT f.channel, f.order_id, f.product_id, {", ".join(f"f.{name}" for name in told)}, o.carrier, {window.format("f.day")}
            FROM sales f LEFT JOIN orders o USING (channel, order_id)
            WHERE f.{GOODS} AND f.product_id IN {top} AND date_diff('day', f.day, {last}) BETWEEN 7 AND 62),
        r AS (SELECT f.channel, f.order_id, f.product_id, {", ".join(f"f.{name}" for name in told)}, o.carrier, f.phase, f.reason, f.customer_key,
            f.amount::DOUBLE AS amount, {window.format("f.sale_day")} FROM refund_facts f LEFT JOIN orders o USING (channel, order_id)
            WHERE {BACK} AND dated AND f.product_id IN {top} AND age_days <= 7 AND f.day <= {last}
            AND date_diff('day', f.sale_day, {last}) BETWEEN 7 AND 62),
        a AS (SELECT product_id, 'customer_key' AS "by", customer_key AS value, "window", 0 AS orders, count(DISTINCT order_id) AS refunded,
            sum(amount) AS refunds FROM r WHERE customer_key IS NOT NULL GROUP BY ALL HAVING count(DISTINCT order_id) >= 2 {sold} {back})
        SELECT product_id, "by", value, "window", sum(orders) AS orders, sum(refunded) AS refunded, sum(refunds) AS refunds
        FROM a GROUP BY ALL ORDER BY ALL"""
