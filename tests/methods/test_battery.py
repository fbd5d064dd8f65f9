"""What every method owes: the same answer twice, refusal of empty and constant input, scaling with units, never NaN, survival of n = 1."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from zhanggui.methods.ab_reading import Joint, compare_conversions, of_ratio, of_values, welch, with_before
from zhanggui.methods.against_controls import against_controls
from zhanggui.methods.against_donors import against_donors, visible_against_donors
from zhanggui.methods.always_valid import always_valid, always_valid_conversions, rate_sequence
from zhanggui.methods.before_after import before_after
from zhanggui.methods.best_arm import Normal, best_arm, shares_of_next
from zhanggui.methods.break_even import break_even
from zhanggui.methods.change_point import rate_change_point
from zhanggui.methods.concentration import concentration
from zhanggui.methods.counts import Demand, demand, reorder, zero_run
from zhanggui.methods.decomposition import kitagawa, lmdi, products_to_shop, shapley, split
from zhanggui.methods.development import compare_at_equal_age, develop, to_come
from zhanggui.methods.elasticity import calendar_terms, elasticity
from zhanggui.methods.evidence import weigh
from zhanggui.methods.expectation import expect, expect_day, expect_many, weekday_profile
from zhanggui.methods.forecast_pace import pace
from zhanggui.methods.knapsack import choose
from zhanggui.methods.line_shift import line_shift
from zhanggui.methods.local_level import local_level
from zhanggui.methods.marginal_return import marginal_return
from zhanggui.methods.moderated import moderated_variances
from zhanggui.methods.placebo import calibrate
from zhanggui.methods.pooling import pool
from zhanggui.methods.record import kept
from zhanggui.methods.regression import least_squares, two_stage
from zhanggui.methods.repeated_looks import error_of_looks, pocock_limit
from zhanggui.methods.replenishment import arrival
from zhanggui.methods.sample_ratio import sample_ratio
from zhanggui.methods.score_drivers import score_drivers
from zhanggui.methods.shrinkage import beta_by_likelihood, beta_by_moments, james_stein, shrink
from zhanggui.methods.smallest_visible import smallest_visible_change, smallest_visible_count_change, weeks_to_see
from zhanggui.methods.switchback import smallest_ratio, switchback
from zhanggui.methods.synthetic_did import synthetic_did
from zhanggui.methods.two_windows import compare_counts, compare_money, compare_rates
from zhanggui.methods.units_needed import smallest_shown, units_needed
from zhanggui.methods.value_of_testing import knowledge_gradient, value_of_knowing
from zhanggui.methods.winners_curse import disappointment, expected_after_choice
from zhanggui.units import Refusal

Draw = np.ndarray


class Case(NamedTuple):
    """``ask`` takes positive amounts (n,) in some unit of money or number; ``scales`` names fields in that unit, ``steady`` those without
    one; ``constant``: whether equal amounts are refused; ``alone``: whether one amount is enough for an answer."""

    ask: Callable[[Draw], object]
    scales: tuple[str, ...] = ()
    steady: tuple[str, ...] = ()
    constant: bool = False
    alone: bool = False


def halves(x: Draw) -> tuple[Draw, Draw]:
    return x[: x.size // 2], x[x.size // 2 :]


def as_cells(x: Draw) -> tuple[Draw, Draw]:
    rates = np.linspace(0.5, 2, x.size)
    return np.column_stack([x, rates]), np.column_stack([x[::-1], rates * 1.1])


def developed(x: Draw):
    reached = np.minimum(np.arange(x.size, 0, -1) - 1, 3)
    wobble = 1 + 0.3 * np.sin(np.arange(3 * x.size)).reshape(x.size, 3)
    return develop(x[:, None] * [0.05, 0.03, 0.02] * wobble, x, reached), reached


def coming(x: Draw):
    pattern, reached = developed(x)
    return pattern if isinstance(pattern, Refusal) else to_come(pattern, x * 0.02, x, reached)


def as_line(x: Draw) -> tuple[Draw, Draw]:
    return x * np.linspace(1, 2, x.size), np.column_stack([np.ones(x.size), x])


def weekly_prices(x: Draw) -> Draw:
    return np.repeat(x[::14], 14)[: x.size]


def arms(x: Draw, read: Callable[..., object]) -> object:
    """Two variants of the amounts, read; the second a tenth dearer."""
    own, other = halves(x)
    found = [of_values(y.size, y.sum(), np.square(y).sum()) for y in (own, other * 1.1)]
    return next((each for each in found if isinstance(each, Refusal)), None) or read(*found)


def joint(x: Draw, y: Draw) -> Joint:
    return Joint(x.size, y.sum(), np.square(y).sum(), x.sum(), np.square(x).sum(), (x * y).sum())


def relieved(x: Draw) -> object:
    own, other = (joint(part[::2], part[1::2]) for part in (x[: x.size // 4 * 2], x[x.size // 4 * 2 : x.size // 4 * 4]))
    found = with_before(own, other)
    return found if isinstance(found, Refusal) else welch(*found)


def beliefs(x: Draw) -> list[Normal]:
    return [Normal(float(amount), float(x.mean())) for amount in x[:3]]


def side_by_side(x: Draw, series: int) -> Draw:
    return x[: x.size // series * series].reshape(series, -1)


def changed(x: Draw, series: int, after: int) -> tuple[Draw, Draw, int]:
    """The first of some series, the others, and how many times lie before the last ``after``."""
    rows = side_by_side(x, series)
    return rows[0], rows[1:], max(rows.shape[1] - after, 0)


CASES = {
    "synthetic_did": Case(
        lambda x: synthetic_did(*changed(x, 7, 3)), ("effect", "placebos", "noise"), ("units", "times"), True
    ),
    "against_donors": Case(lambda x: against_donors(*changed(x, 12, 1)), (), ("weights", "earlier"), True),
    "visible_against_donors": Case(
        lambda x: visible_against_donors(side_by_side(x, 12)[0], side_by_side(x, 12)[1:], 2), constant=True
    ),
    "against_controls": Case(lambda x: against_controls(*changed(x, 4, 4)), ("expected",), ("earlier",), True),
    "local_level": Case(
        lambda x: local_level(x, max(x.size - 20, 0)), ("effect", "low", "error"), ("wandering", "freedom"), True
    ),
    "before_after": Case(
        lambda x: before_after(x, max(x.size - 28, 0), np.arange(x.size) % 7),
        ("effect", "low", "high", "error"),
        ("correlation",),
        True,
    ),
    "calibrate": Case(
        lambda x: calibrate(x.sum(), 1.0, x - x[:1], np.ones(x.size)), ("effect", "low", "error"), ("rank",), True
    ),
    "moderated_variances": Case(lambda x: moderated_variances(x, 7, np.sqrt(x)), ("variances",), ("freedom",)),
    "pool": Case(lambda x: pool(x, np.sqrt(x * 9 * (x[:1] if x.size else 1))), ("mean", "low", "between")),
    "kept": Case(lambda x: kept(x, x / 2, x * 2, x * 0.8, x / 9), ("bias",), ("factor", "coverage"), alone=True),
    "sample_ratio": Case(lambda x: sample_ratio([x.size // 2, x.size - x.size // 2], [1, 1])),
    "welch": Case(lambda x: arms(x, welch), ("control", "treatment"), ("p", "relative_p"), True),
    "of_ratio": Case(lambda x: of_ratio(joint(np.sqrt(x), x))),
    "with_before": Case(relieved, ("control", "treatment"), ("p", "relative_p"), True),
    "compare_conversions": Case(lambda x: compare_conversions(x.size // 5, x.size, x.size // 3, x.size)),
    "always_valid": Case(
        lambda x: arms(x, lambda a, b: always_valid(a, b, planned=200)), ("control", "treatment"), ("p",), True
    ),
    "always_valid_conversions": Case(lambda x: always_valid_conversions(x.size // 9, x.size, x.size // 7, x.size)),
    "rate_sequence": Case(lambda x: rate_sequence(x.size / 2, x.size), alone=True),
    "error_of_looks": Case(lambda x: error_of_looks(x.size), alone=True),
    "pocock_limit": Case(lambda x: pocock_limit(min(x.size, 9)), alone=True),
    "best_arm": Case(lambda x: best_arm(beliefs(x)), ("loss",), ("best",)),
    "units_needed": Case(
        lambda x: units_needed(x.mean(), x.mean() ** 2, 0.1) if x.size else units_needed(0, 0, 0.1), alone=True
    ),
    "smallest_shown": Case(lambda x: smallest_shown(0.1, 0.09, float(x.sum())), alone=True),
    "shares_of_next": Case(lambda x: shares_of_next(beliefs(x))),
    "lmdi": Case(lambda x: lmdi(*as_cells(x)), ("total", "effects", "cells"), alone=True),
    "split": Case(lambda x: split(*as_cells(x)), ("total", "effects"), alone=True),
    "shapley": Case(lambda x: shapley(*as_cells(x), lambda rows: rows.prod(axis=1)), ("total", "effects"), alone=True),
    "kitagawa": Case(lambda x: kitagawa(x, x / (x + 1), x[::-1], x / (x + 2)), alone=True),
    "products_to_shop": Case(
        lambda x: products_to_shop(x.sum(), x.sum() / 2, x.sum() / 10, x.sum() / 20), (), ("shop",), alone=True
    ),
    "expect": Case(
        lambda x: expect(x, x.mean() if x.size else 1.0),
        ("expected", "low", "high"),
        ("p_low", "p_high", "scale"),
        True,
    ),
    "expect_day": Case(
        lambda x: expect_day(x, 2, x.mean() if x.size else 1.0), ("expected", "low", "high"), ("p_low", "scale"), True
    ),
    "weekday_profile": Case(lambda x: weekday_profile(x, np.arange(x.size) % 7), (), ("factors",)),
    "expect_many": Case(
        lambda x: expect_many(x[None, :], x[:1] if x.size else np.ones(1), kind="money"),
        ("expected", "high"),
        ("p_low", "scale"),
    ),
    "pace": Case(lambda x: pace(x, 0, float(x.sum()), 9), ("forecast", "low", "high"), ()),
    "weigh": Case(lambda x: weigh([[i % 2, i % 3 % 2] for i in range(x.size)], x, (0.6, 0.7)), (), ("suspect",)),
    "break_even": Case(lambda x: break_even(9.0, x, np.ones(x.size)), ("each", "each_low"), ()),
    "switchback": Case(lambda x: switchback(*halves(x[:20])), (), ("ratio", "p"), True),
    "smallest_ratio": Case(lambda x: smallest_ratio(x, 8)),
    "arrival": Case(lambda x: arrival(Demand(31, 1.1), 9, x.size, 10, 7), alone=True),
    "concentration": Case(concentration, (), ("shares", "herfindahl"), alone=True),
    "compare_money": Case(lambda x: compare_money(*halves(x)), ("first", "second"), ("p_lower",), True),
    "compare_counts": Case(lambda x: compare_counts(*halves(np.floor(x)))),
    "compare_rates": Case(lambda x: compare_rates(x.sum() / 9, x.sum(), x.sum() / 8, x.sum()), alone=True),
    "line_shift": Case(lambda x: line_shift(*halves(x)), (), ("ratio", "p_lower"), True),
    "beta_by_moments": Case(lambda x: beta_by_moments(np.floor(x / 9 + 1), np.floor(x) + 9)),
    "beta_by_likelihood": Case(lambda x: beta_by_likelihood(np.floor(x / 9 + 1), np.floor(x) + 9)),
    "shrink": Case(
        lambda x: shrink(x, np.sqrt(np.arange(1, x.size + 1)) * (x.mean() if x.size else 1)), ("means", "centre")
    ),
    "james_stein": Case(lambda x: james_stein(x, float(x.var()) / 4 if x.size else 1.0), constant=True),
    "develop": Case(lambda x: developed(x)[0], ("unit",), ("seen_by", "ratio")),
    "to_come": Case(coming, (), ()),
    "compare_at_equal_age": Case(lambda x: compare_at_equal_age(x.sum(), 10.0, x.sum() * 1.1, 10.0), alone=True),
    "smallest_visible_change": Case(lambda x: smallest_visible_change(0.03, float(x.sum())), alone=True),
    "smallest_visible_count_change": Case(lambda x: smallest_visible_count_change(float(x.sum())), alone=True),
    "weeks_to_see": Case(lambda x: weeks_to_see(0.03, float(x.sum()), 0.1), alone=True),
    "rate_change_point": Case(lambda x: rate_change_point(np.floor(x / 9), np.floor(x) + 1)),
    "marginal_return": Case(
        lambda x: marginal_return(x, x[::-1], prior=(1.0, 0.5)), ("noise",), ("data_mean", "weight"), constant=True
    ),
    "zero_run": Case(lambda x: zero_run(float(x.sum()), 56.0 * min(x.size, 1), 9.0), alone=True),
    "demand": Case(lambda x: demand(float(x.sum()), 56.0 * min(x.size, 1)), ("daily",), alone=True),
    "least_squares": Case(lambda x: least_squares(*as_line(x)), (), ("freedom",), True),
    "two_stage": Case(lambda x: two_stage(*as_line(x), as_line(np.sqrt(x))[1]), (), ("freedom",), True),
    "score_drivers": Case(
        lambda x: score_drivers(
            np.repeat(x, 2), np.arange(2 * x.size) % 7, [np.arange(2 * x.size) % 5], np.repeat(np.arange(x.size), 2)
        ),
        ("effects",),
        ("together", "left"),
        True,
    ),
    "elasticity": Case(
        lambda x: elasticity(7 + np.arange(x.size) % 5, weekly_prices(x), calendar_terms(np.arange(x.size))),
        (),
        ("mean", "sd", "own", "error", "levels"),
        True,
    ),
    "disappointment": Case(disappointment, alone=True),
    "expected_after_choice": Case(lambda x: expected_after_choice(x, np.sqrt(np.arange(1, x.size + 1)))),
    "value_of_knowing": Case(
        lambda x: value_of_knowing(x.sum(), x.sum()) if x.size else value_of_knowing(0, -1), alone=True
    ),
    "knowledge_gradient": Case(lambda x: knowledge_gradient(x, x, x)),
    "choose": Case(
        lambda x: choose(x, [x[::-1]], [x.sum() / 2]) if x.size != 1 else choose(x, [x], [x[0]]), alone=True
    ),
    "reorder": Case(
        lambda x: (
            d
            if isinstance(d := demand(x.size, 56.0 * min(x.size, 1)), Refusal)
            else reorder(d, 1, 9, 7, under=5, over=1)
        ),
        alone=True,
    ),
}


def amounts(n: int = 84, seed: int = 0) -> Draw:
    return np.random.default_rng(seed).lognormal(4, 0.4, n)


def numbers(answer: object) -> np.ndarray:
    """Every number in an answer, nested dataclasses and all; errors nobody gave variances for are left out."""
    if isinstance(answer, tuple):
        return np.concatenate([numbers(each) for each in answer])
    if dataclasses.is_dataclass(answer):
        fields = [f.name for f in dataclasses.fields(answer) if "error" not in f.name and f.name != "reach"]
        return np.concatenate([numbers(getattr(answer, name)) for name in fields] or [np.zeros(0)])
    return np.zeros(0) if isinstance(answer, str) else np.atleast_1d(np.asarray(answer, dtype=float)).ravel()


@pytest.mark.parametrize("name", CASES)
def test_the_same_question_has_the_same_answer_and_no_nan(name):
    first, second = CASES[name].ask(amounts()), CASES[name].ask(amounts())
    assert not isinstance(first, Refusal), first
    assert np.array_equal(numbers(first), numbers(second))
    assert not np.isnan(numbers(first)).any()


@pytest.mark.parametrize("name", CASES)
def test_empty_input_is_refused(name):
    with np.errstate(all="raise"):
        assert isinstance(CASES[name].ask(np.zeros(0)), Refusal)


@pytest.mark.parametrize("name", CASES)
def test_one_value_is_answered_or_refused_but_never_nan(name):
    answer = CASES[name].ask(np.array([30.0]))
    assert isinstance(answer, Refusal) != CASES[name].alone
    if not isinstance(answer, Refusal):
        assert not np.isnan(numbers(answer)).any()
    else:
        assert answer.needed is not None
        assert answer.have is not None


@pytest.mark.parametrize("name", CASES)
def test_constant_input_is_refused_where_there_is_nothing_to_learn(name):
    answer = CASES[name].ask(np.full(84, 30.0))
    assert isinstance(answer, Refusal) or not CASES[name].constant
    if not isinstance(answer, Refusal):
        assert not np.isnan(numbers(answer)).any()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.scales or case.steady])
def test_pence_and_pounds_say_the_same(name):
    case = CASES[name]
    pounds, pence = case.ask(amounts()), case.ask(100 * amounts())
    for field in case.scales:
        assert np.asarray(getattr(pence, field)) == pytest.approx(
            100 * np.asarray(getattr(pounds, field)), rel=1e-6, abs=1e-9
        )
    for field in case.steady:
        assert np.asarray(getattr(pence, field)) == pytest.approx(
            np.asarray(getattr(pounds, field)), rel=1e-6, abs=1e-9
        )
