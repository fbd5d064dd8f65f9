"""What became of what was done, and the scorecard of each rule: for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhanggui.actions.kinds import Gain, Outcome, Past, Score
from zhanggui.i18n import has, text
from zhanggui.i18n.columns import table, wrap
from zhanggui.i18n.writing import UNKNOWN, day, percent, printable, quantity, say
from zhanggui.metrics import METRICS
from zhanggui.report import naming
from zhanggui.report.shape import plain
from zhanggui.report.today import VERDICTS
from zhanggui.units import Quantity

CONTRIBUTION = "contribution_profit"


def outcomes_text(
    past: Sequence[Past],
    scores: Sequence[Score],
    as_of: date,
    *,
    locale: str,
    currency: str,
    names: Mapping[str, str] | None = None,
    width: int = 120,
) -> str:
    """Every action that was read, the latest first, and the scorecard."""
    writer = Writer(locale, currency, names or {}, width)
    read = sorted((each for each in past if each.outcome is not None), key=lambda each: each.done_on or each.since)
    lines = [writer.t("heading", day=day(as_of, locale), currency=currency)]
    lines += [line for each in reversed(read) for line in writer.outcome(each)] or [writer.t("none")]
    return "\n".join([*lines, "", *writer.scorecard(scores)]) + "\n"


def outcomes_json(past: Sequence[Past], scores: Sequence[Score], *, locale: str, currency: str) -> dict[str, Any]:
    """The same for programs."""
    return {
        "outcomes": [_outcome(each, each.outcome, locale, currency) for each in past if each.outcome is not None],
        "scorecard": [_score(score) for score in scores],
    }


def _outcome(past: Past, outcome: Outcome, locale: str, currency: str) -> dict[str, Any]:
    return {
        "action": past.id,
        "rule": past.rule,
        "target": dict(past.where),
        "design": outcome.design,
        "effect": {"value": outcome.effect, "low": outcome.low, "high": outcome.high, "per": "week"},
        "expected": _expected(past.expected),
        "placebo_rank": plain(outcome.placebo_rank),
        "verdict": outcome.verdict,
        "label": outcome.label,
        "metric": outcome.metric,
        "reason": say(outcome.reason, locale, currency) if outcome.reason else None,
        "together": list(outcome.together),
        "early": plain(outcome.early),
        "left_out": list(outcome.left_out),
        "playbook": past.playbook,
        "kind": past.kind,
        "done_on": plain(past.done_on),
        "stop_on": plain(past.stop_on),
        "read_on": plain(outcome.read_on),
    }


def _expected(gain: Gain | None) -> dict[str, Any]:
    if gain is None:
        return {"profit": None, "low": None, "high": None, "per": "week"}
    return {"profit": gain.profit, "low": gain.low, "high": gain.high, "per": "week"}


def _score(score: Score) -> dict[str, Any]:
    pooled = score.pooled
    return {
        "rule": score.rule,
        "n": score.n,
        "expected": score.expected,
        "measured": score.measured,
        "bias": score.bias,
        "coverage_80": score.coverage_80,
        "share_worked": score.share_worked,
        "factor": score.factor,
        "spread": score.spread,
        "n_measured": score.measured_count,
        "pooled": None if pooled is None else {"value": pooled[0], "low": pooled[1], "high": pooled[2]},
    }


@dataclass(frozen=True, slots=True)
class Writer:
    """How outcomes are written: the language, the money, the products' short names, the columns of the terminal."""

    locale: str
    currency: str
    names: Mapping[str, str] = field(default_factory=dict)
    width: int = 120

    def t(self, key: str, /, **params: Any) -> str:
        return text(f"outcomes.{key}", self.locale, **params)

    def money(self, value: float | None, low: float | None = None, high: float | None = None) -> str:
        if value is None:
            return UNKNOWN
        return quantity(Quantity(value, "money", low, high, signed=True), self.locale, self.currency)

    # ---- outcomes

    def outcome(self, past: Past) -> list[str]:
        """One action: what it was and the verdict, then the effect beside what was said, then the evidence."""
        outcome = past.outcome
        if outcome is None:
            raise ValueError(f"{past.id} was not read")
        verdict = text(f"today.verdict.{VERDICTS[outcome.verdict]}", self.locale)
        when = day(past.done_on or past.since, self.locale)
        head = f"{past.id}  {when}  {self.title(past)}  {verdict}"
        facts = [self.effect(outcome), self.said(past), self.evidence(outcome)]
        lines = wrap(printable(head), self.width)
        lines += wrap(" · ".join(fact for fact in facts if fact), self.width, first="   ", later="   ")
        for note in self.notes(outcome):
            lines += wrap(printable(note), self.width, first="   ", later="   ")
        return lines

    def title(self, past: Past) -> str:
        if past.words is not None:
            return say(past.words, self.locale, self.currency, self.names)
        kind = text(f"actions.kind.{past.kind}", self.locale)
        return f"{kind} {naming.where(past.where, self.locale, self.names)}".strip()

    def effect(self, outcome: Outcome) -> str:
        if outcome.effect is None:
            return ""
        known = METRICS.get(outcome.metric)
        unit = known.unit if known is not None else "money"
        exact = outcome.design == "counted"
        low, high = (None, None) if exact else (outcome.low, outcome.high)
        size = quantity(Quantity(outcome.effect, unit, low, high, signed=True), self.locale, self.currency)
        return f"{self.t('column.week' if exact else 'column.effect')} {size}"

    def said(self, past: Past) -> str:
        if past.expected is None:
            return ""
        return f"{self.t('column.expected')} {self.money(past.expected.said[0])}"

    def evidence(self, outcome: Outcome) -> str:
        if outcome.design is None:
            return ""
        parts = [self.t(f"design.{outcome.design}")]
        if outcome.placebo_rank is not None:
            rank, of = outcome.placebo_rank
            parts.append(self.t("placebo.rank", rank=rank, of=of))
        if outcome.label == "observation":
            parts.append(text("today.label.observation", self.locale))
        return " · ".join(parts)

    def notes(self, outcome: Outcome) -> list[str]:
        found = []
        if outcome.metric != CONTRIBUTION and outcome.effect is not None:
            key = f"metric.{outcome.metric}"
            known = has(f"outcomes.{key}", self.locale)
            named = naming.metric(outcome.metric, self.locale)
            found.append(self.t(key) if known else self.t("metric.other", metric=named))
        if outcome.effect is not None:
            found += [self.t(f"left_out.{name}") for name in outcome.left_out]
        if outcome.reason is not None:
            found.append(say(outcome.reason, self.locale, self.currency, self.names))
        if outcome.early:
            change, low, high = (percent(outcome.early[name], self.locale) for name in ("effect", "low", "high"))
            named = naming.metric(str(outcome.early["name"]), self.locale)
            found.append(self.t("early", metric=named, change=change, low=low, high=high))
        return found

    # ---- scorecard

    def scorecard(self, scores: Sequence[Score]) -> list[str]:
        if not scores:
            return wrap(self.t("score_none"), self.width)
        names = ("rule", "n", "said", "measured", "bias", "coverage", "worked", "factor", "pooled")
        rows = [[self.t(f"column.{name}") for name in names], *(self.score(score) for score in scores)]
        return [self.t("score_heading"), *table(rows, "<>>>>>>>>"), *wrap(self.t("score_note"), self.width)]

    def score(self, score: Score) -> list[str]:
        pooled = score.pooled
        return [
            score.rule,
            str(score.n),
            self.money(score.expected),
            self.money(score.measured),
            self.money(score.bias),
            UNKNOWN if score.coverage_80 is None else percent(score.coverage_80, self.locale),
            percent(score.share_worked, self.locale),
            f"{score.factor:.2f}",
            "" if pooled is None else self.money(*pooled),
        ]
