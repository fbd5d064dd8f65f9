"""Effects of drawn changes read by each design: how often the 95 % interval holds the truth, how often nothing is called worked, and how
often an effect half as large again as the smallest visible one, told beforehand, is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.decisions.panels import AFTER, KINDS, WEEK, Shop, case, draw, fell_most, lifted
from zhanggui.methods.against_controls import visible_against_controls
from zhanggui.methods.against_donors import visible_against_donors
from zhanggui.outcomes.designs import DESIGNS, Case, Found
from zhanggui.outcomes.judging import judge
from zhanggui.units import Refusal

RUNS = 1000
USUAL_LIFT = 0.2
LARGER = 1.5
"""The effect that must be seen, in smallest visible ones."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A design and the shops it is tried on: other products and weeks before, drawn evenly; ``season``: whether all products share one."""

    design: str
    others: tuple[int, int]
    weeks: tuple[int, int]
    season: bool = True

    @property
    def read(self) -> Callable[[Case], Found | Refusal]:
        return DESIGNS[{"synthetic_control": 0, "regression": 1, "before_after": 2}[self.design]]


SETTINGS = (
    Setting("synthetic_control", (8, 40), (8, 26)),
    Setting("regression", (1, 7), (8, 26)),
    Setting("before_after", (1, 1), (8, 26), season=False),
)


@dataclass(frozen=True, slots=True)
class Read:
    """One reading: whether it held the truth, its width in weeks of contribution, and the verdict."""

    held: bool
    width: float
    verdict: str
    true: float


def run(runs: int = RUNS, seed: int = 1) -> dict[str, Any]:
    """``runs`` drawn shops for each design, half of them with a lift of a fifth; half as many nulls chosen because sales fell; and half
    as many with an effect half as large again as the smallest visible one, where that can be told."""
    return {setting.design: _design(setting, runs, seed) for setting in SETTINGS}


def _design(setting: Setting, runs: int, seed: int) -> dict[str, Any]:
    start = time.perf_counter()
    usual = {kind: _many(setting, kind, runs // len(KINDS), seed, _usual) for kind in KINDS}
    every = [read for reads in usual.values() for read in reads]
    found = _figures(every)
    found["seconds_a_reading"] = (time.perf_counter() - start) / max(len(every), 1)
    found["by_kind"] = {kind: _figures(reads) for kind, reads in usual.items()}
    if setting.others[1] > 1:
        chosen = [read for kind in KINDS for read in _many(setting, kind, runs // 2 // len(KINDS), seed + 1, _chosen)]
        found["chosen_because_sales_fell"] = _figures(chosen)
        large = [read for kind in KINDS for read in _many(setting, kind, runs // 2 // len(KINDS), seed + 2, _large)]
        told = [read for read in large if read.true > 0]
        found["large_effects"] = {
            "runs": len(told),
            "worked": _share([read.verdict == "worked" for read in told]),
            "unmeasurable": _share([read.verdict == "unmeasurable" for read in told]),
            "weeks_of_contribution": float(np.median([read.true for read in told])) if told else float("nan"),
        }
    return found


def _figures(reads: Sequence[Read]) -> dict[str, Any]:
    nothing = [read for read in reads if read.true == 0]
    return {
        "runs": len(reads),
        "coverage": _share([read.held for read in reads]),
        "width": float(np.median([read.width for read in reads])) if reads else float("nan"),
        "false_worked": _share([read.verdict == "worked" for read in nothing]),
        "false_harmed": _share([read.verdict == "harmed" for read in nothing]),
        "unmeasurable": _share([read.verdict == "unmeasurable" for read in reads]),
    }


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else float("nan")


Trial = Callable[[np.random.Generator, Setting, Shop, str, int], "tuple[Shop, float] | None"]


def _many(setting: Setting, kind: str, runs: int, seed: int, trial: Trial) -> list[Read]:
    found = []
    for number in range(runs):
        chance = np.random.default_rng([seed, KINDS.index(kind), number])
        others = int(chance.integers(setting.others[0], setting.others[1] + 1))
        weeks = int(chance.integers(setting.weeks[0], setting.weeks[1] + 1))
        shop = draw(chance, kind, others + 1, weeks, season=setting.season)
        made = trial(chance, setting, shop, kind, number)
        read = None if made is None else _read(setting, *made)
        if read is not None:
            found.append(read)
    return found


def _usual(
    chance: np.random.Generator, setting: Setting, shop: Shop, kind: str, number: int
) -> tuple[Shop, float] | None:
    if number % 2 == 0:
        return shop, 0.0
    return lifted(chance, shop, kind, USUAL_LIFT * _weekly(shop))


def _chosen(
    chance: np.random.Generator, setting: Setting, shop: Shop, kind: str, number: int
) -> tuple[Shop, float] | None:
    return fell_most(shop), 0.0


def _large(
    chance: np.random.Generator, setting: Setting, shop: Shop, kind: str, number: int
) -> tuple[Shop, float] | None:
    visible = _visible(setting, shop)
    return None if visible is None else lifted(chance, shop, kind, LARGER * visible)


def _visible(setting: Setting, shop: Shop) -> float | None:
    """The smallest visible effect a week, told on the eve of the change."""
    until = case(shop).change
    weekly = shop.money[:, until % WEEK : until].reshape(shop.money.shape[0], -1, WEEK).sum(axis=2)
    ask = visible_against_donors if setting.design == "synthetic_control" else visible_against_controls
    found = ask(weekly[0], weekly[1:], AFTER)
    return None if isinstance(found, Refusal) else found


def _weekly(shop: Shop) -> float:
    return float(shop.mean[0, -AFTER * WEEK :].sum() / AFTER)


def _read(setting: Setting, shop: Shop, true: float) -> Read | None:
    found = setting.read(case(shop))
    if isinstance(found, Refusal):
        return None
    usual = _weekly(shop)
    return Read(found.low <= true <= found.high, (found.high - found.low) / usual, judge(found)[0], true / usual)


def summary(found: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """What must hold, and whether it does."""
    lines = []
    for design, figures in found.items():
        lines.append((f"{design}: coverage 93 … 97 %", 0.93 <= figures["coverage"] <= 0.97))
        lines.append((f"{design}: nothing called worked ≤ 2.5 %", figures["false_worked"] <= 0.025))
    return lines
