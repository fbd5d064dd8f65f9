"""Whether a text offers, asks for or plans what is refused: practices in every text, absolute terms in what buyers read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from zhanggui.actions.spelling import BREAK, Reading, folded_text, listed, read, sounded

Patterns = dict[str, list[re.Pattern[str]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A refused practice in a text: the ``reason`` it is refused for and the ``words`` that say it, as they were read."""

    reason: str
    words: str


def practices(text: str) -> Found | None:
    """The first practice of the refused list that a text speaks of; None where there is none.

    >>> practices("好評反現").reason
    'review_for_money'
    >>> practices("牙刷單支裝")
    """
    return _first("practices", text)


def boasts(text: str) -> Found | None:
    """The first absolute term, borrowed mark or hidden way around the platform in a text that buyers read.

    >>> boasts("最後一件")
    >>> boasts("銷量第一").words
    '销量第一'
    """
    return _first("claims", text)


def _first(name: str, text: str) -> Found | None:
    return next(_matches(name, read(text)), None)


def _matches(name: str, reading: Reading) -> Iterator[Found]:
    """What of a list is in a text. Ordinary phrases are blotted out first, in each way of reading by itself."""
    usual, reasons = _compiled(name)
    clauses, run = (_without(text, usual["chinese"]) for text in (reading.clauses, reading.run))
    plain, letters = (_without(text, usual["english"]) for text in (reading.plain, reading.letters))
    ways = {
        "loose": (clauses, run),
        "tight": (clauses,),
        "english": (plain, letters) if letters != plain else (plain,),
        "pinyin": (sounded(clauses), sounded(run)),
    }
    for reason, patterns in reasons.items():
        for way, compiled in patterns.items():
            for pattern in compiled:
                for text in ways[way]:
                    if match := pattern.search(text):
                        yield Found(reason, match[0].strip(f" {BREAK}"))


def _without(text: str, usual: list[re.Pattern[str]]) -> str:
    for pattern in usual:
        text = pattern.sub("□", text)
    return text


@cache
def _compiled(name: str) -> tuple[Patterns, dict[str, Patterns]]:
    lists = listed(name)
    usual = {way: [re.compile(p) for p in lists["usual"].get(way, ())] for way in ("chinese", "english")}
    reasons = {
        reason: {way: [_pattern(p, way) for p in patterns] for way, patterns in ways.items()}
        for reason, ways in lists.items()
        if reason != "usual"
    }
    return usual, reasons


def _pattern(text: str, way: str) -> re.Pattern[str]:
    """A dot stays within its clause but in loose patterns; a space in English may be missing, and words are whole."""
    if way == "english":
        return re.compile(rf"\b(?:{text})\b".replace(" ", " ?"))
    inside = text if way == "loose" else re.sub(r"(?<!\\)\.", rf"[^{BREAK}]", text)
    return re.compile(inside.replace(" ?", ""))


def spoken_of(topic: str, text: str) -> str | None:
    """The words by which a text speaks of a ``topic`` of the claims' list (``amends``, ``reply``, ``report``); None where it does not."""
    reading = read(text)
    for way, patterns in _topics()[topic].items():
        for pattern in patterns:
            if match := pattern.search(reading.plain if way == "english" else reading.clauses):
                return match[0]
    return None


@cache
def _topics() -> dict[str, Patterns]:
    return {
        topic: {way: [_pattern(p, way) for p in patterns] for way, patterns in ways.items()}
        for topic, ways in listed("topics").items()
        if topic != "earlier_price"
    }


def earlier_prices(text: str) -> list[float]:
    """The amounts that a text calls earlier prices.

    >>> earlier_prices("原價 ¥199,今 ¥149"), earlier_prices("Was £24.99, now £19")
    ([199.0], [24.99])
    """
    words = listed("topics")["earlier_price"]
    folded = folded_text(text)
    pattern = rf"(?:{words['chinese']}|\b(?:{words['english']}))[\s::]*[^\d\w\s]?\s*(\d[\d,]*(?:\.\d+)?)"
    return [float(amount.replace(",", "")) for amount in re.findall(pattern, folded)]


def marks_of_others(text: str, marks: Sequence[str]) -> str | None:
    """The first of others' ``marks`` that a text uses as its own; naming what a thing fits is no such use.

    >>> marks_of_others("Case for Acme X2", ["Acme"])
    >>> marks_of_others("Acme style case", ["Acme"])
    'Acme'
    """
    reading = read(text)
    fits = listed("topics")["fits"]
    for mark in marks:
        own = read(mark)
        if own.clauses.isascii():
            found = re.search(rf"(?<!\w)(?<!\bfor )(?<!\bfits )(?<!\bwith ){re.escape(own.plain)}(?!\w)", reading.plain)
        else:
            before = "".join(rf"(?<!{word})" for word in fits["tight"])
            found = re.search(f"{before}{re.escape(own.run)}", reading.run)
        if own.run and found:
            return mark
    return None
