"""``zhanggui actions``: what one types, what one is told, and what is refused in words."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from zhanggui.i18n.columns import width

Run = Callable[..., "Said"]  # noqa: F821
YESTERDAY = (date.today() - timedelta(days=1)).isoformat()
TOMORROW = (date.today() + timedelta(days=1)).isoformat()


@pytest.fixture
def actions(run: Run, stocked: Path) -> Run:
    def called(*args: object) -> Said:  # noqa: F821
        return run("actions", *args, "--shop", stocked)

    return called


def added(actions: Run, product: str = "Cup", kind: str = "change_image", *more: str) -> str:
    said = actions("add", kind, f"product_id={product}", "--text", "new picture", "--json", *more)
    assert said.code == 0, said.err
    return str(json.loads(said.out)["id"])


def changed(run: Run, shop: Path, folder: Path) -> list[dict[str, str]]:
    assert run("export", folder, "--shop", shop).code == 0
    file = folder / "changes.csv"
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))) if file.exists() else []


def test_an_empty_ledger_says_where_actions_come_from(actions: Run) -> None:
    said = actions()
    assert (said.code, said.err) == (0, "")
    assert "zhanggui brief" in said.out


def test_from_a_hand_entry_to_done_every_line_says_what_comes_next(
    actions: Run, run: Run, stocked: Path, tmp_path: Path
) -> None:
    name = added(actions, "Cup", "change_image", "--expected", "5-80", "--minutes", "20", "--by", "ann")
    assert f"zhanggui actions done {name}" in actions("approve", name[:4], "--by", "ann").out
    assert "bo" in actions("assign", name, "bo", "--due", TOMORROW).out
    done = actions("done", name, "--on", YESTERDAY, "--by", "bo")
    assert "zhanggui outcomes" in done.out
    (line,) = changed(run, stocked, tmp_path / "out")
    assert (line["change_id"], line["product_id"], line["what"], line["by"]) == (f"ledger:{name}", "Cup", "image", "bo")
    shown = json.loads(actions("show", name, "--json").out)
    assert [step["verb"] for step in shown["history"]] == ["added", "approved", "assigned", "done"]
    assert (shown["owner"], shown["due"], shown["done_on"]) == ("bo", TOMORROW, YESTERDAY)
    assert shown["expected"] == {"profit": 42.5, "low": 5.0, "high": 80.0, "per": "week", "counted": False}


def test_a_change_that_was_made_already_is_entered_in_one_line(
    actions: Run, run: Run, stocked: Path, tmp_path: Path
) -> None:
    name = added(actions, "Cup", "change_title", "--on", YESTERDAY)
    assert json.loads(actions("show", name, "--json").out)["state"] == "done"
    (line,) = changed(run, stocked, tmp_path / "out")
    assert (line["what"], line["at"][:10]) == ("title", YESTERDAY)
    assert "taken back" in actions("undo", name).out
    assert changed(run, stocked, tmp_path / "again") == []


def test_approval_keeps_how_the_target_stood(actions: Run) -> None:
    name = added(actions, "Cup", "step_price")
    actions("approve", name)
    before = json.loads(actions("show", name, "--json").out)["before"]
    assert before["day"] == date.today().isoformat()


def test_approving_twice_is_told_and_done_once(actions: Run) -> None:
    name = added(actions)
    actions("approve", name, "--by", "ann")
    said = actions("approve", name, "--by", "bo")
    assert (said.code, said.out) == (2, "")
    assert "ann" in said.err
    assert "twice" in said.err
    assert len(json.loads(actions("show", name, "--json").out)["history"]) == 2


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("approve", "ffffffff"), "No action is called"),
        (("show", "%"), "No action is called"),
        (("done", "ID"), "zhanggui actions approve"),
        (("undo", "ID"), "cannot be taken back"),
        (("stop", "ID"), "cannot be stopped"),
        (("snooze", "ID", YESTERDAY), "not to come"),
        (("snooze", "ID", "soon"), "soon"),
        (("done", "ID", "--on", TOMORROW), "still to come"),
        (("apply", "ID"), "not approved yet"),
        (("apply", "ID", "--dry-run"), "no draft"),
        (("add", "brush_reviews", "product_id=Cup"), "no kind of action"),
        (("add", "change_image", "Cup"), "product_id=B200"),
        (("add", "change_image", "product_id=Cup", "--expected", "lots"), "lots"),
        (("add", "change_image", "product_id=Cup", "--expected", "nan"), "nan"),
        (("add", "change_image", "month=9"), "month"),
        (("add", "step_price", "segment=new"), "price"),
        (("note", "ID", "give 5 yuan for 好評返現"), "review"),
        (("freeze", TOMORROW, YESTERDAY), "backwards"),
        (("freeze", YESTERDAY, TOMORROW, "--lift"), "no freeze"),
        (("annotate", "2026-13-01", "?"), "2026-13-01"),
        (("export", "--format", "xml"), "xml"),
    ],
)
def test_what_cannot_be_is_refused_in_words(actions: Run, args: tuple[str, ...], told: str) -> None:
    name = added(actions, "Pot")
    said = actions(*(name if arg == "ID" else arg for arg in args))
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert len(said.err.splitlines()) == 1
    assert len(json.loads(actions("--json").out)["actions"]) == 1


def test_a_policy_may_be_set_aside_with_a_reason_and_that_is_noted(actions: Run) -> None:
    first = added(actions, "Cup", "change_title")
    actions("approve", first)
    actions("done", first)
    name = added(actions, "Cup", "change_image", "--despite", "the old one shows another cup")
    refused = actions("approve", name)
    assert (refused.code, "give a reason" in refused.err) == (2, True)
    assert actions("approve", name, "--despite", "the old one shows another cup").code == 0
    notes = json.loads(actions("show", name, "--json").out)["notes"]
    assert "the old one shows another cup" in [note["text"] for note in notes]


def test_a_law_cannot_be_set_aside(actions: Run) -> None:
    said = actions("add", "reply_review", "product_id=Cup", "--text", "改評返現 5 元", "--despite", "everybody does it")
    assert (said.code, said.out) == (2, "")
    assert json.loads(actions("--json").out)["actions"] == []


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
def test_the_list_fits_the_terminal_whatever_it_holds(actions: Run, run: Run, stocked: Path, lang: str) -> None:
    long = "a very long remark on a picture " * 6
    actions("add", "change_image", "product_id=Cup", "--text", long, "--expected", "100000-200000")
    actions("add", "step_price", "product_id=Pot", "--text", "很長的說明" * 30)
    actions("assign", "c", "somebody with a very long name indeed", "--due", TOMORROW)
    actions("freeze", YESTERDAY, TOMORROW, "--text", long)
    actions("handover", long, "--to", "bo")
    said = run("actions", "--shop", stocked, "--lang", lang)
    assert said.code == 0
    assert max(width(line) for line in said.out.splitlines()) <= 120
    assert "bo" in said.out.splitlines()[0]


def test_the_hand_over_note_stands_on_top_until_the_next_one(actions: Run) -> None:
    actions("handover", "two parcels are stuck", "--to", "bo", "--by", "ann")
    assert "two parcels are stuck" in actions().out.splitlines()[0]
    actions("handover", "parcels are through", "--by", "bo")
    top = actions().out.splitlines()[0]
    assert ("bo on duty" in top, "parcels are through" in top) == (True, True)


def test_a_freeze_is_shown_until_it_is_lifted(actions: Run) -> None:
    actions("freeze", YESTERDAY, TOMORROW, "--text", "big sale")
    assert "big sale" in actions().out
    name = added(actions)
    assert "big sale" in actions("approve", name).err
    actions("freeze", YESTERDAY, TOMORROW, "--lift")
    assert "big sale" not in actions().out


def test_an_annotation_is_a_row_of_its_table(actions: Run, run: Run, stocked: Path, tmp_path: Path) -> None:
    actions("annotate", "2026-09-01", "courier strike")
    run("export", tmp_path / "out", "--shop", stocked)
    (row,) = csv.DictReader((tmp_path / "out" / "annotations.csv").open(encoding="utf-8"))
    assert (row["day"], row["target"], row["text"]) == ("2026-09-01", "*", "courier strike")


def test_the_exported_ledger_opens_safely_in_a_spreadsheet(actions: Run, tmp_path: Path) -> None:
    name = added(actions)
    actions("note", name, "=HYPERLINK(1)")
    actions("dismiss", name, "--text", "not now", "--by", "ann")
    said = actions("export", tmp_path / "ledger.csv")
    assert said.code == 0
    (row,) = csv.DictReader((tmp_path / "ledger.csv").open(encoding="utf-8"))
    assert (row["id"], row["state"], row["by"]) == (name, "dismissed", "ann")
    assert "=HYPERLINK" in row["notes"]
    assert not row["notes"].startswith("=")
    assert json.loads(actions("export", "--format", "json").out)["actions"][0]["id"] == name


def test_a_ledger_of_a_newer_version_is_refused_and_the_brief_too(actions: Run, run: Run, stocked: Path) -> None:
    import sqlite3
    from contextlib import closing

    added(actions)
    with closing(sqlite3.connect(stocked / "ledger.sqlite")) as hand, hand:
        hand.execute("UPDATE alembic_version SET version_num = '0999'")
    for said in (actions(), run("brief", "--shop", stocked)):
        assert (said.code, said.out) == (2, "")
        assert "newer version" in said.err


def test_a_ledger_that_is_gone_is_missed_and_may_be_begun_anew(actions: Run, stocked: Path) -> None:
    name = added(actions, "Cup", "change_title", "--on", YESTERDAY)
    (stocked / "ledger.sqlite").unlink()
    said = actions()
    assert (said.code, "zhanggui actions adopt" in said.err) == (2, True)
    assert "found in the data" in actions("adopt").err
    assert json.loads(actions("show", name, "--json").out)["state"] == "done"


def test_todays_brief_enters_its_actions_and_not_twice(run: Run, stocked: Path, actions: Run) -> None:
    told = json.loads(run("brief", "--json", "--shop", stocked).out)
    today = sorted(action["id"] for action in told["actions"] if action["today"])
    for _ in range(2):
        listed = json.loads(actions("--json").out)["actions"]
        assert sorted(action["id"] for action in listed) == today
        assert all(len(action["history"]) == 1 for action in listed)
        run("brief", "--shop", stocked)
