"""Signs that an order or a review was not made by a real buyer. Each sign by itself is ordinary; only how they come together tells.

A sign is ``1`` seen, ``0`` not seen, ``-`` unknown: what the files do not say is neither for nor against. The letters stand in the
order of ``ORDER_SIGNS`` and ``REVIEW_SIGNS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, refunds, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAYS = 112
ORDER_SIGNS = (
    "burst",
    "one_place",
    "unvisited",
    "same_buyer",
    "cheap_first",
    "quick_parcel",
    "back_at_once",
    "same_words",
    "own_note",
)
REVIEW_SIGNS = ("same_words", "praise_burst", "before_parcel", "of_suspect")
TEN_MINUTES = 600
SURPRISE = 7.0
"""How much better a count fits itself than what was usual (log-likelihood): chance does it about once in a thousand times."""
FEWEST_TOGETHER = 3
SAME_AGAIN_DAYS = 3
CHEAP = 0.7
FEWEST_PRICES = 10
FEWEST_PARCELS = 30
QUICK = -3.0
"""Robust deviations of the logarithm of a parcel's hours."""
MAD = 1.4826
BACK_DAYS, WHOLE = 2, 0.95
LETTERS = 12
"""A review of fewer letters is repeated by chance."""
MOST_REVIEWS = 5000
STOCK_PHRASE = 0.1
"""Words that so large a share of all reviews has are the platform's own."""
MOST_COPIES = 20
LONGEST_EVENT_DAYS = 14
OWN_NOTE = r"刷单|刷單|补单|補單|放单|放單|空包|s单|brushing|fake order"
PRAISE = 5
KEY = ("channel", "order_id")


def _surprise(seen: Any, usual: Any) -> Any:
    """Whether a count is far above what is usual (Poisson), with three or more together."""
    usual = ibis.greatest(usual, 1e-6)
    better = seen * (seen / usual).ln() - (seen - usual)
    return (seen >= FEWEST_TOGETHER) & (seen > usual) & (better >= SURPRISE)


def _letter(sign: Any, known: Any) -> Any:
    return known.fill_null(False).ifelse(sign.fill_null(False).ifelse("1", "0"), "-")


def _orders(warehouse: Warehouse, grid: Grid) -> Any:
    """Counted orders of sixteen weeks with their main product, one row each."""
    facts = warehouse.table("order_facts")
    facts = facts.filter(facts.counted & grid.lately(facts.day, DAYS))
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, DAYS))
    main = lines.group_by(*KEY).agg(
        product_id=lines.product_id.argmax(lines.amount), units=lines.units.sum(), amount=total(lines.amount)
    )
    moment = ibis.coalesce(facts.paid_at, facts.created_at)
    told = (moment.minute() > 0) | (moment.second() > 0)  # a file that knows only days says midnight
    facts = facts.select(
        *KEY,
        "day",
        "customer_key",
        "new_or_returning",
        "shipped_at",
        "delivered_at",
        place=ibis.coalesce(facts.city.nullif(""), facts.region.nullif("")),
        at=told.ifelse(moment.epoch_seconds(), ibis.null("int64")),
    )
    return facts.inner_join(main, list(KEY))


def _events(warehouse: Warehouse, each: Any) -> Any:
    """Days of a short promotion: crowds and low prices are made on purpose there."""
    told = warehouse.table("promotions")
    told = told.filter(
        told.starts_day.notnull() & (told.ends_day.delta(told.starts_day, unit="day") <= LONGEST_EVENT_DAYS)
    )
    told = told.select("starts_day", "ends_day")
    days = each.select("day").distinct()
    return days.inner_join(told, [days.day >= told.starts_day, days.day <= told.ends_day]).select("day").distinct()


def _visited(warehouse: Warehouse, each: Any, grid: Grid) -> Any:
    """channel · product_id · day · unvisited: whether more was bought than so many visitors usually buy."""
    told = warehouse.table("traffic_days")
    told = told.filter((told.product_id != "*") & (told.visitors > 0) & grid.lately(told.day, DAYS))
    level = told.group_by("channel", "product_id", "day", source=told.source == "*", device=told.device == "*").agg(
        visitors=told.visitors.sum()
    )
    day = ("channel", "product_id", "day")
    visits = level.group_by(*day).agg(visitors=level.visitors.max().cast(MONEY))
    sold = each.group_by(*day).agg(orders=each.count().cast(MONEY))
    both = visits.inner_join(sold, list(day))
    product = ibis.window(group_by=("channel", "product_id"))
    rate = both.orders.sum().over(product) / both.visitors.sum().over(product)
    return both.select(*day, unvisited=_surprise(both.orders, both.visitors * rate))


def _crowds(each: Any) -> Any:
    """Each order beside the others of its product on that day: in the same ten minutes, to the same place."""
    hour, slot = (each.at // 3600) % 24, each.at // TEN_MINUTES

    def among(*by: Any) -> Any:
        return each.count().over(ibis.window(group_by=by)).cast(MONEY)

    timed = each["at"].count().over(ibis.window(group_by=("channel",))).cast(MONEY)
    placed = each.place.count().over(ibis.window(group_by=("channel",))).cast(MONEY)
    day = ("channel", "product_id", "day")
    pace = among(*day) * among("channel", hour) / timed / (3600 // TEN_MINUTES)
    there = among(*day) * among("channel", each.place) / placed
    buyer = ibis.window(group_by=("channel", "customer_key", "product_id"), order_by=("day", "order_id"))
    before = each.day.delta(each.day.lag().over(buyer), unit="day")
    after = each.day.lead().over(buyer).delta(each.day, unit="day")
    product = ibis.window(group_by=("channel", "product_id"))
    price = each.amount / each.units
    hours = (each.delivered_at.delta(each.shipped_at, unit="second") / 3600.0).nullif(0.0)
    took = (hours > 0).ifelse(hours, ibis.null(MONEY)).ln()
    return each.mutate(
        burst=_surprise(among("channel", "product_id", slot), pace),
        one_place=_surprise(among(*day, each.place), there),
        again=(before <= SAME_AGAIN_DAYS).fill_null(False) | (after <= SAME_AGAIN_DAYS).fill_null(False),
        usual=price.median().over(product),
        prices=price.count().over(product),
        price=price,
        took=took,
        middle=took.median().over(ibis.window(group_by=("channel",))),
        parcels=took.count().over(ibis.window(group_by=("channel",))),
    )


def _reviews(warehouse: Warehouse, grid: Grid) -> Any:
    """Reviews of sixteen weeks with their words: letters alone, in lower case."""
    told = warehouse.table("reviews")
    told = told.filter(grid.lately(told.created_day, DAYS))
    return told.mutate(words=told.text.fill_null("").lower().re_replace(r"[\s\p{P}]+", ""))


def _worded(warehouse: Warehouse, grid: Grid) -> Any:
    """Reviews whose words are long enough to compare, and whether others have the very same ones; unknown of stock phrases."""
    told = _reviews(warehouse, grid)
    told = told.filter(told.words.length() >= LETTERS)
    same = told.count().over(ibis.window(group_by=("words",))).cast(MONEY)
    share = same / told.count().over(ibis.window())
    own = (share >= STOCK_PHRASE) & (same > MOST_COPIES)
    return told.select("channel", "order_id", "review_id", repeated=own.ifelse(ibis.null("boolean"), same > 1))


def _marked(warehouse: Warehouse, grid: Grid) -> Any:
    """Orders on which the shop itself noted something, and whether the note says that nobody bought."""
    told = warehouse.table("orders")
    told = told.filter(told.seller_note.notnull() & (told.seller_note != "") & grid.lately(told.created_day, DAYS + 7))
    return told.select(*KEY, marked=told.seller_note.lower().re_search(OWN_NOTE))


@frame("pattern", "channel", "order_id")
def order_signs(warehouse: Warehouse, grid: Grid) -> Any:
    """pattern (a letter a sign) · channel · order_id · day · product_id · orders · money: orders with two signs or more one by one, the
    others summed by pattern (``order_id`` empty). Counted orders of 112 days."""
    each = _orders(warehouse, grid)
    crowd = _crowds(each)
    crowd = crowd.mutate(off=(crowd.took - crowd.middle).abs().median().over(ibis.window(group_by=("channel",))))
    events = _events(warehouse, each).mutate(eventful=ibis.literal(True))
    visited = _visited(warehouse, each, grid)
    back = refunds(warehouse)
    back = back.filter((back.age_days <= BACK_DAYS) & (back.day <= AS_OF))
    back = back.group_by(*KEY).agg(back=total(back.amount))
    words = _worded(warehouse, grid).filter(lambda t: t.order_id.notnull())
    words = words.group_by(*KEY).agg(repeated=words.repeated.cast("int8").max())
    notes = _marked(warehouse, grid).group_by(*KEY).agg(marked=lambda t: t.marked.cast("int8").max())
    row = _beside(crowd, events, ("day",))
    row = _beside(row, visited, ("channel", "product_id", "day"))
    for other in (back, words, notes):
        row = _beside(row, other, KEY)
    usual_day = row.eventful.isnull()
    noted = row.marked.count().over(ibis.window(group_by=("channel",))) > 0
    signs = {
        "burst": _letter(row.burst, row["at"].notnull() & usual_day),
        "one_place": _letter(row.one_place, row.place.notnull()),
        "unvisited": _letter(row.unvisited, row.unvisited.notnull() & usual_day),
        "same_buyer": _letter(row.again, row.customer_key.notnull()),
        "cheap_first": _letter(
            (row.new_or_returning == "new") & (row.price <= CHEAP * row.usual),
            (row.new_or_returning != "") & (row.prices >= FEWEST_PRICES) & row.price.notnull() & usual_day,
        ),
        "quick_parcel": _letter(
            (row.took - row.middle) / (MAD * ibis.greatest(row.off, 0.05)) <= QUICK,
            row.took.notnull() & (row.parcels >= FEWEST_PARCELS),
        ),
        "back_at_once": _letter(row.back >= WHOLE * row.amount, row.amount > 0),
        "same_words": _letter(row.repeated == 1, row.repeated.notnull()),
        "own_note": _letter(row.marked == 1, noted),
    }
    pattern = ibis.literal("").concat(*(signs[name] for name in ORDER_SIGNS))
    row = row.mutate(pattern=pattern)
    several = row.pattern.replace("0", "").replace("-", "").length() >= 2
    blank = ibis.literal("")
    return row.group_by(
        "pattern",
        channel=several.ifelse(row.channel, blank),
        order_id=several.ifelse(row.order_id, blank),
    ).agg(day=row.day.max(), product_id=row.product_id.max(), orders=row.count(), money=row.amount.sum())


@frame("channel", "review_id")
def review_words(warehouse: Warehouse, grid: Grid) -> Any:
    """channel · review_id · order_id · product_id · day · words (letters alone; empty where too few to compare) · crowd (1: far more full
    marks of its product on that day than usual) · early (1: written before its parcel arrived), the 5,000 latest reviews of 112 days."""
    told = _reviews(warehouse, grid)
    praise = (ibis.coalesce(told.stars_product, told.stars) >= PRAISE).fill_null(False)
    product = ("channel", "product_id")
    praised = praise.cast("int8").sum()
    on_day = praised.over(ibis.window(group_by=(*product, "created_day"))).cast(MONEY)
    ever = praised.over(ibis.window(group_by=product)).cast(MONEY)
    first = told.created_day.min().over(ibis.window(group_by=product))
    days = grid.age(first).cast(MONEY) + 1
    told = told.mutate(crowd=(praise & _surprise(on_day, ever / days)).cast("int8"))
    told = told.order_by([ibis.desc("created_day"), ibis.asc("review_id")]).limit(MOST_REVIEWS)
    orders = warehouse.table("order_facts").select(*KEY, "delivered_at")
    both = told.left_join(orders, list(KEY))
    return both.select(
        "channel",
        "review_id",
        "order_id",
        "product_id",
        "crowd",
        day=both.created_day,
        words=(both.words.length() >= LETTERS).ifelse(both.words, ""),
        early=(both.created_at < both.delivered_at).cast("int8"),
    )


def _beside(left: Any, right: Any, by: tuple[str, ...]) -> Any:
    """Each row with what the other table knows of it."""
    joined = left.left_join(right, list(by))
    return joined.drop(*(f"{name}_right" for name in by if f"{name}_right" in joined.columns))


FRAMES = (order_signs, review_words)
