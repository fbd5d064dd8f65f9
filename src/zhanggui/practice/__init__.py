"""A simulated shop with known truth: to practise on, and to prove decisions with.

It knows nothing of metrics, methods and rules: it lives day by day, writes canonical tables as a shop's files would, and answers to
actions. docs/practice.md says what it is made of and which figure comes from where.
"""

from __future__ import annotations

from zhanggui.practice.characters import CASES, CHARACTERS, character
from zhanggui.practice.events import Event
from zhanggui.practice.kinds import Character, Effect, Made, Move, Reckoning, Terms, Trouble
from zhanggui.practice.world import World
from zhanggui.practice.writing import frames

__all__ = [
    "CASES",
    "CHARACTERS",
    "Character",
    "Effect",
    "Event",
    "Made",
    "Move",
    "Reckoning",
    "Terms",
    "Trouble",
    "World",
    "character",
    "frames",
]
