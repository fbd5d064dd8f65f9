"""What the owner enters: the cost sheet, targets."""

from __future__ import annotations

from zhanggui.api.told.common import Told


class Costs(Told):
    """The cost sheet: section → name → lowest and highest value, equal where it is known exactly."""

    costs: dict[str, dict[str, tuple[float, float]]]
    estimated: int


class Target(Told):
    """A month's target."""

    month: str
    metric: str
    value: float
    batch: str
