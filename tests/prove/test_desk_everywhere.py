"""Every page of the desk in three languages, on a laptop by day and on a phone by night, in a real Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from drawn.browsers import ORDERS as SOME
from drawn.browsers import Browser as Writer
from drawn.browsers import desk as desk_of
from drawn.desk_pages import AGAIN, FORMS, PASSWORD, READ, WORKED, Filled, live_shop, made
from drawn.killing import killed
from drawn.sitting import LAPTOP, PHONE, Sitting, chromium, served
from zhanggui.people import Person

LANGUAGES = {"en": "en-GB", "zh-Hant": "zh-TW", "zh-Hans": "zh-CN"}
DEVICES = {"laptop": {"viewport": LAPTOP}, "phone": {"viewport": PHONE, "color_scheme": "dark"}}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """A browser, a served desk on which every form was filled in, and the names of what that made."""
    os.environ["ZHANGGUI_NOTIFY_OFFICE"] = "json://127.0.0.1:9/nobody-listens"
    desk = made(tmp_path_factory.mktemp("everywhere") / "shop")
    with chromium() as browser, served(desk) as base, live_shop() as woo:
        sat = Sitting(browser, base, desk)
        with desk.reading() as shop:
            names = {"action": shop.actions.list()[0].id, "experiment": "new-picture", "woo": woo}
        sat.fill_all((*FORMS, AGAIN), names)
        sat.context.close()
        yield browser, base, desk, names


@pytest.mark.prove
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_and_hinders_nobody(front, language, device, record_property):
    browser, base, desk, names = front
    sat = Sitting(browser, base, desk, locale=LANGUAGES[language], **DEVICES[device])
    found = {}
    for address in (*READ, *WORKED):
        page = sat.open(address.format_map(names))
        assert page.locator("html").get_attribute("lang") == language
        found[address] = sat.trouble()
        sat.heard.clear()
    sat.context.close()
    record_property("pages", len(found))
    assert {address: trouble for address, trouble in found.items() if trouble} == {}


@pytest.mark.prove
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_that_tells_is_whole_without_script(front, language):
    browser, base, desk, names = front
    sat = Sitting(browser, base, desk, locale=LANGUAGES[language], java_script_enabled=False)
    for address in READ:
        page = sat.open(address.format_map(names))
        assert page.locator("h1").count() == 1, address
        assert page.locator("main").inner_text().strip(), address
    sat.context.close()


@pytest.mark.prove
def test_somebody_signs_in_changes_language_and_password_and_signs_out_in_the_browser(front):
    browser, base, desk, _ = front
    desk.people.add("Lin", PASSWORD, "operator", by=Person("Chen", "owner"))
    context = browser.new_context(locale="en-GB", viewport=PHONE)
    page = context.new_page()

    def send(form: str, **fields: str) -> None:
        at = page.locator(f"form[action='{form}']").first
        for name, value in fields.items():
            at.locator(f"input[name='{name}']").fill(value)
        with page.expect_navigation():
            at.locator("button").first.click()

    page.goto(f"{base}/account")
    send("/sign-in", name="Lin", password=PASSWORD)
    assert page.url == f"{base}/account"
    send("/account/password", old=PASSWORD, new="another kettle for noon 9", again="another kettle for noon 9")
    assert page.locator(".notice.wrong, .problem").count() == 0
    send("/language")
    assert page.locator("html").get_attribute("lang") == "zh-Hant"
    send("/sign-out")
    page.goto(f"{base}/actions")
    send("/sign-in", name="Lin", password=PASSWORD)
    assert page.locator("form[action='/sign-in']").count() == 1  # the old password is nobody's
    send("/sign-in", name="Lin", password="another kettle for noon 9")
    assert page.url == f"{base}/actions"
    context.close()


@pytest.mark.prove
def test_a_practice_shop_lives_a_week_and_is_scored_in_the_browser(front, tmp_path: Path):
    from zhanggui.app.desk import Desk
    from zhanggui.app.practice import Practice

    Practice.new(tmp_path / "practice", "tea", 5, history=40).shop.close()
    desk = Desk(tmp_path / "practice")
    with served(desk) as base:
        sat = Sitting(front[0], base, desk)
        for form in ("/practice/days", "/practice/score"):
            sat.open("/practice")
            if form == "/practice/days":
                sat.page.select_option("#days", "7")  # a score needs a whole week
            with sat.page.expect_navigation():
                sat.page.locator(f"form[action='{form}'] button").click()
            sat.ended()
            assert sat.open("/practice") is sat.page
            assert sat.trouble() == []


@pytest.mark.prove
def test_a_first_visitor_looks_at_the_demo_in_the_browser(front, tmp_path: Path):
    from drawn.teashop import CONFIG
    from zhanggui.app import Shop
    from zhanggui.app.desk import Desk

    Shop.create(tmp_path / "new", CONFIG).close()
    desk = Desk(tmp_path / "new")
    with served(desk) as base:
        sat = Sitting(front[0], base, desk)
        assert sat.trouble() == []
        with sat.page.expect_navigation():
            sat.page.locator("form[action='/demo'] button").click()
        sat.ended()
        assert sat.trouble() == []
        assert "£" in sat.page.inner_text("main")


@pytest.mark.prove
def test_what_is_due_is_read_in_the_browser(front, tmp_path: Path):
    from zhanggui.app.desk import Desk
    from zhanggui.app.practice import Practice

    shop = Practice.new(tmp_path / "practice", "tea", 5, history=120).shop
    sales = shop.warehouse.table("sales")
    product, last = shop.warehouse.run(sales.agg(product=sales.product_id.max(), last=sales.day.max())).row(0)
    shop.close()
    desk = Desk(tmp_path / "practice")
    with served(desk) as base:
        sat = Sitting(front[0], base, desk)
        with desk.writing() as shop:
            done = last - timedelta(days=60)
            shop.actions.add("change_title", {"product_id": product}, "shorter", expected=(5, 80), on=done, by="Chen")
        assert "1 action was read" in sat.fill(Filled("/outcomes", "/outcomes/read"), {})
        assert sat.trouble() == []
        assert sat.page.locator(".card.outcome").count() == 1
        assert sat.page.locator("form[action='/outcomes/read']").count() == 0  # nothing is due any more


@pytest.mark.prove
def test_a_backup_is_put_back_and_a_broken_import_is_laid_aside_in_the_browser(front, tmp_path: Path):
    with desk_of(tmp_path / "shop") as opened:
        writer = Writer(opened)
        writer.send(("orders.csv", SOME))
        writer.post(writer.at, do="load")
        writer.wait()
    killed("load", {tmp_path / "shop": 0.05})
    with desk_of(tmp_path / "shop") as desk, served(desk) as base:
        sat = Sitting(front[0], base, desk)
        sat.open("/data")
        form = sat.page.locator("form[action$='/forget']")
        assert "many.csv" in form.locator("..").inner_text()
        with sat.page.expect_navigation():
            form.locator("button").click()
        assert "many.csv" not in sat.ended()
        sat.fill(Filled("/settings/backups", "/settings/backups/make"), {})
        sat.open("/settings/backups")
        with sat.page.expect_download() as taken:
            sat.page.locator("a[download]").click()
        taken.value.save_as(tmp_path / "kept.zip")
        sat.fill(Filled("/settings", "/settings/shop", {"name": "Somebody else's"}), {})
        sat.open("/settings/backups")
        sat.page.locator("form[action='/settings/restore'] input[type=file]").set_input_files(tmp_path / "kept.zip")
        with sat.page.expect_navigation():
            sat.page.locator("form[action='/settings/restore'] button").click()
        sat.ended()
        assert "Somebody else's" not in sat.open("/settings").inner_text("body")
        assert "/sign-in" not in sat.page.content()
        assert sat.trouble() == []
