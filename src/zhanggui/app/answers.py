"""Answers that depend on the data alone: one a name, counted beside the requests, and counted anew when the data has changed.

What was answered last stays at hand until its successor is there, so that after an import a page shows the numbers of before and says
so instead of keeping its readers waiting.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop

GIVE_WAY_SECONDS = 0.05
Make = Callable[["Shop"], Any]


@dataclass(frozen=True, slots=True)
class Patience:
    """So many seconds a reader waits for an answer where there is none yet (``first``), and where there is one of before the last import
    (``later``); None for as long as it takes."""

    first: float | None = None
    later: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: of which state of the data it is, and how it is made anew."""

    state: Any
    value: Any
    make: Make


class Answers:
    """At most ``most`` answers, those least lately asked for forgotten first; ``threads`` are counted at once, each with a shop of
    ``reading``."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Shop]], *, most: int, threads: int) -> None:
        self._reading, self._most = reading, most
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="counting")
        self._known: OrderedDict[Hashable, Answered] = OrderedDict()
        self._running: dict[Hashable, Future[Answered]] = {}
        self._waiting, self._closing = 0, False
        self._guard = threading.Lock()

    def get(self, name: Hashable, state: Any, make: Make, patience: Patience) -> tuple[Any, bool]:
        """The answer called ``name``, and whether it is of ``state``. Where counting takes longer than ``patience`` allows, it is the
        answer of before. Raises TimeoutError where there was none; it is counted all the same. Errors of ``make`` are raised."""
        with self._guard:
            known = self._known.get(name)
            if known is not None:
                self._known.move_to_end(name)
                if known.state == state:
                    return known.value, True
            running = self._running.get(name) or self._begin(name, make)
            self._waiting += 1
        try:
            found = running.result(patience.first if known is None else patience.later)
        except TimeoutError:
            if known is None or running.done():
                raise
            return known.value, False
        finally:
            with self._guard:
                self._waiting -= 1
        return found.value, found.state == state

    def ahead(self, name: Hashable, make: Make) -> None:
        """Count what nobody asks for yet, once nobody waits for anything."""
        while self._waiting and not self._closing:
            sleep(GIVE_WAY_SECONDS)
        if self._closing:
            return
        with self._guard:
            running = self._running.get(name) or self._begin(name, make)
        with suppress(Exception):  # whoever asks next is told
            running.result()

    def again(self, state: Any, most: int) -> None:
        """Count anew what was asked for last, one after another, where it is not of ``state``."""
        with self._guard:
            latest = [*reversed(self._known.items())][:most]
        for name, known in latest:
            if known.state != state:
                self.ahead(name, known.make)

    def forget(self) -> None:
        """Let go of every answer."""
        with self._guard:
            self._known.clear()

    def close(self) -> None:
        """Begin nothing more, and wait for what is being counted."""
        self._closing = True
        self._pool.shutdown(cancel_futures=True)

    def _begin(self, name: Hashable, make: Make) -> Future[Answered]:
        begun = self._running[name] = self._pool.submit(self._count, name, make)
        return begun

    def _count(self, name: Hashable, make: Make) -> Answered:
        try:
            with self._reading() as shop:
                made = Answered(shop.data_state, make(shop), make)
            with self._guard:
                self._known[name] = made
                self._known.move_to_end(name)
                while len(self._known) > self._most:
                    self._known.popitem(last=False)
            return made
        finally:
            with self._guard:
                self._running.pop(name, None)
