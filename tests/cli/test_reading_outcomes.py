"""``zhanggui outcomes``: what was done is read once, when its days are over and the data covers them, and never without data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "Said"]  # noqa: F821
KEYS = {"action", "rule", "target", "design", "effect", "expected", "placebo_rank", "verdict", "label"}


def changed(run: Run, shop: Path, product: str, on: str, expected: str = "5-80") -> str:
    said = run(
        *("actions", "add", "change_title", f"product_id={product}", "--on", on, "--expected", expected),
        *("--json", "--shop", shop),
    )
    assert said.code == 0, said.err
    return str(json.loads(said.out)["id"])


def outcomes(run: Run, shop: Path, *more: str) -> dict[str, object]:
    said = run("outcomes", "--json", *more, "--shop", shop)
    assert said.code == 0, said.err
    return dict(json.loads(said.out))


def test_what_is_over_is_read_once_and_what_is_not_waits(run: Run, stocked: Path) -> None:
    over = changed(run, stocked, "Cup", "2026-08-12")
    early = changed(run, stocked, "Pot", "2026-09-08")
    first = outcomes(run, stocked)
    (read,) = first["outcomes"]
    assert read.keys() >= KEYS
    assert (read["action"], read["target"]) == (over, {"product_id": "Cup"})
    assert read["expected"] == {"profit": 42.5, "low": 5.0, "high": 80.0, "per": "week"}
    assert first["fresh"] == [over]
    assert [(one["action"], one["data_to"]) for one in first["waiting"]] == [(early, first["as_of"])]
    again = outcomes(run, stocked)
    assert (again["fresh"], again["outcomes"]) == ([], first["outcomes"])
    (line,) = first["scorecard"]
    assert (line["rule"], line["n"]) == ("by_hand", 1)


def test_before_its_days_are_over_nothing_is_read(run: Run, stocked: Path) -> None:
    name = changed(run, stocked, "Cup", "2026-08-12")
    found = outcomes(run, stocked, "--as-of", "2026-08-20")
    assert (found["outcomes"], found["scorecard"]) == ([], [])
    assert [one["action"] for one in found["waiting"]] == [name]


def test_without_data_nothing_is_read_and_what_is_missing_is_said(run: Run, shop: Path) -> None:
    changed(run, shop, "Cup", "2026-08-12")
    said = run("outcomes", "--shop", shop)
    assert said.code == 0
    assert "import files" in said.out
    assert json.loads(run("actions", "--json", "--shop", shop).out)["actions"][0]["state"] == "done"


def test_later_data_lets_it_be_read(run: Run, stocked: Path, tmp_path: Path) -> None:
    name = changed(run, stocked, "Cup", "2026-08-30")
    assert "import later files" in run("outcomes", "--shop", stocked).out
    file = tmp_path / "later.csv"
    rows = [f"{9000 + n},2026-09-{10 + n // 3:02d} 12:00,Cup,1,5.00,c1,France" for n in range(60)]
    file.write_text("Invoice,Date,Item,Qty,Price,Customer,Country\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert run("import", file, "--shop", stocked).code == 0
    assert outcomes(run, stocked)["fresh"] == [name]


def test_the_brief_reads_what_is_due_and_then_watches_it(run: Run, stocked: Path) -> None:
    name = changed(run, stocked, "Cup", "2026-08-12")
    told = json.loads(run("brief", "--json", "--shop", stocked).out)
    assert [(one["action"], one["status"]) for one in told["watching"]] == [(name, "measured")]
    assert told["watching"][0]["verdict"] == outcomes(run, stocked)["outcomes"][0]["verdict"]


def test_an_outcome_of_what_was_never_done_is_taken_back_with_it(run: Run, stocked: Path) -> None:
    name = changed(run, stocked, "Cup", "2026-08-12")
    outcomes(run, stocked)
    assert run("actions", "undo", name, "--shop", stocked).code == 0
    found = outcomes(run, stocked)
    assert (found["outcomes"], found["waiting"], found["scorecard"]) == ([], [], [])


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30"])
def test_a_day_that_is_none_is_refused(run: Run, stocked: Path, day: str) -> None:
    said = run("outcomes", "--as-of", day, "--shop", stocked)
    assert (said.code, said.out) == (2, "")
    assert day in said.err


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
def test_it_is_written_in_every_language_within_the_terminal(run: Run, stocked: Path, lang: str) -> None:
    from zhanggui.i18n.columns import width

    changed(run, stocked, "Cup", "2026-08-12")
    changed(run, stocked, "Pot", "2026-09-08")
    said = run("outcomes", "--shop", stocked, "--lang", lang)
    assert said.code == 0
    assert max(width(line) for line in said.out.splitlines()) <= 120
