"""Where each order came from: four witnesses, heard in a fixed order, the first that knows a source decides.

1. ``order``: the visit that the shop system itself noted on the order;
2. ``landing``: the campaign parameters of the page where that visit began;
3. ``statistics``: the purchase that a web statistic saw under the order's number;
4. ``platform``: what the platform says of the order.

Who none of them knows stays unknown. Only what the tables hold counts, never when it came in.
"""

from __future__ import annotations

from zhanggui.store.schema import literal

DECIDED = ("source", "source_by", "campaign")
DAYS_APART = 3
"""A purchase so many days from the order of the same number is another shop's, or another year's."""

PAID = "kind = 'pay' AND order_id IS NOT NULL AND source IS NOT NULL"
"""Which events tell the source of an order."""

NOTHING = (
    "",
    "-",
    "(none)",
    "(not set)",
    "(not provided)",
    "(data not available)",
    "(unknown)",
    "unknown",
    "null",
    "undefined",
)
"""What stands in these columns where nothing is known."""

OWN_SHOP = ("web", "online_store", "online store", "website", "shop", "checkout")
"""What a platform calls the shop's own pages: where the order was placed, not what brought the buyer there."""

CLICKS = (("gclid|gbraid|wbraid", "google / cpc"), ("msclkid", "bing / cpc"), ("ttclid", "tiktok / cpc"))
"""Marks that an ad platform puts on its own paid clicks, for landing pages without campaign parameters."""

NOTHING_TOLD = (
    "SELECT 0::BIGINT AS o, NULL::VARCHAR AS source, NULL::VARCHAR AS campaign, NULL::VARCHAR AS seen_in WHERE false"
)


def decided(order: str, told: str) -> str:
    """SQL for an order's ``source``, ``source_by`` and ``campaign``; a campaign is that of the witness who decided.

    ``order`` and ``told`` are the aliases of the order and of what web statistics told of it.
    """
    witnesses = _witnesses(order, told)
    sources = ", ".join(source for source, _ in witnesses.values())
    by = " ".join(f"WHEN {source} IS NOT NULL THEN {literal(name)}" for name, (source, _) in witnesses.items())
    campaigns = " ".join(f"WHEN {source} IS NOT NULL THEN {_known(named)}" for source, named in witnesses.values())
    return (
        f"coalesce({sources}, '') AS source, CASE {by} ELSE '' END AS source_by,"
        f" coalesce(CASE {campaigns} ELSE {order}.campaign END, '') AS campaign"
    )


def _witnesses(order: str, told: str) -> dict[str, tuple[str, str]]:
    """SQL for the source and the campaign that each of them tells, in the order in which they are heard."""
    return {
        "order": (_known(f"{order}.visit_source"), f"{order}.visit_campaign"),
        "landing": (_landing(f"{order}.landing_page"), _parameter(f"{order}.landing_page", "utm_campaign")),
        "statistics": (_known(f"{told}.source"), f"{told}.campaign"),
        "platform": (_known(f"{order}.source", but=OWN_SHOP), f"{order}.campaign"),
    }


def heard() -> str:
    """SQL for what each witness says of the orders of number ``$1``: channel · order_id · witness · source · campaign · seen_in · decides.

    One that knows nothing has an empty source; ``seen_in`` is where it stands: the landing page, or the statistic and its purchase.
    """
    seen_in = {"landing": "o.landing_page", "statistics": "t.seen_in", "platform": "o.source"}
    each = " UNION ALL ".join(
        f"""SELECT o.channel, o.order_id, {nth} AS nth, {literal(name)} AS witness, coalesce({source}, '') AS source,
            CASE WHEN {source} IS NOT NULL THEN coalesce({_known(campaign)}, '') ELSE '' END AS campaign,
            coalesce({seen_in.get(name, "o.visit_source")}, '') AS seen_in, f.source_by = {literal(name)} AS decides
            FROM asked o LEFT JOIN seen t USING (o) JOIN order_facts f ON f.channel = o.channel AND f.order_id = o.order_id"""
        for nth, (name, (source, campaign)) in enumerate(_witnesses("o", "t").items())
    )
    return f"""WITH asked AS (SELECT *, rowid AS o FROM orders WHERE {_number("order_id")} = {_number("$1")}), seen AS ({told()})
        SELECT * EXCLUDE (nth) FROM ({each}) ORDER BY channel, order_id, nth"""


def told() -> str:
    """What web statistics tell of orders: ``o`` · source · campaign · seen_in, for every order of the shop.

    A purchase belongs to the order of its number: of its own channel before others, the number buyers see before the platform's own. One
    that could be several orders' is nobody's. Where several statistics saw an order, the first by name speaks.
    """
    return f"""
        WITH paid AS (
            SELECT channel, event_id, {_number("order_id")} AS number, source, campaign, "at" AS paid_at, at_day FROM events
            WHERE {PAID} AND {_known("source")} IS NOT NULL
        ), numbered AS (
            SELECT rowid AS o, channel, coalesce(created_day, paid_day) AS day, unnest([
                {{'number': {_number("order_id")}, 'own': 0}}, {{'number': {_number(_PLATFORM_ID)}, 'own': 1}}]) AS known
            FROM orders
        ), pairs AS (
            SELECT p.*, n.o, (p.channel <> n.channel)::INTEGER * 2 + n.known.own AS far
            FROM paid p JOIN numbered n ON n.known.number = p.number
            WHERE coalesce(abs(p.at_day - n.day) <= {DAYS_APART}, true)
        ), nearest AS (
            SELECT channel, event_id, any_value(o) AS o, any_value(source) AS source, any_value(campaign) AS campaign,
                any_value(paid_at) AS paid_at
            FROM (SELECT * FROM pairs QUALIFY far = min(far) OVER (PARTITION BY channel, event_id))
            GROUP BY channel, event_id HAVING count(DISTINCT o) = 1
        )
        SELECT o, arg_min(source, (channel, paid_at, event_id)) AS source,
            arg_min(coalesce(campaign, ''), (channel, paid_at, event_id)) AS campaign,
            arg_min(channel || ' ' || event_id, (channel, paid_at, event_id)) AS seen_in
        FROM nearest GROUP BY o"""


def numbers(rows: str) -> str:
    """SQL for the order numbers that rows of ``orders`` or ``events`` bear."""
    return f"""SELECT DISTINCT unnest([{_number("order_id")}, {_number(_PLATFORM_ID)}]) AS number FROM {rows}"""


def numbered_so(numbers: str) -> str:
    """SQL for the orders that bear one of ``numbers``: channel · order_id."""
    known = f"(SELECT number FROM {numbers} WHERE number IS NOT NULL)"
    return f"""SELECT channel, order_id FROM orders WHERE EXISTS (FROM {known})
        AND ({_number("order_id")} IN {known} OR {_number(_PLATFORM_ID)} IN {known})"""


_PLATFORM_ID = "json_extract_string(extra, '$.Id'), json_extract_string(extra, '$.id')"


def _number(expression: str) -> str:
    """An order's number as buyers and programs write it: ``#1001`` and ``1001`` are one, and so is a long name that ends in it."""
    return f"lower(ltrim(regexp_replace(trim(coalesce({expression})), '^gid://.*/', ''), '#'))"


def _known(expression: str, but: tuple[str, ...] = ()) -> str:
    """The text where it says anything: of ``google / cpc`` the first half must."""
    nothing = ", ".join(map(literal, (*NOTHING, *but)))
    return f"CASE WHEN lower(split_part(trim({expression}), ' / ', 1)) NOT IN ({nothing}) THEN trim({expression}) END"


def _parameter(page: str, name: str) -> str:
    """A parameter of a page's address."""
    held = f"regexp_extract({page}, '(?i)[?&#]{name}=([^&#]*)', 1)"
    return f"nullif(trim(url_decode(replace({held}, '+', ' '))), '')"


def _landing(page: str) -> str:
    """The source that a landing page's parameters name, else the platform whose mark of a paid click it bears."""
    source, medium = _known(_parameter(page, "utm_source")), _parameter(page, "utm_medium")
    clicks = " ".join(
        f"WHEN regexp_matches({page}, '[?&#]({marks})=') THEN {literal(named)}" for marks, named in CLICKS
    )
    return f"CASE WHEN {page} IS NULL THEN NULL WHEN {source} IS NOT NULL THEN concat_ws(' / ', {source}, {medium}) {clicks} END"
