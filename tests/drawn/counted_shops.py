"""What a real shop's own database says, what the store says, and whether an approved price arrives in the one by way of the other."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from drawn.live_shops import LiveShop
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import Decided

Told = Mapping[str, object]

OSCAR_SOLD = """select o.id from order_order o where o.status <> 'Cancelled' and (o.status <> 'Pending' or exists (
    select 1 from payment_transaction t join payment_source s on s.id = t.source_id where s.order_id = o.id and txn_type = 'Debit'))"""
OSCAR = {
    "orders": "select number k, status v from order_order",
    "cancelled": "select number k, 1 v from order_order where status = 'Cancelled'",
    "sold": f"""select l.product_id k, printf('%.2f %d', sum(line_price_excl_tax), sum(quantity)) v from order_line l
        where l.order_id in ({OSCAR_SOLD}) group by l.product_id""",
    "refunds": """select t.id k, printf('%.2f', amount) v from payment_transaction t where txn_type = 'Refund'""",
    "prices": """select p.id k, printf('%.2f', (select min(price) from partner_stockrecord r where r.product_id = p.id)) v
        from catalogue_product p where structure <> 'parent'""",
    "stock": "select partner_sku k, num_in_stock - coalesce(num_allocated, 0) v from partner_stockrecord",
    "buyers": """select count(distinct lower(coalesce(u.email, o.guest_email))) v, 'n' k from order_order o
        left join auth_user u on u.id = o.user_id""",
    "reviews": "select id k, score v from reviews_productreview where status = 1",
}
OSCAR_BY_API = {name: query for name, query in OSCAR.items() if name not in ("refunds", "reviews")} | {
    "sold": OSCAR["sold"].replace(
        OSCAR_SOLD, "select id from order_order where status not in ('Cancelled', 'Pending')"
    ),
}
"""The same as far as the interface tells it: no payments, so no refunds, and whoever is pending is not known to have paid."""
VENDURE_GONE = """select o.id from "order" o where o.state = 'Cancelled' and not exists (
    select 1 from refund r join payment p on p.id = r.paymentId where p.orderId = o.id and r.state = 'Settled')"""
VENDURE = {
    "orders": """select code k, state v from "order" where state not in ('AddingItems', 'Draft')""",
    "cancelled": f"""select code k, 1 v from "order" where id in ({VENDURE_GONE})""",
    "sold": f"""select v.productId k, printf('%.2f %d', sum(l.listPrice * l.orderPlacedQuantity) / 100.0, sum(l.orderPlacedQuantity)) v
        from order_line l join product_variant v on v.id = l.productVariantId join "order" o on o.id = l.orderId
        where o.state not in ('AddingItems', 'Draft') and o.id not in ({VENDURE_GONE}) group by v.productId""",
    "refunds": "select id k, printf('%.2f', total / 120.0) v from refund where state = 'Settled'",  # tax is a fifth
    "prices": """select v.productId k, printf('%.2f', min(p.price) / 100.0) v from product_variant v
        join product_variant_price p on p.variantId = v.id group by v.productId""",
    "stock": """select v.sku k, s.stockOnHand - s.stockAllocated v from stock_level s
        join product_variant v on v.id = s.productVariantId""",
    "buyers": """select count(distinct lower(c.emailAddress)) v, 'n' k from "order" o join customer c on c.id = o.customerId
        where o.state not in ('AddingItems', 'Draft')""",
    "reviews": "select 1 k, 1 v where false",
}


def counted(shop: LiveShop, queries: Mapping[str, str]) -> dict[str, Told]:
    """What the shop's own database says; of its orders only which there are."""
    found: dict[str, Told] = {
        name: {str(row["k"]): str(row["v"]) for row in shop.rows(query)} for name, query in queries.items()
    }
    return {**found, "orders": dict.fromkeys(found["orders"], "")}


def stored(shop: Shop, queries: Mapping[str, str]) -> dict[str, Told]:
    """The same from the store, as much of it as is asked for there."""

    def rows(table: str) -> list[dict[str, object]]:
        return list(shop.warehouse.run(shop.warehouse.table(table)).iter_rows(named=True))

    orders, sold = rows("orders"), {}
    for line in rows("sales"):
        money, units = sold.get(line["product_id"], (0, 0))
        sold[line["product_id"]] = (money + line["amount"], units + line["units"])
    stock = {row["sku"]: row for row in sorted(rows("stock_days"), key=lambda row: row["day"])}
    found: dict[str, Told] = {
        "orders": dict.fromkeys((str(row["order_id"]) for row in orders), ""),
        "cancelled": {str(row["order_id"]): "1" for row in orders if row["status"] == "cancelled"},
        "sold": {str(product): f"{money:.2f} {units:.0f}" for product, (money, units) in sold.items()},
        "refunds": {str(row["refund_id"]): f"{row['amount']:.2f}" for row in rows("refunds")},
        "prices": {str(row["product_id"]): f"{row['price']:.2f}" for row in rows("products")},
        "stock": {str(sku): f"{row['on_hand']:.0f}" for sku, row in stock.items()},
        "buyers": {"n": str(len({row["customer_key"] for row in orders}))},
        "reviews": {str(row["review_id"]): f"{row['stars']:.0f}" for row in rows("reviews")},
    }
    return {name: found[name] for name in queries}


def connected(folder: Path, kind: str, url: str, currency: str) -> Shop:
    """A workspace connected to a shop that it may write to, under the name ``tea``."""
    Shop.create(folder, Config("Tea", currency, "Europe/London", "en")).close()
    with (folder / "zhanggui.toml").open("a") as file:
        file.write(f'\n[sync.tea]\nkind = "{kind}"\nurl = "{url}"\nwrites = "yes"\nper_second = 1000\n')
    return Shop.open(folder)


def carried_out_and_back(shop: Shop, live: LiveShop, query: str, product: str, before: str, after: str) -> None:
    """An approved price arrives in the shop; what the shop then has is refused a second time; it goes back."""

    def price() -> set[object]:
        return {f"{row['price']:.2f}" for row in live.rows(query, product)}

    name = shop.actions.add("step_price", {"product_id": product}, values={"price": after}, by="ann").entry.id
    with pytest.raises(Decided, match="approve_first"):
        shop.actions.apply(name, by="ann")
    assert price() == {before}
    shop.actions.approve(name, by="ann")
    assert [(one.before, one.after) for one in shop.actions.apply(name, dry_run=True).changes] == [(before, after)]
    assert price() == {before}
    shop.actions.apply(name, by="ann")
    assert price() == {after}
    with pytest.raises(Decided, match="already"):
        shop.actions.apply(name, by="ann")
    shop.live.sync("tea")
    assert stored(shop, OSCAR)["prices"][product] == after
    time.sleep(1 - time.time() % 1)  # of two changes in one second nobody can tell which was first
    shop.actions.undo(name, by="ann")
    assert price() == {before}
    shop.live.sync("tea")
    assert stored(shop, OSCAR)["prices"][product] == before
