"""Writes docs/reference and GLOSSARY.md from the code: ``make docs``. A test compares what it would write with what is there."""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from inspect import getdoc
from pathlib import Path

from zhanggui import methods, metrics, playbooks, sources
from zhanggui.config import SETTINGS
from zhanggui.i18n import has, text
from zhanggui.tables import FACTS, TABLES
from zhanggui.tables.kinds import Column, Table

ROOT = Path(__file__).parents[1]
MADE = "<!-- Written by `make docs` from the code; change the code, not this page. -->\n"
EXAMPLE = """
```toml
[shop]
name = "Tea house"
currency = "CNY"
timezone = "Asia/Shanghai"
locale = "zh-Hant"

[settings]
slow_stock_days = 90
```
"""
GOOD = {1: "more", -1: "less", 0: "–"}


def page(title: str, *paragraphs: str) -> str:
    """A page: a title, a note of where it comes from, its paragraphs."""
    return (
        "\n\n".join([f"# {title}", MADE.strip(), *(paragraph.strip() for paragraph in paragraphs if paragraph)]) + "\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of Markdown."""
    body = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *body])


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ") or "–"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _plain(docstring: str | None) -> str:
    """A docstring for a page: double backticks become single, cross-references their name."""
    shown = re.sub(r":\w+:`([^`]+)`", r"`\1`", docstring or "")
    return shown.replace("``", "`")


# ---- metrics


def metrics_page() -> str:
    """The catalogue by topic, then every caveat in words, then what each metric reads."""
    topics = [found.name for found in pkgutil.iter_modules(metrics.__path__) if found.name != "kinds"]
    sections = []
    for topic in sorted(topics):
        module = importlib.import_module(f"zhanggui.metrics.{topic}")
        rows = [
            (
                f"`{m.name}`",
                text(f"metrics.name.{m.name}", "zh-Hant"),
                text(f"metrics.about.{m.name}"),
                m.unit,
                GOOD[m.good],
                f"`{m.formula}`",
                _code(m.needs),
                f"`{m.substitute}`" if m.substitute else "",
            )
            for m in module.METRICS
        ]
        head = ("name", "中文", "what it is", "unit", "good is", "formula", "needs", "if void, see")
        sections.append(f"## {topic.capitalize()}\n\n{_plain(module.__doc__)}\n\n{table(head, rows)}")
    caveats = sorted({caveat for metric in metrics.METRICS.values() for caveat in metric.caveats})
    told = [
        (f"`{c}`", text(f"metrics.caveat.{c}"), _code(m.name for m in metrics.METRICS.values() if c in m.caveats))
        for c in caveats
    ]
    read = [(f"`{name}`", _code(metrics.lineage(name))) for name in sorted(metrics.METRICS)]
    return page(
        "Metrics",
        "Every metric of the catalogue, defined once. Ask any of them with `zhanggui query NAME --by DIMENSION`. "
        "`zhanggui metrics` prints the same list.",
        *sections,
        "## When a number is not what it seems\n\nCaveats travel with an answer as flags. "
        "Not every caveat that a metric lists is raised by every answer: each is checked against the rows asked for.\n\n"
        + table(("caveat", "what it says", "on"), told),
        "## What each metric reads\n\n" + table(("metric", "columns"), read),
    )


# ---- tables


def tables_page() -> str:
    """Every canonical table and every derived one, column by column."""
    return page(
        "Tables",
        "What every source is translated into. Each table but `fx_rates` begins with the column `channel`, and each ends with `extra`: "
        "JSON of what the file had beside.\n\nKinds: text · integer · number · money (four decimals) · instant (UTC) · day (in the zone) "
        "· flag · list (text joined by `;`). What the tables mean is told in [the data model](../data-model.md).",
        *(_table(one, exported=True) for one in TABLES.values()),
        "# Derived tables\n\nBuilt by the store inside each import, never imported or exported. Metrics read these.",
        *(_table(one, exported=False) for one in FACTS.values()),
    )


def _table(one: Table, *, exported: bool) -> str:
    facts = [f"Key: {_code(one.full_key)}."]
    if one.wildcard:
        facts.append(f"A blank {_code(one.wildcard)} is `*`, the total over it.")
    if one.set_of:
        facts.append(f"The rows of one `{one.set_of}` come from one layout only.")
    if one.money:
        facts.append(f"Reconciled by the sum of `{one.money}`.")
    if one.references and exported:
        facts.append("Points to: " + ", ".join(f"`{column}` → `{target}`" for column, target in one.references) + ".")
    rows = [
        (f"`{column.name}`", column.kind, "yes" if column.required else "", _notes(column)) for column in one.columns
    ]
    return f"## {one.name}\n\n{' '.join(facts)}\n\n{table(('column', 'kind', 'required', 'notes'), rows)}"


def _notes(column: Column) -> str:
    notes = []
    if column.choices:
        notes.append("one of " + _code(column.choices))
    if column.day:
        notes.append(f"`{column.day_name}` is computed beside it")
    if column.masked:
        notes.append("phones and e-mail addresses are masked")
    return "; ".join(notes)


# ---- commands


def commands_page() -> str:
    """The help of every command, as the terminal prints it."""
    ((_, top),) = _help(()).items()
    shown = _help(*((name,) for name in re.findall(r"^  ([a-z]+)  ", top.partition("Commands:")[2], re.MULTILINE)))
    inner = _help(
        *(
            (*command, name)
            for command, said in shown.items()
            for name in re.findall(r"^  ([a-z]+)(?:  |$)", said.partition("Commands:")[2], re.MULTILINE)
        )
    )
    sections = []
    for command, said in shown.items():
        sections.append(f"## zhanggui {command[0]}\n\n```\n{said}```")
        sections += [
            f"### zhanggui {' '.join(below)}\n\n```\n{said}```"
            for below, said in inner.items()
            if below[0] == command[0]
        ]
    codes = table(
        ("exit", "means"),
        [
            (0, "done"),
            (1, "something broke inside: ours to mend"),
            (2, "a mistake the user can mend; nothing was changed"),
            (3, "imported, but some rows were rejected"),
            (130, "stopped by Ctrl-C; the workspace is as it was"),
        ],
    )
    return page("Commands", f"```\n{top}```", "## Exit codes\n\n" + codes, *sections)


def _help(*commands: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    """What each command says of itself, all from one process."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    surroundings |= {"ZHANGGUI_LANG": "en", "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    asked = json.dumps([[*command, "--help"] for command in commands])
    program = [sys.executable, "-c", _ASKING, asked]
    said = subprocess.run(program, env=surroundings, capture_output=True, text=True, check=True).stdout
    return dict(zip(commands, said.split("\0"), strict=False))


_ASKING = """
import json, sys
from zhanggui.cli import main
for command in json.loads(sys.argv[1]):
    assert main(command) == 0
    print(end="\\0", flush=True)
"""


# ---- settings


def settings_page() -> str:
    """Every setting with its bounds, why it has its default, and which modules read it."""
    readers = _readers()
    rows = [
        (
            f"`{s.name}`",
            f"{s.default:g}",
            s.unit,
            f"{s.low:g} … {s.high:g}",
            text(f"settings.{s.name}"),
            _code(readers[s.name]),
        )
        for s in SETTINGS
    ]
    return page(
        "Settings",
        "Thresholds of rules are settings too. Write what differs from the default under `[settings]` in the workspace's `zhanggui.toml`; "
        "an unknown name or a value out of bounds is an error that says so.",
        EXAMPLE,
        table(("name", "default", "unit", "bounds", "why", "read by"), rows),
    )


SHOWN_BY = ("config.py", "app/settings.py")
"""Where settings stand and are shown; who reads them is told by the others."""


@cache
def _readers() -> dict[str, list[str]]:
    source = ROOT / "src" / "zhanggui"
    found: dict[str, list[str]] = {setting.name: [] for setting in SETTINGS}
    for path in sorted(source.rglob("*.py")):
        if path in {source / name for name in SHOWN_BY}:
            continue
        texts = {n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)}
        for name in found.keys() & texts:
            found[name].append(".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"))
    return found


# ---- rules, sources, methods


def rules_page() -> str:
    """Every rule by the file that holds it."""
    sections = []
    for found in sorted(pkgutil.iter_modules(playbooks.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"zhanggui.playbooks.{found.name}")
        rules = getattr(module, "RULES", ())
        if not rules:
            continue
        opening, _, facts = (module.__doc__ or "").strip().partition("\n\n")
        lines = [f"- {line}" for line in facts.splitlines() if line and not line.startswith("Source:")]
        rows = [
            (f"`{rule.playbook}.{rule.name}`", _code(rule.needs), _code(rule.frames), text(f"rules.locked.{rule.name}"))
            if has(f"rules.locked.{rule.name}")
            else (f"`{rule.playbook}.{rule.name}`", _code(rule.needs), _code(rule.frames), "")
            for rule in rules
        ]
        sections.append(
            f"## {opening}\n\n"
            + "\n".join(lines)
            + "\n\n"
            + table(("rule", "needs", "reads", "without its data it says"), rows)
        )
    return page(
        "Rules",
        "What deserves a look, chapter by chapter. A rule reads frames (small tables that the numbers room makes) "
        "and settings, and judges; it never guesses. "
        "Where its data is missing it says what that data would unlock.",
        *sections,
    )


def sources_page() -> str:
    """Every source with what it says of itself."""
    rows = []
    for found in sorted(pkgutil.iter_modules(sources.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"zhanggui.sources.{found.name}")
        if hasattr(module, "SOURCE"):
            rows.append((f"`{module.SOURCE.name}`", _plain((getdoc(module) or "").partition("\n\n")[0])))
    return page(
        "Sources",
        "Files are recognised by their content; `--source NAME` names the source outright.",
        table(("name", "what it reads"), rows),
    )


def methods_page() -> str:
    """Every method with its public functions."""
    sections = []
    for found in sorted(pkgutil.iter_modules(methods.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"zhanggui.methods.{found.name}")
        public = {
            name: value
            for name, value in vars(module).items()
            if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
        }
        rows = [(f"`{name}`", _plain((getdoc(value) or "").partition("\n\n")[0])) for name, value in public.items()]
        sections.append(f"## {found.name}\n\n{_plain(getdoc(module))}\n\n{table(('name', 'what it answers'), rows)}")
    return page(
        "Methods",
        "Statistics on arrays and sufficient statistics. A method gives an estimate with an interval, or a refusal that says what "
        "is missing.",
        *sections,
    )


def glossary() -> str:
    """The terms of the trade, then every metric: Chinese, English, the name in code, unit, meaning or formula."""
    terms = tomllib.loads((ROOT / "tools" / "terms.toml").read_text(encoding="utf-8"))["term"]
    rows = [(t["chinese"], t["english"], f"`{t['code']}`", t["unit"], t["meaning"]) for t in terms]
    measured = [
        (
            text(f"metrics.name.{m.name}", "zh-Hant"),
            text(f"metrics.name.{m.name}"),
            f"`{m.name}`",
            m.unit,
            f"`{m.formula}`",
        )
        for m in sorted(metrics.METRICS.values(), key=lambda m: m.name)
    ]
    return page(
        "Glossary",
        "One name for a thing, the same in tables, code, commands and pages.",
        "## Terms\n\n" + table(("中文", "English", "in code", "unit", "what it is"), rows),
        "## Metrics\n\n" + table(("中文", "English", "in code", "unit", "formula"), measured),
    )


def pages() -> dict[Path, str]:
    """Every page this writes."""
    reference = ROOT / "docs" / "reference"
    return {
        ROOT / "GLOSSARY.md": glossary(),
        reference / "metrics.md": metrics_page(),
        reference / "tables.md": tables_page(),
        reference / "commands.md": commands_page(),
        reference / "settings.md": settings_page(),
        reference / "rules.md": rules_page(),
        reference / "sources.md": sources_page(),
        reference / "methods.md": methods_page(),
    }


def main() -> None:
    """Write the pages that changed."""
    for path, words in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != words:
            path.write_text(words, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
