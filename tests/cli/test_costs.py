"""The cost sheet and the targets on the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from zhanggui.cli.costs import value_of


def test_an_empty_sheet_says_how_to_fill_it(run, shop):
    said = run("costs", "--shop", shop)
    assert said.code == 0
    assert "costs set goods" in said.out


@pytest.mark.parametrize(
    ("typed", "value"), [("6.5", 6.5), ("0.45-0.5", [0.45, 0.5]), ("45%-50%", [0.45, 0.5]), ("0.8 – 1.2", [0.8, 1.2])]
)
def test_a_cost_is_a_value_or_a_range(typed, value):
    assert value_of("goods.*", typed) == value


def test_what_was_entered_is_shown_and_kept(run, shop):
    said = run("costs", "set", "goods", "*", "0.45-0.5", "--shop", shop)
    assert said.code == 0
    assert "0.45–0.5" in said.out
    assert json.loads(run("costs", "--json", "--shop", shop).out) == {"costs": {"goods": {"*": [0.45, 0.5]}}}


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [("goods", "*", "1.4"), ("goods", "*", "much"), ("freight", "*", "3"), ("share", "tips", "0.1")],
)
def test_a_senseless_cost_is_refused_and_nothing_is_kept(run, shop, section, name, value):
    said = run("costs", "set", section, name, value, "--shop", shop)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert not (shop / "costs.toml").exists()


def test_a_later_target_of_the_same_month_replaces_the_earlier(run, stocked):
    assert "£26,000.00" in run("costs", "target", "2026-09", "26000", "--shop", stocked).out
    assert run("costs", "target", "2026-09", "31000", "--shop", stocked).code == 0
    pace = json.loads(run("brief", "--as-of", "2026-09-07", "--json", "--shop", stocked).out)["pace"]
    assert pace["target"] == 31000


def test_a_target_needs_a_month(run, shop):
    said = run("costs", "target", "2026-9", "26000", "--shop", shop)
    assert said.code == 2
    assert "2026-09" in said.err


def test_the_sheet_is_asked_for_line_by_line_and_a_senseless_answer_is_asked_again(shop):
    program = (sys.executable, "-c", "import sys; from zhanggui.cli import main; sys.exit(main())")
    answers = "0.45-0.5\nabc\n6.5\n" + "\n" * 7
    said = subprocess.run(
        [*program, "costs", "ask", "--shop", str(shop)], input=answers, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    assert "makes no sense" in said.stdout
    written = (shop / "costs.toml").read_text(encoding="utf-8")
    assert '"*" = [0.45, 0.5]' in written
    assert '"freight" = 6.5' in written


def test_the_only_cost_of_goods_is_every_categorys(run, shop):
    said = run("costs", "set", "goods", "*", "0.4", "--shop", shop).out
    assert "every category" in said
    assert "range" not in said
    said = run("costs", "set", "goods", "mugs", "0.4-0.6", "--shop", shop).out
    assert "every other category" in said
    assert "1 entry is a range" in said
