"""``Shop``: a workspace that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from zhanggui import config as settings
from zhanggui.config import Config
from zhanggui.errors import BadValue, WorkspaceError
from zhanggui.units import Clock, Period, Words

if TYPE_CHECKING:
    from zhanggui.actions.kinds import Action, Standing
    from zhanggui.app.actions import Actions
    from zhanggui.app.backups import Backup
    from zhanggui.app.experiments import Experiments
    from zhanggui.app.live import Live
    from zhanggui.app.outcomes import Outcomes
    from zhanggui.app.positioning import Positioning
    from zhanggui.app.practice import Practice
    from zhanggui.brief import Brief, Ranked
    from zhanggui.costs import CostSheet
    from zhanggui.ledger import Ledger
    from zhanggui.numbers.kinds import Answer, Driver
    from zhanggui.people import Door, People
    from zhanggui.store import Batch, Reconciliation, Undone, Warehouse
    from zhanggui.tables.loading import Reading


class Shop:
    """A workspace that is open. Nothing is read from the warehouse before the first question."""

    def __init__(self, folder: Path, config: Config, clock: Clock | None = None) -> None:
        self.folder = folder
        self.config = config
        self.clock = clock or Clock(config.timezone)
        self.notes: list[Words] = []
        """What was noticed when ledger and warehouse met, for the person to know."""
        self.named: tuple[tuple[int, str], Sequence[Action]] | None = None
        """What the last brief that was not remembered named, and of which data and day it was."""
        self._warehouse: Warehouse | None = None
        self._ledger: Ledger | None = None
        self._written = _stamps(folder)

    @classmethod
    def create(cls, folder: Path, config: Config) -> Shop:
        """Make a workspace: settings, warehouse, key, ledger. Raises WorkspaceError where one is already."""
        from zhanggui.ledger import Ledger
        from zhanggui.store import Warehouse

        settings.check(config)
        folder.mkdir(parents=True, exist_ok=True)
        Warehouse.create(folder, config)
        settings.write(folder, config)
        shop = cls(folder, config)
        Ledger.open(folder, shop.clock).close()
        return shop

    @classmethod
    def demo(cls, folder: Path, locale: str = "en", until: date | str | None = None) -> Shop:
        """The workspace of the bundled real shop, made in ``folder``; opened where it is there already.

        With ``until`` it is given its days up to that one only, and lives on the next morning; asked again with a later day, or without
        one, it is given those in between. Raises BadValue for a day that the file has not or that lies before the last it was given, and
        WorkspaceError where ``folder`` is another workspace, or a demo that was given everything at once.
        """
        from zhanggui import demo
        from zhanggui.app.demo import go_on, lived_until

        day = day_of(until)
        if (folder / settings.FILE).is_file():
            if lived_until(folder) is None:
                if day is not None:
                    raise WorkspaceError("demo.whole", folder=str(folder))
                return cls.open(folder)
            shop = cls.open(folder)
        else:
            config = Config(name=demo.NAME, currency=demo.CURRENCY, timezone=demo.TIMEZONE, locale=locale)
            shop = cls.create(folder, config)
            if day is None:
                shop.import_files([demo.demo_file()])
                return shop
        go_on(shop, day)
        return shop

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> Shop:
        """Open a workspace that exists. A practice shop, and a demo with days held back, has its own days."""
        from zhanggui.app.own_days import own_clock

        if (folder / RESTORING).is_file():
            from zhanggui.app.backups import finish

            finish(folder)
        return cls(folder, settings.load(folder), clock or own_clock(folder))

    def __enter__(self) -> Shop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of ledger and warehouse."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
        if self._warehouse is not None:
            self._warehouse.close()
            self._warehouse = None

    def outdated(self) -> bool:
        """Whether settings or the clock of the workspace were written since it was opened."""
        return _stamps(self.folder)[:3] != self._written[:3]

    @property
    def state(self) -> tuple[Any, ...]:
        """What every answer depends on: data, decisions, settings, cost sheet and the day. As long as it stays, so do the answers."""
        return (self.data_state, self.ledger.stand, _stamp(self.folder / SAID))

    @property
    def data_state(self) -> tuple[Any, ...]:
        """The same without what people decide and what earlier briefs said: what the day's numbers depend on."""
        return (self.warehouse.version, self.clock.today(), _stamps(self.folder))

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse, opened at the first use."""
        if self._warehouse is None:
            from zhanggui.store import Warehouse

            self._warehouse = Warehouse.open(self.folder, self.config)
        return self._warehouse

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened at the first use and compared with the warehouse.

        Raises WorkspaceError where it is missing, of a newer version, or another workspace's.
        """
        if self._ledger is None:
            self._open_ledger()
        assert self._ledger is not None
        return self._ledger

    def meet(self, *, anew: bool = False) -> list[Words]:
        """Let ledger and warehouse see each other: what was done stands in ``changes``. Gives what a person should know of it; ``anew``
        takes a ledger that this warehouse does not know."""
        from zhanggui.ledger import meet

        if self._ledger is None:
            self._open_ledger(anew=anew)
            return self.notes
        meeting = meet(self._ledger, self.warehouse, anew=anew)
        self.notes += meeting.notes
        return list(meeting.notes)

    def _open_ledger(self, *, anew: bool = False) -> None:
        from zhanggui.ledger import open_beside

        self._ledger, meeting = open_beside(self.folder, self.warehouse, self.clock, anew=anew)
        self.notes += meeting.notes

    def guard(self, action: Action, texts: Sequence[str] = (), *, despite: str = "") -> None:
        """Pass an action that law and policy allow. Raises Refused for another; ``despite`` is a reason to set a policy aside."""
        from zhanggui.actions.guards import check
        from zhanggui.app.guarding import facts_of

        check(action, texts, facts_of(self, action, despite))

    # ---- files in, files out

    def read_files(
        self,
        paths: Sequence[Path],
        *,
        source: str | None = None,
        channel: str | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> list[Reading]:
        """Recognise and read files without changing anything."""
        from zhanggui import sources
        from zhanggui.tables.loading import Options

        options = Options(
            channel=channel,
            currency=self.config.currency,
            timezone=self.config.timezone,
            mapping=dict(mapping or {}),
        )
        return sources.read(paths, options, source=source)

    def load(self, readings: Sequence[Reading], *, dry_run: bool = False) -> Reconciliation:
        """Load what was read, in one transaction; a dry run says what it would do and changes nothing."""
        return self.warehouse.load(readings, dry_run=dry_run)

    def import_files(
        self,
        paths: Sequence[Path],
        *,
        source: str | None = None,
        channel: str | None = None,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
    ) -> Reconciliation:
        """Import files and folders in one transaction."""
        readings = self.read_files(paths, source=source, channel=channel, mapping=mapping)
        return self.load(readings, dry_run=dry_run)

    def imports(self) -> list[Batch]:
        """Every import so far, the latest last."""
        return self.warehouse.batches()

    def undo(self, batch: str) -> Undone:
        """Take one import back exactly."""
        return self.warehouse.undo(batch)

    def export(self, folder: Path, *, format: str = "csv") -> list[Path]:
        """Write the canonical tables as files that import again."""
        return self.warehouse.export(folder, format=format)

    def back_up(self, file: Path) -> Backup:
        """Write everything of the workspace to one file: warehouse, ledger, key, settings, costs. Raises WorkspaceError."""
        from zhanggui.app.backups import back_up

        return back_up(self, file)

    @staticmethod
    def restore(file: Path, folder: Path) -> Backup:
        """Put a backup back into a folder; what was there is moved aside. Raises BadFile for what is no whole backup."""
        from zhanggui.app.backups import restore

        return restore(file, folder)

    # ---- numbers

    def query(
        self,
        metrics: Sequence[str],
        by: Sequence[str] = (),
        *,
        where: Mapping[str, Sequence[str] | str] | None = None,
        start: date | str | None = None,
        end: date | str | None = None,
        against: str | Period | None = None,
        limit: int | None = None,
        without_suspects: bool = False,
    ) -> Answer:
        """Ask the metric catalogue; time grains (day, week, month) stand in ``by``. ``without_suspects`` leaves out the orders and reviews
        that may not be real."""
        from zhanggui.numbers.kinds import Question
        from zhanggui.numbers.query import ask

        if against not in (None, "previous", "year") and not isinstance(against, Period):
            raise BadValue("metrics.unknown_comparison", name=str(against), known="previous, year")
        question = Question(
            metrics=tuple(dict.fromkeys(metrics)),  # what is asked twice is answered once
            by=tuple(dict.fromkeys(by)),
            where={
                name: (values,) if isinstance(values, str) else tuple(values) for name, values in (where or {}).items()
            },
            start=day_of(start),
            end=day_of(end),
            against=against,  # type: ignore[arg-type]
            limit=limit,
        )
        if without_suspects:
            from zhanggui.app.suspects import suspects

            _, found = suspects(self)
            with self.warehouse.without(found.orders, found.reviews) as other:
                return ask(other, question, config=self.config, clock=self.clock, costs=self.costs)
        return ask(self.warehouse, question, config=self.config, clock=self.clock, costs=self.costs)

    def explain(
        self,
        metric: str,
        by: Sequence[str] = (),
        *,
        where: Mapping[str, Sequence[str] | str] | None = None,
        start: date | str | None = None,
        end: date | str | None = None,
        against: Period | None = None,
    ) -> Driver:
        """Why a metric moved, in exact parts that sum to the change; ``where`` looks inside one place."""
        from zhanggui.numbers.explain import explain

        return explain(
            self.warehouse,
            metric,
            tuple(dict.fromkeys(by)),
            start=day_of(start),
            end=day_of(end),
            against=against,
            where={name: (value,) if isinstance(value, str) else tuple(value) for name, value in (where or {}).items()},
            config=self.config,
            clock=self.clock,
            costs=self.costs,
        )

    def brief(
        self,
        as_of: date | str | None = None,
        days: int = 7,
        *,
        minutes: int | None = None,
        budget: float | None = None,
        remember: bool = True,
    ) -> Brief:
        """The day's brief, by what people decided and what came of it. ``minutes`` and ``budget`` (cash that may be bound) are the
        operator's own of today. ``remember`` notes what was said, so that it is not said again unchanged, reads what is due of earlier
        actions, and enters today's into the ledger as proposals."""
        from zhanggui.app.outcomes import read_due
        from zhanggui.brief import make

        if remember:
            read_due(self, day_of(as_of))
        made = make(
            self.warehouse,
            as_of=day_of(as_of),
            days=days,
            config=self.config,
            clock=self.clock,
            costs=self.costs,
            memory=self.folder / SAID if remember else None,
            standing=replace(self.standing(), minutes=minutes, budget=budget),
        )
        if remember:
            self._propose(made.actions)
        return replace(made, quiet=[*made.quiet, *self.notes]) if self.notes else made

    def listed(self, as_of: date | str | None = None, days: int = 7, *, minutes: int | None = None) -> Sequence[Ranked]:
        """The brief's actions alone, entered into the ledger as proposals like the brief's own; for whoever does the list and reads no
        numbers: it takes half the time."""
        from zhanggui.app.outcomes import read_due
        from zhanggui.brief.make import listed

        read_due(self, day_of(as_of))
        found = listed(
            self.warehouse,
            as_of=day_of(as_of),
            days=days,
            config=self.config,
            clock=self.clock,
            costs=self.costs,
            memory=self.folder / SAID,
            standing=replace(self.standing(), minutes=minutes),
        ).actions
        self._propose(found)
        return found

    def _propose(self, ranked: Sequence[Ranked]) -> None:
        """Enter what is on today's list into the ledger."""
        away = int(self.config["dismissed_days"])
        self.ledger.propose([one.as_shown for one in ranked if one.today], dismissed_days=away)

    def standing(self) -> Standing:
        """What people decided about actions and what came of them, with each rule's own record."""
        from zhanggui.outcomes import records

        known = self.ledger.standing()
        return replace(known, records=records(known.past))

    def outcomes(self, as_of: date | str | None = None) -> Outcomes:
        """What came of what was done. Actions whose reading is over by ``as_of`` (the last complete day) are read now and stored; one
        is read once."""
        from zhanggui.app.outcomes import outcomes

        return outcomes(self, as_of)

    # ---- the same, written

    def brief_text(self, brief: Brief, locale: str, width: int = 120) -> str:
        """The brief for a terminal of ``width`` columns."""
        from zhanggui.report import as_text

        return as_text(brief, locale, width)

    def brief_json(self, brief: Brief, locale: str) -> dict[str, Any]:
        """The brief for programs."""
        from zhanggui.report import as_json

        return as_json(brief, locale)

    def brief_html(self, brief: Brief, locale: str) -> str:
        """The brief as one page for phone and paper."""
        from zhanggui.report import as_html

        return as_html(brief, locale)

    def brief_parts(self, brief: Brief, locale: str) -> dict[str, Any]:
        """The brief's sections as written cells and charts, for a page that lays them out itself."""
        from zhanggui.report.page import page_parts

        return page_parts(brief, locale)

    def check_text(self, brief: Brief, locale: str, width: int = 120) -> str:
        """What data stands behind the brief, what is missing and what that locks."""
        from zhanggui.report import check_text

        return check_text(brief, locale, width)

    def driver_text(self, driver: Driver, locale: str, width: int = 120) -> str:
        """Why a metric moved, for a terminal."""
        from zhanggui.report import driver_text

        return driver_text(driver, locale, self.config.currency, self._names(driver), width)

    def driver_json(self, driver: Driver) -> dict[str, Any]:
        """Why a metric moved, for programs."""
        from zhanggui.report import driver_json

        return driver_json(driver)

    def outcomes_text(self, found: Outcomes, locale: str, width: int = 120) -> str:
        """What came of what was done, for a terminal."""
        from zhanggui.app.outcomes import outcomes_text

        return outcomes_text(self, found, locale, width)

    def outcomes_json(self, found: Outcomes, locale: str) -> dict[str, Any]:
        """What came of what was done, for programs."""
        from zhanggui.app.outcomes import outcomes_json

        return outcomes_json(self, found, locale)

    def _names(self, driver: Driver) -> dict[str, str]:
        """Short names of the products a driver speaks of."""
        if not any("product_id" in place.by for place in driver.where):
            return {}
        return self.product_names(driver.period)

    def product_names(self, period: Period | None = None) -> dict[str, str]:
        """Short names of the products, as they stood in ``period``."""
        from zhanggui.numbers.frames import FRAMES, View

        view = View(period.end, period.days) if period else View(self.clock.today())
        found = FRAMES["product_names"](self.warehouse, view)
        return dict(found.select("product_id", "name").iter_rows())

    # ---- what people decide

    @property
    def actions(self) -> Actions:
        """The ledger of actions: list them, approve, do, take back, annotate."""
        from zhanggui.app.actions import Actions

        return Actions(self)

    @property
    def positioning(self) -> Positioning:
        """What is weighed before something is started, and the record of what is sold to whom."""
        from zhanggui.app.positioning import Positioning

        return Positioning(self)

    @property
    def live(self) -> Live:
        """The live shops that are read, and how far."""
        from zhanggui.app.live import Live

        return Live(self)

    @property
    def people(self) -> People:
        """Who may come in to the desk, and who did what."""
        from zhanggui.app.people import people_of

        return people_of(self)

    @property
    def door(self) -> Door:
        """Where people and programs come in to the desk."""
        from zhanggui.app.people import door_of

        return door_of(self)

    @property
    def experiments(self) -> Experiments:
        """The shop's experiments: new ones, assignment, reading, stopping."""
        from zhanggui.app.experiments import Experiments

        return Experiments(self)

    @property
    def practice(self) -> Practice:
        """The simulated shop behind this workspace. Raises WorkspaceError where there is none."""
        from zhanggui.app.practice import Practice

        return Practice(self)

    # ---- what the owner enters

    @property
    def costs(self) -> CostSheet:
        """The cost sheet as it stands in ``costs.toml``."""
        from zhanggui import costs

        return costs.load(self.folder)

    def set_cost(self, section: str, name: str, value: float | Sequence[float]) -> CostSheet:
        """Enter one line of the cost sheet: a value, or a range of two."""
        from zhanggui import costs

        entry = list(value) if isinstance(value, Sequence) else value
        sheet = costs.with_entry(self.costs, section, name, entry)
        costs.write(self.folder, sheet)
        return sheet

    def set_target(self, month: str, value: float, metric: str = "net_sales") -> Reconciliation:
        """Enter a month's target (``2026-09``); a later entry for the same month replaces it, and ``imports undo`` takes it back."""
        day_of(f"{month}-01", "config.bad_month", month)
        return self.enter("targets", {"month": month, "metric": metric, "value": repr(float(value))})

    def enter(self, table: str, *stated: Mapping[str, str]) -> Reconciliation:
        """Load rows that a person states, as a canonical file would; a later entry with the same key replaces it. All have the same
        columns."""
        import polars as pl

        from zhanggui.tables.loading import Piece, Reading, Recognition, Sheet

        names = tuple(stated[0])
        entry = Sheet(Path(table), "csv", names, names, tuple(tuple(row.values()) for row in stated))
        at = f"{self.clock.now().astimezone(ZoneInfo(self.config.timezone)):%Y-%m-%d %H:%M:%S}"
        piece = Piece(table, pl.DataFrame([{**row, "_time": at} for row in stated]), table, layout=40, exported_at=at)
        recognition = Recognition("owner", table, 1.0, names)
        return self.load([Reading(entry, recognition, (piece,), "", len(stated))])


def day_of(value: date | str | None, code: str = "config.bad_day", seen: str | None = None) -> date | None:
    """A day given as text or as a day; None stays. Raises BadValue for a text that is none."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue(code, value=seen or value) from None


WRITTEN = (settings.FILE, "practice.json", "demo.json", "costs.toml")
SAID = "said.json"
RESTORING = "restoring.json"
"""Says that a backup is being put back: whoever opens the workspace finishes it."""


def _stamps(folder: Path) -> tuple[int, ...]:
    """When each of the workspace's own files was last written; 0 where there is none."""
    return tuple(_stamp(folder / name) for name in WRITTEN)


def _stamp(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0
