"""Effects of drawn changes read by each design: how often the 95 % interval holds the truth, how often nothing is called worked, and how
often an effect half as large again as the smallest visible one, told beforehand, is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.decisions.panels import AFTER, KINDS, WEEK, Shop, case, draw, fell_most, lifted
from zhanggui.methods.against_controls import visible_against_controls
from zhanggui.methods.against_donors import visible_against_donors
from zhanggui.methods.synthetic_did import ENOUGH, synthetic_did
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


PIECES = [(number, kind) for number in range(len(SETTINGS)) for kind in KINDS]


@dataclass(frozen=True, slots=True)
class Piece:
    """The readings of one design in shops of one kind; ``seconds`` of the usual ones, and of one fit of 40 donors over 90 days."""

    design: str
    kind: str
    usual: Sequence[Read]
    chosen: Sequence[Read]
    large: Sequence[Read]
    seconds: float
    fit_seconds: float


def one(piece: tuple[int, str], runs: int = RUNS, seed: int = 1) -> Piece:
    """A fifth of ``runs`` drawn shops for a design, half of them with a lift of a fifth; half as many nulls chosen because sales fell; and
    half as many with an effect half as large again as the smallest visible one, where that can be told."""
    number, kind = piece
    setting, each = SETTINGS[number], runs // len(KINDS)
    start = time.process_time()
    usual = _many(setting, kind, each, seed, _usual)
    seconds = time.process_time() - start
    against = setting.others[1] > 1
    chosen = _many(setting, kind, each // 2, seed + 1, _chosen) if against else []
    large = _many(setting, kind, each // 2, seed + 2, _large) if against else []
    return Piece(setting.design, kind, usual, chosen, large, seconds, _fit_seconds())


def _fit_seconds() -> float:
    """How long synthetic difference-in-differences with all its placebos takes for 40 donors over 90 days."""
    shop = draw(np.random.default_rng(1), "plain", 41, 9)
    start = time.process_time()
    synthetic_did(shop.money[0, :90], shop.money[1:, :90], 62, precision=ENOUGH)
    return time.process_time() - start


def summed(found: Sequence[Piece]) -> dict[str, Any]:
    """Each design's figures, over all kinds of shops and by kind."""
    figures: dict[str, Any] = {"fit_of_40_donors_over_90_days_seconds": min(piece.fit_seconds for piece in found)}
    for setting in SETTINGS:
        mine = [piece for piece in found if piece.design == setting.design]
        if mine:
            figures[setting.design] = _design(mine)
    return figures


def run(runs: int = RUNS, seed: int = 1) -> dict[str, Any]:
    """All pieces, one after another."""
    return summed([one(piece, runs, seed) for piece in PIECES])


def _design(pieces: Sequence[Piece]) -> dict[str, Any]:
    every = [read for piece in pieces for read in piece.usual]
    found = _figures(every)
    found["seconds_a_reading"] = sum(piece.seconds for piece in pieces) / max(len(every), 1)
    found["by_kind"] = {piece.kind: _figures(piece.usual) for piece in pieces}
    chosen = [read for piece in pieces for read in piece.chosen]
    if chosen:
        found["chosen_because_sales_fell"] = _figures(chosen)
    told = [read for piece in pieces for read in piece.large]
    if told:
        found["large_effects"] = {
            "runs": len(told),
            "worked": _share([read.verdict == "worked" for read in told]),
            "unmeasurable": _share([read.verdict == "unmeasurable" for read in told]),
            "weeks_of_contribution": float(np.median([read.true for read in told])),
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
