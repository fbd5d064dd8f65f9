"""Sales in django-oscar, which has no sale price of its own: one offer a product, made by this program and known by its name.

Its benefit takes the difference to the sale's price off every unit. An offer without a price is suspended. Days are those of UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Connection, DateTime, Numeric, column, insert, select, table, update

from zhanggui.doing.kinds import What, money

_RANGES = table(
    "offer_range",
    *map(column, ("id", "name", "slug", "description")),
    *(column(name, Boolean) for name in ("is_public", "includes_all_products")),
    column("date_created", DateTime),
)
_INCLUDED = table("offer_rangeproduct", *map(column, ("id", "display_order", "product_id", "range_id")))
_CONDITIONS = table("offer_condition", *map(column, ("id", "type", "range_id")), column("value", Numeric))
_BENEFITS = table("offer_benefit", *map(column, ("id", "type", "range_id")), column("value", Numeric))
_TEXTS = ("id", "name", "slug", "description", "offer_type", "status", "redirect_url", "condition_id", "benefit_id")
_COUNTS = ("total_discount", "num_applications", "num_orders", "priority")
_OFFERS = table(
    "offer_conditionaloffer",
    *map(column, (*_TEXTS, *_COUNTS)),
    column("exclusive", Boolean),
    *(column(name, DateTime) for name in ("start_datetime", "end_datetime", "date_created")),
)
_ENDS: dict[What, tuple[Any, str]] = {
    "sale_from": (_OFFERS.c.start_datetime, "T00:00:00"),
    "sale_to": (_OFFERS.c.end_datetime, "T23:59:59"),
}
OPEN, SUSPENDED = "Open", "Suspended"


def told(connection: Connection, product: int, price: str | None, what: What) -> str | None:
    """A value of a product's sale, None where it has none. ``price`` is what it costs without."""
    found = _found(connection, product)
    if found is None:
        return None
    if what in _ENDS:
        at = found[_ENDS[what][0].name]
        return None if at is None else str(at)[:10]
    if found["status"] != OPEN or price is None:
        return None
    return money(Decimal(price) - Decimal(str(found["value"])).quantize(Decimal("0.01")))


def write(connection: Connection, product: int, price: str | None, what: What, after: str | None) -> None:
    """Put a value there, in an offer that is made where there is none."""
    found = _found(connection, product) or _made(connection, product)
    own = _OFFERS.c.id == found["id"]
    if what in _ENDS:
        at, hour = _ENDS[what]
        moment = None if after is None else datetime.fromisoformat(after + hour)
        connection.execute(update(_OFFERS).where(own).values({at.name: moment}))
        return
    off = Decimal(price or 0) - Decimal(after) if after is not None else Decimal(0)
    connection.execute(update(_BENEFITS).where(_BENEFITS.c.id == found["benefit_id"]).values(value=off))
    connection.execute(update(_OFFERS).where(own).values(status=SUSPENDED if after is None else OPEN))


def _name(product: int) -> str:
    return f"zhanggui: {product}"


def _found(connection: Connection, product: int) -> dict[str, Any] | None:
    offer = select(
        _OFFERS.c.id,
        _OFFERS.c.status,
        _OFFERS.c.benefit_id,
        _OFFERS.c.start_datetime,
        _OFFERS.c.end_datetime,
        _BENEFITS.c.value,
    ).join_from(_OFFERS, _BENEFITS, _BENEFITS.c.id == _OFFERS.c.benefit_id)
    row = connection.execute(offer.where(_OFFERS.c.name == _name(product))).mappings().first()
    return None if row is None else dict(row)


def _made(connection: Connection, product: int) -> dict[str, Any]:
    """A suspended offer for one product alone: what it is in, what is asked for it, and what it gives."""
    now = datetime.now(UTC).replace(tzinfo=None)
    words = {"name": _name(product), "slug": f"zhanggui-{product}", "description": "", "date_created": now}
    alone = _new(connection, _RANGES, **words, is_public=False, includes_all_products=False)
    _new(connection, _INCLUDED, display_order=0, product_id=product, range_id=alone)
    one = _new(connection, _CONDITIONS, type="Count", value=Decimal(1), range_id=alone)
    less = _new(connection, _BENEFITS, type="Fixed", value=Decimal(0), range_id=alone)
    offer = dict.fromkeys(_COUNTS, 0) | {"offer_type": "Site", "status": SUSPENDED, "redirect_url": ""}
    made = _new(connection, _OFFERS, **words, **offer, exclusive=True, condition_id=one, benefit_id=less)
    return {"id": made, "benefit_id": less}


def _new(connection: Connection, rows: Any, **values: Any) -> int:
    return int(connection.execute(insert(rows).values(values).returning(rows.c.id)).scalar_one())
