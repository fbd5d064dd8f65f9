"""Texts that are copies of each other but for a few letters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil

LETTERS = 3


def near_copies(texts: Sequence[str], least: float = 0.8) -> list[set[int]]:
    """For each text the places of the others whose sets of three-letter pieces have Jaccard similarity ``least`` (0 … 1) or more.

    Texts of fewer than three letters have no pieces and no copies. Only texts that share one of their rarest pieces are compared, which
    loses none (prefix filtering). Source: Broder, On the resemblance and containment of documents, SEQUENCES 1997; Chaudhuri, Ganti &
    Kaushik, A primitive operator for similarity joins, ICDE 2006.

    >>> near_copies(["good tea and quick", "good tea and quick!", "came late, cup broken"])
    [{1}, {0}, set()]
    """
    same: defaultdict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        same[text].append(at)
    places = list(same.values())
    found: list[set[int]] = [set() for _ in texts]
    for at, others in enumerate(_near(list(same), least)):
        alike = {place for other in others for place in places[other]}
        if len(texts[places[at][0]]) >= LETTERS:
            alike |= set(places[at])
        for place in places[at]:
            found[place] = alike - {place}
    return found


def _near(texts: Sequence[str], least: float) -> list[set[int]]:
    """The same for texts that all differ."""
    pieces = [frozenset(text[i : i + LETTERS] for i in range(len(text) - LETTERS + 1)) for text in texts]
    common = Counter(piece for each in pieces for piece in each)
    found: list[set[int]] = [set() for _ in texts]
    by_piece: defaultdict[str, list[int]] = defaultdict(list)
    for at, own in enumerate(pieces):
        rarest = sorted(own, key=lambda piece: (common[piece], piece))
        beginning = rarest[: len(own) - ceil(least * len(own)) + 1]
        for other in {place for piece in beginning for place in by_piece[piece]}:
            if len(own & pieces[other]) >= least * len(own | pieces[other]):
                found[at].add(other)
                found[other].add(at)
        for piece in beginning:
            by_piece[piece].append(at)
    return found
