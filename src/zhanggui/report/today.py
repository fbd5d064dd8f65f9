"""The day's actions and what is being watched, as written cells: the same for the terminal and for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from zhanggui.actions.kinds import Outcome, Past
from zhanggui.brief import Brief, Ranked, Said
from zhanggui.i18n import text
from zhanggui.i18n.writing import day, percent, quantity, say, write
from zhanggui.metrics import METRICS
from zhanggui.report import naming
from zhanggui.report.lines import unstopped
from zhanggui.units import Quantity, Words

MOST_DRAFT = 3
STOPS = ".。!！?？…"
ALONE = 2.0
"""How often the expected effect the smallest visible one may be, before an action is read only in its rule's total."""
VERDICTS = {
    "worked": "worked",
    "no difference shown": "no_difference",
    "harmed": "harmed",
    "counted": "counted",
    "unmeasurable": "unmeasurable",
}


@dataclass(frozen=True, slots=True)
class Doing:
    """One action of today, written: what to do, its figures, why, how sure that is, what exactly, and what it is read with."""

    number: int
    id: str
    title: str
    figures: tuple[str, ...]
    reason: str
    proof: str
    draft: tuple[str, ...]
    together: str


@dataclass(frozen=True, slots=True)
class Watched:
    """One action under way or just read, written."""

    since: str
    title: str
    said: str
    verdict: str  # as in the interface; empty while it is being read


class Today:
    """A brief's list of actions in one language."""

    def __init__(self, brief: Brief, locale: str) -> None:
        self.brief, self.locale = brief, locale
        self.ranked = [r for r in brief.actions if r.today]
        self.found = {said.finding.id: said for said in brief.findings}

    def t(self, key: str, **params: object) -> str:
        return text(f"today.{key}", self.locale, **{name: write(value, self.locale) for name, value in params.items()})

    def say(self, words: Words) -> str:
        return say(words, self.locale, self.brief.currency, self.brief.names)

    def money(self, value: float, *, low: float | None = None, high: float | None = None, signed: bool = False) -> str:
        return quantity(Quantity(value, "money", low, high, signed=signed), self.locale, self.brief.currency)

    def days(self, n: int) -> str:
        return quantity(Quantity(n, "days"), self.locale, "")

    def sentences(self, *said: str) -> str:
        """Sentences in one line, each with its stop where another follows; Chinese ones stand without a gap."""
        full = [sentence for sentence in said if sentence]
        stop, gap = ("。", "") if self.locale.startswith("zh") else (".", " ")
        ended = [each if each[-1] in STOPS else each + stop for each in full[:-1]]
        return gap.join([*ended, *full[-1:]])

    # ---- the list

    def heading(self) -> str:
        """What the list is called, and in the same line what is said of it as a whole."""
        about = self.about()
        return self.t("heading") + (self.t("about", said=about) if about else "")

    def about(self) -> str:
        """The minutes it takes, and once what was made of every estimate."""
        parts = []
        if self.ranked and self.brief.limits is not None:
            used = sum(r.action.minutes for r in self.ranked)
            parts.append(self.t("minutes_of", used=used, limit=round(self.brief.limits.minutes)))
        return self.t("semicolon").join(filter(None, (*parts, self.record(), self.in_totals())))

    def in_totals(self) -> str:
        """Which of the list are too small to be seen alone, said once where they are several."""
        small = [number for number, ranked in enumerate(self.ranked, 1) if self.too_small(ranked)]
        if len(small) < 2:
            return ""
        if len(small) == len(self.ranked):
            return self.t("in_totals.all")
        return self.t("in_totals.some", numbers=text("units.comma", self.locale).join(map(str, small)))

    def record(self) -> str:
        """What the estimates were multiplied by, and what that stands on; empty where all is arithmetic or of unknown worth."""
        records = {
            r.action.rule: r.record for r in self.ranked if r.action.gain is not None and not r.action.gain.counted
        }
        if not records:
            return ""
        factors = sorted({round(record.factor, 2) for record in records.values()})
        measured = sum(record.measured for record in {*records.values()})  # one record of the whole shop counts once
        if len(factors) > 1:
            return self.t("record.each", low=f"{factors[0]:.2f}", high=f"{factors[-1]:.2f}", n=measured)
        return self.t("record.kept" if measured else "record.start", factor=f"{factors[0]:.2f}", n=measured)

    def doing(self) -> list[Doing]:
        """Today's actions in their order."""
        return [self.one(number, ranked) for number, ranked in enumerate(self.ranked, 1)]

    def one(self, number: int, ranked: Ranked) -> Doing:
        action = ranked.action
        return Doing(
            number,
            action.id,
            unstopped(self.say(action.words)),
            tuple(self.figures(ranked)),
            self.reason(ranked),
            self.sentences(self.proof(ranked), self.alone(ranked), self.doubt(ranked)),
            self.draft(ranked),
            self.together(number, ranked),
        )

    def figures(self, ranked: Ranked) -> list[str]:
        """What it brings, costs and takes, until when, and whether it can be undone."""
        action = ranked.action
        said = [self.gain(ranked)]
        if action.cost >= 0.5:
            said.append(self.t("cost", money=self.money(action.cost)))
        said.append(self.t("minutes", n=action.minutes))
        if ranked.reversible:
            said.append(self.t("reversible"))
        if action.do_by is not None:
            said.append(self.t("by", when=naming.deadline(action.do_by, self.brief.as_of, self.locale)))
        if ranked.state == "open":
            said.append(self.t("open"))
        return said

    def gain(self, ranked: Ranked) -> str:
        gain = ranked.action.gain
        if gain is None or ranked.profit is None:
            even = ranked.action.break_even
            return self.t("unknown") if even is None else unstopped(self.say(even))
        if gain.counted:
            return self.t("counted", gain=self.money(ranked.profit, signed=True))
        return self.a_week(self.money(ranked.profit, low=ranked.low, high=ranked.high, signed=True))

    def a_week(self, written: str) -> str:
        """``+¥37/wk [5–80]``: the week stands before the interval."""
        value, bracket, ends = written.partition(" [")
        return self.t("gain", gain=value) + bracket + ends

    def reason(self, ranked: Ranked) -> str:
        """The action's own reason, else what was found: one of them stands in the brief, not both. What stands in place of its worth
        already is not said again."""
        behind = next((self.found[name] for name in ranked.action.because if name in self.found), None)
        words = ranked.action.reason or (behind.finding.words if behind is not None else None)
        said = "" if words is None else self.say(words)
        return "" if unstopped(said) == self.gain(ranked) else said

    def proof(self, ranked: Ranked) -> str:
        """An action need not be proved, but it never passes for it."""
        gain = ranked.action.gain
        if ranked.action.proved or (gain is not None and gain.counted):
            return ""
        if gain is None:
            return self.t("not_proved.unknown")
        if ranked.reversible and ranked.action.cost < ranked.floor:
            return self.t("not_proved.cheap")
        return self.t("not_proved.likely", chance=percent(min(gain.chance, 0.99), self.locale))

    def alone(self, ranked: Ranked) -> str:
        """Whether its effect is too small to be seen by itself; empty where the heading says it of several."""
        return self.t("in_total") if self.too_small(ranked) and not self.in_totals() else ""

    def too_small(self, ranked: Ranked) -> bool:
        measure = ranked.action.measure
        if measure is None or measure.smallest_visible is None or ranked.profit is None:
            return False
        return measure.smallest_visible > ALONE * abs(ranked.profit)

    def doubt(self, ranked: Ranked) -> str:
        """What it would bring without the orders that may not be real, where that differs."""
        return "" if ranked.caveat is None else self.say(ranked.caveat)

    def draft(self, ranked: Ranked) -> tuple[str, ...]:
        draft = ranked.action.draft
        if draft is None:
            return ()
        said = [self.say(words) for words in draft.words]
        beyond = len(said) - MOST_DRAFT
        if beyond <= 0:
            return tuple(said)
        more = self.t("more_draft", n=beyond + 1, id=ranked.action.id)
        return (*said[: MOST_DRAFT - 1], more)

    def together(self, number: int, ranked: Ranked) -> str:
        """The earlier ones of the list, and those under way, that move the same product; each pair is said once."""
        at = {r.action.id: place for place, r in enumerate(self.ranked, 1)}
        past = {p.id: p for p in self.brief.watching}
        others = [self.t("other", n=at[name]) for name in ranked.together if at.get(name, number) < number]
        others += [
            self.t(
                "earlier", title=self.title(past[name]), day=day(past[name].done_on or past[name].since, self.locale)
            )
            for name in ranked.together
            if name in past
        ]
        return self.t("together", others=text("units.comma", self.locale).join(others)) if others else ""

    def left_out(self) -> str:
        """What is not on the list, counted by reason; empty where nothing is left out."""
        beyond = [r for r in self.brief.actions if not r.today]
        reasons = Counter(r.left_out.partition(":")[0] for r in beyond)
        floors = sorted(r.floor for r in beyond if r.left_out == "below_floor") or [0.0]
        least, most = self.money(floors[0]), self.money(floors[-1])
        key = {"below_floor": "below_floor" if least == most else "below_floors"}
        said = [
            self.t(f"left.{key.get(reason, reason)}", n=n, floor=least, most=most)
            for reason, n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        if stopped := sum(self.brief.stopped.values()):
            said.append(self.t("left.stopped", n=stopped))
        return self.t("not_shown", said=self.t("semicolon").join(said)) if said else ""

    def test_first(self) -> str:
        """The uncertain action whose test would be worth most, if it is worth more than an action must be; else empty."""
        unsure = [r for r in self.brief.actions if r.test_worth is not None and r.test_worth >= max(r.floor, 0.5)]
        if not unsure:
            return ""
        best = max(unsure, key=lambda r: (r.test_worth or 0.0, r.action.id))
        assert best.action.measure is not None
        assert best.test_worth is not None
        return self.t(
            "test_first",
            title=unstopped(self.say(best.action.words)),
            days=self.days(best.action.measure.days),
            money=self.money(best.test_worth),
        )

    def approved(self) -> list[str]:
        """What was approved, is not done, and does not stand on today's list, one sentence each."""
        return [
            self.t("approved", title=self.title(past), day=day(past.since, self.locale), id=past.id)
            for past in self.brief.approved
        ]

    # ---- what is being watched

    def watched(self) -> list[Watched]:
        return [self.watch(past) for past in self.brief.watching]

    def watch(self, past: Past) -> Watched:
        since = day(past.done_on or past.since, self.locale)
        verdict = past.outcome.verdict if past.outcome is not None else ""
        said = self.read(past) if past.outcome is None else self.outcome(past.outcome)
        return Watched(since, self.title(past), said, verdict)

    def title(self, past: Past) -> str:
        if past.words is not None:
            return unstopped(self.say(past.words))
        kind = text(f"actions.kind.{past.kind}", self.locale)
        named = naming.where(past.where, self.locale, self.brief.names)
        return f"{kind} {named}".strip()

    def read(self, past: Past) -> str:
        today = self.brief.as_of + timedelta(days=1)
        if past.stop_on is None or past.stop_on < today:
            return self.t("watching.reading")
        days = self.days((past.stop_on - today).days + 1)
        return self.t("watching.until", day=day(past.stop_on, self.locale), days=days)

    def outcome(self, outcome: Outcome) -> str:
        said = [self.t(f"verdict.{VERDICTS[outcome.verdict]}")]
        if outcome.effect is not None:
            said.append(self.effect(outcome))
        if outcome.placebo_rank is not None:
            rank, of = outcome.placebo_rank
            said.append(self.t("watching.placebo", rank=rank, of=of))
        if outcome.label in ("observation", "experiment"):
            said.append(self.t(f"label.{outcome.label}"))
        if outcome.reason is not None:
            said.append(unstopped(self.say(outcome.reason)))
        return self.t("clause").join(said)

    def effect(self, outcome: Outcome) -> str:
        known = METRICS.get(outcome.metric)
        unit = known.unit if known is not None else "money"
        size = Quantity(outcome.effect or 0.0, unit, outcome.low, outcome.high, signed=True)
        written = quantity(size, self.locale, self.brief.currency)
        if unit == "money":
            return self.a_week(written)
        return f"{naming.inside(outcome.metric, self.locale)} {written}"


def pressing(ranked: Ranked) -> bool:
    """Whether an action is told on a short morning too: it is new, certain, or late tomorrow."""
    gain = ranked.action.gain
    return ranked.state == "new" or ranked.action.do_by is not None or (gain is not None and gain.counted)


def not_behind_actions(findings: Sequence[Said], brief: Brief) -> list[Said]:
    """Findings that no action of today gives as its reason: one cause is one line."""
    behind = {name for ranked in brief.actions if ranked.today for name in ranked.action.because}
    return [said for said in findings if said.finding.id not in behind]
