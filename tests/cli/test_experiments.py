"""``zhanggui experiment`` as a person uses it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

TODAY = date.today()
NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def planned(run, stocked: Path) -> Path:
    """A workspace with an experiment of the picture that runs from today."""
    done = run(
        *("experiment", "new", "Longer photo", "--change", "picture", "--per-day", 5000, "--mean", 0.03),
        *("--effect", "20%", "--by", "ann", "--variant", "old", "--variant", "new", "--shop", stocked),
    )
    assert done.code == 0, done.err
    return stocked


def exposed(folder: Path, run, rows: int = 1200) -> None:
    """Every unit with the variant it was assigned; of the new ones four times as many buy."""
    ids = folder / "ids.txt"
    ids.write_text("\n".join(f"v{n}" for n in range(rows)), encoding="utf-8")
    assert run("experiment", "assign", "longer-photo", ids, "--out", folder / "a.csv", "--shop", folder).code == 0
    lines = (folder / "a.csv").read_text(encoding="utf-8").split()
    told = [f"{lines[0]},at,outcome"]
    for number, line in enumerate(lines[1:]):
        bought = number % 5 == 0 if line.endswith("new") else number % 20 == 0
        told.append(f"{line},{TODAY} 00:01,{'yes' if bought else ''}")
    (folder / "exposures.csv").write_text("\n".join(told), encoding="utf-8")
    assert run("import", folder / "exposures.csv", "--shop", folder).code == 0


def test_before_a_test_starts_it_is_said_how_long_this_shop_needs(run, shop: Path) -> None:
    rows = [f"{n},2026-07-{1 + n % 28:02d} 10:00,Cup,1,5.00,c{n},France" for n in range(200)]
    rows += [f"{900 + n},2026-08-{1 + n % 28:02d} 10:00,Cup,1,5.00,c{n},France" for n in range(60)]
    (shop / "lines.csv").write_text(
        "Invoice,Date,Item,Qty,Price,Customer,Country\n" + "\n".join(rows), encoding="utf-8"
    )
    assert run("import", shop / "lines.csv", "--shop", shop).code == 0
    done = run(
        *("experiment", "new", "Letter", "--change", "message", "--unit", "customer", "--effect", 0.5, "--dry-run"),
        *("--shop", shop),
    )
    assert done.code == 0, done.err
    assert "200 customers who bought within a year" in done.out
    assert "30.0% each" in done.out
    assert "not there" in done.out
    assert "Nothing was written down." in done.out
    assert "no experiments yet" in run("experiment", "list", "--shop", shop).out


def test_a_test_that_cannot_show_what_is_wanted_is_not_begun_unless_asked(run, stocked: Path) -> None:
    asked = ("experiment", "new", "Photo", "--change", "picture", "--per-day", 50, "--mean", "2%", "--shop", stocked)
    asked = tuple(0.02 if each == "2%" else each for each in asked)
    done = run(*asked)
    assert done.code == 2
    assert "1,400" in done.err
    assert "--anyway" in done.err
    assert run(*asked, "--anyway").code == 0


def test_without_visitors_nothing_is_guessed(run, stocked: Path) -> None:
    done = run("experiment", "new", "Photo", "--change", "picture", "--shop", stocked)
    assert done.code == 2
    assert "traffic report" in done.err
    sized = run("experiment", "new", "Photo", "--change", "picture", "--size", 5000, "--shop", stocked)
    assert sized.code == 0
    assert "cannot be said" in sized.out


@pytest.mark.parametrize("lang", ["zh-Hant", "zh-Hans", "en"])
def test_a_price_by_person_is_refused_with_the_reason(run, stocked: Path, lang: str) -> None:
    for args in (("Tea", "--change", "price"), ("10% off", "--change", "picture"), ("優惠券", "--change", "message")):
        done = run("experiment", "new", *args, "--per-day", 9000, "--mean", 0.03, "--shop", stocked, "--lang", lang)
        assert done.code == 2
        assert "2026" in done.err
    assert json.loads(run("experiment", "list", "--json", "--shop", stocked).out) == {"experiments": []}


def test_assign_show_stop(run, planned: Path) -> None:
    assert "No exposures yet" in run("experiment", "show", "longer-photo", "--shop", planned).out
    exposed(planned, run)
    shown = run("experiment", "show", "longer-photo", "--shop", planned)
    assert "The split is as planned" in shown.out
    assert "new is better than old. It is safe to stop." in shown.out
    assert "comes after" in shown.out  # the reading for the planned end
    said = json.loads(run("experiment", "show", "longer-photo", "--json", "--shop", planned).out)
    assert (said["advice"], said["about"], said["leader"]) == ("better", ["new"], "new")
    assert said["variants"][1]["daily"]["method"] == "conversion_sequence"
    assert said["variants"][1]["at_end"] is None

    closed = run("experiment", "stop", "longer-photo", "--why", "clearly better", "--by", "bo", "--shop", planned)
    assert "Stopped by bo" in closed.out
    assert "clearly better" in closed.out
    again = run("experiment", "stop", "longer-photo", "--why", "again", "--shop", planned)
    assert again.code == 2
    assert "stopped by bo" in again.err
    more = run("experiment", "assign", "longer-photo", "v1", "--shop", planned)
    assert more.code == 2
    listed = json.loads(run("experiment", "list", "--json", "--shop", planned).out)["experiments"]
    assert [(each["id"], each["state"], each["by"]) for each in listed] == [("longer-photo", "stopped", "ann")]
    assert [each["verb"] for each in listed[0]["history"]] == ["assigned", "stopped"]


def test_the_same_unit_is_told_the_same_variant_on_any_day(run, planned: Path) -> None:
    first = run("experiment", "assign", "longer-photo", "v1", "v2", "v3", "v1", "--shop", planned)
    again = run("experiment", "assign", "longer-photo", "v3", "v2", "v1", "--shop", planned)
    assert sorted(first.out.split()) == sorted(again.out.split())
    assert len(first.out.split()) == 3
    assert "1 repeated" in first.err
    said = json.loads(run("experiment", "assign", "longer-photo", "v1", "--json", "--shop", planned).out)
    assert [each["unit"] for each in said["assignments"]] == ["v1"]


def test_customers_are_remembered_by_their_hash_and_read_by_their_orders(run, stocked: Path) -> None:
    made = run(
        *("experiment", "new", "Letter", "--change", "message", "--unit", "customer", "--size", 100, "--anyway"),
        *("--shop", stocked),
    )
    assert made.code == 0, made.err
    people = stocked / "people.csv"
    people.write_text("name,email\n" + "\n".join(f"N{n},n{n}@example.com" for n in range(60)), encoding="utf-8")
    done = run("experiment", "assign", "letter", people, "--remember", "--out", stocked / "out.csv", "--shop", stocked)
    assert done.code == 0, done.err
    assert "keyed hash" in done.out
    rows = (stocked / "out.csv").read_text(encoding="utf-8")
    assert rows.startswith("experiment_id,customer,variant")
    run("export", stocked / "tables", "--shop", stocked)
    kept = (stocked / "tables" / "exposures.csv").read_text(encoding="utf-8")
    assert kept.count("\n") == 61
    assert "@" not in kept
    said = json.loads(run("experiment", "show", "letter", "--json", "--shop", stocked).out)
    assert said["units"] == 60


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("show", "nothing"), "no experiment “nothing”"),
        (("assign", "longer-photo", "missing.csv"), "no file missing.csv"),
        (("assign", "longer-photo", " "), "no units"),
        (("assign", "longer-photo", "ann@example.com", "--remember"), "e-mail addresses"),
        (("assign", "longer-photo", "v1", "--out", "no/such/folder/a.csv"), "cannot be written"),
        (("stop", "longer-photo", "--why", " "), "why it is stopped"),
        (("new", "A", "--change", "stock"), "“stock”"),
        (("new", "A", "--change", "page", "--effect", "much"), "“much”"),
        (("new", "A", "--change", "page", "--variant", "a=x", "--variant", "b"), "“a=x”"),
        (("new", "A", "--change", "page", "--variant", "a"), "1 were given"),
        (("new", "A", "--change", "page", "--from", "2026-13-01"), "2026-13-01"),
        (("new", "A", "--change", "page", "--from", "2026-09-10", "--to", "2026-09-01"), "the end comes after"),
        (("new", "A", "--change", "page", "--per-day", "10"), "--mean"),
        (("new", "A", "--change", "page", "--mean", "1.5"), "1.5"),
        (("new", "A", "--change", "page", "--metric", "value", "--mean", "10"), "--spread"),
        (("new", "A", "--change", "page", "--mean", "0.2", "--per-day", "9000", "--id", "longer-photo"), "is taken"),
    ],
)
def test_a_mistake_is_told_in_one_line(run, planned: Path, args: tuple[str, ...], said: str) -> None:
    done = run("experiment", *args, "--shop", planned)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
