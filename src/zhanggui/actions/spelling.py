"""What a text says however it is spelt: full width, other scripts, signs and blanks between letters, figures for letters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from tomllib import loads
from typing import Any

BREAK = "|"
"""Where one clause ends and another begins."""
_STOPS = set("。．!?;:、,\n|…—")
_SPACED_STOPS = set(".,:;")
"""End a clause only before a blank: inside a word they are an attempt to hide it."""


_UNSEEN = {"Cf", "Mn", "Me", "Co", "Cs", "Cn"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One text in the ways it is read: ``clauses`` without blanks and signs, clauses apart; ``run`` without their ends too; ``plain``
    words one space apart; ``letters`` the same with figures read as the letters they resemble."""

    clauses: str
    run: str
    plain: str
    letters: str


@cache
def listed(name: str) -> dict[str, Any]:
    """A word list of this room by its name."""
    return loads((files("zhanggui.actions") / "words" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _tables() -> tuple[dict[int, str], dict[int, str], dict[str, str]]:
    spelling = listed("spelling")
    one = {
        ord(a): b
        for part in ("characters", "letters")
        for a, b in zip(spelling[part]["from"].strip(), spelling[part]["to"].strip(), strict=True)
    }
    one |= {ord(sign): word for sign, word in spelling["signs"].items()}
    figures = {ord(a): b for a, b in zip(spelling["digits"]["from"], spelling["digits"]["to"], strict=True)}
    sounds = {character: sound for sound, characters in spelling["sounds"].items() for character in characters}
    return one, figures, sounds


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """The readings of ``text``.

    >>> read("刷 - 單!").clauses
    '刷单|'
    >>> read("Fake r-e-v-i-e-w-s").plain
    'fake reviews'
    """
    bare, figures = folded_text(text), _tables()[1]
    clauses = re.sub(r"\|+", BREAK, "".join(_kept(bare)))
    return Reading(clauses, clauses.replace(BREAK, ""), _words(bare), _words(_as_letters(bare, figures)))


def folded_text(text: str) -> str:
    """``text`` in one width, one script and lower case, without what cannot be seen; blanks and signs stay."""
    characters = _tables()[0]
    folded = unicodedata.normalize("NFKC", text.translate(characters)).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if unicodedata.category(c) not in _UNSEEN)
    return unicodedata.normalize("NFC", bare).translate(characters)


def _kept(text: str) -> list[str]:
    """Letters, figures and the ends of clauses; everything between them is left out."""
    kept = []
    for at, c in enumerate(text):
        if unicodedata.category(c)[0] in "LN":
            kept.append(c)
        elif _ends_clause(text, at):
            kept.append(BREAK)
    return kept


def _ends_clause(text: str, at: int) -> bool:
    following = text[at + 1 : at + 2]
    if text[at] in _SPACED_STOPS and text[at] != ",":
        return not following or following.isspace()
    return text[at] in _STOPS


def _words(text: str) -> str:
    """Latin words one space apart, ends of clauses between blanks; letters spelt one by one are one word."""
    parts = []
    for at, c in enumerate(text):
        if c.isascii() and c.isalnum():
            parts.append(c)
        elif c in "'’`":
            continue
        else:
            parts.append(f" {BREAK} " if _ends_clause(text, at) else " ")
    joined: list[str] = []
    for word in "".join(parts).split():
        spelt = len(word) == 1 and word.isalpha()
        if spelt and joined and joined[-1].endswith("\0"):
            joined[-1] = joined[-1][:-1] + word + "\0"
        else:
            joined.append(word + "\0" if spelt else word)
    return " ".join(word.rstrip("\0") for word in joined)


def _as_letters(text: str, figures: dict[int, str]) -> str:
    """Figures inside words that have letters too, read as letters: ``r3v1ew``."""
    return re.sub(r"[a-z0-9@$!]*[a-z][a-z0-9@$!]*", lambda m: m[0].rstrip("!").translate(figures), text)


def sounded(text: str) -> str:
    """``text`` with every character that has a listed sound replaced by it."""
    sounds = _tables()[2]
    return "".join(sounds.get(c, c) for c in text)
