"""What an experiment says of the action it tried: contribution a week, for the action's outcome."""

from __future__ import annotations

from datetime import timedelta
from math import isfinite

from zhanggui.experiments.reading import ExperimentReading
from zhanggui.methods.ab_reading import Reading
from zhanggui.methods.sample_ratio import SampleRatio
from zhanggui.units import Estimate, Refusal

Z_95 = 1.959963984540054
Z_END = 2.0537489106318225
"""What widens a 96 % interval, the planned end's, to that of 95 %."""


def effect_a_week(reading: ExperimentReading, worth: float) -> Estimate | Refusal:
    """The difference that treating every unit makes, in contribution a week with its 95 % interval.

    ``worth`` is the contribution of one conversion, or of one unit of money sold; it is taken as known. The planned end's reading is
    used where there is one, else the daily one. Refuses ``broken_split`` where the split is not sound, ``several`` for more than one
    treatment, and what the reading refuses.
    """
    if not (isinstance(reading.split, SampleRatio) and reading.split.verdict == "fine"):
        return Refusal("broken_split")
    if len(reading.variants) != 2:
        return Refusal("several", needed=2, have=len(reading.variants))
    treated = reading.variants[1]
    found = treated.at_end if isinstance(treated.at_end, Reading) else treated.daily
    if not isinstance(found, Reading):
        return found or Refusal("too_few")
    shrink = Z_95 / Z_END if found is treated.at_end else 1.0
    scale = worth * reading.units * 7 / _days(reading)
    value = found.difference.value
    ends = [value + shrink * (end - value) for end in (found.difference.low, found.difference.high)]
    if not all(map(isfinite, ends)):
        return Refusal("too_few")
    low, high = sorted(scale * end for end in ends)
    return Estimate(scale * value, low, high, 0.95)


def _days(reading: ExperimentReading) -> int:
    """The days over which units came: from the start to the planned end, or to the day it was stopped."""
    plan, stop = reading.experiment.plan, reading.experiment.stopped
    last = min(plan.end, stop.day if stop else plan.end, reading.as_of)
    return max((last - plan.start + timedelta(days=1)).days, 1)
