import numpy as np
import pytest

from zhanggui.methods.ab_reading import of_rate, relative_error
from zhanggui.methods.best_arm import Normal, best_arm, dealt, expected_loss, shares_of_next
from zhanggui.methods.shrinkage import Beta
from zhanggui.units import Refusal

CREATIVES = [Beta(1 + 30, 1 + 970), Beta(1 + 41, 1 + 959), Beta(1 + 33, 1 + 967), Beta(1 + 35, 1 + 965)]


def test_the_probability_of_being_best_of_two_is_exact():
    # 100 of 1,000 against 130 of 1,000, flat priors: exact comparison of two betas
    assert best_arm([Beta(101, 901), Beta(131, 871)]).best[1] == pytest.approx(0.9821650661163509, rel=1e-9)


def test_chance_and_risk_of_a_normal_belief_are_those_of_gbstats():
    # gbstats 0.8.0 (MIT), flat prior, relative: chance to win, risk of treatment and of control
    error = relative_error(of_rate(100, 1000), of_rate(130, 1000))
    found = best_arm([Normal(0.0, 1e-9), Normal(0.3, error)])
    assert found.best[1] == pytest.approx(0.9672763417294536, rel=1e-6)
    assert expected_loss(0.3, error) == pytest.approx(0.002089064858592275, rel=1e-9)
    assert expected_loss(-0.3, error) == pytest.approx(0.30208906485859227, rel=1e-9)
    assert found.loss == pytest.approx((0.30208906485859227, 0.002089064858592275), rel=1e-5)


@pytest.mark.parametrize("beliefs", [CREATIVES, [Normal(5, 1), Normal(6, 2), Normal(5.5, 0.2)]])
def test_chances_and_losses_agree_with_many_draws(beliefs):
    rng = np.random.default_rng(8)
    draws = np.column_stack(
        [
            rng.beta(b.hits, b.misses, 400_000) if isinstance(b, Beta) else rng.normal(b.mean, b.error, 400_000)
            for b in beliefs
        ]
    )
    found = best_arm(beliefs)
    assert found.best == pytest.approx(np.bincount(draws.argmax(axis=1)) / 400_000, abs=4e-3)
    assert found.loss == pytest.approx((draws.max(axis=1)[:, None] - draws).mean(axis=0), rel=0.02)
    assert sum(found.best) == pytest.approx(1)
    assert found.loss[found.leader] == min(found.loss)


def test_thompson_gives_each_its_chance_and_top_two_pursues_the_challenger():
    best = np.asarray(best_arm(CREATIVES).best)
    assert shares_of_next(CREATIVES, rule="thompson", floor=0) == pytest.approx(best)
    # Russo (2016), section 3: best_i (β + (1 − β) Σ_{j≠i} best_j ÷ (1 − best_j))
    russo = [p * (0.5 + 0.5 * sum(q / (1 - q) for j, q in enumerate(best) if j != i)) for i, p in enumerate(best)]
    assert shares_of_next(CREATIVES, floor=0) == pytest.approx(russo)
    sure = shares_of_next([Beta(1, 9000), Beta(9000, 1)], floor=0)
    assert sure == pytest.approx((0.5, 0.5))
    assert shares_of_next([Beta(1, 9000), Beta(9000, 1)], rule="thompson", floor=0)[0] == pytest.approx(0, abs=1e-9)


def test_every_creative_keeps_a_tenth_of_the_views():
    hopeless = [Beta(200, 800), Beta(1, 999), Beta(1, 999)]
    assert min(shares_of_next(hopeless, rule="thompson")) == pytest.approx(0.1)
    assert sum(shares_of_next(hopeless)) == pytest.approx(1)
    assert shares_of_next(hopeless, floor=0.9) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_views_are_dealt_out_whole_and_the_same_way_for_a_seed():
    shares = (0.61, 0.29, 0.1)
    for seed in range(50):
        found = dealt(shares, 37, seed)
        assert sum(found) == 37
        assert found == dealt(shares, 37, seed)
        assert all(abs(got - 37 * share) < 1 for got, share in zip(found, shares, strict=True))
    mean = np.mean([dealt(shares, 37, seed) for seed in range(2000)], axis=0)
    assert mean == pytest.approx(37 * np.asarray(shares), abs=0.05)
    assert dealt((1, 1), 0, seed=3) == (0, 0)
    with pytest.raises(ValueError, match="dealt out"):
        dealt((0, 0), 5, seed=1)


def test_one_creative_is_no_choice_and_a_sure_belief_is_a_mistake():
    assert best_arm([Beta(3, 9)]) == Refusal("too_few_groups", needed=2, have=1)
    assert shares_of_next([]) == Refusal("too_few_groups", needed=2, have=0)
    with pytest.raises(ValueError, match="standard deviation"):
        best_arm([Normal(1, 0), Normal(2, 1)])
