"""The five-minute cost sheet: what goods, freight, packing, fees and commissions cost, each a value or a range.

It lives in ``costs.toml`` of the workspace, so that an owner can read and mend it by hand::

    [goods]          # share of the paid price, by category; ``*`` is every other category
    "*" = [0.42, 0.50]
    [per_order]      # money
    freight = 6.5
    packing = [0.8, 1.2]
    [share]          # of paid goods
    fees = 0.006
    commission = 0.03
    return_insurance = 0.0
    [refund]         # money per returned order, and the share of returned goods that cannot be sold again
    freight = 6
    handling = 2
    unsellable = 0.1
    [lead_days]      # by category
    "*" = 10
    [salvage]        # share of the goods' cost
    "*" = 0.2
    [fixed]          # money a month, whether anybody orders or not; names are the owner's
    rent = 6000
    wages = [15000, 18000]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhanggui.errors import BadValue, WorkspaceError

FILE = "costs.toml"
SECTIONS: dict[str, tuple[str, ...] | None] = {
    "goods": None,  # any category
    "per_order": ("freight", "packing", "gift"),
    "share": ("fees", "commission", "return_insurance"),
    "refund": ("freight", "handling", "unsellable"),
    "lead_days": None,
    "salvage": None,
    "fixed": None,  # any name
}
_SHARES = {"goods", "share", "salvage"}


@dataclass(frozen=True, slots=True)
class Range:
    """A value that may not be known exactly: 80 % of the belief lies in ``low`` … ``high``."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class CostSheet:
    """The sheet as it was entered: section → name → range. Empty where nothing was entered."""

    entries: Mapping[str, Mapping[str, Range]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.entries.values())

    def get(self, section: str, name: str = "*") -> Range | None:
        """The range of ``name``, or of ``*`` where the section is by category; None where it was not entered."""
        rows = self.entries.get(section, {})
        return rows.get(name, rows.get("*") if SECTIONS[section] is None else None)

    def goods_share(self, category: str = "*") -> Range | None:
        """Goods as a share of the paid price."""
        return self.get("goods", category)

    @property
    def per_order(self) -> float:
        """Money that goes out with each order, middle of the ranges."""
        return sum(item.middle for item in self.entries.get("per_order", {}).values())

    @property
    def sales_share(self) -> float:
        """Share of paid goods that fees and commissions take, middle of the ranges."""
        return sum(item.middle for item in self.entries.get("share", {}).values())

    @property
    def per_return(self) -> float:
        """Money that an order sent back costs, middle of the ranges."""
        rows = self.entries.get("refund", {})
        return sum(rows[name].middle for name in ("freight", "handling") if name in rows)

    @property
    def unsellable(self) -> float:
        """Share of returned goods that cannot be sold again, middle of the range."""
        share = self.get("refund", "unsellable")
        return share.middle if share else 0.0

    @property
    def fixed(self) -> Mapping[str, Range]:
        """What has to be paid every month, by name."""
        return self.entries.get("fixed", {})

    @property
    def least_per_order(self) -> float:
        """Money that goes out with each order at least."""
        return sum(item.low for item in self.entries.get("per_order", {}).values())

    @property
    def least_sales_share(self) -> float:
        """Share of paid goods that fees and commissions take at least."""
        return sum(item.low for item in self.entries.get("share", {}).values())

    @property
    def estimated(self) -> int:
        """How many entries are ranges."""
        return sum(not item.exact for rows in self.entries.values() for item in rows.values())


def load(folder: Path) -> CostSheet:
    """Read a workspace's cost sheet; an empty one where there is none. Raises for an unreadable or senseless one."""
    path = folder / FILE
    if not path.is_file():
        return CostSheet()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError("config.unreadable", file=str(path), reason=str(error)) from None
    return parse(raw)


def parse(raw: Mapping[str, Any]) -> CostSheet:
    """Check a sheet's sections, names and bounds."""
    entries: dict[str, dict[str, Range]] = {}
    for section, rows in raw.items():
        if section not in SECTIONS or not isinstance(rows, Mapping):
            raise BadValue("config.unknown_cost", name=str(section), known=", ".join(SECTIONS))
        allowed = SECTIONS[section]
        for name, value in rows.items():
            if allowed is not None and name not in allowed:
                raise BadValue("config.unknown_cost", name=f"{section}.{name}", known=", ".join(allowed))
            entries.setdefault(section, {})[name] = _range(section, name, value)
    return CostSheet(entries)


def _range(section: str, name: str, value: Any) -> Range:
    ends = value if isinstance(value, list) else [value, value]
    numbers = [end for end in ends if isinstance(end, int | float) and not isinstance(end, bool)]
    top = 1.0 if section in _SHARES or name == "unsellable" else float("inf")
    if len(ends) != 2 or len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1] <= top:
        raise BadValue("config.bad_cost", name=f"{section}.{name}", value=str(value))
    return Range(float(numbers[0]), float(numbers[1]))


def write(folder: Path, sheet: CostSheet) -> None:
    """Write ``costs.toml``; the old one is replaced in one step."""
    lines: list[str] = []
    for section, rows in sheet.entries.items():
        lines.append(f"[{section}]")
        for name, item in rows.items():
            value = f"{item.low:g}" if item.exact else f"[{item.low:g}, {item.high:g}]"
            quoted = name.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'"{quoted}" = {value}')
        lines.append("")
    path = folder / FILE
    draft = path.with_suffix(".tmp")
    draft.write_text("\n".join(lines), encoding="utf-8")
    draft.replace(path)


def with_entry(sheet: CostSheet, section: str, name: str, value: Any) -> CostSheet:
    """The sheet with one entry set (a number, or a pair low, high)."""
    checked = parse({section: {name: value}})
    entries = {key: dict(rows) for key, rows in sheet.entries.items()}
    entries.setdefault(section, {})[name] = checked.entries[section][name]
    return CostSheet(entries)
