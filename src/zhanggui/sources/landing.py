"""The page where a visit began: its path and what says where the visitor came from. Everything else of an address may name a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote_plus, urlsplit

import polars as pl

NAMED = ("utm_source", "utm_medium", "utm_campaign")
CLICKS = ("gclid", "gbraid", "wbraid", "msclkid", "ttclid")
"""Marks of paid clicks. That there is one says something of the visit; which one it is would say it of the visitor."""


def kept(address: object, named: Mapping[str, object] | None = None) -> str | None:
    """The path with the campaign parameters and the kinds of click marks, or None where there is no address.

    ``named`` are parameters that stand beside the address; those in it go before them.

    >>> kept("https://shop.example/tea?id=7&utm_source=google&utm_medium=cpc&gclid=Cj0K")
    '/tea?utm_source=google&utm_medium=cpc&gclid=1'
    >>> kept(None, {"utm_source": "letter"})
    '/?utm_source=letter'
    """
    text = address.strip() if isinstance(address, str) else ""
    beside = {name: str(value) for name, value in (named or {}).items() if name in NAMED and value}
    if not text and not beside:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    told = {name.lower(): value for name, value in parse_qsl(parts.query)}
    held = [(name, told.get(name) or beside.get(name)) for name in NAMED]
    query = [f"{name}={quote_plus(value)}" for name, value in held if value]
    query += [f"{name}=1" for name in CLICKS if told.get(name)]
    return (parts.path or "/") + ("?" + "&".join(query) if query else "")


def of_attributes(text: str) -> str | None:
    """The same out of what a shop's own script noted on the order, a line ``name: value`` each, as ``landing_page`` or ``utm_source``.

    >>> of_attributes("gift: yes\\nutm_source: fb\\nlanding_page: /sale")
    '/sale?utm_source=fb'
    """
    noted = {
        _name(name): value.strip() for name, sign, value in (line.partition(":") for line in text.splitlines()) if sign
    }
    address = next((noted[name] for name in ("landing_page", "landing_site", "landing_url") if name in noted), None)
    return kept(address, noted)


def each(texts: pl.Series, made: Callable[[str], str | None]) -> pl.Series:
    """What :func:`kept` or :func:`of_attributes` makes of each text of a column."""
    found = {text: made(text) for text in texts.drop_nulls().unique().to_list()}
    return texts.replace_strict(found, default=None, return_dtype=pl.String)


def _name(text: str) -> str:
    return re.sub(r"[\s\-]+", "_", text.strip().lower()).lstrip("_")
