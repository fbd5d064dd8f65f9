"""Imports point down only. The rooms and their levels stand here; docs/architecture.md draws the same list."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from .tree import ROOT, imports, modules, room

LEVELS: tuple[tuple[str, ...], ...] = (
    ("errors", "units", "presence", "demo"),
    ("config", "i18n"),
    ("tables", "actions", "state"),
    ("sources", "store", "metrics", "methods", "practice"),
    ("numbers", "costs", "live"),
    ("playbooks",),
    ("brief", "ledger", "experiments", "people", "notify", "charts"),
    ("report", "outcomes", "jobs", "doing"),
    ("app",),
    ("api", "web"),
    ("cli",),
    ("zhanggui", "__main__"),
)
LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}

ONLY = {
    "methods": {"errors", "units"},
    "web": {"app", "errors", "i18n", "config", "units", "presence"},
    "api": {"app", "errors", "i18n", "config", "units"},
    "cli": {"web", "api", "app", "report", "demo", "errors", "i18n", "config", "units", "zhanggui"},
}
"""Rooms that see fewer rooms than their level would let them."""

NEVER = {"practice": {"metrics", "methods", "playbooks"}, "playbooks": {"store", "sources"}}

ENGINES = {"duckdb", "pyspark"}
SEES_EXPRESSIONS = {"store", "numbers", "metrics"}
HEAVY = ("duckdb", "ibis", "polars", "pyarrow", "pandas", "numpy", "scipy", "altair")


def inner_imports() -> list[tuple[str, int, str, str]]:
    """Every import of one room by another: module, line, its room, the imported room."""
    return [
        (module, line, room(module), room(target))
        for module in modules()
        for target, line in sorted(imports(module))
        if target.split(".")[0] == "zhanggui" and target in modules() and room(target) != room(module)
    ]


def outer_imports(name: str) -> set[str]:
    """The rooms that import a package from outside."""
    return {room(module) for module in modules() for target, _ in imports(module) if target.split(".")[0] == name}


def test_every_room_has_a_level() -> None:
    assert {room(module) for module in modules()} - LEVEL.keys() == set()


def test_imports_point_down_and_names_on_one_line_never_import_each_other() -> None:
    upward = [
        f"{module}:{line} ({own}, level {LEVEL[own]}) imports {target} (level {LEVEL[target]})"
        for module, line, own, target in inner_imports()
        if LEVEL[target] >= LEVEL[own] and (own, target) != ("cli", "zhanggui")
    ]
    assert upward == []


@pytest.mark.parametrize("narrow", sorted(ONLY))
def test_a_narrow_room_sees_only_what_it_may(narrow: str) -> None:
    too_much = [
        f"{module}:{line} imports {target}"
        for module, line, own, target in inner_imports()
        if own == narrow and target not in ONLY[narrow]
    ]
    assert too_much == []


@pytest.mark.parametrize("kept_apart", sorted(NEVER))
def test_a_room_that_must_not_see_another_does_not(kept_apart: str) -> None:
    seen = [
        f"{module}:{line} imports {target}"
        for module, line, own, target in inner_imports()
        if own == kept_apart and target in NEVER[kept_apart]
    ]
    assert seen == []


def test_only_the_store_knows_an_engine_by_name() -> None:
    assert {name: outer_imports(name) - {"store"} for name in ENGINES} == {name: set() for name in ENGINES}


def test_only_store_numbers_and_metrics_write_expressions() -> None:
    assert outer_imports("ibis") <= SEES_EXPRESSIONS


def test_nothing_needs_pandas() -> None:
    assert outer_imports("pandas") == set()


@pytest.mark.parametrize("module", ["zhanggui", "zhanggui.metrics", "zhanggui.app", "zhanggui.config", "zhanggui.i18n"])
def test_what_every_command_imports_loads_no_engine(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_architecture_page_draws_the_same_levels() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = {
        int(level): {name.strip() for name in names.split("|")}
        for level, names in re.findall(r"^(\d+) +([a-z0-9_ |]+?)(?:   .*)?$", page, re.MULTILINE)
    }
    held = {level: set(names) for level, names in enumerate(LEVELS[:-1])}
    assert drawn == held
