"""Real shops are read as they are: filled, synced, changed, synced again, and every time the store equals what the shop's own database
says. What is approved arrives there and comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from drawn import live_shops
from drawn.live_shops import LiveShop
from drawn.vendure_deeds import Deeds
from drawn.visiting import OSCAR_LOGIN, VENDURE_LOGIN
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import Decided
from zhanggui.live.keys import variable

pytestmark = pytest.mark.prove
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


def stored(shop: Shop) -> dict[str, Told]:
    """The same from the store."""

    def rows(table: str) -> list[dict[str, object]]:
        return list(shop.warehouse.run(shop.warehouse.table(table)).iter_rows(named=True))

    orders, sold = rows("orders"), {}
    for line in rows("sales"):
        money, units = sold.get(line["product_id"], (0, 0))
        sold[line["product_id"]] = (money + line["amount"], units + line["units"])
    stock = {row["sku"]: row for row in sorted(rows("stock_days"), key=lambda row: row["day"])}
    return {
        "orders": dict.fromkeys((str(row["order_id"]) for row in orders), ""),
        "cancelled": {str(row["order_id"]): "1" for row in orders if row["status"] == "cancelled"},
        "sold": {str(product): f"{money:.2f} {units:.0f}" for product, (money, units) in sold.items()},
        "refunds": {str(row["refund_id"]): f"{row['amount']:.2f}" for row in rows("refunds")},
        "prices": {str(row["product_id"]): f"{row['price']:.2f}" for row in rows("products")},
        "stock": {str(sku): f"{row['on_hand']:.0f}" for sku, row in stock.items()},
        "buyers": {"n": str(len({row["customer_key"] for row in orders}))},
        "reviews": {str(row["review_id"]): f"{row['stars']:.0f}" for row in rows("reviews")},
    }


def workspace(folder: Path, kind: str, url: str, currency: str) -> Shop:
    Shop.create(folder, Config("Tea", currency, "Europe/London", "en")).close()
    with (folder / "zhanggui.toml").open("a") as file:
        file.write(f'\n[sync.tea]\nkind = "{kind}"\nurl = "{url}"\nwrites = "yes"\nper_second = 1000\n')
    return Shop.open(folder)


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    login = OSCAR_LOGIN if "oscar" in request.node.name else VENDURE_LOGIN
    for name, value in login.items():
        monkeypatch.setenv(variable("tea", name), value)


@pytest.fixture
def new_vendure(tmp_path: Path) -> Iterator[LiveShop]:
    shop = live_shops.vendure(tmp_path)
    with shop.opened("serve", str(shop.file), "{port}", ready="/admin-api?query={__typename}") as there:
        yield there


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
    assert stored(shop)["prices"][product] == after
    shop.actions.undo(name, by="ann")
    assert price() == {before}
    shop.live.sync("tea")
    assert stored(shop)["prices"][product] == before


def test_vendure_is_read_as_it_is_through_late_refunds_and_cancellations(new_vendure: LiveShop, tmp_path: Path) -> None:
    deeds = Deeds(new_vendure.address)
    baskets = ({"GREEN_100": 2, "POT_1": 1}, {"BLACK_250": 3}, {"CUP_W": 4, "CUP_B": 1}, {"GREEN_250": 1}, {"POT_1": 2})
    codes = [deeds.buy(f"buyer{n % 7}", **baskets[n % len(baskets)]) for n in range(12)]
    deeds.leave(POT_1=1)
    deeds.refund(codes[0], "GREEN-100", 1)
    deeds.cancel(codes[1])
    with workspace(tmp_path / "ws", "vendure", new_vendure.address, "USD") as shop:
        first = shop.live.sync("tea")
        assert first.new > 0
        assert stored(shop) == counted(new_vendure, VENDURE)
        assert not shop.live.sync("tea").batch

        deeds.refund(codes[4], "POT-1", 1, "late: it drips")
        deeds.cancel(codes[5])
        deeds.refund(codes[5], "GREEN-100", 2)
        deeds.refund(codes[5], "POT-1", 1)
        deeds.cancel(codes[6])
        deeds.price("GREEN-250", 1950)
        deeds.price("CUP-W", 590)
        deeds.buy("late", CUP_W=3)
        assert shop.live.sync("tea").batch
        assert stored(shop) == counted(new_vendure, VENDURE)

        product = str(new_vendure.rows("select productId p from product_variant where sku = 'BLACK-250'")[0]["p"])
        query = """select p.price / 100.0 price from product_variant_price p join product_variant v on v.id = p.variantId
            where v.productId = ?"""
        carried_out_and_back(shop, new_vendure, query, product, "12.00", "12.60")
        assert stored(shop) == counted(new_vendure, VENDURE)


def test_oscar_is_read_as_it_is_through_late_refunds_and_cancellations(tmp_path: Path) -> None:
    oscar = live_shops.oscar(tmp_path)
    with workspace(tmp_path / "ws", "django_oscar", f"sqlite:///{oscar.file}", "GBP") as shop:
        assert shop.live.sync("tea").new > 0
        assert stored(shop) == counted(oscar, OSCAR)
        assert not shop.live.sync("tea").batch

        oscar.run("change")
        assert shop.live.sync("tea").batch
        assert stored(shop) == counted(oscar, OSCAR)
        assert not shop.live.sync("tea").batch

        product = str(oscar.rows("select id from catalogue_product where upc = 'POT-1'")[0]["id"])
        query = "select price from partner_stockrecord where product_id = ?"
        carried_out_and_back(shop, oscar, query, product, "35.00", "36.75")
        assert stored(shop) == counted(oscar, OSCAR)
