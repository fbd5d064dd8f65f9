"""What an experiment shows today: the split first, then each variant against the control, and whether to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from zhanggui.experiments.kinds import Experiment, Plan, Variant
from zhanggui.experiments.outlook import END_LEVEL
from zhanggui.methods.ab_reading import FEW, Arm, Reading, compare_conversions, of_rate, of_values, welch
from zhanggui.methods.always_valid import FEW_VALUES, always_valid, always_valid_conversions
from zhanggui.methods.best_arm import Belief, Normal, Standing, best_arm
from zhanggui.methods.sample_ratio import SampleRatio, sample_ratio
from zhanggui.methods.shrinkage import Beta
from zhanggui.numbers.exposures import Exposures, Sums, exposures
from zhanggui.units import Refusal

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

LEVEL = 0.95
"""The always-valid interval: over all looks together it misses the truth at most one time in twenty."""
SMALL_RATE = 0.2
"""Below this expected rate conversions alone say nearly all, and are read exactly."""
BLOCKS = ("product", "day")
"""Units of which nearly each has some value: plain means."""
FEW_BLOCKS = 8
DENIED = ("", "0", "0.0", "false", "no", "n", "none", "null", "-")
"""Outcomes that say a unit did not convert, in lower case."""

Advice = Literal[
    "no_units",
    "broken_split",
    "doubtful_split",
    "too_few",
    "go_on",
    "better",
    "worse",
    "no_difference",
    "not_shown",
    "cannot_tell",
]


@dataclass(frozen=True, slots=True)
class Shown:
    """One variant: its units, their mean, and against the control the reading that may be looked at every day (``daily``) and the one
    for the planned end (``at_end``, None before it). ``best`` and ``loss`` (a unit, in the metric's unit) say what choosing it now
    means."""

    variant: Variant
    units: int
    hits: int
    mean: float | None
    daily: Reading | Refusal | None = None
    at_end: Reading | Refusal | None = None
    best: float | None = None
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class ExperimentReading:
    """``advice`` is about stopping; ``about`` names the variants it speaks of. ``foreign`` are units of variants that were never planned.
    ``level`` and ``end_level`` are of the two intervals, each parted among the comparisons."""

    experiment: Experiment
    as_of: date
    variants: Sequence[Shown]
    split: SampleRatio | Refusal
    advice: Advice
    about: Sequence[str]
    left_out: Exposures
    foreign: int
    leader: str | None
    over: bool
    level: float = LEVEL
    end_level: float = END_LEVEL

    @property
    def units(self) -> int:
        return sum(shown.units for shown in self.variants)


def read(warehouse: Warehouse, experiment: Experiment, today: date) -> ExperimentReading:
    """The reading of an experiment as of ``today``, from the exposures of its planned days.

    The fixed-horizon reading is only given after the planned end, and never where the plan was made after the start. Buyers whose exposures
    tell no outcome are read by their orders.
    """
    plan = experiment.plan
    found = exposures(warehouse, plan.id, plan.period, denied=DENIED)
    if plan.unit == "customer" and found.units and not found.stated:
        found = exposures(warehouse, plan.id, plan.period, by_orders=True)
    return reading_of(experiment, found, today)


def reading_of(experiment: Experiment, found: Exposures, today: date) -> ExperimentReading:
    """The reading of an experiment from the sums of its variants."""
    plan = experiment.plan
    sums = [found.variants.get(variant.name, Sums()) for variant in plan.variants]
    over = today > plan.end and not experiment.late
    split = sample_ratio([each.units for each in sums], plan.shares)
    sound = not (isinstance(split, SampleRatio) and split.verdict == "broken")
    standing = _standing(plan, sums) if sound else None
    shown = [
        Shown(
            variant,
            own.units,
            own.hits,
            _mean(plan, own),
            daily=_daily(plan, sums[0], own, number) if number and sound else None,
            at_end=_at_end(plan, sums[0], own) if number and sound and over else None,
            best=standing.best[number] if standing else None,
            loss=standing.loss[number] if standing else None,
        )
        for number, (variant, own) in enumerate(zip(plan.variants, sums, strict=True))
    ]
    advice, about = _advice(shown, split, over=over, ended=today > plan.end)
    planned = {variant.name for variant in plan.variants}
    foreign = sum(each.units for name, each in found.variants.items() if name not in planned)
    leader = plan.variants[standing.leader].name if standing else None
    return ExperimentReading(experiment, today, shown, split, advice, about, found, foreign, leader, over)


def _mean(plan: Plan, sums: Sums) -> float | None:
    if not sums.units:
        return None
    return (sums.hits if plan.metric == "conversion" else sums.total) / sums.units


def _part(level: float, plan: Plan) -> float:
    """The level of one comparison, so that all together keep theirs."""
    return 1 - (1 - level) / plan.comparisons


def _arm(sums: Sums, plan: Plan) -> Arm | Refusal:
    if plan.metric == "conversion":
        return of_rate(sums.hits, sums.units)
    return of_values(sums.units, sums.total, sums.squares)


def _daily(plan: Plan, control: Sums, own: Sums, number: int) -> Reading | Refusal:
    """By which sequence an experiment is read is settled by its plan, not by what is seen."""
    level = _part(LEVEL, plan)
    pair = plan.shares[0] + plan.shares[number]
    expected = plan.baseline.mean if plan.baseline else None
    if plan.metric == "conversion" and (expected is None or expected <= SMALL_RATE):
        return always_valid_conversions(
            control.hits,
            control.units,
            own.hits,
            own.units,
            share=plan.shares[number] / pair,
            planned_hits=plan.planned * pair * (expected or SMALL_RATE / 4),
            level=level,
        )
    fewest, enough = _fewest(plan, control, own)
    if fewest < enough:
        return Refusal("too_few", needed=enough, have=fewest)
    first, second = _arm(control, plan), _arm(own, plan)
    if isinstance(first, Refusal):
        return first
    if isinstance(second, Refusal):
        return second
    return always_valid(first, second, planned=plan.planned * pair, level=level)


def _fewest(plan: Plan, *both: Sums) -> tuple[int, int]:
    """Of what a reading by the normal curve has least, and how much it needs of it."""
    if plan.metric == "conversion":
        return min(min(each.hits, each.units - each.hits) for each in both), FEW
    if plan.unit in BLOCKS:
        return min(each.units for each in both), FEW
    return min(each.paying for each in both), FEW_VALUES


def _at_end(plan: Plan, control: Sums, own: Sums) -> Reading | Refusal:
    level = _part(END_LEVEL, plan)
    if plan.metric == "conversion":
        return compare_conversions(control.hits, control.units, own.hits, own.units, level=level)
    enough = FEW_BLOCKS if plan.unit in BLOCKS else FEW
    if min(control.paying, own.paying) < enough:
        return Refusal("too_few", needed=enough, have=min(control.paying, own.paying))
    first, second = _arm(control, plan), _arm(own, plan)
    if isinstance(first, Refusal):
        return first
    return second if isinstance(second, Refusal) else welch(first, second, level=level)


def _standing(plan: Plan, sums: Sequence[Sums]) -> Standing | None:
    """What choosing each variant now is expected to lose: a belief, not a claim."""
    if not any(own.hits for own in sums):
        return None
    beliefs: list[Belief] = []
    for own in sums:
        if plan.metric == "conversion":
            beliefs.append(Beta(own.hits + 0.5, own.units - own.hits + 0.5))
            continue
        arm = _arm(own, plan)
        if isinstance(arm, Refusal) or arm.variance <= 0 or own.paying < FEW:
            return None
        beliefs.append(Normal(arm.mean, arm.error))
    found = best_arm(beliefs) if all(own.units for own in sums) else None
    return None if isinstance(found, Refusal) else found


def _advice(
    shown: Sequence[Shown], split: SampleRatio | Refusal, *, over: bool, ended: bool
) -> tuple[Advice, tuple[str, ...]]:
    """Whether to stop. A difference is claimed where an interval that keeps its promise leaves no difference out, and nowhere else."""
    if not sum(each.units for each in shown):
        return "no_units", ()
    if isinstance(split, SampleRatio) and split.verdict == "broken":
        return "broken_split", ()
    better, worse = _claimed(shown, sign=1), _claimed(shown, sign=-1)
    if (better or worse) and isinstance(split, SampleRatio) and split.verdict == "doubtful":
        return "doubtful_split", (*better, *worse)
    if better:
        return "better", better
    if worse:
        return "worse", worse
    if over:
        told = [each for each in shown[1:] if isinstance(each.at_end, Reading)]
        return ("no_difference", ()) if told else ("cannot_tell", ())
    told = [each for each in shown[1:] if isinstance(each.daily, Reading)]
    if ended:
        return ("not_shown", ()) if told else ("cannot_tell", ())
    return ("go_on", ()) if told else ("too_few", ())


def _claimed(shown: Sequence[Shown], *, sign: int) -> tuple[str, ...]:
    """Variants whose difference from the control is shown, in the direction of ``sign``."""

    def claims(found: Reading | Refusal | None) -> bool:
        if not isinstance(found, Reading):
            return False
        return found.p < 1 - found.difference.level and found.difference.value * sign > 0

    return tuple(each.variant.name for each in shown if claims(each.daily) or claims(each.at_end))
