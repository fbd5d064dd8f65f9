"""The program as a whole: help, languages, errors of ours, Ctrl-C, and the time it takes to start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhanggui import cli
from zhanggui.app import Shop
from zhanggui.cli.speech import of_environment

PROGRAM = (sys.executable, "-c", "import sys; from zhanggui.cli import main; sys.exit(main())")
COMMANDS = (
    "demo",
    "init",
    "import",
    "imports",
    "check",
    "brief",
    "explain",
    "query",
    "metrics",
    "costs",
    "actions",
    "outcomes",
    "experiment",
    "practice",
    "position",
    "daily",
    "serve",
    "user",
    "backup",
    "restore",
    "export",
    "rules",
    "suspects",
    "scores",
    "waterfall",
    "payouts",
    "origins",
    "sync",
)


def test_help_names_every_command_and_none_that_does_not_exist(run):
    said = run("--help")
    assert said.code == 0
    listed = [
        line.split()[0]
        for line in said.out.partition("Commands:")[2].splitlines()
        if line.startswith("  ") and line.strip()
    ]
    assert set(COMMANDS) <= set(listed)
    assert set(listed) - set(COMMANDS) <= {"Every"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run, command):
    said = run(command, "--help")
    assert said.code == 0
    assert "Usage: zhanggui" in said.out


def test_without_a_command_the_help_is_shown(run):
    assert "Commands:" in run().out


def test_the_version_is_said(run):
    assert run("--version").out.startswith("zhanggui ")


@pytest.mark.parametrize(
    ("environment", "locale"),
    [
        ({"LANG": "zh_TW.UTF-8"}, "zh-Hant"),
        ({"LANG": "zh_HK"}, "zh-Hant"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "de_DE"}, "en"),
        ({}, "en"),
        ({"LC_ALL": "zh_CN", "LANG": "en_US"}, "zh-Hans"),
        ({"ZHANGGUI_LANG": "zh-Hant", "LANG": "en_US"}, "zh-Hant"),
        ({"ZHANGGUI_LANG": "klingon", "LANG": "zh_TW"}, "zh-Hant"),
    ],
)
def test_the_terminal_tells_the_language(environment, locale):
    assert of_environment(environment) == locale


def test_the_option_beats_the_workspace_and_the_workspace_beats_the_terminal(run, stocked, monkeypatch):
    monkeypatch.setenv("LANG", "zh_TW.UTF-8")
    assert "Morning brief" in run("brief", "--shop", stocked).out
    assert "掌柜早报" in run("brief", "--shop", stocked, "--lang", "zh-Hans").out
    assert "工作區" in run("brief", "--shop", stocked / "nowhere").err


def test_an_unknown_language_is_refused(run):
    said = run("--lang", "xx", "metrics")
    assert said.code == 2
    assert "zh-Hant" in said.err


def test_no_workspace_is_said_with_the_folder_and_what_to_do(run, tmp_path):
    said = run("brief", "--shop", tmp_path)
    assert said.code == 2
    assert str(tmp_path) in said.err
    assert "zhanggui init" in said.err


@pytest.mark.parametrize(
    ("option", "value"), [("--currency", "XXQ"), ("--timezone", "Mars/Olympus"), ("--locale", "fr")]
)
def test_a_workspace_with_an_impossible_setting_is_not_made(run, tmp_path, option, value):
    said = run("init", tmp_path / "new", option, value)
    assert said.code == 2
    assert value in said.err
    assert not (tmp_path / "new").exists()


def test_a_workspace_is_not_made_over_another(run, shop):
    assert run("init", shop).code == 2


def test_a_fault_of_ours_is_one_line_with_exit_code_1_and_a_traceback_only_on_request(run, shop, monkeypatch):
    monkeypatch.setattr(Shop, "imports", lambda self: 1 / 0)
    said = run("imports", "--shop", shop)
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "--debug" in said.err
    assert "Traceback" in run("imports", "--shop", shop, "--debug").err


def test_a_page_that_cannot_be_written_is_the_users_to_mend(run, stocked, tmp_path):
    said = run("brief", "--html", tmp_path / "no" / "such" / "folder.html", "--shop", stocked)
    assert said.code == 2
    assert "folder.html" in said.err


def test_ctrl_c_stops_with_130_and_one_line(run, shop, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Shop, "imports", interrupted)
    said = run("imports", "--shop", shop)
    assert said.code == 130
    assert said.err.strip() == "Stopped. Nothing was changed."


def test_ctrl_c_in_the_middle_of_an_import_leaves_the_workspace_as_it_was(run, stocked, tmp_path, lines_file):
    import csv

    rows = list(csv.reader(lines_file.open()))
    many = tmp_path / "many.csv"
    body = [[f"{i}-{row[0]}", *row[1:]] for i in range(500) for row in rows[1:]]
    with many.open("w", newline="") as out:
        csv.writer(out).writerows([rows[0], *body])
    before = run("imports", "--shop", stocked).out
    started = subprocess.Popen(
        [*PROGRAM, "import", str(many), "--shop", str(stocked)],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env={**os.environ, "LANG": "C.UTF-8"}, start_new_session=True,
    )  # fmt: skip
    assert started.stderr is not None
    while b"Checking and loading" not in (line := started.stderr.readline()):
        assert line
    time.sleep(0.3)
    started.send_signal(signal.SIGINT)
    assert started.wait(timeout=60) == 130
    assert run("imports", "--shop", stocked).out == before


def test_help_and_the_catalogue_import_nothing_heavy():
    heavy = (
        "duckdb",
        "ibis",
        "polars",
        "pyarrow",
        "numpy",
        "scipy",
        "altair",
        "vl_convert",
        "jinja2",
        "babel",
        "pydantic",
    )
    code = (
        "import sys; from zhanggui.cli import main; "
        "codes = main(['--help']), main(['metrics']); "
        f"print([m for m in {heavy!r} if m in sys.modules], codes, file=sys.stderr)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stderr.strip() == "[] (0, 0)"


def test_a_reader_that_leaves_early_is_no_error(stocked):
    program = f"'{sys.executable}' -c 'import sys; from zhanggui.cli import main; sys.exit(main())'"
    command = f"{program} query orders --by day,product_id,country --shop '{stocked}'"
    said = subprocess.run(["bash", "-o", "pipefail", "-c", f"{command} | head -1"], capture_output=True, text=True)
    assert said.returncode == 0
    assert said.stderr == ""


def test_the_entry_point_of_the_package_is_this_program():
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert 'zhanggui = "zhanggui.cli:main"' in project
    assert callable(cli.main)
