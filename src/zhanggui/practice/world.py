"""A practice shop: it lives a day at a time, writes what a real shop's files would say, and answers to moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zlib import crc32

import numpy as np

from zhanggui.practice.after_sale import Place
from zhanggui.practice.beside import standing
from zhanggui.practice.books import Books
from zhanggui.practice.chance import Floats, Ints
from zhanggui.practice.demand import Law, drifted, law, opening_day, until_festival
from zhanggui.practice.doing import Doing
from zhanggui.practice.events import Event, fees, hasty, held, offered, pull
from zhanggui.practice.habits import tinker, try_prices
from zhanggui.practice.kinds import Character, Effect, Made, Move, Reckoning, Terms, Trouble
from zhanggui.practice.moves import KINDS
from zhanggui.practice.opening import opened
from zhanggui.practice.places import climbed, rising
from zhanggui.practice.selling import draw, reckon
from zhanggui.practice.shelf import arrive, end_of_day, holding, reorder, written_off
from zhanggui.practice.sold import Seen, Sold, cents
from zhanggui.practice.state import STAR_MEMORY, State, opening_state
from zhanggui.practice.troubles import begin, planted

HISTORY_DAYS = 175
"""Days a shop has lived before anybody practises on it: twenty-five weeks."""
DECISION_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Shelf:
    """A morning's stock (P, Z) with what is on its way and when the next of it comes."""

    on_hand: Ints
    inbound: Ints
    inbound_day: Ints  # (P), -1 = nothing


class World:
    """A shop of a character and a seed. The same seed, days and moves give the same shop to the cent.

    ``troubles`` are planted and ``events`` offered instead of those drawn. ``quiet``: the owner changes nothing, goods never run short by
    themselves, and rivals keep their prices.
    """

    def __init__(
        self,
        character: Character,
        seed: int,
        *,
        terms: Terms | None = None,
        troubles: Sequence[Trouble] | None = None,
        events: Sequence[Event] | None = None,
        history: int = HISTORY_DAYS,
        weeks: int = DECISION_WEEKS,
        quiet: bool = False,
    ) -> None:
        self.character = replace(character, rival_sales=0.0) if quiet else character
        self.seed = seed
        self.luck = seed * 1_000_033 + crc32(character.name.encode())
        self.terms = terms or Terms()
        self.history = history
        self.start = opening_day(character.festival)
        self.assortment = opened(character, self.luck, self.terms)
        self.names = [f"P{nth + 1:03d}" for nth in range(self.assortment.products)]
        self._numbers = {name: nth for nth, name in enumerate(self.names)}
        self.troubles = (
            list(troubles) if troubles is not None else planted(character, self.luck, self.assortment, history, weeks)
        )
        self.state = opening_state(self.assortment, self.terms)
        self.state.events = list(
            offered(character, self.luck, self.assortment, history, weeks, self.terms) if events is None else events
        )
        self.quiet = quiet
        self.books = Books()
        self.day = 0
        self.buyers = 0
        self.sold: list[Sold] = []
        self.seen: list[Seen] = []
        self.shelves: list[Shelf] = []
        self.prices: list[tuple[Floats, Floats, Floats]] = []  # price, offer, stacked at the end of each day
        self.made: list[Made] = []
        self.replay = 0  # another future of the same past, for the luck of effects

    @property
    def today(self) -> date:
        """The day that comes next."""
        return self.start + timedelta(days=self.day)

    def date_of(self, day: int) -> date:
        """The date of one of the world's days."""
        return self.start + timedelta(days=day)

    def copy(self) -> World:
        """The same shop, to go on otherwise. What happened is shared, what comes is its own."""
        other = object.__new__(World)
        other.__dict__.update(self.__dict__)
        other.state = self.state.copy()
        other.books = self.books.copy()
        for name in ("sold", "seen", "shelves", "prices", "made", "troubles"):
            setattr(other, name, list(getattr(self, name)))
        return other

    # ---- days

    def live(self, days: int = 1) -> None:
        """Let days pass, visitor by visitor."""
        for _ in range(days):
            place = self._morning()
            law_of_day = self._law()
            self._pull_forward(law_of_day)
            means = reckon(place, self.state, law_of_day)
            before = self.state.stock.copy()
            sold, seen = draw(place, self.state, law_of_day, self.sold, self.buyers)
            self.buyers += int(sold.fresh.sum())
            self.sold.append(sold)
            self.seen.append(seen)
            self._book(sold, seen)
            self._comes_back(sold)
            self._evening(
                np.maximum(before - self.state.stock, 0), means.wanted, means.worth, float(sold.count), law_of_day
            )

    def mean(self, days: int = 1) -> None:
        """Let days pass by their means alone: no orders are drawn, only their worth is reckoned."""
        for _ in range(days):
            place = self._morning()
            law_of_day = self._law(noisy=False)
            self._pull_forward(law_of_day, noisy=False)
            means = reckon(place, self.state, law_of_day)
            self.state.stock = np.maximum(self.state.stock - means.sold, 0)
            soon = self.day + 4
            stars = 4.85 * means.good_reviews + 2.1 * means.bad_reviews
            self._speak(soon, stars, means.good_reviews + means.bad_reviews)
            self._evening(means.sold, means.wanted, means.worth, float(means.orders.sum()), law_of_day)

    def _law(self, *, noisy: bool = True, state: State | None = None) -> Law:
        seed = self.luck + 7919 * self.replay
        return law(self.assortment, state or self.state, self.character, seed, self.day, self.today, noisy=noisy)

    def _pull_forward(self, today: Law, *, noisy: bool = True) -> None:
        """Who buys in an event what he would have bought later is missing in the weeks after it."""
        running = held(self.state.events, self.day)
        if running:
            apart = self.state.copy()
            apart.events = []
            usual = self._law(noisy=noisy, state=apart)
            extra = (today.visitors * today.rate).sum(axis=1) - (usual.visitors * usual.rate).sum(axis=1)
            pull(self.state.early, running, extra)

    def _morning(self) -> Place:
        for trouble in self.troubles:
            if trouble.day == self.day:
                begin(self.assortment, self.state, trouble, self.terms)
        arrive(self.state, self.day)
        rising(self.state)
        self.state.haste = hasty(held(self.state.events, self.day), len(self.names))
        seed = self.luck + 7919 * self.replay
        if not self.quiet:
            tinker(self.character, self.luck, self.state, self.day)
            try_prices(self.luck, self.state, self.day)
        drifted(self.state, self.character, seed, self.day)
        reorder(self.assortment, self.state, self.day, self.today.weekday(), careful=self.quiet)
        said = self.state.said.pop(self.day, None)
        self.state.stars *= STAR_MEMORY
        self.state.reviews *= STAR_MEMORY
        if said is not None:
            self.state.stars += said[0]
            self.state.reviews += said[1]
        faint = np.maximum(12.0 - self.state.reviews, 0)
        self.state.stars += faint * self.assortment.stars
        self.state.reviews += faint
        waiting = until_festival(self.today) if self.character.presale else 0
        return Place(seed, self.day, self.character, self.assortment, self.terms, waiting)

    def _evening(self, sold: Floats, wanted: Floats, worth: Floats, orders: float, today: Law) -> None:
        state = self.state
        climbed(self.assortment, state, today.visitors, today.fed)
        end_of_day(self.assortment, state, sold, wanted, self.day)
        usual = float(
            (self.assortment.base * self.assortment.rate).sum()
            + (self.assortment.bought * self.assortment.rate[:, 3]).sum()
        )
        state.fans = 0.5 ** (1 / 60) * state.fans + (1 - 0.5 ** (1 / 60)) * orders / usual
        shelf = holding(state, self.terms)
        off = written_off(state, self.terms)
        self.books.expected.append(worth)
        fee = fees(held(state.events, self.day), self.day)
        self.books.shop.append(-shelf - (off - state.provision) - fee)
        self.books.book("offers", self.day, int(cents(fee)))
        self.books.book("holding", self.day, int(cents(shelf)))
        state.provision = off
        self._note_shelf()
        self.prices.append((state.price.copy(), state.offer.copy(), state.stacked.copy()))
        self.day += 1

    def _note_shelf(self) -> None:
        coming = np.zeros_like(self.state.stock)
        when = np.full(len(self.names), -1)
        for parcel in sorted(self.state.inbound, key=lambda parcel: -parcel.arrives):
            coming[parcel.product] += parcel.units
            when[parcel.product] = parcel.arrives
        self.shelves.append(Shelf(self.state.stock.astype(np.int64), coming.astype(np.int64), when))

    def _book(self, sold: Sold, seen: Seen) -> None:
        """Book the day's orders, and their refunds on the days they will come."""
        books, day = self.books, self.day
        goods = sold.cost * sold.units + sold.extra_cost
        days = sold.minute // 1440
        leaves = sold.shipped >= 0
        freight = np.full(int(leaves.sum()), int(cents(self.terms.freight)))
        books.book_days("sales", days, sold.paid + sold.extra_paid)
        books.book_days("goods", days, goods)
        books.book_days("fees", days, sold.fee + sold.commission)
        books.book_days("freight", days[leaves], freight)
        books.book_days("packing", days[leaves], sold.box[leaves])
        books.book("ads", day, int(seen.ad_cost.sum() + seen.feed_cost.sum()))
        if threshold := standing(self.state):
            reached = sold.paid + sold.extra_paid >= cents(threshold.at)
            books.book("offers", day, int(reached.sum() * cents(threshold.gift)))
        back = np.nonzero(sold.refund_day >= 0)[0]
        days = sold.refund_day[back]
        # An order taken back before it was sent gives back all its lines; later the first line only.
        all_back = sold.before[back]
        amount = sold.paid[back] + np.where(all_back, sold.extra_paid[back], 0)
        worth = (sold.cost * sold.units)[back] + np.where(all_back, sold.extra_cost[back], 0)
        books.book_days("refunds", days, amount)
        came = ~sold.kept_goods[back]
        books.book_days("goods_back", days[came], worth[came])
        spoiled = sold.unsellable[back]
        books.book_days("unsellable", days[spoiled], worth[spoiled])
        returned = came & ~all_back
        each = np.ones(int(returned.sum()), dtype=np.int64)
        books.book_days("return_freight", days[returned], each * int(cents(self.terms.return_freight)))
        books.book_days("handling", days[returned], each * int(cents(self.terms.handling)))

    def _comes_back(self, sold: Sold) -> None:
        """Goods that will be on the shelf again, and stars that will be seen."""
        back = np.nonzero((sold.refund_day >= 0) & ~sold.kept_goods & ~sold.unsellable)[0]
        for nth in back:
            day = max(int(sold.refund_day[nth]), self.day) + 1
            shelf = self.state.back.setdefault(day, np.zeros_like(self.state.stock))
            shelf[sold.product[nth], sold.size[nth]] += sold.units[nth]
            if sold.before[nth] and sold.extra[nth] >= 0:
                shelf[sold.extra[nth], sold.extra_size[nth]] += 1
        said = np.nonzero(sold.stars > 0)[0]
        days = sold.review_minute[said] // 1440 + 1
        for day in np.unique(days):
            mine = said[days == day]
            count = len(self.names)
            stars = np.bincount(sold.product[mine], sold.stars[mine], minlength=count).astype(np.float64)
            self._speak(int(day), stars, np.bincount(sold.product[mine], minlength=count).astype(np.float64))

    def _speak(self, day: int, stars: Floats, number: Floats) -> None:
        had = self.state.said.get(day)
        self.state.said[day] = (stars, number) if had is None else (had[0] + stars, had[1] + number)

    # ---- moves

    def apply(self, move: Move) -> Made:
        """Do a move this morning. A kind the shop does not know, or a target it has not, is noted and changes nothing."""
        doing = Doing(self.luck, self.day, self.assortment, self.state, self._numbers, self.start)
        act = KINDS.get(move.kind)
        taken = bool(act and act(doing, move))
        made = Made(self.day, move, taken, doing.cost)
        self.made.append(made)
        return made

    def effect(self, move: Move, days: int = 28, *, replays: int = 0) -> Effect:
        """What a move truly brings a week: this shop with it against the same shop without it. Without ``replays`` both go by their
        means; with them both live, visitor by visitor, through that many futures with the same chances in both."""
        gains = []
        for future in range(max(replays, 1)):
            with_it, without = (self._ahead(one, days, future, drawn=replays > 0) for one in (move, None))
            gains.append((with_it - without) * 7 / days)
        error = float(np.std(gains, ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else 0.0
        return Effect(float(np.mean(gains)), error, days)

    def _ahead(self, move: Move | None, days: int, future: int, *, drawn: bool) -> float:
        """What the coming days are worth, with a move or without."""
        other = self.copy()
        other.replay = self.replay + future
        if move is not None:
            other.apply(move)
        if drawn:
            other.live(days)
        else:
            other.mean(days)
        return other.books.worth(self.day, self.day + days - 1)

    def outlook(self, days: int) -> float:
        """What the coming days are worth by their means, if nothing is done."""
        return self._ahead(None, days, 0, drawn=False)

    def outlook_with(self, move: Move, days: int) -> float:
        """What the coming days are worth by their means, with a move."""
        return self._ahead(move, days, 0, drawn=False)

    def at_once(self, moves: Sequence[Move | None]) -> list[float]:
        """What this one day is worth by its means with each of the moves done this morning: a first sight of many moves."""
        found = []
        place = Place(self.luck, self.day, self.character, self.assortment, self.terms)
        kept = self.state
        for move in moves:
            self.state = kept.copy()
            if move is not None:
                act = KINDS.get(move.kind)
                doing = Doing(self.luck, self.day, self.assortment, self.state, self._numbers, self.start)
                if act:
                    act(doing, move)
            found.append(float(reckon(place, self.state, self._law(noisy=False)).worth.sum()))
        self.state = kept
        return found

    # ---- truth

    def reckoning(self, start: int, end: int | None = None) -> Reckoning:
        """Contribution profit from day ``start`` to ``end`` (default: yesterday)."""
        last = self.day - 1 if end is None else end
        return Reckoning(
            self.date_of(start),
            self.date_of(last),
            self.books.lines(start, last),
            self.books.balance(start, last),
            self.books.worth(start, last),
        )
