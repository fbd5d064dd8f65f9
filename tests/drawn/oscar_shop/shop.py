"""A small django-oscar shop: ``python shop.py make`` fills its database, ``change`` lets some days happen, ``serve PORT`` opens it."""

# ruff: noqa: E402
import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
import django

django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from oscar.core.loading import get_class, get_model

Product, ProductClass = get_model("catalogue", "Product"), get_model("catalogue", "ProductClass")
Category, ProductCategory = get_model("catalogue", "Category"), get_model("catalogue", "ProductCategory")
StockRecord, Partner = get_model("partner", "StockRecord"), get_model("partner", "Partner")
Order, Basket = get_model("order", "Order"), get_model("basket", "Basket")
Country, ShippingAddress = get_model("address", "Country"), get_model("order", "ShippingAddress")
Source, SourceType = get_model("payment", "Source"), get_model("payment", "SourceType")
Review = get_model("reviews", "ProductReview")
EventHandler = get_class("order.processing", "EventHandler")
FixedPrice = get_class("shipping.methods", "FixedPrice")
OPENED = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)
ORDERS = int(os.environ.get("OSCAR_ORDERS", "40"))
GOODS = (
    ("Green tea 100 g", "GREEN-100", "8.50", "Tea"),
    ("Black tea 250 g", "BLACK-250", "12.00", "Tea"),
    ("Teapot", "POT-1", "35.00", "Ware"),
    ("Tea cup", "CUP-W", "6.40", "Ware"),
)


def make() -> None:
    """The catalogue, orders twice a day, refunds, cancellations and reviews."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    Country.objects.create(iso_3166_1_a2="GB", iso_3166_1_a3="GBR", printable_name="United Kingdom", name="UK")
    User.objects.create_superuser("keeper", "keeper@shop.example", "keeper")
    goods, partner = ProductClass.objects.create(name="Goods", track_stock=True), Partner.objects.create(name="Store")
    shelves = {name: Category.objects.add_root(instance=Category(name=name)) for name in ("Tea", "Ware")}
    for title, sku, price, shelf in GOODS:
        item = Product.objects.create(title=title, upc=sku, product_class=goods, structure="standalone")
        ProductCategory.objects.create(product=item, category=shelves[shelf])
        stock(item, partner, sku, price)
    parent = Product.objects.create(title="Tea towel", product_class=goods, structure="parent")
    for colour in ("red", "green"):
        child = Product.objects.create(title=f"Tea towel {colour}", parent=parent, structure="child")
        stock(child, partner, f"TOWEL-{colour[0].upper()}", "9.00")
    for number in range(ORDERS):
        order = place(number, OPENED + timedelta(hours=12 * number))
        if number % 4:
            pay(order)
        if number % 5 == 1:
            move(order, "Being processed")
        if number % 10 == 1:
            move(order, "Complete")
        if number % 8 == 4:
            move(order, "Cancelled")
        if number % 9 == 3 and number % 4:
            refund(order, Decimal("3.25"))
    for number, item in enumerate(Product.objects.exclude(structure="child").order_by("id")):
        buyer = User.objects.get(username=f"buyer{number}")
        Review.objects.create(product=item, user=buyer, score=number + 1, title="Tea", body="As described.", status=1)


def change() -> None:
    """What happens later: a late refund, an order cancelled, a price changed, a new order, a new review."""
    refund(Order.objects.get(number="1005"), Decimal("7.75"))
    move(Order.objects.get(number="1010"), "Cancelled")
    record = StockRecord.objects.get(partner_sku="CUP-W")
    record.price = Decimal("6.90")
    record.save()
    pay(place(ORDERS, OPENED + timedelta(hours=12 * ORDERS)))
    item = Product.objects.get(upc="POT-1")
    Review.objects.create(product=item, name="Guest", email="g@shop.example", score=1, title="Hm", body="It drips.")


def basket(sku: str, quantity: int) -> None:
    """What a basket of some units would cost now, with the shop's offers."""
    cart = Basket.objects.create()
    cart.strategy = get_class("partner.strategy", "Selector")().strategy()
    cart.add_product(Product.objects.get(stockrecords__partner_sku=sku), quantity=quantity)
    get_class("offer.applicator", "Applicator")().apply(cart)
    print(cart.total_incl_tax)


def stock(item, partner, sku: str, price: str) -> None:
    StockRecord.objects.create(
        product=item, partner=partner, partner_sku=sku, price=Decimal(price), price_currency="GBP", num_in_stock=500
    )


def place(number: int, at: datetime):
    """The order of a known buyer, or of a guest; two kinds of goods each."""
    items = [item for item in Product.objects.order_by("id") if item.structure != "parent"]
    buyer = None
    if number % 6:
        name = f"buyer{number % 11}"
        buyer, _ = User.objects.get_or_create(username=name, defaults={"email": f"{name}@mail.example"})
    basket = Basket.objects.create(owner=buyer)
    basket.strategy = get_class("partner.strategy", "Selector")().strategy(user=buyer)
    basket.add_product(items[number % len(items)], quantity=1 + number % 3)
    basket.add_product(items[(number + 2) % len(items)], quantity=1)
    post = FixedPrice(Decimal("4.00"), Decimal("4.00"))
    charge = post.calculate(basket)
    total = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(basket, charge)
    address = ShippingAddress.objects.create(last_name="Example", line4="London", country=Country.objects.get())
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=total,
        shipping_method=post,
        shipping_charge=charge,
        user=buyer,
        shipping_address=address,
        order_number=str(1000 + number),
        **({} if buyer else {"guest_email": f"guest{number}@mail.example"}),
    )
    basket.submit()
    order.date_placed = at
    order.save()
    return order


def pay(order) -> None:
    kind, _ = SourceType.objects.get_or_create(name="Card")
    source = Source.objects.create(order=order, source_type=kind, currency="GBP")
    source.allocate(order.total_incl_tax)
    source.debit(order.total_incl_tax)
    source.transactions.update(date_created=order.date_placed + timedelta(minutes=2))


def refund(order, amount: Decimal) -> None:
    order.sources.get().refund(amount)


def move(order, status: str) -> None:
    EventHandler().handle_order_status_change(order, status)


if __name__ == "__main__":
    deed, *rest = sys.argv[1:]
    if deed == "serve":
        call_command("runserver", f"127.0.0.1:{rest[0]}", "--noreload", "--insecure")
    elif deed == "basket":
        basket(rest[0], int(rest[1]))
    else:
        {"make": make, "change": change}[deed]()
