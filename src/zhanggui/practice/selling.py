"""A day's selling, drawn visitor by visitor, or reckoned by its means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.practice.after_sale import LIVE_REFUNDS, Place, bad_share, refund_shares
from zhanggui.practice.beside import mean_beside, standing, taken
from zhanggui.practice.chance import Flags, Floats, Ints, Purpose, choice, normals, poisson, uniforms
from zhanggui.practice.demand import WAITING_DAYS, Law
from zhanggui.practice.kinds import ADS, DIRECT, LIVE, SOURCES, Character, Terms
from zhanggui.practice.margin import order_margin
from zhanggui.practice.opening import Assortment
from zhanggui.practice.parcels import Sent, send
from zhanggui.practice.shelf import fill, served_shares
from zhanggui.practice.sold import Seen, Sold, cents
from zhanggui.practice.state import State

CARTS = 3.4
"""Visitors who put a product into the cart for each who pays (docs/practice.md)."""
FAVOURITES = 0.6
UNPAID = 0.14
BULK_UNITS = 18.0
RETURNING = {DIRECT: 0.62}
RETURNING_ELSEWHERE = 0.12
RETURN_DAYS, RETURN_SPREAD = 38.0, 0.8
BRUSH_SHARE = 0.05
PRESALE, DEPOSIT, BALANCE_MINUTES = 0.4, 0.1, 300
"""Share of buyers who order in a presale while it runs, their deposit, and how soon after midnight of the festival they pay."""
MINUTES = 1440


def mean_units(assortment: Assortment, state: State, character: Character) -> Floats:
    """Units an order of the product takes on average."""
    bulk = character.bulk * (BULK_UNITS * np.exp(0.5 * 0.8**2) - 1)
    return np.asarray(np.maximum(assortment.units, state.least) + bulk, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Means:
    """A day by its means: units wanted and sold (P, Z), orders (P), and what its orders are worth (P)."""

    wanted: Floats
    sold: Floats
    orders: Floats
    worth: Floats
    good_reviews: Floats
    bad_reviews: Floats


def reckon(place: Place, state: State, law: Law) -> Means:
    """The day's expected sales and their worth with refunds to come, ads and packing paid."""
    assortment, terms, character = place.assortment, place.terms, place.character
    units = mean_units(assortment, state, character)
    want = law.visitors * law.rate
    wanted = want.sum(axis=1)[:, None] * units[:, None] * assortment.sizes
    share = served_shares(state.stock, wanted)
    served = (share * assortment.sizes).sum(axis=1)
    lost = want.sum(axis=1) * (1 - served)
    orders = want * served[:, None]
    taken = _taken(assortment, state, character.substitution * lost)
    orders[:, 1] += taken
    after, _ = refund_shares(assortment, state)
    commission = np.where(np.arange(len(SOURCES)) == LIVE, terms.live_commission, 0.0)
    live = np.where(np.arange(len(SOURCES)) == LIVE, LIVE_REFUNDS, 1.0)
    margin = order_margin(
        law.paid[:, None],
        state.cost[:, None],
        units[:, None],
        assortment.before[:, None],
        np.minimum(after[:, None] * live, 0.9 - assortment.before[:, None]),
        terms,
        packing=state.box[:, None],
        commission=commission,
    )
    whole = orders.sum(axis=1)
    add_on = character.attach * whole.sum() * _add_on_worth(assortment, state, law, terms)
    worth = (orders * margin).sum(axis=1) + add_on - law.spend - law.fed * state.feed_price
    shares = _add_on_shares(assortment, state)
    second = law.paid * (1 - terms.fee) - state.cost
    more, taken_too = mean_beside(
        assortment, state, place.day, character.attach, orders, law.paid, second, state.cost, shares
    )
    worth = worth + more
    sold = whole[:, None] * units[:, None] * assortment.sizes * (share > 0)
    extra = character.attach * whole.sum() * shares + taken_too
    sold += extra[:, None] * assortment.sizes
    bad = bad_share(assortment, state)
    said = 0.3 * whole * (1 - assortment.before)
    return Means(wanted, np.minimum(sold, state.stock), whole, worth, said * (1 - bad), said * bad)


def _taken(assortment: Assortment, state: State, leaving: Floats) -> Floats:
    """Who leaves one product for another of its category goes where there is stock, by what is usually visited."""
    weight = assortment.base.sum(axis=1) * (state.stock.sum(axis=1) > 0) * state.selling
    whole = np.bincount(assortment.category, weight, minlength=int(assortment.category.max()) + 1)
    left = np.bincount(assortment.category, leaving, minlength=len(whole))
    return np.asarray(
        np.where(whole[assortment.category] > 0, weight / np.maximum(whole[assortment.category], 1e-9), 0)
        * left[assortment.category],
        dtype=np.float64,
    )


def _add_on_shares(assortment: Assortment, state: State) -> Floats:
    weight = np.sqrt(assortment.base.sum(axis=1)) * (state.stock.sum(axis=1) > 0) * state.selling
    return np.asarray(weight / max(weight.sum(), 1e-9), dtype=np.float64)


def _add_on_worth(assortment: Assortment, state: State, law: Law, terms: Terms) -> Floats:
    """What a second line of one unit brings: no parcel of its own, and refunds of orders leave it alone."""
    return np.asarray(_add_on_shares(assortment, state) * (law.paid * (1 - terms.fee) - state.cost), dtype=np.float64)


def draw(place: Place, state: State, law: Law, past: list[Sold], known: int) -> tuple[Sold, Seen]:
    """Draw the day: every visitor once. ``past`` are earlier days' orders, whose buyers may come again; ``known`` how many buyers
    there are so far. Takes what is sold off the shelf."""
    seed, day, character, assortment = place.seed, place.day, place.character, place.assortment
    products, sources = law.visitors.shape
    grid = np.arange(products)[:, None], np.arange(sources)
    came = poisson(uniforms(seed, Purpose.VISITORS, day, *grid), law.visitors)
    cell = np.repeat(np.arange(products * sources), came.ravel())
    nth = np.arange(len(cell)) - np.repeat(np.cumsum(came.ravel()) - came.ravel(), came.ravel())
    wish = uniforms(seed, Purpose.BUY, day, cell, nth)
    rate = law.rate.ravel()[cell]
    carts = np.bincount(cell[wish < np.minimum(CARTS * rate, 0.95)], minlength=products * sources)
    buying = np.nonzero(wish < rate)[0]
    unpaid = np.nonzero((wish >= rate) & (wish < rate / (1 - UNPAID)))[0]
    cells, turn = cell[buying], nth[buying]

    def even(purpose: Purpose) -> Floats:
        return uniforms(seed, purpose, day, cells, turn)

    minute = np.asarray(np.minimum(_hour_curve(even(Purpose.MINUTE)), MINUTES - 1), dtype=np.int64)
    order = np.argsort(minute, kind="stable")
    cells, turn, minute = cells[order], turn[order], minute[order]
    product, source = cells // sources, cells % sources
    size = choice(even(Purpose.SIZE), assortment.sizes[product])
    spread = assortment.units[product] - 1
    units = np.where(even(Purpose.UNITS) < spread, 2, 1)
    units = np.maximum(units, state.least[product].astype(np.int64))
    if character.bulk:
        many = even(Purpose.BULK) < character.bulk
        lot = np.exp(np.log(BULK_UNITS) + 0.8 * normals(seed, Purpose.BULK, day, cells, turn, 1))
        units = np.where(many, np.maximum(np.round(lot), 2), units).astype(np.int64)
    served = fill(state.stock, product, size, units.astype(np.float64))
    product, served = _elsewhere(place, state, product, size, units, served, even(Purpose.SUBSTITUTE))
    keep = np.nonzero(served)[0]
    cells, turn, minute, source = cells[keep], turn[keep], minute[keep], source[keep]
    product, size, units = product[keep], size[keep], units[keep]
    value = law.paid[product] * units
    extra, extra_size, free = _add_ons(place, state, cells, turn, product, source, value)
    buyer, fresh = _buyers(place, source, cells, turn, past, known)
    placed = day * MINUTES + minute
    minute = _balance(place, cells, turn, minute)
    paid_unit = cents(law.paid)
    cost = cents(state.cost)
    listed = cents(state.price)
    second = extra >= 0
    paid = paid_unit[product] * units
    extra_paid = np.where(second & ~free, paid_unit[extra], 0)
    sent: Sent = send(place, state, cells, turn, product, source, minute, brushed=_brushed(place, cells, turn))
    everything = paid + extra_paid
    fee = np.round(everything * place.terms.fee).astype(np.int64)
    commission = np.where(source == LIVE, np.round(everything * place.terms.live_commission), 0).astype(np.int64)
    sold = Sold(
        day=day,
        source=source,
        product=product,
        size=size,
        units=units,
        price=listed[product],
        paid=paid,
        cost=cost[product],
        extra=extra,
        extra_size=extra_size,
        extra_price=np.where(second, listed[extra], 0),
        extra_paid=extra_paid,
        extra_cost=np.where(second, cost[extra], 0),
        placed=placed,
        minute=day * MINUTES + minute,
        deposit=np.where(minute >= MINUTES, np.round(DEPOSIT * everything), 0).astype(np.int64),
        buyer=buyer,
        fresh=fresh,
        place=sent.place,
        courier=sent.courier,
        due=sent.due,
        shipped=sent.shipped,
        delivered=sent.delivered,
        fee=fee,
        commission=commission,
        refund_day=sent.refund_day,
        refund_minute=sent.refund_minute,
        before=sent.before,
        kept_goods=sent.kept_goods,
        unsellable=sent.unsellable,
        reason=sent.reason,
        review_minute=sent.review_minute,
        stars=sent.stars,
        unpaid=day * MINUTES
        + (uniforms(seed, Purpose.MINUTE, day, cell[unpaid], nth[unpaid]) * MINUTES).astype(np.int64),
        unpaid_product=cell[unpaid] // sources,
        unpaid_amount=paid_unit[cell[unpaid] // sources],
        box=cents(state.box)[product],
        fake=sent.fake,
    )
    return sold, _seen(place, state, law, came, carts.reshape(came.shape), sold, past)


def _hour_curve(draws: Floats) -> Floats:
    """Minutes of the day: few at night, most in the evening."""
    return np.asarray(
        MINUTES * (0.30 + 0.66 * draws - 0.26 * np.sin(np.pi * draws) * (1 - draws)), dtype=np.float64
    ).clip(0)


def _balance(place: Place, cells: Ints, turn: Ints, minute: Ints) -> Ints:
    """When orders are paid, in minutes of their day: at once, or, in a presale, the balance in the first hours of the festival."""
    if not place.waiting:
        return minute
    draws = uniforms(place.seed, Purpose.DEPOSIT, place.day, cells, turn)
    later = place.waiting * MINUTES + np.round(draws / PRESALE * BALANCE_MINUTES)
    return np.asarray(np.where(draws < PRESALE, later, minute), dtype=np.int64)


def _elsewhere(
    place: Place, state: State, product: Ints, size: Ints, units: Ints, served: np.ndarray, draws: Floats
) -> tuple[Ints, np.ndarray]:
    """Who finds nothing may take a sibling in the same size."""
    going = np.nonzero(~served & (draws < place.character.substitution))[0]
    if not len(going):
        return product, served
    assortment = place.assortment
    weight = assortment.base.sum(axis=1) * (state.stock.sum(axis=1) > 0) * state.selling
    chances = weight * (assortment.category == assortment.category[product[going]][:, None])
    possible = chances.sum(axis=1) > 0
    going, chances = going[possible], chances[possible]
    if not len(going):
        return product, served
    other = choice(draws[going] / max(place.character.substitution, 1e-9), chances)
    took = fill(state.stock, other, size[going], units[going].astype(np.float64))
    product, served = product.copy(), served.copy()
    product[going[took]] = other[took]
    served[going[took]] = True
    return product, served


def _add_ons(
    place: Place, state: State, cells: Ints, turn: Ints, product: Ints, source: Ints, value: Floats
) -> tuple[Ints, Ints, Flags]:
    """The second product of an order (-1 where there is none), its size, and whether it is a gift."""
    draws = uniforms(place.seed, Purpose.ADD_ON, place.day, cells, turn)
    attach = place.character.attach
    extra = np.full(len(cells), -1)
    adding = np.nonzero(draws < attach)[0]
    size = np.zeros(len(cells), dtype=np.int64)
    if len(adding):
        picked = choice(draws[adding] / attach, _add_on_shares(place.assortment, state))
        sizes = choice(
            uniforms(place.seed, Purpose.ADD_ON_SIZE, place.day, cells[adding], turn[adding]),
            place.assortment.sizes[picked],
        )
        there = fill(state.stock, picked, sizes, np.ones(len(picked)))
        extra[adding[there]] = picked[there]
        size[adding[there]] = sizes[there]
    free = np.zeros(len(cells), dtype=bool)
    if not (state.beside.any() or place.day in state.member or standing(state)):
        return extra, size, free
    more, given, stretched = taken(place.assortment, state, place.day, attach, draws, product, source, value)
    reaching = np.nonzero(stretched)[0]
    if len(reaching):
        again = uniforms(place.seed, Purpose.ADD_ON, place.day, cells[reaching], turn[reaching], 1)
        more[reaching] = choice(again, _add_on_shares(place.assortment, state))
    adding = np.nonzero((more >= 0) & (extra < 0))[0]
    picked = more[adding]
    draws = uniforms(place.seed, Purpose.ADD_ON_SIZE, place.day, cells[adding], turn[adding])
    sizes = choice(draws, place.assortment.sizes[picked])
    there = fill(state.stock, picked, sizes, np.ones(len(picked)))
    extra[adding[there]], size[adding[there]], free[adding[there]] = picked[there], sizes[there], given[adding[there]]
    return extra, size, free


def _buyers(
    place: Place, source: Ints, cells: Ints, turn: Ints, past: list[Sold], known: int
) -> tuple[Ints, np.ndarray]:
    """Who buys: a buyer of an earlier day, or somebody new."""
    draws = uniforms(place.seed, Purpose.BUYER, place.day, cells, turn)
    chance = np.where(source == DIRECT, RETURNING[DIRECT], RETURNING_ELSEWHERE)
    gap = np.exp(np.log(RETURN_DAYS) + RETURN_SPREAD * normals(place.seed, Purpose.PAST, place.day, cells, turn))
    when = place.day - np.maximum(np.round(gap), 1).astype(np.int64)
    again = (draws < chance) & (when >= 0)
    buyer = np.full(len(cells), -1)
    for nth in np.nonzero(again)[0]:
        there = past[when[nth]].buyer
        if len(there):
            buyer[nth] = there[int(draws[nth] / chance[nth] * len(there))]
    fresh = buyer < 0
    buyer[fresh] = known + np.arange(int(fresh.sum()))
    return buyer, fresh


def _brushed(place: Place, cells: Ints, turn: Ints) -> np.ndarray:
    """Orders that a rival places to spoil the figures: bought and taken back before shipment."""
    if not place.character.brushed:
        return np.zeros(len(cells), dtype=bool)
    busy = uniforms(place.seed, Purpose.BRUSHING, place.day // 3, 7)[0] < 0.15
    share = BRUSH_SHARE if busy else 0.0
    return uniforms(place.seed, Purpose.BRUSHING, place.day, cells, turn) < share


def _paid_today(sold: Sold, past: list[Sold]) -> list[tuple[Sold, Ints]]:
    """Orders whose money comes today: today's own but for presales, and the balances of earlier ones."""
    found = [(sold, np.nonzero(sold.minute // MINUTES == sold.day)[0])]
    for earlier in past[-WAITING_DAYS:]:
        due = np.nonzero((earlier.deposit > 0) & (earlier.minute // MINUTES == sold.day))[0]
        if len(due):
            found.append((earlier, due))
    return found


def _seen(place: Place, state: State, law: Law, came: Ints, carts: Ints, sold: Sold, past: list[Sold]) -> Seen:
    """What the platform's daily files say of the day. Visitors and buyers overlap: nobody is counted twice one level up."""
    seed, day, character = place.seed, place.day, place.character
    products, sources = came.shape
    visitors = came.copy()
    if character.brushed and uniforms(seed, Purpose.BRUSHING, day // 3, 7)[0] < 0.15:
        visitors += (came * 0.25 * uniforms(seed, Purpose.BRUSHING, day, 5)[0]).astype(np.int64)
    size = products * sources
    today = _paid_today(sold, past)

    def told(name: str) -> Ints:
        return np.concatenate([getattr(orders, name)[rows] for orders, rows in today])

    cell = told("product") * sources + told("source")
    paid = np.bincount(cell, minlength=size).reshape(came.shape)
    amount = np.bincount(cell, told("paid"), minlength=size).reshape(came.shape).astype(np.int64)
    placed = np.bincount(sold.product * sources + sold.source, minlength=size).reshape(came.shape)
    waiting = sold.unpaid_product * sources
    ordered = placed + np.bincount(waiting, minlength=size).reshape(came.shape)
    visitors = np.maximum(visitors, np.maximum(ordered, paid))
    carts = np.minimum(np.maximum(carts, ordered), visitors)
    favourites = poisson(
        uniforms(seed, Purpose.FAVOURITE, day, np.arange(products)[:, None], np.arange(sources)),
        law.visitors * law.rate * FAVOURITES,
    )
    several = 1 + 0.06 * uniforms(seed, Purpose.DEVICE, day, np.arange(products))
    by_product = np.maximum((visitors.sum(axis=1) / several).astype(np.int64), ordered.sum(axis=1))
    second = told("extra")
    both = np.concatenate([told("product"), second[second >= 0]])
    buyer = told("buyer")
    buyers = np.bincount(both, minlength=products)
    within = 1 + (character.seen - 1) * 0.8
    by_source = np.maximum((visitors.sum(axis=0) / within).astype(np.int64), np.maximum(ordered, paid).sum(axis=0))
    unique = max(int(visitors.sum() / character.seen), int(max(sold.count + len(sold.unpaid), len(buyer))))
    ad_cost = cents(law.spend)
    organic = paid.sum(axis=1) - paid[:, ADS]
    claimed = paid[:, ADS] + np.round(character.claims * organic * (law.spend > 0))
    mean_paid = np.where(paid.sum(axis=1) > 0, amount.sum(axis=1) / np.maximum(paid.sum(axis=1), 1), 0)
    fed = np.minimum(np.round(law.fed), visitors.sum(axis=1)).astype(np.int64)
    return Seen(
        day=day,
        visitors=visitors,
        impressions=np.round(visitors / law.click[:, None]).astype(np.int64),
        carts=carts,
        favourites=np.minimum(favourites, visitors),
        ordered=ordered,
        paid=paid,
        amount=amount,
        by_product=(by_product, buyers, np.minimum(carts.sum(axis=1), by_product)),
        by_source=(by_source, paid.sum(axis=0)),
        shop=(unique, len(np.unique(buyer)), len(np.unique(sold.buyer)) + len(sold.unpaid)),
        ad_cost=ad_cost,
        ad_impressions=np.round(visitors[:, ADS] / law.click * 1.4).astype(np.int64),
        ad_orders=claimed,
        ad_revenue=np.round(claimed * mean_paid).astype(np.int64),
        budget=state.budget.copy(),
        quality=np.clip(np.round(7 * law.quality), 1, 10),
        feed_cost=cents(fed * state.feed_price),
        feed_visitors=fed,
    )
