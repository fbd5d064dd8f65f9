"""What visitors searched for before they came, by word and week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

WEEKS = 13
FEWEST_BUYERS = 60


@frame("keyword", "week")
def search_words(warehouse: Warehouse, grid: Grid) -> Any:
    """keyword · week (0…12 back from the brief) · visitors · pay_buyers (of rows that state both) · pay_amount · searches (of the whole
    market) · product_id (one that it led to), of words with at least 60 buyers in these weeks. Where a word stands both with and without
    products, the rows with products are read."""
    days = warehouse.table("keyword_days")
    days = days.filter(grid.lately(days.day, 7 * WEEKS) & days.pay_buyers.notnull() & (days.visitors > 0))
    split = ibis.window(group_by=[days.channel, days.keyword])
    days = days.mutate(named=(days.product_id != "*").max().over(split))
    days = days.filter((days.product_id != "*") == days.named)
    bought = days.group_by("keyword").agg(bought=days.pay_buyers.sum())
    often = days.semi_join(bought.filter(bought.bought >= FEWEST_BUYERS), "keyword")
    return often.group_by("keyword", week=(grid.age(often.day) // 7).cast("int32")).agg(
        visitors=often.visitors.sum(),
        pay_buyers=often.pay_buyers.sum(),
        pay_amount=often.pay_amount.sum().cast(MONEY),
        searches=often.market_searches.max().cast("float64") * 7,
        product_id=often.product_id.max(),
    )


FRAMES = (search_words,)
