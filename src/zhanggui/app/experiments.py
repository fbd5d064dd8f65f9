"""The experiments as the shells see them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from zhanggui.app.who import day_of, who
from zhanggui.errors import BadValue
from zhanggui.units import Estimate, Quantity, Refusal, Words

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.experiments import Baseline, Experiment, Outlook, Plan, Register
    from zhanggui.experiments.assigning import Dealt
    from zhanggui.experiments.reading import ExperimentReading

DAYS = 28
VARIANTS = (("control", None), ("treatment", None))


class Experiments:
    """The experiments of an open workspace. ``by`` is who acts: the system's user where nobody is named."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    # ---- before one starts

    def plan(
        self,
        name: str,
        *,
        change: str,
        unit: str = "visitor",
        metric: str = "conversion",
        variants: Sequence[tuple[str, float | None]] = VARIANTS,
        start: date | str | None = None,
        end: date | str | None = None,
        smallest: float = 0.1,
        planned: int | None = None,
        a_day: float | None = None,
        mean: float | None = None,
        spread: float | None = None,
        note: str = "",
        action: str = "",
        id: str | None = None,
    ) -> tuple[Plan, Outlook]:
        """A plan, checked, and how long this shop needs for which effect. Nothing is written down.

        ``start`` is today and ``end`` four weeks from it unless said. ``smallest`` is the relative effect worth having (.1 = 10 %);
        ``planned`` the units of all variants, by default as many as that effect needs. What the shop shows before is counted from its
        own data; ``a_day`` units, their ``mean`` and its ``spread`` (standard deviation of a unit) may be entered instead. ``action``
        names the action of the ledger that the test tries: what it shows is then that action's outcome.
        Raises BadValue for what is unknown or out of bounds, Refused for a price by person and other forbidden practices.
        """
        from zhanggui.experiments.kinds import Plan
        from zhanggui.experiments.outlook import outlook
        from zhanggui.experiments.planning import check, id_of, variants_of

        first = day_of(start) or self._shop.clock.today()
        last = day_of(end) or first + timedelta(days=DAYS - 1)
        dealt = variants_of(variants)
        draft = Plan(
            id=id or "–",
            name=name,
            change=change,
            unit=unit,  # type: ignore[arg-type]
            metric=metric,  # type: ignore[arg-type]
            variants=dealt,
            start=first,
            end=max(first, last),
            planned=planned or 10**9,
            smallest=smallest,
            note=note,
            action=self._action(action),
        )
        if last < first:
            raise BadValue("experiments.bad_days", start=first, end=last, most=draft.period.days)
        check(draft)
        found = self._entered(draft, a_day, mean, spread) or self._baseline(draft)
        ahead = outlook(found, draft.shares, draft.period.days, smallest)
        size = planned or self._size(ahead, draft)
        taken = [each.id for each in self.list()]
        known = None if isinstance(found, Refusal) else found
        return check(_with(draft, id or id_of(name, taken), size, known)), ahead

    def new(self, plan: Plan, outlook: Outlook, *, anyway: bool = False, by: str | None = None) -> Experiment:
        """Write a plan down; from then on units can be assigned and exposures read.

        Raises BadValue where the planned days cannot show the effect that is wanted, unless it is to be tried ``anyway``; Decided where
        the id is taken.
        """
        if outlook.long_enough is False and not anyway:
            wanted = outlook.wanted
            there = outlook.baseline.units(outlook.days) if outlook.baseline else None
            raise BadValue(
                "experiments.too_short",
                effect=Quantity(plan.smallest, "share"),
                units=wanted.units if wanted else None,
                there=round(there or 0),
                days=outlook.days,
                shown=None if outlook.shown is None else Quantity(outlook.shown, "share"),
            )
        with self._register() as register:
            return register.note(plan, by=who(by))

    def _action(self, name: str) -> str:
        """The whole id of an action by its id or the beginning of it. Raises BadValue where there is none, or several."""
        return self._shop.actions.show(name).id if name else ""

    def _entered(self, plan: Plan, a_day: float | None, mean: float | None, spread: float | None) -> Baseline | None:
        """What a person says of a unit instead of the shop's data, None where he says nothing."""
        from zhanggui.experiments.kinds import Baseline

        if a_day is None and mean is None and spread is None:
            return None
        if mean is None or (plan.metric == "value" and spread is None):
            raise BadValue("experiments.entered_in_part", metric=plan.metric)
        if mean <= 0 or (plan.metric == "conversion" and mean >= 1) or (a_day is not None and a_day <= 0):
            raise BadValue("experiments.bad_mean", value=mean if mean <= 0 or mean >= 1 else a_day)
        variance = mean * (1 - mean) if plan.metric == "conversion" else (spread or 0.0) ** 2
        return Baseline(mean, variance, a_day=a_day)

    def _baseline(self, plan: Plan) -> Baseline | Refusal:
        from zhanggui.experiments.outlook import baseline

        shop = self._shop
        return baseline(shop.warehouse, plan.unit, plan.metric, plan.period.days, config=shop.config, clock=shop.clock)

    def _size(self, ahead: Outlook, plan: Plan) -> int:
        """As many units as the wanted effect needs; where that cannot be said, as many as there are."""
        from zhanggui.experiments.planning import fewest

        if ahead.wanted is not None:
            return max(ahead.wanted.units, fewest(plan))
        there = ahead.baseline.units(plan.period.days) if ahead.baseline else None
        if there is None:
            raise BadValue("experiments.no_size", reason=Words(f"experiments.unknown.{ahead.reason or 'no_units'}"))
        return max(round(there), fewest(plan))

    # ---- while it runs

    def list(self) -> list[Experiment]:
        """Every experiment, the oldest first."""
        with self._register() as register:
            return register.all()

    def found(self, id: str) -> Experiment:
        """One experiment. Raises BadValue for an unknown id."""
        with self._register() as register:
            return register.found(id)

    def assign(
        self,
        id: str,
        units: Path | Sequence[str],
        *,
        to: Path | None = None,
        column: str | None = None,
        remember: bool = False,
        by: str | None = None,
    ) -> Dealt:
        """Deal units out to the variants, from a file or a list of ids; ``to`` is where the assignments are written as CSV.

        The same unit gets the same variant every time. ``remember`` notes the assignments as exposures of now, for units that all are
        reached (a letter, a parcel); customers are noted by their keyed hash. Raises Decided where the experiment is stopped, BadValue
        where the list is empty, cannot be found, or may not be remembered.
        """
        from zhanggui.experiments.assigning import deal
        from zhanggui.experiments.units_file import unit_list, units_of

        experiment = self.found(id)
        wanted = units_of(units, column) if isinstance(units, Path) else unit_list(units)
        if not wanted.ids:
            raise BadValue("experiments.no_units")
        dealt = deal(self._shop.warehouse.key(), experiment.plan, wanted)
        with self._register() as register:
            register.assigned(id, by=who(by), counts=dealt.counts, file=units.name if isinstance(units, Path) else "")
        if to is not None:
            _write(to, experiment.plan, dealt)
        if remember:
            self._remember(experiment.plan, dealt)
        return dealt

    def _remember(self, plan: Plan, dealt: Dealt) -> None:
        import polars as pl

        from zhanggui.experiments.units_file import names_a_person
        from zhanggui.tables.loading import Piece, Reading, Recognition, Sheet

        if person := next((key for key in dealt.keys.values() if names_a_person(key)), None):
            raise BadValue("experiments.personal_ids", n=len(dealt.keys), length=len(person))
        now = self._shop.clock.now().astimezone(ZoneInfo(self._shop.config.timezone))
        at = f"{now:%Y-%m-%d %H:%M:%S}"
        rows = [
            {"experiment_id": plan.id, "unit_id": dealt.keys[unit], "variant": variant, "at": at}
            for unit, variant in dealt.variants
        ]
        columns = tuple(rows[0])
        sheet = Sheet(Path("assignments"), "csv", columns, columns, (tuple(rows[0].values()),))
        piece = Piece("exposures", pl.DataFrame(rows), f"assignments of {plan.id}", layout=40, exported_at=at)
        recognition = Recognition("owner", "exposures", 1.0, columns)
        self._shop.load([Reading(sheet, recognition, (piece,), "shop:main", len(rows))])

    def show(self, id: str) -> ExperimentReading:
        """What an experiment shows today: the split first, then each variant, and whether to stop."""
        from zhanggui.experiments.reading import read

        return read(self._shop.warehouse, self.found(id), self._shop.clock.today())

    def stop(self, id: str, why: str, *, by: str | None = None) -> ExperimentReading:
        """Close an experiment, noting who, why, and what it showed. Raises Decided where it is stopped already, BadValue without a
        reason."""
        from zhanggui.report.experiments_json import reading_json

        if not why.strip():
            raise BadValue("experiments.why_stop")
        reading = self.show(id)
        with self._register() as register:
            register.stop(id, by=who(by), why=why.strip(), reading=reading_json(reading))
        return self.show(id)

    def effects(self) -> dict[str, Estimate]:
        """What tests that are over showed of the actions they tried: contribution a week (95 %), by action. Left out are tests whose split
        is not sound, with several treatments, without a reading, and where contribution is unknown."""
        from zhanggui.experiments.effects import effect_a_week

        found = {}
        for each in self.list():
            if not each.plan.action or each.state(self._shop.clock.today()) not in ("over", "stopped"):
                continue
            worth = self._worth(each.plan)
            effect = None if worth is None else effect_a_week(self.show(each.id), worth)
            if isinstance(effect, Estimate):
                found[each.plan.action] = effect
        return found

    def _worth(self, plan: Plan) -> float | None:
        """Contribution of one conversion, or of one unit of money sold, over the test's days; None where it is unknown."""
        per = "orders" if plan.metric == "conversion" else "gross_sales"
        answer = self._shop.query(["contribution_before_ads", per], start=plan.start, end=plan.end)
        row = answer.rows.row(0, named=True) if len(answer.rows) else {}
        whole, parts = row.get("contribution_before_ads"), row.get(per)
        return whole / parts if whole is not None and parts else None

    @contextmanager
    def _register(self) -> Iterator[Register]:
        from zhanggui.experiments import Register
        from zhanggui.state.database import Database

        with Database.open(self._shop.folder) as database:
            yield Register(database, self._shop.clock)

    # ---- the same, written

    def plan_text(self, plan: Plan, outlook: Outlook, locale: str, width: int = 120) -> str:
        """A plan and what this shop can show, for a terminal."""
        from zhanggui.report.experiments import plan_text

        return plan_text(plan, outlook, locale, self._shop.config.currency, width)

    def plan_json(self, plan: Plan, outlook: Outlook) -> dict[str, Any]:
        """A plan and what this shop can show, for programs."""
        from zhanggui.report.experiments_json import plan_json

        return plan_json(plan, outlook)

    def reading_text(self, reading: ExperimentReading, locale: str, width: int = 120) -> str:
        """What an experiment shows, for a terminal."""
        from zhanggui.report.experiments import reading_text

        return reading_text(reading, locale, self._shop.config.currency, width)

    def reading_json(self, reading: ExperimentReading) -> dict[str, Any]:
        """What an experiment shows, for programs."""
        from zhanggui.report.experiments_json import reading_json

        return reading_json(reading)

    def assignments_json(self, id: str, dealt: Dealt) -> dict[str, Any]:
        """What was assigned, for programs."""
        return {
            "experiment": id,
            "counts": dict(dealt.counts),
            "repeated": dealt.repeated,
            "blank": dealt.blank,
            "masked": dealt.masked,
            "assignments": [{"unit": unit, "variant": variant} for unit, variant in dealt.variants],
        }

    def list_text(self, experiments: Sequence[Experiment], locale: str) -> str:
        """All experiments, one a line."""
        from zhanggui.report.experiments import list_text

        return list_text(experiments, self._shop.clock.today(), locale)

    def list_json(self, experiments: Sequence[Experiment]) -> dict[str, Any]:
        """All experiments, for programs."""
        from zhanggui.report.experiments_json import list_json

        return list_json(experiments, self._shop.clock.today())

    # ---- the same as cells, for a page

    def list_cells(self, locale: str) -> Sequence[dict[str, str]]:
        """All experiments, those under way first."""
        from zhanggui.report.experiment_cells import list_cells

        return list_cells(self.list(), self._shop.clock.today(), locale)

    def plan_cells(self, plan: Plan, outlook: Outlook, locale: str) -> dict[str, Any]:
        """A plan and what this shop can show."""
        from zhanggui.report.experiment_cells import plan_cells

        return plan_cells(plan, outlook, locale, self._shop.config.currency)

    def reading_cells(self, reading: ExperimentReading, locale: str) -> dict[str, Any]:
        """What an experiment shows, with its drawings."""
        from zhanggui.report.experiment_cells import reading_cells

        return reading_cells(reading, locale, self._shop.config.currency)

    @staticmethod
    def choices(locale: str) -> dict[str, Sequence[tuple[str, str]]]:
        """What a plan may choose from, each with what it is called: ``change``, ``unit``, ``metric``."""
        from zhanggui.experiments.kinds import CHANGES, METRICS, UNITS
        from zhanggui.i18n import text

        lists: tuple[tuple[str, Sequence[str]], ...] = (("change", CHANGES), ("unit", UNITS), ("metric", METRICS))
        return {kind: [(name, text(f"experiments.{kind}.{name}", locale)) for name in names] for kind, names in lists}


def _with(plan: Plan, id: str, planned: int, baseline: Baseline | None) -> Plan:
    from dataclasses import replace

    return replace(plan, id=id, planned=planned, baseline=baseline)


def _write(to: Path, plan: Plan, dealt: Dealt) -> None:
    """The assignments as a file that an import takes for exposures, once they are; customers' own ids stay out of such a file's names."""
    column = "customer" if plan.unit == "customer" else "unit_id"
    try:
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["experiment_id", column, "variant"])
            writer.writerows((plan.id, unit, variant) for unit, variant in dealt.variants)
    except OSError as error:
        raise BadValue("experiments.not_written", file=str(to), reason=error.strerror or str(error)) from None
