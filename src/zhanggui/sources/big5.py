"""Whether Chinese bytes are Big5 (Taiwan, Hong Kong) rather than GB18030: most Big5 files are valid GB18030 too, of other signs.

Both codes put the signs of everyday writing first: Big5 in the rows A4 … C6, GB in the rows B0 … D7 with a second byte above A0. Text
in the one code falls into the everyday rows of the other only by chance, about one sign in three.
Source: the tables of GB 2312-80 and Big5-1984 (level 1 of each).
"""

from __future__ import annotations

import re

SAMPLE_BYTES = 200_000
EVERYDAY = 0.9
"""Share of Big5's everyday signs that Big5 text has at least; names and rare products are the rest."""
BY_CHANCE = 0.7
"""From this share of GB's everyday signs on, text is taken as GB: short Big5 texts reach less, GB texts more."""
SIDE_BY_SIDE = 0.5
"""Share of the signs that stand beside another one at least: accents of Western text stand alone among ASCII letters."""

FEWEST = 4
"""Fewer signs tell nothing."""

_RUN = re.compile(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe])+")


def is_big5(raw: bytes) -> bool:
    """Whether ``raw``, which both codes may explain, is Big5."""
    runs = [found.group() for found in _RUN.finditer(raw[:SAMPLE_BYTES])]
    signs = [(run[at], run[at + 1]) for run in runs for at in range(0, len(run), 2)]
    together = sum(len(run) // 2 for run in runs if len(run) > 2)
    # One product's name in every row must not outweigh the rest: each sign counts once. A1 … A3 are punctuation in both.
    different = {sign for sign in signs if not 0xA1 <= sign[0] <= 0xA3}
    if len(different) < FEWEST or together < SIDE_BY_SIDE * len(signs):
        return False
    big5 = sum(0xA4 <= first <= 0xC6 for first, _ in different)
    gb = sum(0xB0 <= first <= 0xD7 and second >= 0xA1 for first, second in different)
    return big5 >= EVERYDAY * len(different) and gb < BY_CHANCE * len(different)
