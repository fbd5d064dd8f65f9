"""What is found by presence, in one snapshot: gaining or losing a source, metric or rule shows in review. ``make registered`` writes it."""

from __future__ import annotations

import difflib
import os
import pkgutil

import typer

from zhanggui import live, methods, metrics, playbooks, sources
from zhanggui.cli import app
from zhanggui.config import SETTINGS
from zhanggui.doing import writers
from zhanggui.doing.files import files
from zhanggui.numbers.frames import FRAMES
from zhanggui.tables import FACTS, TABLES

from .tree import ROOT

SNAPSHOT = ROOT / "tests" / "house" / "registered.txt"


def commands() -> list[str]:
    """Every command with its own sub-commands."""
    group = typer.main.get_command(app)
    names = []
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        inner = sorted(getattr(command, "commands", {}))
        names += [name, *(f"{name} {each}" for each in inner)]
    return names


def registered() -> str:
    """All that registers itself, a kind a paragraph, a name a line."""
    kinds = {
        "sources": [source.name for source in sources.all_sources()],
        "connectors": list(live.connectors()),
        "writers": list(writers()),
        "files for others": list(files()),
        "tables": list(TABLES),
        "facts": list(FACTS),
        "metrics": sorted(metrics.METRICS),
        "measures": sorted(metrics.MEASURES),
        "methods": sorted(module.name for module in pkgutil.iter_modules(methods.__path__)),
        "frames": sorted(FRAMES),
        "rules": sorted(f"{rule.playbook}.{rule.name}" for rule in playbooks.rules()),
        "commands": commands(),
        "settings": sorted(setting.name for setting in SETTINGS),
    }
    return "\n".join("\n".join([f"[{kind}]", *names, ""]) for kind, names in kinds.items())


def test_what_is_registered_is_what_the_snapshot_lists() -> None:
    now = registered()
    if os.environ.get("ZHANGGUI_REGISTERED") == "write":
        SNAPSHOT.write_text(now, encoding="utf-8")
    noted = SNAPSHOT.read_text(encoding="utf-8")
    changes = "\n".join(difflib.unified_diff(noted.splitlines(), now.splitlines(), "noted", "now", n=0, lineterm=""))
    assert not changes, f"{changes}\nIf this is meant, run `make registered`."


def test_no_two_metrics_sources_or_rules_share_a_name() -> None:
    rules = [f"{rule.playbook}.{rule.name}" for rule in playbooks.rules()]
    topics = [module.name for module in pkgutil.iter_modules(metrics.__path__) if module.name != "kinds"]
    declared = [
        metric.name
        for topic in topics
        for metric in vars(__import__(f"zhanggui.metrics.{topic}", fromlist=["METRICS"]))["METRICS"]
    ]
    assert len(rules) == len(set(rules))
    assert len(declared) == len(set(declared))
