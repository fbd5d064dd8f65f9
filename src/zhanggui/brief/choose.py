"""What is said and what is not: error control over everything looked at, one cause one finding, order by money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhanggui.brief.kinds import MetricLine
from zhanggui.config import Config
from zhanggui.methods.multiplicity import adjust
from zhanggui.playbooks.kinds import Finding, Verdict

HEADLINE_SHARE = 0.3
"""Share of the day's error budget that the headline numbers get; the rest goes to the rules' tests, by the money each is about."""
RANK = {"arithmetic": 0, "claim": 1, "question": 2, "state": 3}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What passed, and how many candidates looked odd but did not."""

    lines: Sequence[MetricLine]
    findings: Sequence[Finding]
    held_back: Sequence[Finding]
    family: int


def choose(lines: Sequence[MetricLine], verdicts: Iterable[Verdict], config: Config, floor: float) -> Chosen:
    """Control false discovery over the headline and every rule's tests together by weighted Benjamini-Hochberg.

    A claim also needs the one-sided posterior of the settings (p ≤ 1 − ``claim_posterior``) and money at the floor.
    """
    verdicts = list(verdicts)
    tested = [i for i, line in enumerate(lines) if line.p is not None]
    family = len(tested) + sum(v.family for v in verdicts)
    weights = _weights([(len(tested), HEADLINE_SHARE), *((v.family, v.share) for v in verdicts)])
    p = [_weighted(lines[i].p, weights[0]) for i in tested]
    claims: list[Finding] = []
    for verdict, weight in zip(verdicts, weights[1:], strict=True):
        own = [f for f in verdict.findings if f.kind == "claim" and f.p is not None]
        claims += own
        p += [_weighted(f.p, weight * f.weight) for f in own]
    adjusted: Sequence[float] = adjust(p, family=family).tolist() if p else []
    level = config["alarm_false_discovery"]
    unusual = {i for i, q in zip(tested, adjusted, strict=False) if q <= level and _matters(lines[i], floor)}
    passed = [
        f
        for f, q in zip(claims, adjusted[len(tested) :], strict=True)
        if q <= level
        and f.p is not None
        and f.p <= 1 - config["claim_posterior"]
        and abs(f.size if f.worth is None else f.worth) >= floor
    ]
    others = [f for v in verdicts for f in v.findings if f.kind != "claim"]
    kept = {id(f) for f in passed}
    return Chosen(
        [replace(line, unusual=i in unusual) for i, line in enumerate(lines)],
        one_cause([*passed, *others]),
        [f for f in claims if id(f) not in kept],
        family,
    )


def _weights(groups: Sequence[tuple[int, float | None]]) -> list[float]:
    """The weight of a test in each group (tests, share of the budget or None); over all tests they average one."""
    total = sum(tests for tests, _ in groups)
    kept = sum(share for tests, share in groups if tests and share)
    open_tests = sum(tests for tests, share in groups if share is None)
    scale = 1.0 if open_tests else 1 / kept if kept else 0.0
    left = (1 - kept) * total / open_tests if open_tests else 0.0
    return [left if share is None else share * scale * total / tests if tests else 0.0 for tests, share in groups]


def _weighted(p: float | None, weight: float) -> float:
    return min((1.0 if p is None else p) / weight, 1.0) if weight > 0 else 1.0


def _matters(line: MetricLine, floor: float) -> bool:
    """Outside its normal range, and in money (where it is money) beyond the floor."""
    if line.low is None or line.high is None or line.value is None or line.low <= line.value <= line.high:
        return False
    return (
        line.unit != "money"
        or line.expected is None
        or abs(line.value - line.expected) >= floor
        or line.name == "average_order_value"
    )


def one_cause(findings: Sequence[Finding]) -> list[Finding]:
    """One finding a cause, the strongest kind first; then by the money they are about, urgent ones before all. What another rule knows
    of why the same thing moved the same way is said with it."""
    best: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda f: (RANK[f.kind], -abs(f.size))):
        kept = best.setdefault(finding.cause or finding.id, finding)
        if kept.because is None and finding.because is not None and kept.size * finding.size > 0:
            best[finding.cause or finding.id] = replace(kept, because=finding.because)
    return sorted(best.values(), key=lambda f: (f.alert != "urgent", f.kind == "state", -abs(f.size), f.id))
