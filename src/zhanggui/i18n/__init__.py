"""Words by key. A key is ``topic.name``; each topic is one TOML file per locale, loaded when first asked for.

``zh-Hant`` is the source language; the three catalogues have equal keys and placeholders (a test holds it).
Numbers, days and money are written here too, by the locale's habits (万/億 in Chinese).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCALES = ("zh-Hant", "zh-Hans", "en")
_FOLDER = Path(__file__).parent


@lru_cache(maxsize=128)
def catalogue(locale: str, topic: str) -> Mapping[str, str]:
    """All texts of one topic in one locale, flat: nested tables become dotted keys."""
    path = _FOLDER / locale / f"{topic}.toml"
    if not path.is_file():
        return {}
    return dict(_flat("", tomllib.loads(path.read_text(encoding="utf-8"))))


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(f"{prefix}{key}.", value)
        else:
            pairs.append((prefix + key, str(value)))
    return pairs


def has(key: str, locale: str = "en") -> bool:
    """Whether the catalogue of ``locale`` knows ``key``."""
    topic, _, name = key.partition(".")
    return name in catalogue(locale, topic)


def text(key: str, locale: str = "en", /, **params: Any) -> str:
    """The text of ``key`` in ``locale`` with its placeholders filled.

    Raises KeyError for a key no catalogue has: a missing word is a fault of ours that tests must see.
    """
    topic, _, name = key.partition(".")
    return catalogue(locale, topic)[name].format(**params)


def topics() -> tuple[str, ...]:
    """The topics of the source language."""
    return tuple(sorted(path.stem for path in (_FOLDER / "zh-Hant").glob("*.toml")))
