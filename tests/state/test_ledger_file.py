"""The ledger file: made, brought to the present version, never harmed by a version, a hand or a rush it does not know."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import DatabaseError

from zhanggui.errors import Busy, WorkspaceError
from zhanggui.ledger.kinds import Verb
from zhanggui.state import base, database, decisions
from zhanggui.state.database import FILE, Database, versions


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    with Database.open(tmp_path) as opened, opened.writing() as session:
        session.add(decisions.ActionRow(id="a1", base="a1", round=1))
        session.flush()
        session.add(
            decisions.EventRow(
                action="a1",
                step=1,
                verb="proposed",
                by="ann",
                at=datetime(2026, 9, 1, 8),
                day=date(2026, 9, 1),
                content={"words": "移出滿減"},
            )
        )
    return tmp_path


def test_a_new_ledger_is_made_with_every_table_of_the_models(tmp_path: Path) -> None:
    with Database.open(tmp_path) as made, made.reading() as session:
        found = inspect(session.connection())
        for name, table in base.Base.metadata.tables.items():
            columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
            assert columns == {column.name: bool(column.nullable) for column in table.columns}, name
        assert made.version == versions()[-1]


def test_the_steps_build_on_each_other_without_a_gap() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [step.revision for step in reversed(steps)] == versions()
    assert versions() == [f"{number:04d}" for number in range(1, len(versions()) + 1)]


def test_what_was_written_is_there_again_and_readers_need_not_wait(ledger: Path) -> None:
    with Database.open(ledger) as opened, opened.reading() as session:
        row = session.get_one(decisions.EventRow, 1)
        assert (row.by, row.content, row.at) == ("ann", {"words": "移出滿減"}, datetime(2026, 9, 1, 8))
        mode = session.connection().exec_driver_sql("PRAGMA journal_mode").scalar_one()
        keys = session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar_one()
        assert (mode, keys) == ("wal", 1)


@pytest.mark.parametrize("table", ["actions", "events", "freezes", "handovers"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET by = 'eve'", "DELETE FROM {}"])
def test_nobody_can_change_or_delete_what_was_written(ledger: Path, table: str, deed: str) -> None:
    with closing(sqlite3.connect(ledger / FILE)) as hand:
        hand.execute("INSERT INTO freezes VALUES (1, '2026-11-01', '2026-11-11', '*', '', 'ann', '2026-09-01', NULL)")
        hand.execute("INSERT INTO handovers VALUES (1, 'late parcels', 'bo', 'ann', '2026-09-01')")
        with pytest.raises(sqlite3.IntegrityError, match=f"{table}: rows are added, never changed"):
            hand.execute(deed.format(table).replace("by =", "id =" if table == "actions" else "by ="))


def test_one_step_of_an_action_is_taken_once(ledger: Path) -> None:
    with closing(sqlite3.connect(ledger / FILE)) as hand, pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        hand.execute("INSERT INTO events VALUES (9, 'a1', 1, 'dismissed', 'bo', '2026-09-01', '2026-09-01', '{}')")


def of_version(folder: Path, version: str) -> None:
    """Make a ledger as the program of an earlier version made it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{folder / FILE}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


def test_a_ledger_of_the_version_before_keeps_what_it_holds_and_learns_what_is_new(tmp_path: Path) -> None:
    of_version(tmp_path, versions()[-2])
    with closing(sqlite3.connect(tmp_path / FILE)) as hand, hand:
        hand.execute("INSERT INTO actions VALUES ('a1', 'a1', 1)")
        for step, verb in enumerate(("added", "approved", "applying"), start=1):
            told = ("a1", step, verb, "ann", "2026-09-01 08:00:00", "2026-09-01", "{}")
            hand.execute(f"INSERT INTO events VALUES ({step}, ?, ?, ?, ?, ?, ?, ?)", told)
    with Database.open(tmp_path) as opened, opened.reading() as session:
        assert opened.version == versions()[-1]
        rows = session.scalars(select(decisions.EventRow).order_by(decisions.EventRow.number))
        assert [row.verb for row in rows] == ["added", "approved", "applying"]


def test_the_ledger_takes_the_words_it_can_read_back_and_no_others(ledger: Path) -> None:
    told = "INSERT INTO events VALUES ({0}, 'a1', {0}, '{1}', 'bo', '2026-09-01', '2026-09-01', '{{}}')"
    with closing(sqlite3.connect(ledger / FILE)) as hand:
        for step, verb in enumerate(get_args(Verb), start=2):
            hand.execute(told.format(step, verb))
        with pytest.raises(sqlite3.IntegrityError, match="a verb that this version does not know"):
            hand.execute(told.format(99, "praised"))


def test_a_ledger_of_a_newer_version_is_refused_and_left_as_it_is(ledger: Path) -> None:
    with closing(sqlite3.connect(ledger / FILE)) as hand, hand:
        hand.execute("UPDATE alembic_version SET version_num = '0999'")
    before = (ledger / FILE).read_bytes()
    with pytest.raises(WorkspaceError) as refused:
        Database.open(ledger)
    assert refused.value.code == "state.newer_version"
    assert refused.value.params["found"] == "0999"
    assert (ledger / FILE).read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look like one" * 30, b"SQLite format 3\0xx"]
)
def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(WorkspaceError) as refused:
        Database.open(tmp_path)
    assert refused.value.code == "state.unreadable"
    assert (tmp_path / FILE).read_bytes() == content


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as other, other:
        other.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(WorkspaceError) as refused:
        Database.open(tmp_path)
    assert refused.value.code == "state.unreadable"


def test_a_step_that_breaks_off_leaves_no_table_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    def breaks(config: object, target: str) -> None:
        upgrade(config, target)
        raise KeyboardInterrupt

    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", breaks)
    monkeypatch.setattr(database, "_MADE", {})  # as in a process that has made none yet
    with pytest.raises(KeyboardInterrupt):
        Database.open(tmp_path)
    monkeypatch.undo()
    with closing(sqlite3.connect(tmp_path / FILE)) as hand:
        assert hand.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    with Database.open(tmp_path) as opened:
        assert opened.version == versions()[-1]


def test_a_ledger_made_at_once_is_the_one_that_the_steps_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_MADE", {})
    seen = []
    for name in ("by steps", "at once"):
        (tmp_path / name).mkdir()
        Database.open(tmp_path / name).close()
        with closing(sqlite3.connect(tmp_path / name / FILE)) as hand:
            made = hand.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
            seen.append((made, hand.execute("SELECT * FROM alembic_version").fetchall()))
    assert len(database._MADE) == 1
    assert seen[0] == seen[1]


def test_two_who_open_a_new_ledger_at_once_make_it_once(tmp_path: Path) -> None:
    found: list[str | None] = []
    start = threading.Barrier(4)

    def opens() -> None:
        start.wait()
        with Database.open(tmp_path) as opened:
            found.append(opened.version)

    threads = [threading.Thread(target=opens) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [versions()[-1]] * 4


def test_who_cannot_write_because_another_writes_is_told_so(ledger: Path) -> None:
    with closing(sqlite3.connect(ledger / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Database.open(ledger, wait_seconds=0.1) as opened:
            with opened.reading() as session:
                assert session.get_one(decisions.ActionRow, "a1").round == 1
            with pytest.raises(Busy) as refused, opened.writing():
                raise AssertionError
    assert refused.value.code == "state.busy"


def test_half_a_decision_is_no_decision(ledger: Path) -> None:
    def breaks_off(opened: Database) -> None:
        with opened.writing() as session:
            session.add(decisions.ActionRow(id="a2", base="a2", round=1))
            session.flush()
            raise KeyboardInterrupt

    with Database.open(ledger) as opened:
        with pytest.raises(KeyboardInterrupt):
            breaks_off(opened)
        with opened.reading() as session:
            assert session.get(decisions.ActionRow, "a2") is None


def test_an_event_of_an_action_that_does_not_exist_is_refused(ledger: Path) -> None:
    with Database.open(ledger) as opened, pytest.raises(DatabaseError), opened.writing() as session:
        session.add(
            decisions.EventRow(
                action="gone", step=1, verb="done", by="ann", at=datetime(2026, 9, 1), day=date(2026, 9, 1), content={}
            )
        )


def test_a_copy_holds_what_the_ledger_holds(ledger: Path, tmp_path: Path) -> None:
    with Database.open(ledger) as opened:
        opened.copy_to(tmp_path / "copy.sqlite")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("SELECT action, verb FROM events").fetchall() == [("a1", "proposed")]


def test_what_the_exchanger_writes_is_in_before_anybody_looks_at_the_new_file(ledger: Path) -> None:
    seen: list[int] = []
    looking = threading.Event()

    def look() -> None:
        looking.set()
        with opened.reading() as session:
            seen.append(session.query(decisions.ActionRow).count())

    with Database.open(ledger) as opened:
        with opened.exchanged():
            visitor = threading.Thread(target=look)
            visitor.start()
            looking.wait(10)
            with opened.writing() as session:
                session.add(decisions.ActionRow(id="a2", base="a2", round=1))
            assert visitor.is_alive()
            assert not seen
        visitor.join(10)
        look()
    assert seen == [2, 2]
