"""Which dimensions a metric can be asked by, and which of them the shop's files tell apart at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from zhanggui.metrics import MEASURES, Measure, Metric
from zhanggui.numbers.coverage import DAY
from zhanggui.numbers.dimensions import DIMENSIONS, OWN, PRODUCT, of
from zhanggui.numbers.kinds import TIME

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

FIRST = ("product_id", "category", "source", "country", "channel", "campaign")
"""The dimensions that are offered first."""

_TOLD: WeakKeyDictionary[Any, tuple[Any, dict[str, frozenset[str]]]] = WeakKeyDictionary()


def answering(metric: Metric, held: Collection[str] = ()) -> tuple[str, ...]:
    """The dimensions that every measure of a metric answers by, those of most use first; time grains are not among them.

    ``held`` are the tables that have rows: a measure that counts as nothing while its table is empty asks nothing of it.
    """
    needed = [MEASURES[name] for name in metric.measures if name not in metric.optional or MEASURES[name].table in held]
    read = [measure for measure in needed if measure.table in OWN]
    common = set(DIMENSIONS).difference(TIME).intersection(*(_dimensions(measure) for measure in read))
    return tuple(
        sorted(common, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), DIMENSIONS.index(name)))
    )


def _dimensions(measure: Measure) -> set[str]:
    own = set(of(measure.table))
    return own | _dimensions(MEASURES[measure.otherwise]) if measure.otherwise else own


def told(warehouse: Warehouse, metric: Metric) -> tuple[str, ...]:
    """Those of :func:`answering` that have at least two values in the tables of the metric."""
    held = {name for name, rows in warehouse.rows().items() if rows}
    tables = {table for name in metric.measures for table in _tables(MEASURES[name])}
    split = frozenset[str]().union(*(_split(warehouse, table) for table in sorted(tables & OWN.keys())))
    return tuple(name for name in answering(metric, held) if name in split)


def _tables(measure: Measure) -> set[str]:
    """The tables that a measure is read from, the one that is taken where the first lacks a dimension among them."""
    return {measure.table} | (_tables(MEASURES[measure.otherwise]) if measure.otherwise else set())


def _split(warehouse: Warehouse, table: str) -> frozenset[str]:
    """The dimensions of one table that have at least two values; counted once per version of the data."""
    version, known = _TOLD.get(warehouse, (None, {}))
    if version != warehouse.version:
        known = {}
        _TOLD[warehouse] = (warehouse.version, known)
    if table not in known:
        own = OWN[table]
        found = set(_several(warehouse, table, own))
        if "product_id" in own and warehouse.rows().get("products"):
            found |= set(_several(warehouse, "products", PRODUCT))
        known[table] = frozenset(found)
    return known[table]


def _several(warehouse: Warehouse, table: str, names: Iterable[str]) -> list[str]:
    """The columns of which some two rows differ: the least value is not the greatest."""
    t = warehouse.table(table)
    ends: dict[str, Any] = {}
    for name in names:
        stated = t[name].fill_null("").nullif("*") if table in DAY else t[name].fill_null("")
        ends |= {f"{name}_first": stated.min(), f"{name}_last": stated.max()}
    row = warehouse.run(t.aggregate(**ends)).row(0, named=True)
    return [name for name in names if row[f"{name}_first"] != row[f"{name}_last"]]
