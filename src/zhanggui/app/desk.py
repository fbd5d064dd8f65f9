"""A workspace that several people and jobs use at once: readers beside each other, one writer, answers kept while the data stays.

The engine's file belongs to this process. Each reader has a connection of its own and sees the last committed state, also while an
import is running; a writer waits for the writer before it.
"""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from queue import LifoQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from zhanggui.app.answers import Answers, Patience
from zhanggui.app.shop import Shop
from zhanggui.people import Door, People
from zhanggui.state.database import Database
from zhanggui.units import Clock

if TYPE_CHECKING:
    from zhanggui.app.background import Background
    from zhanggui.app.backups import Backup

T = TypeVar("T")
READERS = 6
KEPT = 512
KEPT_LATEST = 16
ENDLESS = Patience()
COUNTED = 400
COUNTERS = 2
RECOUNTED = 40
"""So many answers are counted anew when the data changed, before anybody asks: those that were asked for last."""
UNSEEN_SECONDS = 0.2
"""So long a reader may not know of a commit that went by the writer."""


class Desk:
    """The workspace in ``folder``, shared by ``readers`` threads at once; the rest wait their turn."""

    def __init__(self, folder: Path, *, readers: int = READERS, clock: Clock | None = None) -> None:
        self.folder = folder = folder.resolve()  # a command that is handed over changes where the process stands
        self._clock = clock
        self._free: LifoQueue[Shop] = LifoQueue()
        self._looked: dict[int, tuple[int, float]] = {}
        self._commits = 0
        first = Shop.open(folder, clock)
        _ = first.ledger  # whatever is wrong with warehouse or ledger is said before anybody waits for a page
        self.secret = _secret(first)
        """Signs forms: the same after a restart, and nobody's who has not the workspace's key."""
        self._entrance = Database.open(folder)
        self.people = People(self._entrance, first.clock)
        self.door = Door(self._entrance, first.clock)
        for shop in (first, *(Shop.open(folder, clock) for _ in range(readers - 1))):
            self._free.put(shop)
        self._writer = threading.Lock()
        self._background: Background | None = None
        self._beginning = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._last: dict[Hashable, tuple[Any, Any]] = {}
        self._renewing: dict[Hashable, Future[Any]] = {}
        self._renewer = ThreadPoolExecutor(1, thread_name_prefix="renewing")
        self._guard = threading.Lock()
        self._readers = readers
        self._answers = Answers(self.reading, most=COUNTED, threads=min(COUNTERS, readers))
        self._lookout = Shop.open(folder, clock)
        self._looking = threading.Lock()
        self._ahead: ThreadPoolExecutor | None = None

    @property
    def config(self) -> Any:
        """The workspace's settings as they stand."""
        with self._looking_out() as shop:
            return shop.config

    @contextmanager
    def _looking_out(self) -> Iterator[Shop]:
        """A shop to see how things stand, at once: the readers may all be counting."""
        with self._looking:
            self._lookout = self._fresh(self._lookout)
            yield self._lookout

    def _fresh(self, shop: Shop) -> Shop:
        """The shop as it stands now. A look costs a question to the engine, so nobody looks twice at what nobody has written."""
        if shop.outdated():
            shop.close()
            self._looked.pop(id(shop), None)
            shop = Shop.open(self.folder, self._clock)
        commits, at = self._looked.get(id(shop), (-1, 0.0))
        if commits != self._commits or self.busy or monotonic() - at > UNSEEN_SECONDS:
            self._looked[id(shop)] = (self._commits, monotonic())
            shop.warehouse.look_again()
        return shop

    @contextmanager
    def reading(self) -> Iterator[Shop]:
        """A shop to look with. It sees the data as last committed."""
        shop = self._free.get()
        try:
            shop = self._fresh(shop)
            yield shop
        finally:
            self._free.put(shop)

    @contextmanager
    def writing(self) -> Iterator[Shop]:
        """A shop to change: alone. Readers go on meanwhile."""
        with self._written(), Shop.open(self.folder, self._clock) as shop:
            yield shop

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            with self._writer:
                try:
                    yield
                finally:
                    self._commits += 1
        finally:
            if self._ahead is not None:
                self._ahead.submit(self._count_ahead)

    @property
    def background(self) -> Background:
        """The long work of this desk. What an earlier server left unfinished is told when it is first asked for."""
        with self._beginning:
            if self._background is None:
                from zhanggui.app.background import Background

                self._background = Background(self)
            return self._background

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes meanwhile: for a command that opens the workspace itself."""
        with self._written():
            yield

    def restore(self, file: Path, visitor: str = "", name: str = "") -> Backup:
        """Put a backup back in place of what is open; what was there is moved aside. Whoever reads or writes ends first, whoever comes
        waits. Every browser is signed out but that of the owner ``name`` behind the cookie ``visitor``.

        Raises BadFile for what is no whole backup, WorkspaceError where it cannot be put there; the workspace is then as it was.
        """
        from zhanggui.app.backups import restore

        with self._written(), self._looking:
            for _ in range(self._readers):
                self._free.get().close()
            self._lookout.close()
            try:
                with self._entrance.exchanged():
                    back = restore(file, self.folder)
                    self.door.only(visitor, name)  # before anybody is asked who they are
                return back
            finally:
                self._answers.forget()
                self._looked.clear()
                self._lookout = Shop.open(self.folder, self._clock)
                with self._guard:
                    self._kept.clear()
                    self._last.clear()
                shops = [Shop.open(self.folder, self._clock) for _ in range(self._readers)]
                self.secret = _secret(shops[0])
                for shop in shops:
                    self._free.put(shop)

    @property
    def busy(self) -> bool:
        """Whether something is being written just now."""
        return self._writer.locked()

    def kept(self, name: Hashable, make: Callable[[Shop], T]) -> T:
        """What ``make`` gives, kept as long as neither data nor decisions nor settings change; made once where several ask at once."""
        with self._looking_out() as shop:
            found = self._find((name, shop.state))
        if found is not None:
            return found[0]  # type: ignore[no-any-return]
        with self.reading() as shop:
            key = (name, shop.state)
            with self._guard:
                making = self._making.setdefault(key, threading.Lock())
            try:
                with making:
                    found = self._find(key)
                    if found is None:
                        made = make(shop)
                        self._keep(key, made)
                        return made
            finally:  # also where a question cannot be answered: endless wrong questions leave nothing behind
                with self._guard:
                    self._making.pop(key, None)
        return found[0]  # type: ignore[no-any-return]

    def counted(self, name: Hashable, make: Callable[[Shop], T], *, patience: Patience = ENDLESS) -> tuple[T, bool]:
        """What ``make`` gives where it depends on the data alone, and whether it is of the present data. Counting goes on beside the
        request: where it takes longer than ``patience`` allows, what it gave before the last import is given.

        Raises TimeoutError where there was nothing before; it is counted all the same.
        """
        with self._looking_out() as shop:
            state = shop.data_state
        return self._answers.get(name, state, make, patience)

    def keep_ahead(self, first: Iterable[tuple[Hashable, Callable[[Shop], Any]]] = ()) -> None:
        """From now on count before anybody asks: the day's brief and ``first`` at once, and after every import what was asked for last."""
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._ahead.submit(self._count_ahead, first)

    def _count_ahead(self, first: Iterable[tuple[Hashable, Callable[[Shop], Any]]] = ()) -> None:
        from zhanggui.app.morning import morning_of

        with self._looking_out() as shop:
            state = shop.data_state
        with suppress(Exception):  # whoever asks is told
            self.latest(("morning", None), morning_of, wait=True)
        with suppress(Exception):
            for name, make in first:
                self._answers.ahead(name, make)
        self._answers.again(state, RECOUNTED)

    def latest(
        self, name: Hashable, make: Callable[[Shop], T], *, wait: bool = False, patience: float | None = None
    ) -> tuple[T, bool]:
        """What ``make`` gives, and whether it is of the present data. While it is made anew, what it gave before is given: nobody but the
        first waits for what takes long, and who says so. What people decide does not make it old.

        Raises TimeoutError for the first one where it takes longer than ``patience`` seconds; it is made all the same.
        """
        with self.reading() as shop:
            state = shop.data_state
        with self._guard:
            known = self._last.get(name)
            if known is not None and known[0] == state:
                return known[1], True
            running = self._renewing.get(name)
            if running is None or running.done():
                running = self._renewing[name] = self._renewer.submit(self._renew, name, make)
        if known is not None and not wait and not (running.done() and running.exception()):
            return known[1], False
        running.result(patience)
        with self._guard:
            return self._last[name][1], True

    def _renew(self, name: Hashable, make: Callable[[Shop], Any]) -> None:
        with self.reading() as shop:
            state = shop.data_state
            made = make(shop)
        with self._guard:
            self._last.pop(name, None)
            self._last[name] = (state, made)
            while len(self._last) > KEPT_LATEST:
                del self._last[next(iter(self._last))]
                self._renewing = {each: running for each, running in self._renewing.items() if not running.done()}

    def _find(self, key: Hashable) -> tuple[Any] | None:
        with self._guard:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return (self._kept[key],)

    def _keep(self, key: Hashable, made: Any) -> None:
        with self._guard:
            self._kept[key] = made
            self._making.pop(key, None)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def close(self) -> None:
        """Let go of the workspace, once every reader is back; a second time there is nothing to let go of."""
        if self._background is not None:
            self._background.close()
        self._answers.close()
        if self._ahead is not None:
            self._ahead.shutdown(cancel_futures=True)
        self._renewer.shutdown()
        self._entrance.close()
        self._lookout.close()
        while self._readers:
            self._free.get().close()
            self._readers -= 1


def _secret(shop: Shop) -> bytes:
    return hmac.new(shop.warehouse.key(), b"zhanggui desk", sha256).digest()
