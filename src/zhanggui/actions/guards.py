"""The guards before every action: law first, then the policies of good practice. Every door leads through ``check``.

Why each is refused, by which law, and what is offered instead: docs/law.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from zhanggui.actions.catalogue import KINDS, kind_named
from zhanggui.actions.facts import NO_FACTS, Facts
from zhanggui.actions.kinds import Action, ActionKind, Past
from zhanggui.actions.reference import reference_price
from zhanggui.actions.wording import Found, boasts, earlier_prices, marks_of_others, practices, spoken_of
from zhanggui.errors import Refused
from zhanggui.units import Words

LAWS = (
    "brushing",
    "review_for_money",
    "review_change",
    "happy_only",
    "superlative",
    "others_mark",
    "terms_changed",
    "fictitious_price",
    "unproved_price",
    "price_by_person",
    "scraping",
    "no_consent",
    "contacted_lately",
    "hidden_contact",
    "against_rivals",
    "personal_data",
    "all_at_once",
)
"""Forbidden by a law or by the rules of every marketplace: nobody may set these aside."""
POLICIES = ("one_change", "changed_lately", "strong_listing")
"""A person may set these aside with a reason (``Facts.set_aside``)."""
REASONS = ("bad_target", *LAWS, *POLICIES)

PERSON = frozenset(
    ("segment", "customer", "customer_key", "buyer", "new_or_returning", "member_level", "age", "gender", "device")
) | {"country", "region", "city"}
"""Traits of a buyer: no price may differ by one."""
CHOSEN_BY_STARS = frozenset(("stars", "rating", "score", "sentiment", "happy", "satisfied"))
PAGE = ("title", "image", "price", "category", "description", "listing")
"""Changes of what a product's page shows: of these one at a time, so that its effect can be told."""
NEVER_TOGETHER = frozenset(("title", "image", "price", "category"))
MAY_NOT_WAIT = frozenset(("restore_change", "correct_description"))
"""Kinds that put an earlier change back or mend an untruth."""
BETWEEN_CHANGES_DAYS = 14
BETWEEN_CONTACTS_DAYS = 7
ROUNDING = 1.005
REPORTS = ("brushing", "against_rivals", "review_for_money")
"""What a report to the platform has to name."""

_PHONE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)|(?<!\d)\+\d[\d\s-]{8,14}\d(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def check(action: Action, texts: Sequence[str] = (), facts: Facts = NO_FACTS) -> None:
    """Pass an action that may be done; raise otherwise. ``texts`` are what a person wrote beside it (title, note, draft).

    Raises BadValue for a kind that is not of the set, Refused (``guards.<reason>``, one of ``REASONS``) for what law or policy forbids;
    one of ``POLICIES`` may be set aside, a law may not.
    """
    kind = kind_named(action.kind)
    _targets(action, kind)
    written = [*texts, *_drafted(action)]
    _texts(action, kind, [*written, *_spoken(action)], written)
    _rows(action, kind, written, facts)
    _prices(action, kind, written, facts)
    _terms(action, kind, facts)
    _whole_page(action, kind, facts)
    if not facts.set_aside:
        _policy(action, kind, facts)


def check_text(text: str, *, public: bool = False) -> None:
    """Pass a text that may stand in a title, note or draft of anything; ``public``: buyers read it. Raises Refused."""
    _refuse(practices(text))
    if public:
        _refuse(boasts(text))


# ---- targets and texts


def _targets(action: Action, kind: ActionKind) -> None:
    asked = {*action.where} | {name for row in _draft_rows(action) for name in row}
    if kind.priced and (traits := asked & PERSON):
        raise Refused("guards.price_by_person", words=", ".join(sorted(traits)))
    if kind.name == "invite_reviews_from_all" and (chosen := asked & (CHOSEN_BY_STARS | {"segment"})):
        raise Refused("guards.happy_only", words=", ".join(sorted(chosen)))
    if wrong := [name for name in action.where if name not in kind.targets]:
        raise Refused("guards.bad_target", kind=kind.name, words=", ".join(wrong), known=", ".join(kind.targets))


def _texts(action: Action, kind: ActionKind, every: Iterable[str], written: Sequence[str]) -> None:
    for text in every:
        found = practices(text)
        if found and not (kind.name == "report_suspects" and found.reason in REPORTS and spoken_of("report", text)):
            _refuse(found)
    known = {*action.where.values(), *action.touches, action.shift}
    for text in written:
        if text not in known and (_PHONE.search(text) or _MAIL.search(text)):
            raise Refused("guards.personal_data")
        if kind.public:
            _refuse(boasts(text))
        if kind.name == "recover_service" and (said := spoken_of("amends", text)):
            raise Refused("guards.review_for_money", words=said)
        if kind.name == "reply_review" and (said := spoken_of("reply", text)):
            raise Refused("guards.review_for_money", words=said)


def _refuse(found: Found | None) -> None:
    if found is not None:
        raise Refused(f"guards.{found.reason}", words=found.words)


def _rows(action: Action, kind: ActionKind, written: Sequence[str], facts: Facts) -> None:
    """Consent and frequency of a list of people; others' marks in a title."""
    if kind.changes == "contact":
        for row in _draft_rows(action):
            if kind.name == "contact_consented_customers" and row.get("consent") is not True:
                raise Refused("guards.no_consent", words=str(row.get("customer_key", row.get("segment", ""))))
            last = row.get("last_contact")
            if facts.day and last and facts.day - date.fromisoformat(str(last)) < timedelta(BETWEEN_CONTACTS_DAYS):
                raise Refused("guards.contacted_lately", day=str(last), days=BETWEEN_CONTACTS_DAYS)
    if kind.public:
        product = action.where.get("product_id", "*")
        foreign = [*facts.marks.get("*", ()), *facts.marks.get(product, ())]
        for text in written:
            if mark := marks_of_others(text, foreign):
                raise Refused("guards.others_mark", words=mark)


def _prices(action: Action, kind: ActionKind, written: Sequence[str], facts: Facts) -> None:
    """An earlier price that is shown must have been asked; without a history it cannot be proved."""
    if not (kind.priced or kind.public):
        return
    shown = [(action.where.get("product_id", ""), price) for text in written for price in earlier_prices(text)]
    for row in _draft_rows(action):
        product = str(row.get("product_id", action.where.get("product_id", "")))
        shown += [(product, float(row[name])) for name in ("reference_price", "original_price") if row.get(name)]
    for product, price in shown:
        history = facts.prices.get(product, ())
        lawful = reference_price(history, facts.jurisdiction, facts.day) if facts.day else None
        if lawful is None:
            raise Refused("guards.unproved_price", price=price)
        if price > lawful * ROUNDING:
            raise Refused("guards.fictitious_price", words=f"{price:g}", lawful=lawful)


def _terms(action: Action, kind: ActionKind, facts: Facts) -> None:
    """Whoever alters a price or a threshold inside a running promotion changes its terms. Taking a product out for orders to come leaves
    what was promised to earlier ones as it is, and so does a new threshold in place of one that was announced without an end."""
    if facts.day is None or not kind.priced or kind.name in ("take_out_of_offer", "answer_event"):
        return
    products: list[str | None] = [*_products(action)]
    for product in products or [None]:
        for offer in facts.offers:
            if offer.runs_for(product, facts.day) and not (kind.name == "gift_threshold" and offer.stands):
                raise Refused("guards.terms_changed", words=offer.name)


# ---- changes of a page


def _whole_page(action: Action, kind: ActionKind, facts: Facts) -> None:
    """Title, image, price and category changed together make another thing of a listing under its old sales and reviews."""
    for product in _products(action):
        changed = _changing(action, kind) | {what for what, _ in _changed_lately(product, facts)}
        if _changing(action, kind) and changed >= NEVER_TOGETHER:
            raise Refused("guards.all_at_once", product=product, days=BETWEEN_CHANGES_DAYS)


def _policy(action: Action, kind: ActionKind, facts: Facts) -> None:
    """One change at a time, and none of title or category on what carries the search traffic."""
    if kind.name in ("change_title", "change_category") and (strong := facts.strong & {*_products(action)}):
        raise Refused("guards.strong_listing", product=sorted(strong)[0])
    changing = _changing(action, kind)
    if len(changing) > 1:
        raise Refused("guards.one_change", what=[_named(what) for what in sorted(changing)], days=BETWEEN_CHANGES_DAYS)
    if not changing or _may_not_wait(action, kind):
        return
    for product in _products(action):
        for what, day in _changed_lately(product, facts):
            raise Refused(
                "guards.changed_lately", product=product, what=_named(what), day=day, days=BETWEEN_CHANGES_DAYS
            )


def _named(what: str) -> Words:
    return Words(f"actions.change.{what}")


def _may_not_wait(action: Action, kind: ActionKind) -> bool:
    """What puts an earlier change back, mends an untruth, or stops a loss known by arithmetic."""
    return kind.name in MAY_NOT_WAIT or (action.gain is not None and action.gain.counted)


def _changing(action: Action, kind: ActionKind) -> set[str]:
    """What of the page an action changes: its kind's own part, and those that its draft names."""
    named = {str(row["what"]) for row in _draft_rows(action) if row.get("what")}
    return {what for what in (named or {kind.changes}) if what in PAGE}


def _changed_lately(product: str, facts: Facts) -> list[tuple[str, date]]:
    """(what, day) of the changes to a product's page within the policy's days, the last first."""
    if facts.day is None:
        return []
    since = facts.day - timedelta(days=BETWEEN_CHANGES_DAYS)
    changes = {known.name: known.changes for known in KINDS}
    done = [
        (changes.get(past.kind, ""), past.done_on)
        for past in facts.standing.past
        if past.done_on is not None and product in _touched(past)
    ]
    logged = [(change.what, change.day) for change in facts.changes if change.product == product]
    recent = {(what, day) for what, day in [*done, *logged] if what in PAGE and day > since}
    return sorted(recent, key=lambda found: (found[1], found[0]), reverse=True)


def _touched(past: Past) -> set[str]:
    return {*past.touches, past.where.get("product_id", "")}


def _products(action: Action) -> list[str]:
    own = action.where.get("product_id")
    return list(dict.fromkeys([*([own] if own else []), *action.touches]))


# ---- the texts of an action


def _draft_rows(action: Action) -> Sequence[Mapping[str, Any]]:
    return action.draft.rows if action.draft else ()


def _drafted(action: Action) -> list[str]:
    """What the draft would have written: texts of its rows and what fills its sentences."""
    if action.draft is None:
        return []
    cells = [value for row in action.draft.rows for value in row.values() if isinstance(value, str)]
    return cells + [text for words in action.draft.words for text in _filled(words)]


def _spoken(action: Action) -> list[str]:
    """What fills the sentences about an action, and what it aims at."""
    said = [words for words in (action.words, action.reason, action.break_even) if words is not None]
    return [text for words in said for text in _filled(words)] + [*action.where.values()]


def _filled(words: Words) -> list[str]:
    found: list[str] = []
    for value in words.params.values():
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, Words):
            found += _filled(value)
        elif isinstance(value, Sequence):
            found += [item for item in value if isinstance(item, str)]
    return found
