"""``zhanggui serve`` and ``zhanggui demo`` open the desk, say where, and close it on Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

PROGRAM = [sys.executable, "-u", "-c", "import sys; from zhanggui.cli import main; sys.exit(main())"]
LINK = re.compile(r"http://127\.0\.0\.1:\d+/enter\?key=[\w-]+")


def environment() -> dict[str, str]:
    return {**os.environ, "ZHANGGUI_LANG": "en"}


def link_in(lines: Iterator[str]) -> str:
    """The link that is printed, once the desk is open."""
    for line in lines:
        found = LINK.search(line)
        if found:
            return found[0]
    raise AssertionError("no link was printed")


@contextmanager
def started(*args: object) -> Iterator[subprocess.Popen[str]]:
    done = subprocess.Popen(
        [*PROGRAM, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
    )
    try:
        yield done
    finally:
        if done.poll() is None:
            done.kill()
        done.wait()


def test_the_desk_opens_with_a_link_that_is_good_once_and_closes_on_ctrl_c(stocked: Path):
    with started("serve", "--port", "0", "--shop", stocked) as desk:
        assert desk.stdout is not None
        link = link_in(iter(desk.stdout))
        with httpx.Client() as browser:
            assert browser.get(link).headers["location"] == "/"
            assert "Actions" in browser.get(link.partition("/enter")[0] + "/actions").text
        assert httpx.get(link).status_code == 401
        desk.send_signal(signal.SIGINT)
        rest = desk.stdout.read()
        assert desk.wait(60) == 0
    assert "The desk is closed." in rest
    assert "Traceback" not in rest


def test_it_is_not_opened_to_other_machines_without_an_owners_password(run, shop: Path):
    for host in ("0.0.0.0", "::", "192.168.1.5"):
        refused = run("serve", "--host", host, "--port", "0", "--shop", shop)
        assert refused.code == 2
        assert "no owner has a password yet" in refused.err


def test_a_port_that_is_taken_is_said(run, shop: Path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = run("serve", "--port", other.getsockname()[1], "--shop", shop)
    assert taken.code == 2
    assert "Choose another port" in taken.err


@pytest.mark.prove
def test_on_a_terminal_the_demo_serves_the_desk_after_the_brief(stocked: Path):
    ours, theirs = pty.openpty()
    command = [*PROGRAM, "demo", "--dir", str(stocked), "--port", "0"]
    done = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environment())
    os.close(theirs)
    try:
        with os.fdopen(ours, "r", encoding="utf-8", errors="replace", closefd=False) as terminal:
            link = link_in(iter(terminal.readline, ""))
        assert httpx.get(link).headers["location"] == "/"
        done.send_signal(signal.SIGINT)
        assert done.wait(60) == 0
    finally:
        if done.poll() is None:
            done.kill()
        done.wait()
        os.close(ours)


def test_without_a_terminal_the_demo_ends_after_the_brief(stocked: Path):
    command = [*PROGRAM, "demo", "--dir", str(stocked)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment(), stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0
    assert "Morning brief" in done.stdout
    assert "/enter?key=" not in done.stdout
