"""Everything an experiment can be, show or advise has its words in every language."""

from __future__ import annotations

from typing import get_args

import pytest

from zhanggui.experiments.kinds import CHANGES, METRICS, UNITS, State
from zhanggui.experiments.reading import Advice
from zhanggui.i18n import LOCALES, catalogue

REFUSALS = ("too_few", "empty", "constant", "too_few_groups", "not_positive")
UNKNOWN = ("no_orders", "no_traffic", "no_buyers", "no_units", "no_variance")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_choice_and_every_answer_has_words(locale: str) -> None:
    words = set(catalogue(locale, "experiments"))
    asked = {
        "change": CHANGES,
        "unit": UNITS,
        "metric": METRICS,
        "state": get_args(State),
        "advice": get_args(Advice),
        "refused": REFUSALS,
        "unknown": UNKNOWN,
        "split": ("fine", "doubtful", "broken"),
        "end": ("welch", "beta"),
        "left_out": ("outside", "crossed", "nameless", "foreign"),
    }
    assert {f"{part}.{name}" for part, names in asked.items() for name in names} - words == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_help_names_every_choice(locale: str) -> None:
    texts = catalogue(locale, "experiments")
    assert [change for change in CHANGES if change not in texts["help.change"]] == []
    assert [unit for unit in UNITS if unit not in texts["help.unit"]] == []
