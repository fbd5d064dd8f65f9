"""Handing commands over to the desk that has the workspace open: the engine's file belongs to one process.

The desk listens on a Unix socket of its own user, named in ``desk.json`` of the workspace: in the workspace itself, or in the system's
folder for temporary things where that path would be too long. A command finds it there, sends its words, and shows what comes back; when
nobody listens any more, it opens the workspace itself. Both sides look at who the other is.

From the command: one line of JSON. From the desk: frames of a letter (h hello, o output, e errors, x exit code), four bytes of length and
the content.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import socket

NOTE = "desk.json"
HELLO_SECONDS = 5.0
HANDED = frozenset(
    [
        "actions",
        "backup",
        "brief",
        "check",
        "daily",
        "experiment",
        "explain",
        "export",
        "import",
        "imports",
        "outcomes",
        "practice",
        "query",
        "sync",
    ]
)
"""Commands that need the warehouse. Others do without, or are about making one."""
OWN = {"practice": ("new",), "costs": ("ask", "set"), "sync": ("add",)}
LEFT = 130


def hand_over(args: Sequence[str], whole: Sequence[str], terminal: Mapping[str, Any]) -> int | None:
    """Let the desk of the workspace run a command; gives its exit code, or None where no desk has the workspace open. ``args`` begin with
    the command's name, ``whole`` is all that was typed."""
    import json
    import socket  # takes longer to import than all the rest of a small command

    if not hasattr(socket, "AF_UNIX"):
        return None
    link = _link(folder_of(args))
    if link is None:
        return None
    with link:
        told = {"name": args[0], "args": list(whole), "folder": os.getcwd(), **terminal}
        try:
            link.sendall(json.dumps(told).encode() + b"\n")
            return _shown(link)
        except KeyboardInterrupt:
            from zhanggui.cli.speech import say

            sys.stderr.write(say("handing.said.left") + "\n")
            return LEFT


def is_handed(args: Sequence[str]) -> bool:
    """Whether a command is one that the desk runs.

    >>> is_handed(["brief"]), is_handed(["brief", "--help"]), is_handed(["costs"]), is_handed(["costs", "target", "2026-09", "5"])
    (True, False, False, True)
    """
    if not args or "--help" in args or "-h" in args:
        return False
    name, rest = args[0], args[1:2]
    if name == "costs":
        return "target" in args[1:]
    return name in HANDED and not (rest and rest[0] in OWN.get(name, ()))


def folder_of(args: Sequence[str]) -> Path:
    """The workspace that a command names.

    >>> folder_of(["brief", "--shop", "tea"]), folder_of(["query", "orders", "--shop=tea"]), folder_of(["brief"])
    (PosixPath('tea'), PosixPath('tea'), PosixPath('.'))
    """
    for at, arg in enumerate(args):
        if arg == "--":
            break
        if arg == "--shop" and at + 1 < len(args):
            return Path(args[at + 1])
        if arg.startswith("--shop="):
            return Path(arg.partition("=")[2])
    return Path(".")


def _link(folder: Path) -> socket.socket | None:
    """A connection to the desk that has the workspace open; None where there is none, or only what a dead one left behind."""
    import json
    import socket

    try:
        address = str(json.loads((folder / NOTE).read_text(encoding="utf-8"))["socket"])
        if os.stat(address).st_uid != os.getuid():
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.settimeout(HELLO_SECONDS)
        link.connect(address)
        if not is_ours(link) or _frame(link)[0] != b"h":
            raise ConnectionError
        link.settimeout(None)
    except (OSError, EOFError):  # refused by the system, or silent: whoever listened there does no longer
        link.close()
        return None
    return link


def _shown(link: socket.socket) -> int:
    """Show what the desk sends until it says with which code the command ended."""
    outputs: dict[bytes, BinaryIO] = {b"o": sys.stdout.buffer, b"e": sys.stderr.buffer}
    while True:
        try:
            kind, content = _frame(link)
        except (EOFError, OSError):
            from zhanggui.errors import WorkspaceError

            raise WorkspaceError("handing.broken_off") from None
        if kind == b"x":
            return int(content)
        if kind in outputs:
            outputs[kind].write(content)
            outputs[kind].flush()


def _frame(link: socket.socket) -> tuple[bytes, bytes]:
    import struct

    head = _exactly(link, 5)
    return head[:1], _exactly(link, struct.unpack(">I", head[1:])[0])


def _exactly(link: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = link.recv(min(size - len(found), 1 << 16))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


def is_ours(link: socket.socket) -> bool:
    """Whether the other side is the same user. Where the system does not tell, the socket's own rights decide."""
    import socket
    import struct

    asked = getattr(socket, "SO_PEERCRED", None)
    if asked is None:
        return True
    _, user, _ = struct.unpack("3i", link.getsockopt(socket.SOL_SOCKET, asked, struct.calcsize("3i")))
    return bool(user == os.getuid())
