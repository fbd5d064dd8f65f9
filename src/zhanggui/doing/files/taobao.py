"""A table for the seller's batch editing at Taobao and Tmall: item, its code, title and price, now and then.

The platforms' own templates change and are made for one category at a time, so this is a table to paste from, not one to upload.
"""

from __future__ import annotations

from collections.abc import Iterable

from zhanggui.doing.files.kinds import Known, Row, wanted
from zhanggui.ledger.kinds import Entry

PLATFORMS = ("taobao", "tmall")
ON_SALE = {"active": "出售中"}
IN_STORE = "仓库中"


class TaobaoTable:
    """One line an item."""

    name = "taobao"
    columns = ("商品ID", "商家编码", "现标题", "新标题", "现价", "新价", "状态")

    def rows(self, entry: Entry, known: Known) -> Iterable[Row]:
        for product, values in wanted(entry).items():
            own = known.get(product, {})
            if not str(own.get("channel", "")).startswith(PLATFORMS):
                continue
            yield {
                "商品ID": product,
                "商家编码": own.get("item_key") or "",
                "现标题": own.get("title") or "",
                "新标题": values.get("title", ""),
                "现价": "" if own.get("price") is None else f"{own['price']:.2f}",
                "新价": values.get("price", ""),
                "状态": ON_SALE.get(values["status"], IN_STORE) if "status" in values else "",
            }


FILE = TaobaoTable()
