"""What the shop's files would say: canonical tables as frames, as of the end of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from zhanggui.practice.chance import Floats, Ints, Purpose, normals
from zhanggui.practice.demand import WAITING_DAYS, rivals
from zhanggui.practice.kinds import ADS, COURIERS, LIVE, REASONS, SIZES, SOURCES
from zhanggui.practice.parcels import REGIONS
from zhanggui.practice.world import World

MINUTES = 1440
MOVING_DAYS = 30
"""An order's state may change for this long."""
REFUND_DAYS = 95
PLATFORM = "search-ads"
Frames = dict[str, pl.DataFrame]


def frames(world: World, start: int, end: int, words: Mapping[str, str] | None = None) -> Frames:
    """Everything that was new or changed from day ``start`` to day ``end`` of the world, as its files say at the end of ``end``.

    ``words`` gives the texts of reasons and reviews by name; without them the names themselves stand there.
    """
    writer = _Writer(world, start, end, words or {})
    made = {
        "products": writer.products(),
        "orders": writer.orders(),
        "order_lines": writer.order_lines(),
        "order_fees": writer.order_fees(),
        "refunds": writer.refunds(),
        "reviews": writer.reviews(),
        "customers": writer.customers(),
        "traffic_days": writer.traffic_days(),
        "ad_days": writer.ad_days(),
        "keyword_days": writer.keyword_days(),
        "stock_days": writer.stock_days(),
        "promotions": writer.promotions(),
        "changes": writer.changes(),
        "benchmarks": writer.benchmarks(),
        "rival_prices": writer.rival_prices(),
        "scores": writer.scores(),
    }
    return {name: told for name, frame in made.items() if (told := writer.listed(frame)).height}


class _Writer:
    def __init__(self, world: World, start: int, end: int, words: Mapping[str, str]) -> None:
        self.world, self.start, self.end, self.words = world, start, end, words
        self.midnight = datetime.combine(world.start, datetime.min.time())
        self.now = (end + 1) * MINUTES
        self.ids = np.array(world.names)
        self.days = range(max(start, 0), end + 1)

    def listed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a table without products that are not listed yet."""
        hidden = self.ids[self.world.state.listed > self.end].tolist()
        if not hidden or "product_id" not in frame.columns:
            return frame
        return frame.filter(pl.col("product_id").is_null() | ~pl.col("product_id").is_in(hidden))

    def day(self, number: int) -> date:
        return self.world.date_of(number)

    def _times(self, minutes: Ints, *, until_now: bool = True) -> pl.Series:
        """Minutes of the world as local times; NULL where there is none or it is still to come."""
        there = (minutes >= 0) & ((minutes < self.now) | (not until_now))
        micros = np.datetime64(self.midnight, "us") + minutes.astype("timedelta64[m]").astype("timedelta64[us]")
        return pl.Series(np.where(there, micros, np.datetime64("NaT", "us")))

    def _stacked(self, first: int, names: Sequence[str]) -> dict[str, Any]:
        """Columns of the orders from day ``first`` to the last, one below the other, with their day and number."""
        parts = self.world.sold[max(first, 0) : self.end + 1]
        made: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.zeros(0, dtype=np.int64)
            for name in names
        }
        made["day"] = np.concatenate([np.full(part.count, part.day) for part in parts]) if parts else np.zeros(0, int)
        nth = np.concatenate([np.arange(part.count) for part in parts]) if parts else np.zeros(0, int)
        made["number"] = 10_000_000_000 + made["day"] * 1_000_000 + nth
        return made

    def _keys(self, buyers: Ints) -> pl.Series:
        """Buyers' keys; none where names come masked."""
        if self.world.character.masked:
            return pl.Series(values=[None] * len(buyers), dtype=pl.String)
        return pl.Series(_key(self.world.luck, buyers))

    def orders(self) -> pl.DataFrame:
        """Orders paid in the span, older ones whose parcel moved in it, and orders never paid."""
        times = ("placed", "minute", "due", "shipped", "delivered")
        amounts = ("paid", "extra_paid", "price", "units", "extra_price", "deposit")
        rows = self._stacked(self.start - MOVING_DAYS, (*times, *amounts, "buyer", "source", "place", "courier"))
        since = self.start * MINUTES
        moved = (
            (rows["placed"] >= since)
            | ((rows["minute"] >= since) & (rows["minute"] < self.now))
            | ((rows["shipped"] >= since) & (rows["shipped"] < self.now))
            | ((rows["delivered"] >= since) & (rows["delivered"] < self.now))
        )
        r = {name: values[moved] for name, values in rows.items()}
        goods = r["paid"] + r["extra_paid"]
        listed = r["price"] * r["units"] + r["extra_price"]
        delivered = (r["delivered"] >= 0) & (r["delivered"] < self.now)
        shipped = (r["shipped"] >= 0) & (r["shipped"] < self.now)
        here = r["minute"] < self.now
        presale = r["deposit"] > 0
        paid = pl.DataFrame(
            {
                "order_id": pl.Series(r["number"]).cast(pl.String),
                "customer_key": self._keys(r["buyer"]),
                "created_at": self._times(np.where(presale, r["placed"], r["minute"] - 3)),
                "paid_at": self._times(r["minute"]),
                "ship_by": self._times(r["due"], until_now=False),
                "shipped_at": self._times(r["shipped"]),
                "delivered_at": self._times(r["delivered"]),
                "status": np.where(
                    delivered, "delivered", np.where(shipped, "shipped", np.where(here, "paid", "placed"))
                ),
                "kind": np.where(presale, "presale", "normal"),
                "goods_amount": goods / 100,
                "discount_amount": (listed - goods) / 100,
                "shipping_amount": np.zeros(len(goods)),
                "order_total": goods / 100,
                "deposit_amount": pl.Series(np.where(presale, r["deposit"] / 100, np.nan)).fill_nan(None),
                "paid_amount": np.where(here, goods, r["deposit"]) / 100,
                "source": np.array(SOURCES)[r["source"]],
                "region": np.array([name for name, _ in REGIONS])[r["place"]],
                "carrier": np.array(COURIERS)[r["courier"]],
            }
        )
        return pl.concat([paid, self._never_paid()], how="diagonal")

    def _never_paid(self) -> pl.DataFrame:
        parts = [(part.day, part) for part in self.world.sold[max(self.start, 0) : self.end + 1]]
        count = [len(part.unpaid) for _, part in parts]
        ids = [
            20_000_000_000 + day * 1_000_000 + nth for (day, _), n in zip(parts, count, strict=True) for nth in range(n)
        ]
        minutes = _joined([part.unpaid for _, part in parts])
        amounts = _joined([part.unpaid_amount for _, part in parts]) / 100
        return pl.DataFrame(
            {
                "order_id": pl.Series(ids, dtype=pl.Int64).cast(pl.String),
                "created_at": self._times(minutes),
                "status": ["cancelled"] * len(ids),
                "kind": ["normal"] * len(ids),
                "goods_amount": amounts,
                "order_total": amounts,
            }
        )

    def order_lines(self) -> pl.DataFrame:
        """Lines of the span's orders, and of the orders that were never paid."""
        names = (
            "product",
            "size",
            "units",
            "price",
            "paid",
            "cost",
            "extra",
            "extra_size",
            "extra_price",
            "extra_paid",
        )
        r = self._stacked(self.start, (*names, "extra_cost"))
        first = self._lines(r["number"], "1", r["product"], r["size"], r["units"], r["price"], r["paid"], r["cost"])
        more = np.nonzero(r["extra"] >= 0)[0]
        ones = np.ones(len(more), dtype=np.int64)
        size, price, paid, cost = (r[name][more] for name in ("extra_size", "extra_price", "extra_paid", "extra_cost"))
        second = self._lines(r["number"][more], "2", r["extra"][more], size, ones, price, paid, cost)
        return pl.concat([first, second])

    def _lines(
        self, number: Ints, line: str, product: Ints, size: Ints, units: Ints, price: Ints, paid: Ints, cost: Ints
    ) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "order_id": pl.Series(number).cast(pl.String),
                "line_id": [line] * len(number),
                "product_id": self.ids[product],
                "sku": self._skus(product, size),
                "variant": self._variants(size),
                "quantity": units,
                "unit_price": price / 100,
                "line_discount": (price * units - paid) / 100,
                "line_total": paid / 100,
                "unit_cost": cost / 100,
                "kind": ["goods"] * len(number),
            }
        )

    def _skus(self, product: Ints, size: Ints) -> Any:
        """``P003-L``; ``P003-1`` where there are no sizes."""
        sized = self.world.character.sized
        table = np.array(
            [
                [f"{name}-{SIZES[z] if sized else 1}" for z in range(self.world.state.stock.shape[1])]
                for name in self.world.names
            ]
        )
        return table[product, size]

    def _variants(self, size: Ints) -> Any:
        return np.array(SIZES)[size] if self.world.character.sized else np.full(len(size), "")

    def order_fees(self) -> pl.DataFrame:
        rows = self._stacked(self.start - WAITING_DAYS, ("fee", "commission", "source", "minute"))
        booked = (rows["minute"] >= self.start * MINUTES) & (rows["minute"] < self.now)
        r = {name: values[booked] for name, values in rows.items()}
        live = r["source"] == LIVE
        kinds = (("platform", r["number"], r["fee"]), ("commission", r["number"][live], r["commission"][live]))
        return pl.concat(
            [
                pl.DataFrame(
                    {
                        "order_id": pl.Series(number).cast(pl.String),
                        "kind": [kind] * len(number),
                        "amount": amount / 100,
                    }
                )
                for kind, number, amount in kinds
            ]
        )

    def refunds(self) -> pl.DataFrame:
        """Refunds that ended in the span, one row a line taken back."""
        names = ("product", "size", "units", "paid", "extra", "extra_size", "extra_paid", "minute", "refund_minute")
        rows = self._stacked(self.start - REFUND_DAYS, (*names, "refund_day", "before", "kept_goods", "reason"))
        ended = (rows["refund_day"] >= self.start) & (rows["refund_day"] <= self.end)
        r = {name: values[ended] for name, values in rows.items()}
        with_extra = np.nonzero(r["before"] & (r["extra"] >= 0))[0]
        e = {name: values[with_extra] for name, values in r.items()}
        ones = np.ones(len(with_extra), dtype=np.int64)
        return pl.concat(
            [
                self._refunds(r, "1", r["product"], r["size"], r["units"], r["paid"]),
                self._refunds(e, "2", e["extra"], e["extra_size"], ones, e["extra_paid"]),
            ]
        )

    def _refunds(
        self, r: Mapping[str, Any], line: str, product: Ints, size: Ints, units: Ints, paid: Ints
    ) -> pl.DataFrame:
        number = pl.Series(r["number"]).cast(pl.String)
        before = r["before"].astype(bool)
        asked = np.where(before, r["refund_minute"] - 30, np.maximum(r["refund_minute"] - 2 * MINUTES, r["minute"] + 1))
        reasons = np.array([self._word("reason", name) for name in REASONS])
        return pl.DataFrame(
            {
                "refund_id": pl.Series([f"R{n}-{line}" for n in number], dtype=pl.String),
                "order_id": number,
                "line_id": [line] * len(number),
                "product_id": self.ids[product],
                "sku": self._skus(product, size),
                "quantity": units,
                "requested_at": self._times(np.maximum(asked, r["minute"])),
                "finished_at": self._times(r["refund_minute"]),
                "amount": paid / 100,
                "reason": reasons[r["reason"]],
                "kind": np.where(before | r["kept_goods"].astype(bool), "refund_only", "return"),
                "phase": np.where(before, "before_shipment", "after_shipment"),
                "status": ["finished"] * len(number),
                "scope": ["single"] * len(number),
            }
        )

    def _word(self, table: str, name: str) -> str:
        return self.words.get(f"{table}_{name}", name)

    def reviews(self) -> pl.DataFrame:
        rows = self._stacked(self.start - REFUND_DAYS, ("product", "buyer", "review_minute", "stars", "reason"))
        told = (
            (rows["stars"] > 0) & (rows["review_minute"] // MINUTES >= self.start) & (rows["review_minute"] < self.now)
        )
        r = {name: values[told] for name, values in rows.items()}
        good, dull = self._word("review", "good"), self._word("review", "bad")
        bad = np.array([self._word("review", name) for name in REASONS])
        said = np.where(r["stars"] >= 4, good, np.where(r["reason"] >= 0, bad[r["reason"]], dull))
        number = pl.Series(r["number"]).cast(pl.String)
        return pl.DataFrame(
            {
                "review_id": pl.Series([f"V{n}" for n in number], dtype=pl.String),
                "order_id": number,
                "product_id": self.ids[r["product"]],
                "customer_key": self._keys(r["buyer"]),
                "created_at": self._times(r["review_minute"]),
                "stars": r["stars"],
                "text": said,
            }
        )

    def customers(self) -> pl.DataFrame:
        if self.world.character.masked:
            return pl.DataFrame()
        r = self._stacked(self.start, ("buyer", "fresh", "minute", "place"))
        new = r["fresh"].astype(bool)
        return pl.DataFrame(
            {
                "customer_key": self._keys(r["buyer"][new]),
                "first_seen_at": self._times(r["minute"][new]),
                "region": np.array([name for name, _ in REGIONS])[r["place"][new]],
            }
        )

    def products(self) -> pl.DataFrame:
        world, state = self.world, self.world.state
        price = self.world.prices[self.end][0] if self.world.prices else state.price
        return pl.DataFrame(
            {
                "product_id": world.names,
                "short_name": [f"{world.character.name} {nth + 1}" for nth in range(len(world.names))],
                "title": [f"{world.character.name} {nth + 1}" for nth in range(len(world.names))],
                "category": [f"{world.character.name}-{kind + 1}" for kind in world.assortment.category],
                "price": np.round(price, 2),
                "cost": np.round(state.cost, 2),
                "status": np.where(state.selling, "active", "archived"),
                "listed_at": [self.midnight + timedelta(days=int(day)) for day in np.minimum(state.listed, self.end)],
                "updated_at": [self.midnight + timedelta(days=self.end)] * len(world.names),
                "lead_days": world.assortment.lead.astype(np.float64),
                "min_order": world.assortment.minimum.astype(np.float64),
            }
        )

    def _by_day(self, made: Callable[[int], Mapping[str, Any]]) -> pl.DataFrame:
        parts = [pl.DataFrame({"day": self.day(day), **made(day)}) for day in self.days]
        return pl.concat(parts) if parts else pl.DataFrame()

    def traffic_days(self) -> pl.DataFrame:
        """By source and product, by product, by source, and the shop: each level as the platform counts it."""
        count, sources = len(self.world.names), len(SOURCES)
        product = np.concatenate([np.repeat(self.ids, sources), self.ids, np.full(sources + 1, "*")])
        source = np.concatenate([np.tile(np.array(SOURCES), count), np.full(count, "*"), np.array(SOURCES), ["*"]])

        def rows(day: int) -> Mapping[str, Any]:
            seen = self.world.seen[day]
            people, buyers, carts = seen.by_product
            of_source, bought = seen.by_source
            unique, paying, ordering = seen.shop
            level = _levels
            return {
                "source": source,
                "product_id": product,
                "device": ["*"] * len(source),
                "visitors": np.concatenate([seen.visitors.ravel(), people, of_source, [unique]]),
                "impressions": level(seen.impressions),
                "clicks": level(seen.visitors),
                "favourites": level(seen.favourites),
                "cart_visitors": np.concatenate(
                    [
                        seen.carts.ravel(),
                        carts,
                        np.minimum(seen.carts.sum(axis=0), of_source),
                        [min(int(carts.sum()), unique)],
                    ]
                ),
                "order_buyers": np.concatenate(
                    [
                        seen.ordered.ravel(),
                        np.maximum(seen.ordered.sum(axis=1), buyers),
                        seen.ordered.sum(axis=0),
                        [ordering],
                    ]
                ),
                "pay_buyers": np.concatenate([seen.paid.ravel(), buyers, bought, [paying]]),
                "pay_amount": level(seen.amount) / 100,
            }

        return self._by_day(rows)

    def ad_days(self) -> pl.DataFrame:
        world = self.world
        advertised = np.nonzero(world.assortment.budget > 0)[0]

        def rows(day: int) -> Mapping[str, Any]:
            seen = world.seen[day]
            own = advertised[(seen.ad_cost[advertised] > 0) | (seen.budget[advertised] > 0)]
            fed = np.nonzero(seen.feed_visitors > 0)[0]
            clicks = np.concatenate([seen.visitors[own, ADS], seen.feed_visitors[fed]])
            cost = np.concatenate([seen.ad_cost[own], seen.feed_cost[fed]]) / 100
            both = np.concatenate([own, fed])
            nothing = np.zeros(len(fed))
            return {
                "platform": [PLATFORM] * len(both),
                "campaign": [f"ads-{world.names[p]}" for p in own] + [f"feed-{world.names[p]}" for p in fed],
                "product_id": self.ids[both],
                "impressions": np.concatenate([seen.ad_impressions[own], seen.feed_visitors[fed] * 20]),
                "clicks": clicks,
                "cost": cost,
                "orders": np.concatenate([seen.ad_orders[own], nothing]),
                "revenue": np.concatenate([seen.ad_revenue[own] / 100, nothing]),
                "carts": np.concatenate([seen.carts[own, ADS], np.zeros(len(fed), dtype=np.int64)]),
                "bid": np.round(cost / np.maximum(clicks, 1), 2),
                "daily_budget": np.concatenate([np.round(seen.budget[own], 2), np.round(seen.feed_cost[fed] / 100, 2)]),
                "quality_score": np.concatenate([seen.quality[own], np.full(len(fed), 7.0)]),
                "plan": ["automatic"] * len(both),
            }

        return self._by_day(rows)

    def keyword_days(self) -> pl.DataFrame:
        """One search word a product, for the ten most visited."""
        world = self.world
        top = np.sort(np.argsort(-world.assortment.base.sum(axis=1), kind="stable")[:10])

        def rows(day: int) -> Mapping[str, Any]:
            seen = world.seen[day]
            visitors = seen.visitors[top, 0]
            return {
                "keyword": [f"{world.character.name} {p + 1}" for p in top],
                "product_id": self.ids[top],
                "market_searches": visitors * 40 + 200,
                "impressions": np.round(visitors / world.assortment.click[top]).astype(np.int64),
                "clicks": visitors,
                "visitors": visitors,
                "pay_buyers": seen.paid[top, 0],
                "pay_amount": seen.amount[top, 0] / 100,
            }

        return self._by_day(rows)

    def stock_days(self) -> pl.DataFrame:
        count, sizes = self.world.state.stock.shape
        product, size = np.repeat(np.arange(count), sizes), np.tile(np.arange(sizes), count)
        skus = self._skus(product, size)

        def rows(day: int) -> Mapping[str, Any]:
            shelf = self.world.shelves[day]
            arrives = np.repeat(shelf.inbound_day, sizes)
            coming = shelf.inbound.ravel()
            start = np.datetime64(self.world.start, "D")
            dates = np.where(
                (arrives >= 0) & (coming > 0), start + arrives.astype("timedelta64[D]"), np.datetime64("NaT", "D")
            )
            return {
                "product_id": self.ids[product],
                "sku": skus,
                "location": ["*"] * len(product),
                "on_hand": np.maximum(shelf.on_hand.ravel(), 0),
                "inbound": coming,
                "inbound_day": pl.Series(dates),
            }

        return self._by_day(rows)

    def changes(self) -> pl.DataFrame:
        noted = [c for c in self.world.state.changes if c.logged and self.start <= c.day <= self.end]
        return pl.DataFrame(
            {
                "change_id": [c.id for c in noted],
                "at": [self.midnight + timedelta(days=c.day, hours=9) for c in noted],
                "product_id": [self.world.names[c.product] for c in noted],
                "what": [c.what for c in noted],
                "before": [c.before for c in noted],
                "after": [c.after for c in noted],
                "by": [c.by for c in noted],
            },
            schema_overrides={"at": pl.Datetime("us")},
        )

    def promotions(self) -> pl.DataFrame:
        """Coupons as they stand, with the day each began and, where it is over, ended."""
        rows: list[dict[str, Any]] = []
        for p, name in enumerate(self.world.names):
            for slot, kind in ((1, "coupon"), (2, "second")):
                spans = _spans([float(day[slot][p]) for day in self.world.prices[: self.end + 1]])
                for first, last, share in spans:
                    price, offer, _ = (float(part[p]) for part in self.world.prices[first])
                    base = price if slot == 1 else price * (1 - offer)
                    over = last < self.end
                    rows.append(
                        {
                            "promotion_id": f"{kind}-{name}-{first}",
                            "name": kind,
                            "starts_at": self.midnight + timedelta(days=first),
                            "ends_at": self.midnight + timedelta(days=last + 1 if over else self.end + 60),
                            "product_ids": name,
                            "discount": round(base * share, 2),
                            "stackable": True,
                        }
                    )
        return pl.DataFrame(rows + self._events() + self._thresholds(), infer_schema_length=None)

    def _events(self) -> list[dict[str, Any]]:
        """Events as the platform announces them; of those over, the ones the shop took part in."""
        return [
            {
                "promotion_id": event.id,
                "name": event.id,
                "starts_at": self.midnight + timedelta(days=event.start),
                "ends_at": self.midnight + timedelta(days=event.end, hours=23),
                "answer_by": self.midnight + timedelta(days=event.answer_by, hours=18),
                "product_ids": self.world.names[event.product],
                "price": event.price,
                "fee": event.fee,
                "stackable": False,
            }
            for event in self.world.state.events
            if event.announced <= self.end and (event.joined or self.end <= event.answer_by)
        ]

    def _thresholds(self) -> list[dict[str, Any]]:
        """Gifts from so much on, for the whole shop; one that stands has no end."""
        return [
            {
                "promotion_id": f"gift-{one.since}",
                "name": "gift",
                "starts_at": self.midnight + timedelta(days=one.since),
                "ends_at": self.midnight + timedelta(days=one.until, hours=-1) if one.until >= 0 else None,
                "threshold": one.at,
                "gift_cost": one.gift,
            }
            for one in self.world.state.thresholds
            if one.since <= self.end
        ]

    def benchmarks(self) -> pl.DataFrame:
        """What the platform says of peers: the mean conversion of shops of this kind, read weekly."""
        world = self.world
        days = [day for day in self.days if self.day(day).weekday() == 6]
        luck = normals(world.luck, Purpose.PEERS, np.array(days, dtype=np.int64)) if days else np.zeros(0)
        value = world.character.conversion * np.exp(0.04 * luck)
        return pl.DataFrame(
            {
                "day": [self.day(day) for day in days],
                "peer_group": [world.character.name] * len(days),
                "metric": ["conversion_rate"] * len(days),
                "value": np.round(value, 5),
                "low": np.round(0.6 * value, 5),
                "high": np.round(1.5 * value, 5),
                "members": np.full(len(days), 120),
                "denominator": ["visitors"] * len(days),
            }
        )

    def rival_prices(self) -> pl.DataFrame:
        """Prices of the matched items of the five largest products, noted on Mondays."""
        world = self.world
        top = np.argsort(-world.assortment.base.sum(axis=1), kind="stable")[:5]
        parts = []
        for day in [day for day in self.days if self.day(day).weekday() == 0]:
            level: Floats = rivals(world.character, world.luck, day, len(world.names))
            parts.append(
                pl.DataFrame(
                    {
                        "day": self.day(day),
                        "rival_item": [f"rival-{world.names[p]}" for p in top],
                        "product_id": self.ids[top],
                        "price": np.round(world.assortment.price[top] * level[top], 2),
                        "source": ["hand"] * len(top),
                    }
                )
            )
        return pl.concat(parts) if parts else pl.DataFrame()

    def scores(self) -> pl.DataFrame:
        days = [day for day in self.days if self.day(day).weekday() == 6]
        value = float((self.world.state.stars.sum()) / self.world.state.reviews.sum())
        return pl.DataFrame(
            {
                "system": ["experience"] * len(days),
                "object": ["*"] * len(days),
                "name": ["shop"] * len(days),
                "day": [self.day(day) for day in days],
                "value": np.full(len(days), round(value, 2)),
                "window_days": np.full(len(days), 45),
                "composite": [True] * len(days),
            }
        )


def _levels(values: Ints) -> Ints:
    """By product and source, by product, by source, in all."""
    return np.concatenate([values.ravel(), values.sum(axis=1), values.sum(axis=0), [values.sum()]])


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _key(seed: int, buyers: Ints) -> list[str]:
    """Thirty-two hexadecimal digits a buyer, the same whenever the buyer comes."""
    with np.errstate(over="ignore"):
        first = (buyers.astype(np.uint64) + np.uint64(seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
        second = (first ^ (first >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return [f"{a:016x}{b:016x}" for a, b in zip(first.tolist(), second.tolist(), strict=True)]


def _spans(shares: Sequence[float]) -> list[tuple[int, int, float]]:
    """Runs of days with the same share above zero: first day, last day, share."""
    found: list[tuple[int, int, float]] = []
    for day, share in enumerate(shares):
        if share <= 0:
            continue
        if found and found[-1][1] == day - 1 and found[-1][2] == share:
            found[-1] = (found[-1][0], day, share)
        else:
            found.append((day, day, share))
    return found
