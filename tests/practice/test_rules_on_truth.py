"""Rules that only truth can test, on one practice shop in which their causes are planted: what they propose earns there, what they warn of
loses, and elsewhere they are silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from drawn.lived import lived_shop, moved, situation_of, truth
from zhanggui.actions.kinds import Action, Outcome, Past, Standing
from zhanggui.app.positioning import Positioning
from zhanggui.playbooks import events, niche, rerouting, wins
from zhanggui.playbooks import hero_floor as hero
from zhanggui.playbooks.event_history import events_ran
from zhanggui.playbooks.event_review import profit
from zhanggui.playbooks.kinds import Situation, Verdict
from zhanggui.playbooks.range_gate import Gate
from zhanggui.practice import Event, Move, Trouble, World, character
from zhanggui.practice.opening import paid_orders

LIVED, BEFORE = 175, 165
SHOP = replace(character("corner"), products=10, visitors=2000, cases=(), waiting=3)
RULES = [rule for topic in (hero, niche, events, wins, rerouting) for rule in topic.RULES]
OPEN = Move("add_products", {"category": "new"})


@dataclass(frozen=True, slots=True)
class Told:
    """The world, which product of it carries what, what the rules judge by now and before the rival came, and an open gate."""

    world: World
    hero: str
    win: str
    weak: str
    word: str
    now: Situation
    before: Situation
    gate: Gate
    small_stock: Gate


def planted() -> tuple[World, dict[str, int]]:
    """A shop with a hero that is outbid, a picture that sells, a product that cannot be mended, a niche, an event that ran and two to
    come."""
    world = World(SHOP, 2, troubles=[], events=(), quiet=True)
    names = ("hero", "win", "weak", "good", "niche", "bad")
    place = dict(zip(names, (int(p) for p in np.argsort(-paid_orders(world.assortment))), strict=False))
    world.troubles = [
        Trouble("outbid", place["hero"], 167, 0.5),
        Trouble("good_image", place["win"], 146, 1.45),
        Trouble("weak_hero", place["weak"], 60, 0.45),
        Trouble("niche", place["niche"], 0, 2.6),
    ]

    def event(name: str, start: int, share: float, fee: float, product: str) -> Event:
        p = place[product]
        price = float(np.round(share * world.assortment.price[p]))
        return Event(name, p, start - 21, start - 5, start, 3, price, fee, 2.6, 0.25, 1.5, joined=name == "past")

    world.state.events = [
        event("past", 149, 0.8, 50.0, "good"),
        event("good", 184, 0.92, 0.0, "good"),
        event("bad", 184, 0.68, 200.0, "bad"),
    ]
    return world, place


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    world, place = planted()
    world.live(LIVED)
    with lived_shop(tmp_path_factory.mktemp("truth") / "shop", world) as shop:
        asked = Positioning(shop)
        cost = float(world.state.cost[-SHOP.waiting :].mean())
        brings = float((world.state.price - world.state.cost)[-SHOP.waiting :].mean()) * 0.9
        plans = [
            asked.plan(
                contribution=brings,
                units=30.0 * SHOP.waiting,
                stock_cash=30 * SHOP.waiting * cost,
                free_cash=free,
                hours=0.0,
                free_hours=4.0,
            )
            for free in (200 * SHOP.waiting * cost, 60 * SHOP.waiting * cost)
        ]
        yield Told(
            world,
            *(world.names[place[name]] for name in ("hero", "win", "weak")),
            f"corner {place['niche'] + 1}",
            situation_of(shop, world, LIVED - 1, RULES),
            situation_of(shop, world, BEFORE, (*hero.RULES, *wins.RULES)),
            *(asked.gate("corner-1", plan) for plan in plans),
        )


def of_kind(verdict: Verdict, kind: str) -> Action:
    (found,) = [action for action in verdict.actions if action.kind == kind]
    assert found.gain is not None
    return found


def test_a_hero_that_is_outbid_is_named_within_a_week_and_the_visits_bought_for_it_pay(told: Told) -> None:
    verdict = hero.hero_floor(told.now)
    assert [finding.where["product_id"] for finding in verdict.findings] == [told.hero]
    action = of_kind(verdict, "feed_traffic")
    assert action.gain is not None
    assert action.gain.profit > 0
    assert truth(told.world, moved(action)) > 0
    assert not hero.hero_floor(told.before).findings


def test_the_niche_is_found_among_all_words_and_leading_visitors_to_it_pays(told: Told) -> None:
    verdict = niche.niche(told.now)
    assert [finding.where for finding in verdict.findings] == [{"keyword": told.word}]
    action = of_kind(verdict, "record_positioning")
    assert action.gain is not None
    assert action.gain.low < truth(told.world, moved(action))


def test_of_two_events_the_one_that_pays_is_joined_and_the_one_that_loses_declined(told: Told) -> None:
    answers = {action.where["campaign"]: action for action in events.event_go_no_go(told.now).actions}
    said = {name: action.draft.rows[0]["answer"] for name, action in answers.items() if action.draft}
    assert said == {"good": "join", "bad": "decline"}
    joins = {name: Move("answer_event", {"campaign": name}, ({"answer": "join"},)) for name in said}
    earns = {name: truth(told.world, move) for name, move in joins.items()}
    assert earns["good"] > 0 > earns["bad"]
    gain = answers["good"].gain
    assert gain is not None
    assert gain.low < earns["good"] < gain.high


def test_what_an_event_brought_is_read_after_three_weeks_as_it_was(told: Told) -> None:
    """Held against the same shop without the event, day by day."""
    (read,) = events_ran(told.now)
    without, _ = planted()
    without.state.events = without.state.events[1:]
    without.live(LIVED)
    start = without.state.events[0].start - 35
    true = told.world.reckoning(start).expected - without.reckoning(start).expected
    found = profit(told.now, read)
    assert found is not None
    assert found[1] < true < found[2]
    assert read.pulled is not None
    assert abs(read.pulled - 0.25) < 2 * read.pulled_error


def test_what_worked_is_repeated_where_it_truly_helps(told: Told) -> None:
    verdict = wins.replicate_win(told.now)
    assert [finding.where["product_id"] for finding in verdict.findings if finding.kind == "claim"] == [told.win]
    for kind in ("feed_traffic", "repeat_change"):
        action = of_kind(verdict, kind)
        assert action.gain is not None
        assert action.gain.low < truth(told.world, moved(action)) < 1.5 * action.gain.high
    assert not wins.replicate_win(told.before).actions


def test_what_two_repairs_did_not_mend_leads_its_visitors_to_where_they_are_worth_more(told: Told) -> None:
    read = Outcome("a", "no difference shown", None, "contribution_profit", None, None, None, told.now.as_of, "none")
    where = {"product_id": told.weak}
    past = [
        Past(
            name, "analysis", "falling_conversion", "audit_listing", where, "measured", day, (told.weak,), outcome=read
        )
        for name, day in (("a", told.world.date_of(90)), ("b", told.world.date_of(130)))
    ]
    action = of_kind(rerouting.reroute_traffic(replace(told.now, standing=Standing(past))), "reroute_traffic")
    assert action.where == {"product_id": told.weak}
    assert action.gain is not None
    assert action.gain.low < told.world.effect(moved(action), 28).per_week < action.gain.high


def test_the_gate_to_a_new_category_is_open_and_its_promise_holds_what_adding_it_brings(told: Told) -> None:
    assert told.gate.fails is None
    low, high = told.gate.profit[1:]
    assert low < told.world.effect(OPEN, 42).per_week < high
    assert told.small_stock.fails == "cash"


def test_where_the_gate_is_shut_for_want_of_traffic_adding_goods_loses() -> None:
    small = World(replace(SHOP, visitors=120), 2, troubles=[], quiet=True, history=60)
    small.mean(60)
    assert small.effect(OPEN, 42).per_week < 0
