"""The practice shop as the shells see it: a workspace whose files a simulated shop writes, and whose done actions it answers to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhanggui.app.own_days import nine_on
from zhanggui.errors import BadValue, Unanswerable, WorkspaceError

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.ledger import Entry
    from zhanggui.practice import Move, World
    from zhanggui.store import Reconciliation
    from zhanggui.tables.loading import Reading
    from zhanggui.units import Clock

FILE = "practice.json"
FORMAT = 1
CURRENCY, TIMEZONE = "CNY", "Asia/Shanghai"
SHOWN = ("yours", "nothing", "thumb", "oracle")
"""Whose profits a score shows, in this order."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a practice shop is made of: replaying it gives the same shop. ``moves`` are (day, kind, where, rows, id)."""

    character: str
    seed: int
    history: int
    day: int
    moves: Sequence[tuple[int, str, Mapping[str, str], Sequence[Mapping[str, Any]], str]] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """Days that went by: from … to, and what the shop did on the first morning (kind, product, whether it could)."""

    start: date
    end: date
    done: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class Score:
    """Contribution profit since the first decision, true and expected: of this shop, and of the same shop left alone, led by rules of
    thumb, and by an oracle. ``share`` is this shop's gain over doing nothing as a share of the oracle's; None where there is none."""

    start: date
    end: date
    yours: float
    nothing: float
    thumb: float
    oracle: float
    lines: Mapping[str, float]

    @property
    def share(self) -> float | None:
        gain = self.oracle - self.nothing
        return (self.yours - self.nothing) / gain if gain > 0 else None


class Practice:
    """The simulated shop behind a workspace."""

    def __init__(self, shop: Shop, *, world: World | None = None) -> None:
        """``world`` is the simulated shop where it lives already; else it is lived again from its seed when first needed."""
        self._shop = shop
        self._course = read(shop.folder)
        self._world = world

    @classmethod
    def new(
        cls, folder: Path, character: str, seed: int, *, locale: str = "en", history: int | None = None
    ) -> Practice:
        """Make a practice shop in ``folder``: its history imported, its costs entered, its clock on the morning of the first decision."""
        from zhanggui.app.shop import Shop
        from zhanggui.config import Config
        from zhanggui.practice import character as character_named
        from zhanggui.practice.world import HISTORY_DAYS

        if seed < 0:
            raise BadValue("practice.bad_seed", value=seed)
        character_named(character)
        days = HISTORY_DAYS if history is None else history
        config = Config(name=f"{character} {seed}", currency=CURRENCY, timezone=TIMEZONE, locale=locale)
        Shop.create(folder, config).close()
        write(folder, Course(character, seed, days, 0))
        shop = Shop.open(folder)
        made = cls(shop)
        made.settle()
        made.live(days)
        return made

    @property
    def shop(self) -> Shop:
        """The workspace."""
        return self._shop

    @property
    def course(self) -> Course:
        """What it is made of."""
        return self._course

    @property
    def world(self) -> World:
        """The simulated shop, lived again from its seed where it was not yet."""
        if self._world is None:
            self._world = lived(self._course)
        return self._world

    def live(self, days: int = 1) -> Passed:
        """Do what the ledger says was done, let days pass, import what the shop's files then say."""
        if days < 1:
            raise BadValue("practice.bad_days", value=days)
        world = self.world
        done = [(move.kind, move.product, self._do(move)) for move in self._to_do()]
        first = world.day
        world.live(days)
        self.catch_up()
        return Passed(world.date_of(first), world.date_of(world.day - 1), done)

    def do(self, names: Sequence[str]) -> list[Entry]:
        """Approve and do actions of the ledger; today's proposals where none is named. The shop feels them with the next day."""
        actions = self._shop.actions
        wanted = list(names) or [entry.id for entry in actions.list() if entry.state in ("proposed", "approved")]
        found = []
        for name in wanted:
            if actions.show(name).state == "proposed":
                actions.approve(name)
            found.append(actions.done(name).entry)
        return found

    def score(self) -> Score:
        """This shop against doing nothing, rules of thumb and an oracle with the same minutes, cash and owner.

        Raises Unanswerable before the first week is over.
        """
        from zhanggui.practice.choosing import ADVISERS, decided

        world, start = self.world, self._course.history
        weeks = (world.day - start) // 7
        if weeks < 1:
            raise Unanswerable("practice.too_early", days=7 - (world.day - start))
        before = lived(Course(self._course.character, self._course.seed, start, start))
        end = start + 7 * weeks - 1
        found = {
            adviser: decided(before, adviser, weeks, world.character.minutes).reckoning(start, end).expected
            for adviser in ADVISERS
        }
        own = world.reckoning(start, end)
        return Score(own.start, own.end, own.expected, found["nothing"], found["thumb"], found["oracle"], own.lines)

    def catch_up(self) -> Reconciliation:
        """Import what the shop's files say of the days that were not imported yet."""
        from zhanggui.practice import frames

        world, first = self.world, self._course.day
        words = _words(self._shop.config.locale)
        told = readings(frames(world, first, world.day - 1, words), world.date_of(world.day - 1))
        result = self._shop.load(told)
        self._keep()
        return result

    # ---- between ledger and world

    def _to_do(self) -> list[Move]:
        """Done actions of the ledger that the shop has not felt yet."""
        felt = {name for *_, name in self._course.moves}
        entries = [entry for entry in self._shop.ledger.entries() if entry.done_on is not None and entry.id not in felt]
        return [move_of(entry) for entry in sorted(entries, key=lambda entry: (entry.at, entry.id))]

    def _do(self, move: Move) -> bool:
        made = self.world.apply(move)
        step = (self.world.day, move.kind, dict(move.where), [dict(row) for row in move.rows], move.id)
        course = self._course
        self._course = Course(course.character, course.seed, course.history, course.day, (*course.moves, step))
        return made.taken

    def _keep(self) -> None:
        course = self._course
        self._course = Course(course.character, course.seed, course.history, self.world.day, course.moves)
        write(self._shop.folder, self._course)
        self._shop.clock = clock_of(self._shop.folder) or self._shop.clock
        self._shop.ledger.clock = self._shop.clock

    def settle(self) -> None:
        """Enter the cost sheet as a diligent owner enters it: what an order costs exactly, goods as a range."""
        terms = self.world.terms
        for section, name, value in (
            ("goods", "*", [0.40, 0.55]),
            ("per_order", "freight", terms.freight),
            ("per_order", "packing", terms.packing),
            ("share", "fees", terms.fee),
            ("refund", "freight", terms.return_freight),
            ("refund", "handling", terms.handling),
            ("refund", "unsellable", terms.unsellable),
            ("lead_days", "*", float(terms.lead_days + 1)),
            ("salvage", "*", terms.salvage),
        ):
            self._shop.set_cost(section, name, value)


def lived(course: Course) -> World:
    """The shop of a course, lived from its first day."""
    from zhanggui.practice import Move, World, character

    world = World(character(course.character), course.seed, history=course.history)
    for day, kind, where, rows, name in course.moves:
        world.live(day - world.day)
        world.apply(Move(kind, where, tuple(rows), name))
    world.live(course.day - world.day)
    return world


def move_of(entry: Entry) -> Move:
    """An action of the ledger as the simulated shop does it."""
    from zhanggui.practice import Move

    action = entry.action
    rows = [dict(row) for row in action.draft.rows] if action.draft else []
    if action.shift and not any(row.get("to_product_id") for row in rows):
        rows.append({"to_product_id": action.shift})
    return Move(action.kind, dict(action.where), tuple(rows), entry.id)


def readings(frames: Mapping[str, Any], day: date) -> list[Reading]:
    """Frames of canonical tables as files exported at the end of a day."""
    from zhanggui.tables.loading import Piece, Reading, Recognition, Sheet

    found = []
    for name, frame in frames.items():
        columns = tuple(frame.columns)
        piece = Piece(name, frame, name, layout=40, exported_at=f"{day.isoformat()} 23:59:00", currency=CURRENCY)
        sheet = Sheet(Path(name), "parquet", columns, columns, ())
        found.append(Reading(sheet, Recognition("practice", name, 1.0, columns), (piece,), "shop:main", frame.height))
    return found


def read(folder: Path) -> Course:
    """The course of a practice workspace. Raises WorkspaceError where the folder is none, or its file cannot be read."""
    path = folder / FILE
    if not path.is_file():
        raise WorkspaceError("practice.no_practice", folder=str(folder))
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] > FORMAT:
            raise WorkspaceError("practice.newer", found=told["format"], known=FORMAT)
        moves = [(int(day), kind, where, rows, name) for day, kind, where, rows, name in told["moves"]]
        return Course(told["character"], int(told["seed"]), int(told["history"]), int(told["day"]), tuple(moves))
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError("practice.unreadable", file=str(path), reason=str(error)) from None


def write(folder: Path, course: Course) -> None:
    """Keep a course; the old one is replaced in one step."""
    told = {
        "format": FORMAT,
        "character": course.character,
        "seed": course.seed,
        "history": course.history,
        "day": course.day,
        "today": _today(course).isoformat(),
        "moves": [list(step) for step in course.moves],
    }
    draft = folder / f"{FILE}.tmp"
    draft.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(folder / FILE)


def _today(course: Course) -> date:
    from datetime import timedelta

    from zhanggui.practice import character
    from zhanggui.practice.demand import opening_day

    return opening_day(character(course.character).festival) + timedelta(days=course.day)


def is_practice(folder: Path) -> bool:
    """Whether a workspace is a practice shop."""
    return (folder / FILE).is_file()


def passed_cells(passed: Passed, locale: str) -> dict[str, Any]:
    """Days that went by, written: ``said`` and what the shop felt of the actions."""
    from zhanggui.i18n import text
    from zhanggui.i18n.writing import printable, say
    from zhanggui.units import Words

    whole = text("practice.said.whole", locale)
    done = [
        text(
            f"practice.said.{'felt' if taken else 'not_felt'}",
            locale,
            kind=text(f"actions.kind.{kind}", locale),
            target=printable(product) or whole,
        )
        for kind, product, taken in passed.done
    ]
    return {
        "said": say(Words("practice.said.passed", {"start": passed.start, "end": passed.end}), locale, ""),
        "done": done,
    }


def score_cells(score: Score, locale: str, currency: str) -> dict[str, Any]:
    """A score, written: one row for each way to lead the shop, with bars on one scale."""
    from zhanggui.i18n import text
    from zhanggui.i18n.writing import quantity, say
    from zhanggui.units import Quantity, Words

    def money(value: float, *, signed: bool = False) -> str:
        return quantity(Quantity(value, "money", signed=signed), locale, currency)

    gains = {who: getattr(score, who) - score.nothing for who in SHOWN}
    widest = max(*(abs(gain) for gain in gains.values()), 1.0)
    rows = [
        {
            "who": text(f"practice.who.{who}", locale),
            "yours": who == "yours",
            "profit": money(getattr(score, who)),
            "against": money(gains[who], signed=True),
            "size": abs(gains[who]) / widest,
            "lost": gains[who] < 0,
        }
        for who in SHOWN
    ]
    share = None if score.share is None else Quantity(score.share, "share")
    return {
        "said": say(Words("practice.said.score", {"start": score.start, "end": score.end}), locale, currency),
        "rows": rows,
        "share": text("practice.said.no_share", locale)
        if share is None
        else say(Words("practice.said.share", {"share": share}), locale, currency),
    }


def clock_of(folder: Path) -> Clock | None:
    """The clock of a practice workspace: nine in the morning of the shop's next day. None for any other workspace."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        day = date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["today"])
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError("practice.unreadable", file=str(path), reason=str(error)) from None
    return nine_on(day, TIMEZONE)


def _words(locale: str) -> dict[str, str]:
    from zhanggui.i18n import catalogue

    return {
        key.removeprefix("word."): text
        for key, text in catalogue(locale, "practice").items()
        if key.startswith("word.")
    }
