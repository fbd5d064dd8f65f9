"""The shops one may be given. Half of them break what common methods assume; ``breaks`` says how."""

from __future__ import annotations

from zhanggui.errors import BadValue
from zhanggui.practice.kinds import Character

CHARACTERS: tuple[Character, ...] = (
    Character("tea", visitors=300, products=14, price=98, conversion=0.028, minutes=30, refund_after=0.06),
    Character("home", visitors=900, products=18, price=72, conversion=0.024, minutes=60, willing=0.7),
    Character("kitchen", visitors=2_500, products=22, price=120, conversion=0.022, minutes=60),
    Character("cosmetics", visitors=6_000, products=26, price=138, conversion=0.026, refund_after=0.05, attach=0.4),
    Character(
        "shoes", visitors=12_000, products=30, price=168, conversion=0.021, sized=True, refund_after=0.17, willing=0.8
    ),
    Character("bags", visitors=30_000, products=36, price=146, conversion=0.023, refund_after=0.11, categories=4),
    Character(
        "apparel",
        visitors=9_000,
        products=32,
        price=129,
        conversion=0.02,
        sized=True,
        categories=4,
        refund_before=0.14,
        refund_after=0.28,
        drift=0.05,
        season=0.35,
        live_share=0.2,
        breaks=("drift", "late refunds"),
    ),
    Character(
        "siblings",
        visitors=3_000,
        products=20,
        price=110,
        conversion=0.024,
        categories=2,
        substitution=0.65,
        breaks=("interference",),
    ),
    Character(
        "wholesale",
        visitors=1_500,
        products=20,
        price=64,
        conversion=0.026,
        bulk=0.06,
        noise=0.22,
        masked=True,
        breaks=("heavy tails",),
    ),
    Character(
        "besieged",
        visitors=5_000,
        products=24,
        price=118,
        conversion=0.022,
        brushed=True,
        noise=0.2,
        breaks=("brushing by rivals", "heavy tails"),
    ),
    Character(
        "festive",
        visitors=8_000,
        products=26,
        price=132,
        conversion=0.022,
        presale=True,
        festival=True,
        season=0.2,
        breaks=("nonstationary", "presale"),
    ),
    Character(
        "claimed",
        visitors=16_000,
        products=30,
        price=124,
        conversion=0.022,
        halo=-0.25,
        claims=0.55,
        two_at_once=True,
        willing=0.6,
        drift=0.03,
        breaks=("ads claim organic orders", "two changes at once", "drift"),
    ),
)
CASES: tuple[Character, ...] = (
    Character("fair", visitors=2_500, products=12, price=96, conversion=0.026, events=5, minutes=60),
    Character(
        "hero", visitors=1_800, products=7, price=110, conversion=0.026, categories=2, cases=("outbid",), minutes=60
    ),
    Character(
        "corner", visitors=3_000, products=14, price=88, conversion=0.024, cases=("niche", "companions"), minutes=60
    ),
    Character(
        "range", visitors=2_000, products=12, price=84, conversion=0.026, waiting=4, cases=("dear_gift",), minutes=60
    ),
    Character(
        "season", visitors=2_200, products=12, price=90, conversion=0.025, waiting=4, cases=("launch",), minutes=60
    ),
)
"""Shops in which a thing is planted that only truth can test; not among the sixty."""
_BY_NAME = {character.name: character for character in (*CHARACTERS, *CASES)}


def character(name: str) -> Character:
    """A character by name. Raises BadValue for one that is not there."""
    if name not in _BY_NAME:
        raise BadValue("practice.unknown_character", name=name, known=", ".join(_BY_NAME))
    return _BY_NAME[name]
