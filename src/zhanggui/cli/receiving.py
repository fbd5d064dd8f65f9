"""The desk's side of ``handing``: it listens in the workspace, runs commands as if it stood where they were typed, and sends back what
comes out.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from zhanggui.cli.handing import NOTE, is_ours

NAME = "desk.sock"
LONGEST_PATH = 100
"""Bytes of a socket's path: 108 on Linux, 104 elsewhere, with the zero at its end."""
REQUEST_SECONDS = 5.0
LARGEST_REQUEST = 1 << 20
READING = frozenset(["check", "explain", "query", "export"])
"""Commands that only look: they need not wait for who writes."""
CALLING = frozenset(["sync", "daily"])
"""Commands that call live shops, which takes long: they keep others from writing only while they write themselves."""
Runs = Callable[[list[str], Mapping[str, Any]], int]
Alone = Callable[[], AbstractContextManager[Any]]


@contextmanager
def receiving(
    folder: Path,
    run: Runs,
    alone: Alone = nullcontext,
) -> Iterator[None]:
    """Run the commands that are handed over while this lasts, one at a time. ``run`` takes the words and the terminal and gives the exit
    code; ``alone`` keeps others from writing meanwhile."""
    if not hasattr(socket, "AF_UNIX"):
        yield
        return
    own = sys.stdout, sys.stderr
    out, err = Apart(sys.stdout), Apart(sys.stderr)
    sys.stdout, sys.stderr = out, err
    desk = _Receiving(folder.resolve(), run, alone, out, err)
    try:
        desk.open()
        yield
    finally:
        desk.close()
        sys.stdout, sys.stderr = own


class Apart:
    """A stream that is another one in a thread that runs a handed command."""

    def __init__(self, own: Any) -> None:
        self._own = own
        self._local = threading.local()

    def turn(self, stream: Any) -> None:
        """In this thread, be ``stream`` from now on; None is the process's own again."""
        self._local.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self._local, "stream", None) or self._own, name)


class _Receiving:
    def __init__(
        self,
        folder: Path,
        run: Runs,
        alone: Alone,
        out: Apart,
        err: Apart,
    ) -> None:
        self._folder, self._run, self._alone, self._out, self._err = folder, run, alone, out, err
        self._one = threading.Lock()
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._short: str | None = None
        self._threads: list[threading.Thread] = []
        self._closed = False

    def open(self) -> None:
        address = str(self._folder / NAME)
        if len(os.fsencode(address)) > LONGEST_PATH:
            self._short = tempfile.mkdtemp(prefix="zhanggui-")  # only its owner may look into it
            address = str(Path(self._short) / NAME)
        with suppress(FileNotFoundError):
            os.unlink(address)  # this process has the workspace open: whoever listened there is dead
        self._listening.bind(address)
        os.chmod(address, 0o600)  # nobody can connect before it listens
        self._listening.listen(16)
        draft = self._folder / f".{NOTE}"
        draft.write_text(json.dumps({"pid": os.getpid(), "socket": address}), encoding="utf-8")
        os.chmod(draft, 0o600)
        os.replace(draft, self._folder / NOTE)
        self._address = address
        self._begin(self._accept)

    def close(self) -> None:
        """Take no more commands, and wait for the one at hand."""
        self._closed = True
        for path in (self._folder / NOTE, getattr(self, "_address", "")):
            with suppress(OSError):
                os.unlink(path)
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who waits for a connection
        self._listening.close()
        for thread in self._threads:
            thread.join()
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)

    def _begin(self, work: Callable[..., None], *args: Any) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=args, name="handed")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            if is_ours(link):
                self._begin(self._serve, link)
            else:
                link.close()

    def _serve(self, link: socket.socket) -> None:
        with link, suppress(OSError, ValueError, KeyError, TypeError):
            link.settimeout(REQUEST_SECONDS)
            _send(link, b"h", b"")
            told = json.loads(_line(link))
            args, folder = [str(arg) for arg in told["args"]], str(told["folder"])
            link.settimeout(None)
            code = self._ran(link, args, folder, told)
            _send(link, b"x", str(code).encode())

    def _ran(self, link: socket.socket, args: list[str], folder: str, told: dict[str, Any]) -> int:
        """Run one command as if it stood where it was typed. The process has one folder it stands in: that is why one at a time."""
        out = _stream(link, b"o", bool(told.get("terminal")))
        err = _stream(link, b"e", terminal=False)
        free = told.get("name") in READING | CALLING
        with self._one, nullcontext() if free else self._alone():
            before = os.getcwd()
            self._out.turn(out)
            self._err.turn(err)
            try:
                os.chdir(folder)
                return self._run(args, {**told, "alone": self._alone})
            finally:
                for stream in (out, err):
                    stream.flush()
                self._out.turn(None)
                self._err.turn(None)
                os.chdir(before)


class _Outgoing(io.RawIOBase):
    """Bytes for the other side. When it waits no longer they are dropped: the command goes on, so that it ends as a whole."""

    def __init__(self, link: socket.socket, kind: bytes, terminal: bool) -> None:
        self._link, self._kind, self._terminal = link, kind, terminal

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._terminal

    def write(self, content: Any) -> int:
        with suppress(OSError):
            _send(self._link, self._kind, bytes(content))
        return len(content)


def _stream(link: socket.socket, kind: bytes, terminal: bool) -> io.TextIOWrapper:
    raw = _Outgoing(link, kind, terminal)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _send(link: socket.socket, kind: bytes, content: bytes) -> None:
    link.sendall(kind + struct.pack(">I", len(content)) + content)


def _line(link: socket.socket) -> bytes:
    found = bytearray()
    while not found.endswith(b"\n"):
        piece = link.recv(1 << 16)
        if not piece or len(found) > LARGEST_REQUEST:
            raise ValueError
        found += piece
    return bytes(found)
