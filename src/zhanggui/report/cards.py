"""Actions of the ledger as written cells for a page: what a card shows, and all that one action's own page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from zhanggui.actions.catalogue import kind_named
from zhanggui.i18n import text
from zhanggui.i18n.writing import day, printable
from zhanggui.ledger.kinds import Entry
from zhanggui.ledger.steps import FROM, lapsed
from zhanggui.report import naming
from zhanggui.report.ledger import Page, before, effort, expected, measured_by, moment, promise, reading, result, status
from zhanggui.units import Clock

VERBS = ("approved", "done", "snoozed", "dismissed", "stopped", "undone", "assigned", "noted")
"""What a person may do, in the order in which it is offered."""
TONES = {"worked": "good", "harmed": "bad", "counted": "good"}
RANGE_WIDTH, RANGE_HEIGHT = 220, 22


@dataclass(frozen=True, slots=True)
class Card:
    """One action, written. ``step`` is what a decision names as seen; ``verbs`` are those that may follow now."""

    id: str
    base: str
    state: str
    status: str
    tone: str
    title: str
    kind: str
    rule: str
    expected: str
    range: Any
    effort: str
    approver: str
    owner: str
    due: str
    late: bool
    by: str
    since: str
    step: int
    verbs: tuple[str, ...]
    snoozed: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One action with all that is known of it. ``facts`` are name and value; a draft is lines, or a table of ``columns`` and ``rows``."""

    card: Card
    reason: str
    promise: str
    facts: tuple[tuple[str, str], ...]
    draft: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[tuple[str, str, str], ...]  # text, by, when
    history: tuple[tuple[str, str, str], ...]  # when, what, by
    outcome: str
    before: str
    written: tuple[tuple[str, ...], ...]  # what the program wrote to a live shop: product, what, before, after
    shop: str


def card(entry: Entry, clock: Clock, page: Page) -> Card:
    """An action's card."""
    today = clock.today()
    verdict = entry.outcome.verdict if entry.outcome else ""
    return Card(
        id=entry.id,
        base=entry.base,
        state=entry.state,
        status=status(entry, page),
        tone=TONES.get(verdict, ""),
        title=printable(page.say(entry.action.words)),
        kind=text(f"actions.kind.{entry.action.kind}", page.locale),
        rule=entry.action.rule,
        expected=expected(entry, page),
        range=drawn_range(entry, expected(entry, page)),
        effort=effort(entry, page),
        approver=kind_named(entry.action.kind).approver,
        owner=printable(entry.owner),
        due=day(entry.due_on, page.locale) if entry.due_on else "",
        late=entry.due_on is not None and entry.due_on < today and entry.state in ("proposed", "approved"),
        by=printable(entry.by),
        since=day(entry.since, page.locale),
        step=entry.step,
        verbs=verbs(entry, today),
        snoozed=entry.snoozed_until is not None and entry.snoozed_until > today,
    )


def verbs(entry: Entry, today: date) -> tuple[str, ...]:
    """What may be done about an action as it stands."""
    gone = {"approved"} if lapsed(entry, today) else set()
    gone |= {"stopped"} if entry.stopped else set()
    return tuple(verb for verb in VERBS if entry.state in FROM[verb] and verb not in gone)  # type: ignore[index]


def sheet(entry: Entry, clock: Clock, page: Page) -> Sheet:
    """An action's own page."""
    action, kind = entry.action, kind_named(entry.action.kind)
    facts = (
        ("target", naming.where(action.where, page.locale, page.names) or page.t("whole_shop")),
        ("kind", text(f"actions.kind.{action.kind}", page.locale)),
        ("cost", effort(entry, page)),
        ("reversible", page.t("show.yes" if kind.reversible else "show.no")),
        ("approver", page.t("show.owner_approves" if kind.approver == "owner" else "show.operator")),
        ("do_by", action.do_by or ""),
        ("owner", entry.owner),
        ("due", day(entry.due_on, page.locale, year=True) if entry.due_on else ""),
        ("measure", measured_by(entry, page)),
        ("read", reading(entry, page)),
    )
    draft = action.draft
    lines = tuple(printable(page.say(words)) for words in draft.words) if draft else ()
    columns = tuple(dict.fromkeys(name for row in draft.rows for name in row)) if draft else ()
    rows = tuple(tuple(_cell(row.get(name)) for name in columns) for row in draft.rows) if draft else ()
    return Sheet(
        card=card(entry, clock, page),
        reason=page.say(action.reason) if action.reason else "",
        promise=promise(entry, page),
        facts=tuple((page.t(f"show.{name}"), printable(value)) for name, value in facts if value),
        draft=lines,
        columns=tuple(naming.column(name, page.locale) for name in columns),
        rows=rows,
        notes=tuple((printable(n.text), printable(n.by), moment(n.at, clock.zone, page)) for n in entry.notes),
        history=tuple(
            (moment(e.at, clock.zone, page), page.t(f"verb.{e.verb}"), printable(e.by)) for e in entry.history
        ),
        outcome=result(entry, page),
        before=printable(before(entry, page)),
        written=_written(entry, page),
        shop=entry.carried.shop if entry.carried else "",
    )


def _written(entry: Entry, page: Page) -> tuple[tuple[str, ...], ...]:
    """What the program wrote to a live shop, one value a line."""
    return tuple(
        (
            printable(" · ".join(part for part in (value.product, value.sku) if part)),
            text(f"doing.what.{value.what}", page.locale),
            printable(value.before or "–"),
            printable(value.after or "–"),
        )
        for value in (entry.carried.values if entry.carried else ())
    )


def drawn_range(entry: Entry, written: str) -> Any:
    """What is expected (80 %) or was read (95 %) as a drawn interval; empty where there is none."""
    outcome, gain = entry.outcome, entry.action.gain
    if outcome is not None and outcome.effect is not None:
        return interval(outcome.effect, outcome.low, outcome.high, written)
    return interval(*gain.said, written) if gain is not None else ""


def interval(middle: float | None, low: float | None, high: float | None, written: str) -> Any:
    """An interval as a bar on a line with zero marked, named ``written`` for who does not see it; empty where it has no width."""
    from markupsafe import Markup

    if middle is None or low is None or high is None or low == high:
        return ""
    left, right = min(low, 0.0), max(high, 0.0)
    margin = 0.08 * (right - left)
    scale = RANGE_WIDTH / (right - left + 2 * margin)

    def x(value: float) -> float:
        return round((value - left + margin) * scale, 1)

    y = RANGE_HEIGHT / 2
    tone = "good" if low > 0 else "bad" if high < 0 else "plain"
    return Markup(
        f'<svg role="img" aria-label="{escape(written)}" viewBox="0 0 {RANGE_WIDTH} {RANGE_HEIGHT}">'
        f'<path d="M0 {y}h{RANGE_WIDTH}" stroke="var(--grid)"/>'
        f'<rect x="{x(low)}" y="{y - 5}" width="{max(round(x(high) - x(low), 1), 2)}" height="10" rx="3" fill="var(--band)"/>'
        f'<path d="M{x(0.0)} {y - 9}v18" stroke="var(--faint)" stroke-dasharray="2 2"/>'
        f'<circle cx="{x(middle)}" cy="{y}" r="5" fill="var(--{tone})"/></svg>'
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.10g}" if isinstance(value, float) else printable(str(value))
