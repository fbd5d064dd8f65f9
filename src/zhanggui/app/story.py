"""A story or content told in some weeks and not in others, by coin, and what it did to the visitors who come by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.errors import BadValue
from zhanggui.units import Quantity, Refusal, Words

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.methods.switchback import Switched

Floats = npt.NDArray[np.float64]
PREFIX = "story:"
BY_THEMSELVES = ("direct", "brand", "直接", "品牌")
"""What the names of sources have whose visitors look for the shop itself."""
FEWEST_VISITORS = 200
WEEKS = (12, 32)
BEFORE_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Plan:
    """``weeks``: Monday and whether the story is told; ``smallest`` the ratio that shows four times in five (a refusal where it is not
    known), ``visitors`` a week so far."""

    name: str
    sources: Sequence[str]
    weeks: Sequence[tuple[date, bool]]
    visitors: float
    smallest: float | Refusal


@dataclass(frozen=True, slots=True)
class Read:
    """What was read so far of a story."""

    name: str
    sources: Sequence[str]
    visitors: float
    over: int  # pairs of weeks that are over
    pairs: int
    found: Switched | Refusal


def plan(
    shop: Shop, name: str, *, weeks: int = 12, start: date | None = None, sources: Sequence[str] = (), keep: bool = True
) -> Plan:
    """Choose by coin in which of every two weeks the story is told, and keep it. Raises BadValue for a number of weeks that is odd or out
    of bounds, a name that is planned already, or a shop none of whose sources is direct or of the brand."""
    from zhanggui.methods.switchback import drawn, smallest_ratio
    from zhanggui.numbers.query import data_span, last_complete_day

    low, high = WEEKS
    if weeks % 2 or not low <= weeks <= high:
        raise BadValue("cli.unknown_choice", option="--weeks", value=str(weeks), known=f"{low}, {low + 2} … {high}")
    planned = _planned(shop)
    if name in planned:
        raise BadValue("plans.known_story", name=name, day=planned[name][0][0].isoformat())
    chosen = _sources(shop, sources)
    today = shop.clock.today()
    first = start or today + timedelta(days=7 - today.weekday())
    first -= timedelta(days=first.weekday())
    seed = int.from_bytes(sha256(f"{name}|{first}".encode()).digest()[:8])
    told = [(first + timedelta(days=7 * n), on) for n, on in enumerate(drawn(weeks // 2, seed))]
    last = last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    begins = data_span(shop.warehouse, shop.config.currency)[0]
    before = _weekly(shop, chosen, sunday - timedelta(days=7 * BEFORE_WEEKS - 1), sunday)
    values = np.array([value for monday, value in sorted(before.items()) if monday >= begins])
    if keep:
        rows = (
            {"experiment_id": PREFIX + name, "unit_id": m.isoformat(), "variant": "on" if on else "off"}
            for m, on in told
        )
        shop.enter("exposures", *rows)
    mean = float(values.mean()) if values.size else 0.0
    return Plan(name, chosen, told, mean, smallest_ratio(values, weeks // 2))


def read(shop: Shop, name: str, *, sources: Sequence[str] = ()) -> Read:
    """What the story did so far: whole pairs of weeks that are over. Raises BadValue for one that nobody planned."""
    from zhanggui.methods.switchback import switchback
    from zhanggui.numbers.query import last_complete_day

    planned = _planned(shop)
    if name not in planned:
        raise BadValue("plans.no_story", name=name, known=", ".join(planned) or "–")
    weeks, chosen = planned[name], _sources(shop, sources)
    last = last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    pairs = [
        (one, other)
        for one, other in zip(weeks[::2], weeks[1::2], strict=False)
        if other[0] + timedelta(days=6) <= last
    ]
    seen = _weekly(shop, chosen, weeks[0][0], last)
    on = np.array([seen.get(day, 0.0) for pair in pairs for day, told in pair if told])
    off = np.array([seen.get(day, 0.0) for pair in pairs for day, told in pair if not told])
    mean = float(np.concatenate([on, off]).mean()) if pairs else 0.0
    return Read(name, chosen, mean, len(pairs), len(weeks) // 2, switchback(on, off))


def _planned(shop: Shop) -> dict[str, list[tuple[date, bool]]]:
    table = shop.warehouse.table("exposures")
    rows = shop.warehouse.run(
        table.filter(table.experiment_id.startswith(PREFIX)).select("experiment_id", "unit_id", "variant")
    )
    found: dict[str, list[tuple[date, bool]]] = {}
    for name, monday, variant in rows.sort("unit_id").iter_rows():
        found.setdefault(name.removeprefix(PREFIX), []).append((date.fromisoformat(monday), variant == "on"))
    return found


def _sources(shop: Shop, named: Sequence[str]) -> list[str]:
    table = shop.warehouse.table("traffic_days")
    known = shop.warehouse.run(table.filter(table.source != "*").select("source").distinct())["source"].sort().to_list()
    chosen = [name for name in known if name in named] if named else []
    if not named:
        chosen = [name for name in known if any(part in name.casefold() for part in BY_THEMSELVES)]
    if not chosen:
        raise BadValue("plans.no_sources", known=", ".join(known) or "–")
    return chosen


def _weekly(shop: Shop, sources: Sequence[str], start: date, end: date) -> dict[date, float]:
    """Visitors of these sources by the Monday of the week."""
    rows = shop.query(["visitors"], ["week"], where={"source": list(sources)}, start=start, end=end).rows
    known = rows.filter(pl.col("visitors").is_not_null())
    return {date.fromisoformat(str(week)): float(seen) for week, seen in known.select("week", "visitors").iter_rows()}


def said_of_plan(plan: Plan) -> list[Words]:
    """What was planned, and what it can show."""
    said: dict[str, Any] = {"name": plan.name, "pairs": len(plan.weeks) // 2, "day": plan.weeks[0][0].isoformat()}
    lines = [Words("plans.story.planned", said), Words("plans.story.sources", {"names": list(plan.sources)})]
    if plan.visitors < FEWEST_VISITORS:
        return [*lines, Words("plans.story.few", {"visitors": Quantity(plan.visitors, "count")})]
    if isinstance(plan.smallest, Refusal):
        return [*lines, Words("plans.story.unseen")]
    return [*lines, Words("plans.story.smallest", {"share": Quantity(plan.smallest - 1, "share", signed=True)})]


def said_of(read: Read) -> list[Words]:
    """What came of it."""
    lines = [Words("plans.story.sources", {"names": list(read.sources)})]
    if read.over and read.visitors < FEWEST_VISITORS:
        return [*lines, Words("plans.story.few", {"visitors": Quantity(read.visitors, "count")})]
    if isinstance(read.found, Refusal):
        return [*lines, Words("plans.story.short", {"have": read.over, "needed": read.pairs})]
    found = read.found
    said = {
        "name": read.name,
        "ratio": Quantity(found.ratio, "ratio", found.low, found.high),
        "pairs": found.pairs,
        "p": Quantity(found.p, "share"),
    }
    return [*lines, Words("plans.story.read", said), Words(f"plans.story.{'shown' if found.shown else 'not_shown'}")]
