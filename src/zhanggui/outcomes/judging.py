"""From a reading to a verdict: what must hold before a shop is told that something worked."""

from __future__ import annotations

from datetime import date

from zhanggui.actions.kinds import CAUTION, Judgement
from zhanggui.outcomes.designs import Found
from zhanggui.units import Words

RANK = 0.05
"""At most this share of the placebos may be as large as the effect."""
LASTING = 0.4
"""At least this share of the effect must be left without the week that speaks most for it: one bulk order is no proof."""


def judge(found: Found) -> tuple[Judgement, Words | None]:
    """The verdict of a reading that nothing else disturbs, and why no more is said.

    ``worked`` and ``harmed`` need an interval that leaves 0 out, a place among the first of the placebos, a target that went with what
    it is read against before the change, others that have not more than doubled or halved since, and an effect that no single week made.
    Read against its own past alone, an effect that is not 0 may be the season: no verdict.
    """
    if found.low <= 0 <= found.high:
        return "no difference shown", None
    if abs(found.effect) < CAUTION.get(found.design, 1.0) * (found.high - found.low) / 2:
        return "no difference shown", Words("outcomes.reason.close")
    if found.design == "before_after":
        return "unmeasurable", Words("outcomes.reason.own_past_only")
    if not found.steady:
        return "unmeasurable", Words("outcomes.reason.unsteady")
    if found.swung:
        return "unmeasurable", Words("outcomes.reason.swung")
    if found.rank is not None and found.rank[0] - 1 > RANK * found.rank[1]:
        return "no difference shown", Words("outcomes.reason.rank", {"rank": found.rank[0], "of": found.rank[1]})
    if found.lasting < LASTING:
        return "no difference shown", Words("outcomes.reason.one_week")
    return ("worked" if found.low > 0 else "harmed"), None


def refused(code: str, needed: float | None, have: float | None) -> Words:
    """Why a method refused, in words."""
    return Words(f"outcomes.reason.{code}", {"needed": int(needed or 0), "have": int(have or 0)})


def disturbed(others: tuple[str, ...], changes: list[tuple[date, str]]) -> Words | None:
    """What else happened to the target, in words; None where nothing did."""
    if others:
        return Words("outcomes.reason.together", {"actions": ", ".join(others)})
    if changes:
        day, what = changes[0]
        return Words("outcomes.reason.other_change", {"day": day, "what": what or "–"})
    return None
