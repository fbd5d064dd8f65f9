"""While a desk has the workspace open, commands are handed to it and show what they would have shown without it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from drawn.sold import order_lines
from zhanggui.app import Shop
from zhanggui.cli import handing, main
from zhanggui.cli.receiving import receiving
from zhanggui.config import Config

PROGRAM = [sys.executable, "-c", "import sys; from zhanggui.cli import main; sys.exit(main())"]
TERMINAL = {"language": "en", "width": 120, "terminal": False}


def zhanggui(*args: object, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *map(str, args)], cwd=cwd, capture_output=True, timeout=120)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("handed") / "tea"
    (folder.parent / "orders.csv").write_text(order_lines(12), encoding="utf-8")
    (folder.parent / "apart").mkdir()
    for later in (folder.parent / "later.csv", folder.parent / "apart" / "later.csv"):
        later.write_text(order_lines(15) + "X1,no day,Cup,1,2.00,c1,Spain\n", encoding="utf-8")
    plain = Config(name="Tea", currency="GBP", timezone="Europe/London", locale="en", settings={"count_ahead": 0})
    with Shop.create(folder, plain) as shop:
        shop.import_files([folder.parent / "orders.csv"])
    return folder


COMMANDS = [
    ["query", "net_sales", "--by", "country"],
    ["query", "net_sales", "--by", "day", "--format", "parquet"],
    ["query", "nonsense"],
    ["--lang", "zh-Hant", "imports"],
    ["import", "../later.csv", "--dry-run"],
    ["import", "nowhere.csv"],
    ["experiment", "show", "zzzz"],
]


@pytest.fixture(scope="module")
def apart(sold: Path) -> Path:
    """The same workspace, which no desk has open."""
    return shutil.copytree(sold, sold.parent / "apart" / sold.name)


@pytest.fixture(scope="module")
def served(sold: Path, apart: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([*PROGRAM, "serve", "--port", "0"], cwd=sold, stdout=subprocess.PIPE) as desk:
        until(lambda: (sold / handing.NOTE).is_file())
        yield desk
        desk.send_signal(signal.SIGTERM)
        desk.wait(60)


@pytest.mark.parametrize("number", range(len(COMMANDS)))
def test_a_handed_command_shows_what_it_shows_without_a_desk(
    sold: Path,
    apart: Path,
    served: object,
    number: int,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed = zhanggui(*COMMANDS[number], cwd=sold)
    monkeypatch.chdir(apart)
    code = main(list(COMMANDS[number]))
    expected = capfdbinary.readouterr()
    assert (handed.returncode, handed.stdout) == (code, expected.out)
    assert handed.stderr == expected.err


def test_files_are_read_and_written_where_the_command_was_typed(sold: Path, served: object, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(order_lines(14), encoding="utf-8")
    assert zhanggui("import", "mine.csv", "--shop", sold, cwd=tmp_path).returncode == 0
    said = zhanggui("actions", "export", "out.csv", "--shop", sold, cwd=tmp_path)
    assert said.stdout == b"Written to out.csv.\n"
    assert (tmp_path / "out.csv").is_file()
    assert b"mine.csv" in zhanggui("imports", "--json", "--shop", sold, cwd=tmp_path).stdout


def test_some_rows_rejected_is_said_by_the_same_exit_code(sold: Path, served: object) -> None:
    done = zhanggui("import", sold.parent / "later.csv", cwd=sold)
    assert done.returncode == 3
    assert zhanggui("imports", "undo", "0003", cwd=sold).returncode == 0


def test_only_its_own_user_finds_the_socket_open(sold: Path, served: object) -> None:
    told = json.loads((sold / handing.NOTE).read_text())
    assert stat.S_IMODE(os.stat(told["socket"]).st_mode) == 0o600
    assert stat.S_IMODE((sold / handing.NOTE).stat().st_mode) == 0o600


RECEIVER = """
import sys, time
from pathlib import Path
from zhanggui.cli.receiving import receiving
with receiving(Path(sys.argv[1]), lambda args, terminal: 0):
    time.sleep(60)
"""
"""The side of a desk that takes commands, and nothing else of it."""


def test_a_desk_that_was_killed_is_noticed_and_one_that_was_ended_leaves_nothing(sold: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(sold, tmp_path / "tea", ignore=lambda *_: [handing.NOTE, "desk.sock"])
    with subprocess.Popen([sys.executable, "-c", RECEIVER, folder]) as desk:
        until(lambda: (folder / handing.NOTE).is_file())
        desk.kill()
    assert (folder / handing.NOTE).is_file()
    assert zhanggui("imports", cwd=folder).returncode == 0
    with subprocess.Popen([*PROGRAM, "serve", "--port", "0"], cwd=folder, stdout=subprocess.PIPE) as desk:
        until(lambda: str(desk.pid) in (folder / handing.NOTE).read_text())
        assert zhanggui("imports", cwd=folder).returncode == 0
        desk.send_signal(signal.SIGTERM)
        assert desk.wait(60) == 0
    assert not (folder / handing.NOTE).exists()
    assert not (folder / "desk.sock").exists()


# ---- the two sides alone


def handed(folder: Path, *args: str) -> int | None:
    whole = [*args, "--shop", str(folder)]
    return handing.hand_over(whole, whole, TERMINAL)


def test_a_folder_whose_path_is_too_long_for_a_socket_is_served_too(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / ("long" * 20) / ("longer" * 10)
    folder.mkdir(parents=True)

    def run(args: list[str], terminal: Mapping[str, Any]) -> int:
        print("ran", args[0])
        return 7

    with receiving(folder, run):
        short = Path(json.loads((folder / handing.NOTE).read_text())["socket"])
        assert stat.S_IMODE(short.parent.stat().st_mode) == 0o700
        assert handed(folder, "brief") == 7
    assert capfd.readouterr().out == "ran brief\n"
    assert not short.parent.exists()
    assert handed(folder, "brief") is None


def test_who_stops_waiting_does_not_stop_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def run(args: list[str], terminal: Mapping[str, Any]) -> int:
        begun.set()
        assert go_on.wait(30)
        print("much " * 100_000)
        ended.set()
        return 0

    with receiving(tmp_path, run):
        program = [
            *PROGRAM[:2],
            "import sys; from zhanggui.cli import main; sys.exit(main(['brief', '--shop', sys.argv[1]]))",
        ]
        with subprocess.Popen([*program, str(tmp_path)], stderr=subprocess.PIPE, stdout=subprocess.PIPE) as client:
            assert begun.wait(60)
            client.send_signal(signal.SIGINT)
            said = client.communicate(timeout=60)[1]
            assert client.returncode == 130
        assert b"The desk finishes the command by itself" in said
        go_on.set()
        assert ended.wait(30)
        assert handed(tmp_path, "brief") == 0
    assert "much" in capfd.readouterr().out


def test_commands_that_are_handed_over_run_one_at_a_time(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    running, most = 0, 0

    def run(args: list[str], terminal: Mapping[str, Any]) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.05)
        print(args[0])
        running -= 1
        return 0

    with receiving(tmp_path, run):
        clients = [threading.Thread(target=handed, args=(tmp_path, "query")) for _ in range(6)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert most == 1
    assert capfd.readouterr().out == "query\n" * 6


def test_what_others_print_meanwhile_stays_with_the_desk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def run(args: list[str], terminal: Mapping[str, Any]) -> int:
        beside = threading.Thread(target=lambda: sys.stderr.write("of the desk\n"))
        beside.start()
        beside.join()
        sys.stderr.write("of the command\n")
        return 0

    with receiving(tmp_path, run):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.connect(str(tmp_path / "desk.sock"))
        with link:
            link.sendall(json.dumps({"name": "query", "args": ["query"], "folder": str(tmp_path)}).encode() + b"\n")
            sent = b""
            while piece := link.recv(1 << 16):
                sent += piece
    assert b"of the command" in sent
    assert b"of the desk" not in sent
    assert capfd.readouterr().err == "of the desk\n"


def test_another_user_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(args: list[str], terminal: Mapping[str, Any]) -> int:
        raise AssertionError("nobody was to be let in")

    with receiving(tmp_path, run):
        own = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: own + 1)
        assert handed(tmp_path, "brief") is None
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.connect(str(tmp_path / "desk.sock"))
        with link:
            assert link.recv(10) == b""


@pytest.mark.parametrize("sent", [b"", b"{", b"[]\n", b'{"args": 5}\n', b"x" * 2_000_000])
def test_what_is_no_command_harms_nobody(tmp_path: Path, sent: bytes) -> None:
    with receiving(tmp_path, lambda args, terminal: 0):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.connect(str(tmp_path / "desk.sock"))
        with link:
            try:
                link.sendall(sent)
                link.shutdown(socket.SHUT_WR)
                while link.recv(1 << 16):
                    pass
            except ConnectionError:  # refused while it was still being sent
                pass
        assert handed(tmp_path, "brief") == 0
