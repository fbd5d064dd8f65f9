"""What takes long and goes on while the desk is read: reading files that were sent, importing, taking back, practice days, backups.

One job at a time; each writes in one transaction through the desk's one writer. What a killed server had begun is known at the next
start: a job whose import is there is put down as done, any other left nothing behind.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from zhanggui.app.kept_backups import FOLDER as BACKUPS
from zhanggui.app.uploads import Limits, Parcel, Uploads
from zhanggui.errors import BadFile, BadValue, NotUnderstood
from zhanggui.jobs import Job, Jobs, Step

if TYPE_CHECKING:
    from zhanggui.app.backups import Backup
    from zhanggui.app.desk import Desk
    from zhanggui.app.live import Answered
    from zhanggui.app.morning import Morning
    from zhanggui.app.shop import Shop
    from zhanggui.live.syncing import Synced
    from zhanggui.store import Reconciliation, Undone
    from zhanggui.tables.loading import Reading, Sheet

LEFT = (".demo-*", ".restoring-*", f"{BACKUPS}/.zhanggui-*")
"""Folders that a killed server may leave behind."""
EXAMPLES = 3
SHOWN = 40
Then = Callable[[Any], None]
"""What is called with what a job made, once it is made: a line in the log, say."""


def _nothing(made: Any) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class How:
    """What a person says of files: whose they are, which source reads them, which column is which field."""

    source: str = ""
    channel: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)  # field ← column

    def read(self, shop: Shop, files: Sequence[Path]) -> list[Reading]:
        """The files read that way; nothing is changed."""
        return shop.read_files(
            files, source=self.source or None, channel=self.channel or None, mapping=dict(self.mapping)
        )


@dataclass(frozen=True, slots=True)
class Understood:
    """How one sheet was understood, before anything is loaded. ``columns`` are (table, field, column of the file); ``examples`` are the
    first values of each column, ``***`` where one looks personal; ``rejects`` are (row, column, value, reason)."""

    file: str
    source: str
    layout: str
    score: float
    channel: str
    rows: int
    columns: tuple[tuple[str, str, str], ...]
    unknown: tuple[str, ...]
    examples: Mapping[str, tuple[str, ...]]
    left_out: Sequence[Any] = ()
    rejects: Sequence[tuple[int, str, str, str]] = ()
    rejected: int = 0
    notes: Sequence[tuple[str, Mapping[str, object]]] = ()

    @property
    def by_mapping(self) -> bool:
        """Whether a person may say which column is which field."""
        return self.source == "general"


@dataclass(frozen=True, slots=True)
class Preview:
    """A parcel as it would be imported, and how it was to be read. Where it was not understood, ``problem`` says why, and ``sheets`` are
    its tables as far as their names and first rows tell, for a person to say which column is which."""

    token: str
    how: How
    sheets: tuple[Understood, ...]
    problem: NotUnderstood | None = None


class Background:
    """The long work of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.jobs = Jobs(desk.folder)
        self.uploads = Uploads(desk.folder)
        self.uploads.clear()
        for left in [path for name in LEFT for path in desk.folder.glob(name)]:
            shutil.rmtree(left, ignore_errors=True)  # what a killed server had begun
        self._mend()

    def _mend(self) -> None:
        """A server may die between the end of an import and the note of it: the warehouse knows better."""
        broken = [
            job for job in self.jobs.all() if job.state == "broken_off" and job.kind == "import" and not job.after
        ]
        if not broken:
            return
        with self._desk.reading() as shop:
            batches = shop.imports()
        for job in broken:
            made = [batch.id for batch in batches if batch.id > job.before and {*batch.files} & {*job.about}]
            if made:
                self.jobs.mend(job.id, made[0])

    def close(self) -> None:
        """Wait for the job at hand."""
        self.jobs.close()

    # ---- files

    def receive(self, sent: Sequence[tuple[str, BinaryIO]], how: How, by: str) -> Job:
        """Keep files that were sent and look into them. Raises BadValue or BadFile for what is not taken; nothing is kept then."""
        parcel = self.uploads.receive(sent, Limits.of(self._desk.config))
        return self.look(parcel, how, by)

    def look(self, parcel: Parcel, how: How, by: str) -> Job:
        """Look into a parcel, how it would be read; nothing is changed."""

        def work(step: Step) -> Preview:
            step("reading")
            with self._desk.reading() as shop:
                try:
                    return preview(parcel.token, how, how.read(shop, parcel.files))
                except NotUnderstood as problem:
                    return Preview(parcel.token, how, _as_they_look(parcel.files, how), problem)

        return self.jobs.begin("look", work, by=by, steps=("reading",), about=parcel.names, before=parcel.token)

    def load(self, token: str, how: How, by: str, then: Then = _nothing, *, once: bool = False) -> Job:
        """Import a parcel; one that is not taken stays, to be read otherwise, unless it comes only ``once``. Raises BadValue where it is
        gone."""
        parcel = self.uploads.find(token)
        if parcel is None:
            raise BadValue("uploads.gone")

        def work(step: Step) -> Reconciliation:
            taken = once
            try:
                step("reading")
                with self._desk.reading() as shop:
                    readings = how.read(shop, parcel.files)
                step("loading")
                with self._desk.writing() as shop:
                    done = shop.load(readings)
                taken = True
            finally:
                if taken:
                    self.uploads.throw_away(token)
            then(done)
            return done

        return self.jobs.begin(
            "import", work, by=by, steps=("reading", "loading"), about=parcel.names, before=self._last_batch()
        )

    def sync(self, name: str, by: str, then: Then = _nothing, *, dry_run: bool = False, anew: bool = False) -> Job:
        """Read what changed in a live shop. Others write between two pages. Raises BadValue where no shop is called so."""
        from zhanggui.app.live import called

        with called(self._desk) as (live, _):
            live.visit(name)

        def work(step: Step) -> Synced:
            step("asking")
            with called(self._desk) as (live, shelf):
                done = live.sync(name, dry_run=dry_run, anew=anew, shelf=shelf)
            if not dry_run:
                then(done)
            return done

        return self.jobs.begin("sync", work, by=by, steps=("asking",), about=(name,))

    def try_shop(self, name: str, by: str) -> Job:
        """Ask a live shop for a first page, storing nothing. Raises BadValue where no shop is called so."""
        from zhanggui.app.live import called

        with called(self._desk) as (live, _):
            live.visit(name)

        def work(step: Step) -> Answered:
            step("trying")
            with called(self._desk) as (live, _):
                return live.test(name)

        return self.jobs.begin("sync_test", work, by=by, steps=("trying",), about=(name,))

    def take_back(self, batch: str, by: str, then: Then = _nothing) -> Job:
        """Take an import back."""

        def work(step: Step) -> Undone:
            step("taking_back")
            with self._desk.writing() as shop:
                undone = shop.undo(batch)
            then(undone)
            return undone

        return self.jobs.begin("undo", work, by=by, steps=("taking_back",), about=(batch,))

    def _last_batch(self) -> str:
        with self._desk.reading() as shop:
            batches = shop.imports()
        return batches[-1].id if batches else ""

    # ---- everything in one file, and back

    def back_up(self, by: str, then: Then = _nothing) -> Job:
        """Make a backup that the desk keeps."""

        def work(step: Step) -> Backup:
            from zhanggui.app.kept_backups import make

            step("copying")
            with self._desk.writing() as shop:
                made = make(shop)
            then(made)
            return made

        return self.jobs.begin("backup", work, by=by, steps=("copying",))

    def restore(self, sent: Sequence[tuple[str, BinaryIO]], visitor: str, by: str, then: Then = _nothing) -> Job:
        """Put a backup that was sent back. Raises BadValue or BadFile for what is not taken; nothing is changed then."""
        parcel = self.uploads.receive(sent, replace(Limits.of(self._desk.config), files=1))

        def work(step: Step) -> Backup:
            step("putting_back")
            try:
                back = self._desk.restore(parcel.files[0], visitor, by)
            finally:
                self.uploads.throw_away(parcel.token)
            then(back)
            return back

        return self.jobs.begin("restore", work, by=by, steps=("putting_back",), about=parcel.names)

    # ---- the demo

    def demo(self, locale: str, by: str) -> Job:
        """Make the demo's brief, of a workspace of its own that is removed again; one that is made or being made serves everybody."""
        known = next((job for job in self.jobs.all() if job.kind == "demo" and (not job.ended or job.result)), None)
        if known is not None:
            return known

        def work(step: Step) -> Morning:
            from zhanggui.app.morning import morning_of
            from zhanggui.app.shop import Shop

            step("reading_demo")
            with (
                TemporaryDirectory(prefix=".demo-", dir=self._desk.folder) as made,
                Shop.demo(Path(made) / "demo", locale) as shop,
            ):
                morning = morning_of(shop)
            assert morning is not None  # the demo has data
            return morning

        return self.jobs.begin("demo", work, by=by, steps=("reading_demo",))

    # ---- practice

    def practice_days(self, days: int, by: str, *, follow: bool) -> Job:
        """Let days of the practice shop pass; ``follow`` does today's proposals first."""

        def work(step: Step) -> Any:
            step("living")
            with self._desk.writing() as shop:
                if follow:
                    shop.brief()
                    shop.practice.do(())
                return shop.practice.live(days)

        return self.jobs.begin("practice_days", work, by=by, steps=("living",))

    def practice_score(self, by: str) -> Job:
        """Reckon the practice shop against doing nothing, rules of thumb and an oracle."""

        def work(step: Step) -> Any:
            step("reckoning")
            with self._desk.reading() as shop:
                return shop.practice.score()

        return self.jobs.begin("practice_score", work, by=by, steps=("reckoning",))


def preview(token: str, how: How, readings: Sequence[Reading]) -> Preview:
    """What a person sees of readings before they are loaded; the rows themselves are let go."""
    return Preview(token, how, tuple(_understood(reading, how) for reading in readings))


def _as_they_look(files: Sequence[Path], how: How) -> tuple[Understood, ...]:
    """The tables of files that were not understood, each column with what it may be and its first values."""
    from zhanggui.sources.general_columns import guess
    from zhanggui.sources.reading import sheets

    found = []
    for file in files:
        try:
            tables = sheets(file)
        except BadFile:  # its fault is not its columns
            continue
        for sheet in tables:
            known = {each.field: each.column for each in guess(sheet).columns if each.field}
            stated = {field: column for field, column in how.mapping.items() if column in sheet.columns}
            columns = tuple(("", field, column) for field, column in (known | stated).items())
            left = tuple(name for name in sheet.columns if name not in {*known.values(), *stated.values()})
            found.append(Understood(sheet.name, "general", "", 0.0, "", 0, columns, left, _examples(sheet)))
    return tuple(found)


def _examples(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """The first values of each column; what looks personal is not shown."""
    from zhanggui.store.personal import personal_value

    return {
        name: tuple(
            "***" if personal_value(row[at]) else row[at][:SHOWN]
            for row in [row for row in sheet.head if len(row) > at and row[at].strip()][:EXAMPLES]
        )
        for at, name in enumerate(sheet.columns)
    }


def _understood(reading: Reading, how: How) -> Understood:
    from zhanggui.store.personal import personal_value

    sheet, seen = reading.sheet, reading.recognition
    return Understood(
        file=sheet.name,
        source=seen.source,
        layout=seen.layout,
        score=seen.score,
        channel=reading.channel,
        rows=reading.rows_read,
        columns=_columns(reading, how),
        unknown=tuple(seen.unknown),
        examples=_examples(sheet),
        left_out=tuple(reading.left_out),
        rejects=tuple(
            (row, column, "***" if personal_value(value) else value[:SHOWN], reason)
            for row, column, value, reason in list(reading.rejects)[:SHOWN]
        ),
        rejected=len({row for row, *_ in reading.rejects}),
        notes=tuple(reading.notes),
    )


def _columns(reading: Reading, how: How) -> tuple[tuple[str, str, str], ...]:
    """(table, field, column of the file) of every column that is used, as far as its source says."""
    from zhanggui.report.imports import columns_of

    if reading.recognition.source == "general":
        from zhanggui.sources.general_columns import guess

        found = guess(reading.sheet, dict(how.mapping)).columns
        return tuple(("", each.field, each.column) for each in found if each.field)
    return tuple((piece.table, *pair) for piece in reading.pieces for pair in columns_of(piece))


__all__ = ["Background", "How", "Job", "Preview", "Understood", "preview"]
