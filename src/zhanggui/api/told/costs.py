"""What the owner enters: the cost sheet, targets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from zhanggui.api.told.common import Told


class Costs(Told):
    """The cost sheet: section → name → lowest and highest value, equal where it is known exactly."""

    costs: dict[str, dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]]]
    estimated: int


class Aimed(Told):
    """What a month is to bring."""

    month: str
    metric: str
    value: float


class Target(Aimed):
    """A target that was entered, and the import by which it can be taken back."""

    batch: str


class Targets(Told):
    """A page of the targets."""

    targets: list[Aimed]
    next: str | None = None
