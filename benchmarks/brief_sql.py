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
    top = f"""(SELECT product_id FROM sales WHERE {GOODS} AND day > {last} - 364 AND product_id <> '' GROUP BY ALL
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
        "below_cost": f"""
            SELECT product_id, count(*) AS lines, sum(units) AS units, sum(amount) AS gross, sum(cost) AS cost, count(DISTINCT order_id) AS orders,
                count(*) FILTER (amount < cost) AS loss_lines, count(DISTINCT order_id) FILTER (amount < cost) AS loss_orders,
                sum(units) FILTER (amount < cost) AS loss_units, sum(amount) FILTER (amount < cost) AS loss_gross,
                sum(cost) FILTER (amount < cost) AS loss_cost
            FROM sales WHERE kind = 'goods' AND cost IS NOT NULL AND day BETWEEN {last} - 27 AND {last} GROUP BY ALL ORDER BY product_id""",
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
