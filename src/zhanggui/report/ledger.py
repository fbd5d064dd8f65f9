"""The ledger of actions written: the list and one action for a terminal, and both for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Freeze, Past
from zhanggui.i18n import text
from zhanggui.i18n.columns import pad, shorten, table, width, wrap
from zhanggui.i18n.writing import UNKNOWN, day, measured, printable, quantity, say, write
from zhanggui.ledger.kinds import Entry, Handover
from zhanggui.metrics import METRICS
from zhanggui.report import naming
from zhanggui.report.shape import plain
from zhanggui.report.today import VERDICTS
from zhanggui.units import Quantity, Words

NARROWEST_TITLE = 20
_ORDER = ("proposed", "approved", "done", "measured", "dismissed")
EXPORTED = (
    "id",
    "state",
    "since",
    "playbook",
    "rule",
    "kind",
    "title",
    "target",
    "expected_profit",
    "expected_low",
    "expected_high",
    "minutes",
    "cost",
    "owner",
    "due",
    "snoozed_until",
    "done_on",
    "stop_on",
    "read_on",
    "verdict",
    "effect",
    "effect_low",
    "effect_high",
    "by",
    "at",
    "notes",
)


@dataclass(frozen=True, slots=True)
class Page:
    """How it is written: the language, the money, the products' short names, the columns of the terminal."""

    locale: str
    currency: str
    names: Mapping[str, str] = field(default_factory=dict)
    width: int = 120

    def t(self, key: str, /, **params: Any) -> str:
        return text(f"ledger.{key}", self.locale, **{name: write(value, self.locale) for name, value in params.items()})

    def say(self, words: Words) -> str:
        return say(words, self.locale, self.currency, self.names)

    def money(self, value: float, low: float | None = None, high: float | None = None) -> str:
        signed = Quantity(value, "money", low, high, signed=True)
        return quantity(signed, self.locale, self.currency)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands above the list: the hand-over note, the days of no change, and the shop's zone."""

    handover: Handover | None
    freezes: Sequence[Freeze]
    zone: str


# ---- for a terminal


def list_text(entries: Sequence[Entry], beside: Beside, page: Page) -> str:
    """The list, what waits for a decision first."""
    lines = [*_handover(beside, page), *_freezes(beside, page)]
    shown = sorted(entries, key=lambda entry: (_ORDER.index(entry.state), entry.due_on or date.max))
    lines += _rows(shown, page) if shown else [page.t("list.none")]
    return "\n".join(lines) + "\n"


def _handover(beside: Beside, page: Page) -> list[str]:
    note = beside.handover
    if note is None:
        return []
    at = _local(note.at, beside.zone)
    key = "list.handover" if note.text else "list.on_duty"
    said = page.t(key, on_duty=note.on_duty, by=note.by, at=f"{day(at.date(), page.locale)} {at:%H:%M}", text=note.text)
    return wrap(said, page.width)


def _freezes(beside: Beside, page: Page) -> list[str]:
    lines = []
    for freeze in beside.freezes:
        target = page.t("whole_shop") if freeze.target == "*" else freeze.target
        said = page.t("list.freeze", start=freeze.start, end=freeze.end, target=target)
        lines += wrap(printable(f"{said} {freeze.text}".rstrip()), page.width)
    return lines


def _rows(entries: Sequence[Entry], page: Page) -> list[str]:
    head = [page.t(f"list.{name}") for name in ("id", "state", "title", "expected", "minutes", "due", "owner")]
    cells = [
        [
            entry.id,
            status(entry, page),
            printable(page.say(entry.action.words)),
            expected(entry, page),
            str(entry.action.minutes),
            day(entry.due_on, page.locale) if entry.due_on else "",
            shorten(printable(entry.owner), 12),
        ]
        for entry in entries
    ]
    others = sum(max(width(row[i]) for row in [head, *cells]) + 2 for i in range(len(head)) if i != 2)
    room = max(page.width - others - 1, NARROWEST_TITLE)
    return table([head, *([*row[:2], shorten(row[2], room), *row[3:]] for row in cells)], "<<<>><<")


def status(entry: Entry, page: Page) -> str:
    """Where an action stands, in a few words."""
    if entry.state == "measured" and entry.outcome is not None:
        return text(f"today.verdict.{VERDICTS[entry.outcome.verdict]}", page.locale)
    if entry.state == "done" and entry.stop_on is not None:
        return page.t("list.reading", day=entry.stop_on)
    if entry.snoozed_until is not None:
        return page.t("list.snoozed", day=entry.snoozed_until)
    return page.t(f"state.{entry.state}")


def expected(entry: Entry, page: Page) -> str:
    """What an action promised a week, or what was read of it."""
    outcome, gain = entry.outcome, entry.action.gain
    if outcome is not None and outcome.effect is not None:
        return page.money(outcome.effect, outcome.low, outcome.high)
    if gain is None:
        return UNKNOWN
    return page.money(gain.profit) if gain.counted else page.money(*gain.said)


def entry_text(entry: Entry, zone: str, page: Page) -> str:
    """One action with all that is known of it."""
    action, kind = entry.action, kind_named(entry.action.kind)
    facts: list[tuple[str, str]] = [
        ("state", f"{status(entry, page)} · {entry.by} · {moment(entry.at, zone, page)}"),
        ("kind", text(f"actions.kind.{action.kind}", page.locale)),
        ("target", naming.where(action.where, page.locale, page.names) or page.t("whole_shop")),
        ("expected", promise(entry, page)),
        ("cost", effort(entry, page)),
        ("reversible", page.t("show.yes" if kind.reversible else "show.no")),
        ("approver", page.t("show.owner_approves" if kind.approver == "owner" else "show.operator")),
        ("do_by", action.do_by or ""),
        ("owner", entry.owner),
        ("due", day(entry.due_on, page.locale, year=True) if entry.due_on else ""),
        ("reason", page.say(action.reason) if action.reason else ""),
        ("measure", measured_by(entry, page)),
        ("read", reading(entry, page)),
        ("outcome", result(entry, page)),
        ("before", before(entry, page)),
    ]
    named = [(page.t(f"show.{name}"), printable(value)) for name, value in facts if value]
    wide = max(width(name) for name, _ in named)
    lines = wrap(f"{entry.id}  {printable(page.say(action.words))}", page.width)
    for name, value in named:
        lines += wrap(value, page.width, first=f" {pad(name, wide)}  ")
    lines += _drafted(entry, page)
    lines += [line for note in entry.notes for line in _note(note.text, note.by, note.at, zone, page)]
    lines += [page.t("show.history"), *table([_step(event, zone, page) for event in entry.history], indent=2)]
    return "\n".join(lines) + "\n"


def promise(entry: Entry, page: Page) -> str:
    """What it is expected to bring a week."""
    gain = entry.action.gain
    if gain is None:
        return page.say(entry.action.break_even) if entry.action.break_even else UNKNOWN
    if gain.counted:
        return page.t("show.counted", money=page.money(gain.profit))
    return page.t("show.a_week", money=page.money(*gain.said))


def effort(entry: Entry, page: Page) -> str:
    """What it takes: minutes, and the cash it binds."""
    minutes = page.t("show.effort", minutes=entry.action.minutes)
    if not entry.action.cost:
        return minutes
    money = quantity(Quantity(entry.action.cost, "money"), page.locale, page.currency)
    return f"{minutes} · {page.t('show.binds', money=money)}"


def measured_by(entry: Entry, page: Page) -> str:
    """How its effect will be read."""
    measure = entry.action.measure
    if measure is None:
        return ""
    metric = naming.metric(measure.metric, page.locale)
    design = page.t(f"design.{measure.design}")
    said = page.t("show.measured_by", metric=metric, design=design, days=Quantity(measure.days, "days"))
    if measure.smallest_visible is None:
        return said
    return f"{said} · {page.t('show.smallest', money=page.money(measure.smallest_visible))}"


def reading(entry: Entry, page: Page) -> str:
    """Since when it is being read and from when its effect is known."""
    if entry.done_on is None or entry.stop_on is None or entry.read_on is None:
        return ""
    return page.t("show.reading", done=entry.done_on, stop=entry.stop_on, read=entry.read_on)


def result(entry: Entry, page: Page) -> str:
    """What was read of it."""
    if entry.outcome is None:
        return ""
    effect = expected(entry, page) if entry.outcome.effect is not None else ""
    reason = page.say(entry.outcome.reason) if entry.outcome.reason else ""
    return " · ".join(filter(None, (status(entry, page), effect, reason)))


def before(entry: Entry, page: Page) -> str:
    """What was kept at approval: the products' own fields, and the metrics of the four weeks before."""
    products = entry.before.get("products", {})
    parts = [
        f"{page.names.get(product, product)}: {naming.column(name, page.locale)} {value}"
        for product, known in products.items()
        for name, value in known.items()
        if name != "title"
    ]
    for name, value in entry.before.get("metrics", {}).items():
        if isinstance(value, float):
            unit = METRICS[name].unit if name in METRICS else "count"
            parts.append(f"{naming.metric(name, page.locale)} {measured(value, unit, page.locale, page.currency)}")
    return " · ".join(parts)


def _drafted(entry: Entry, page: Page) -> list[str]:
    draft = entry.action.draft
    if draft is None or not (draft.words or draft.rows):
        return []
    said = [printable(page.say(words)) for words in draft.words]
    rows = said or [", ".join(f"{name}={_cell(value)}" for name, value in row.items()) for row in draft.rows]
    return [page.t("show.draft"), *(line for row in rows for line in wrap(printable(row), page.width, first="  "))]


def _note(said: str, by: str, at: datetime, zone: str, page: Page) -> list[str]:
    return wrap(printable(page.t("show.note", text=said, by=by, at=moment(at, zone, page))), page.width, first=" ")


def _step(event: Any, zone: str, page: Page) -> list[str]:
    return [moment(event.at, zone, page), page.t(f"verb.{event.verb}"), printable(event.by)]


def moment(at: datetime, zone: str, page: Page) -> str:
    """An instant of the ledger by the shop's clock."""
    local = _local(at, zone)
    return f"{day(local.date(), page.locale, year=True)} {local:%H:%M}"


def _local(at: datetime, zone: str) -> datetime:
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def waiting_text(rows: Sequence[tuple[Past, date, date | None, bool]], page: Page) -> str:
    """Done actions that are not read yet: each with the day from which it is, and where the data ends if that is before it."""
    if not rows:
        return ""
    lines = ["", page.t("waiting.heading")]
    for past, read_on, data_to, lacks in rows:
        title = page.say(past.words) if past.words else text(f"actions.kind.{past.kind}", page.locale)
        said = [page.t("waiting.line", id=past.id, title=title, day=read_on)]
        if lacks:
            said.append(page.t("waiting.lacks", data=data_to) if data_to else page.t("waiting.no_data"))
        lines += wrap(printable(" · ".join(said)), page.width, first=" ")
    return "\n".join(lines) + "\n"


# ---- for programs


def entry_json(entry: Entry, page: Page) -> dict[str, Any]:
    """One action as plain dicts, lists, texts and numbers."""
    action, gain = entry.action, entry.action.gain
    return {
        "id": entry.id,
        "playbook": action.playbook,
        "rule": action.rule,
        "kind": action.kind,
        "title": page.say(action.words),
        "target": dict(action.where),
        "state": entry.state,
        "since": entry.since.isoformat(),
        "by": entry.by,
        "at": f"{entry.at.isoformat()}Z",
        "step": entry.step,
        "owner": entry.owner or None,
        "due": plain(entry.due_on),
        "snoozed_until": plain(entry.snoozed_until),
        "expected": {
            "profit": gain.profit if gain else None,
            "low": gain.low if gain else None,
            "high": gain.high if gain else None,
            "per": "week",
            "counted": gain is not None and gain.counted,
        },
        "effort_hours": action.minutes / 60,
        "cost": action.cost,
        "reversible": kind_named(action.kind).reversible,
        "approver": kind_named(action.kind).approver,
        "do_by": action.do_by,
        "because": list(action.because),
        "reason": page.say(action.reason) if action.reason else None,
        "draft": _draft_json(entry, page),
        "measure": _measure_json(entry),
        "before": plain(entry.before),
        "done_on": plain(entry.done_on),
        "stop_on": plain(entry.stop_on),
        "read_on": plain(entry.read_on),
        "outcome": _outcome_json(entry, page),
        "notes": [{"text": note.text, "by": note.by, "at": f"{note.at.isoformat()}Z"} for note in entry.notes],
        "history": [
            {"verb": event.verb, "by": event.by, "at": f"{event.at.isoformat()}Z", "day": event.day.isoformat()}
            for event in entry.history
        ],
    }


def _draft_json(entry: Entry, page: Page) -> dict[str, Any] | None:
    draft = entry.action.draft
    if draft is None:
        return None
    return {"kind": draft.kind, "lines": [page.say(words) for words in draft.words], "rows": plain(draft.rows)}


def _measure_json(entry: Entry) -> dict[str, Any] | None:
    measure = entry.action.measure
    if measure is None:
        return None
    names = ("metric", "design", "days", "smallest_visible", "early")
    return {name: getattr(measure, name) for name in names}


def _outcome_json(entry: Entry, page: Page) -> dict[str, Any] | None:
    outcome = entry.outcome
    if outcome is None:
        return None
    return {
        "verdict": outcome.verdict,
        "design": outcome.design,
        "metric": outcome.metric,
        "effect": {"value": outcome.effect, "low": outcome.low, "high": outcome.high},
        "read_on": outcome.read_on.isoformat(),
        "label": outcome.label,
        "reason": page.say(outcome.reason) if outcome.reason else None,
    }


def exported(entries: Sequence[Entry], page: Page, format: str) -> str:
    """All actions as one CSV or JSON text."""
    if format == "json":
        found = [entry_json(entry, page) for entry in entries]
        return json.dumps({"actions": found}, ensure_ascii=False, indent=2) + "\n"
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\n")
    out.writerow(EXPORTED)
    for entry in entries:
        row = _flat(entry, page)
        out.writerow([_cell(row[name]) for name in EXPORTED])
    return written.getvalue()


def _flat(entry: Entry, page: Page) -> dict[str, Any]:
    whole = entry_json(entry, page)
    outcome = whole["outcome"] or {"verdict": None, "effect": {"value": None, "low": None, "high": None}}
    return whole | {
        "target": ";".join(f"{name}={value}" for name, value in entry.action.where.items()),
        "expected_profit": whole["expected"]["profit"],
        "expected_low": whole["expected"]["low"],
        "expected_high": whole["expected"]["high"],
        "minutes": entry.action.minutes,
        "verdict": outcome["verdict"],
        "effect": outcome["effect"]["value"],
        "effect_low": outcome["effect"]["low"],
        "effect_high": outcome["effect"]["high"],
        "notes": " | ".join(note.text for note in entry.notes),
    }


def _cell(value: Any) -> Any:
    """A value as it stands in a cell; a text that a spreadsheet would take for a formula is marked as text."""
    if value is None:
        return ""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return f"{value:.10g}" if isinstance(value, float) else value
