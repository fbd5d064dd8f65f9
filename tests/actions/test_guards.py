"""What an action may aim at, change and show, and what may be set aside with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from zhanggui.actions.facts import NO_FACTS, Change, Facts, Offer
from zhanggui.actions.guards import BETWEEN_CHANGES_DAYS, PERSON, check
from zhanggui.actions.kinds import Action, Draft, Gain, Past, Standing
from zhanggui.actions.reference import Deal, reference_price
from zhanggui.errors import BadValue, Refused
from zhanggui.units import Words

DAY = date(2026, 9, 15)
TODAY = Facts(day=DAY)


def action(kind: str, where: dict[str, str] | None = None, **more: Any) -> Action:
    return Action(
        "hand",
        "hand",
        kind,
        Words("actions.kind.step_price"),
        where if where is not None else {"product_id": "P"},
        **more,
    )


def refused(action: Action, *texts: str, facts: Facts = NO_FACTS) -> str:
    """The reason an action is refused for; empty where it passes."""
    try:
        check(action, texts, facts)
    except Refused as error:
        return error.code.removeprefix("guards.")
    return ""


def table(*rows: dict[str, Any]) -> Draft:
    return Draft("table", rows=rows)


@pytest.mark.parametrize("trait", sorted(PERSON))
def test_no_price_is_set_by_who_buys(trait: str) -> None:
    assert refused(action("step_price", {"product_id": "P", trait: "x"})) == "price_by_person"
    assert (
        refused(action("step_price", draft=table({"product_id": "P", trait: "x", "price": 9.0}))) == "price_by_person"
    )


def test_an_action_aims_at_what_its_kind_may_aim_at() -> None:
    assert refused(action("order_stock", {"segment": "new"})) == "bad_target"
    assert refused(action("contact_consented_customers", {"segment": "lapsed"})) == ""


def test_reviews_are_not_asked_by_stars() -> None:
    assert refused(action("invite_reviews_from_all", {"segment": "happy"})) == "happy_only"
    assert refused(action("invite_reviews_from_all", draft=table({"stars": 5}))) == "happy_only"
    assert refused(action("invite_reviews_from_all", {"channel": "taobao:main"})) == ""


def test_everybody_on_a_list_has_agreed_and_was_not_disturbed_this_week() -> None:
    kind = "contact_consented_customers"
    assert (
        refused(action(kind, {}, draft=table({"customer_key": "a", "consent": True}, {"customer_key": "b"})))
        == "no_consent"
    )
    assert refused(action(kind, {}, draft=table({"customer_key": "a", "consent": "yes"}))) == "no_consent"
    lately = table({"customer_key": "a", "consent": True, "last_contact": "2026-09-12"})
    assert refused(action(kind, {}, draft=lately), facts=TODAY) == "contacted_lately"
    earlier = table({"customer_key": "a", "consent": True, "last_contact": "2026-09-08"})
    assert refused(action(kind, {}, draft=earlier), facts=TODAY) == ""


@pytest.mark.parametrize("said", ["電話 13812345678", "mail ann@example.com", "+44 20 7946 0958"])
def test_names_of_people_do_not_enter_by_a_note(said: str) -> None:
    assert refused(action("order_stock"), said) == "personal_data"
    assert refused(action("order_stock", draft=table({"product_id": "P", "note": said}))) == "personal_data"


def test_an_order_number_is_no_phone_number() -> None:
    assert refused(action("order_stock", {"product_id": "13812345678"}), "order 459928302812345678, batch 0826") == ""
    assert (
        refused(action("order_stock", {"product_id": "13812345678"}, draft=table({"product_id": "13812345678"}))) == ""
    )


@pytest.mark.parametrize(
    "kind", ["change_title", "correct_description", "show_arrival_date", "contact_consented_customers"]
)
def test_what_buyers_read_has_no_absolute_terms(kind: str) -> None:
    where = {} if kind == "contact_consented_customers" else {"product_id": "P"}
    assert refused(action(kind, where), "全網最低價") == "superlative"
    assert (
        refused(action(kind, where, draft=Draft("text", rows=[{"text": "銷量第一", "consent": True}]))) == "superlative"
    )


def test_a_note_of_the_owners_may_say_best() -> None:
    assert refused(action("order_stock"), "最好賣的一款") == ""


def test_anothers_brand_stays_out_of_a_title() -> None:
    facts = Facts(day=DAY, marks={"P": ["Acme"]})
    title = Draft("text", rows=[{"title": "Acme style teapot"}])
    assert refused(action("change_title", draft=title), facts=facts) == "others_mark"
    assert refused(action("change_title", {"product_id": "Q"}, draft=title), facts=facts) == ""


@pytest.mark.parametrize(
    "said", ["退全款,不用退貨,請改個評價", "we refund you, please mind the rating", "补你 10 元,五星就好"]
)
def test_amends_never_speak_of_a_review(said: str) -> None:
    assert refused(action("recover_service"), said) in ("review_for_money", "review_change")


def test_amends_without_conditions_pass() -> None:
    assert refused(action("recover_service"), "包裝破損,退全款,不用退貨") == ""


def test_a_public_reply_offers_nothing() -> None:
    assert refused(action("reply_review"), "抱歉!聯繫客服領紅包") == "review_for_money"
    assert refused(action("reply_review"), "Sorry, here is a voucher") == "review_for_money"
    assert refused(action("reply_review"), "抱歉讓您久等,已換快遞") == ""


def test_a_report_names_what_it_reports() -> None:
    report = action("report_suspects", {"channel": "taobao:main"})
    assert refused(report, "舉報:對手刷單的證據 12 筆") == ""
    assert refused(report, "evidence of fake reviews, reported") == ""
    assert refused(report, "刷單 12 筆") == "brushing"
    assert refused(action("order_stock"), "舉報對手,順便刷流水") == "brushing"


# ---- prices and promotions

SOLD = [Deal(DAY - timedelta(days=20), 79.0), Deal(DAY - timedelta(days=5), 99.0), Deal(DAY - timedelta(days=3), 95.0)]


def test_the_earlier_price_follows_the_place_of_sale() -> None:
    assert reference_price(SOLD, "CN", DAY) == 95
    assert reference_price(SOLD, "EU", DAY) == 79
    assert reference_price(SOLD, "eu", DAY) == 79


def test_without_a_sale_in_the_window_the_last_price_before_it_holds() -> None:
    assert reference_price(SOLD[:1], "CN", DAY) == 79
    assert reference_price([Deal(DAY, 50.0), Deal(DAY + timedelta(days=1), 40.0)], "CN", DAY) is None
    assert reference_price([], "EU", DAY) is None


def test_the_days_of_the_window_are_those_before_the_promotion() -> None:
    edge = [Deal(DAY - timedelta(days=7), 60.0), Deal(DAY - timedelta(days=8), 50.0)]
    assert reference_price(edge, "CN", DAY) == 60


def test_an_unknown_place_has_no_rule() -> None:
    with pytest.raises(BadValue) as error:
        reference_price(SOLD, "XX", DAY)
    assert error.value.params["known"] == "CN, EU"


@pytest.mark.parametrize("said", ["原價 ¥129", "Was £129", "划线价 99"])
def test_an_earlier_price_that_was_never_asked_is_refused_with_the_lawful_one(said: str) -> None:
    facts = Facts(day=DAY, prices={"P": SOLD})
    with pytest.raises(Refused) as error:
        check(action("change_title"), [said], facts)
    assert error.value.code == "guards.fictitious_price"
    assert error.value.params["lawful"] == 95


def test_an_earlier_price_that_was_asked_passes_and_one_nobody_knows_does_not() -> None:
    facts = Facts(day=DAY, prices={"P": SOLD})
    assert refused(action("change_title"), "原價 ¥95", facts=facts) == ""
    assert refused(action("change_title", {"product_id": "Q"}), "原價 ¥95", facts=facts) == "unproved_price"
    shown = table({"product_id": "P", "price": 60.0, "reference_price": 129.0})
    assert refused(action("clear_stock", draft=shown), facts=facts) == "fictitious_price"


RUNNING = Facts(day=DAY, offers=[Offer("full 199", DAY - timedelta(days=2), DAY + timedelta(days=5), frozenset({"P"}))])


@pytest.mark.parametrize(
    "kind", ["step_price", "gift_threshold", "bundle", "minimum_quantity", "clear_stock", "member_day"]
)
def test_the_terms_of_a_running_promotion_stand(kind: str) -> None:
    where = {"product_id": "P"} if kind not in ("gift_threshold", "member_day") else {}
    assert refused(action(kind, where), facts=RUNNING) == "terms_changed"


def test_a_threshold_without_an_announced_end_may_be_changed_for_orders_to_come() -> None:
    standing = Facts(day=DAY, offers=[Offer("full 199", DAY - timedelta(days=90), date.max)])
    assert refused(action("gift_threshold", {}), facts=standing) == ""
    assert refused(action("clear_stock"), facts=standing) == "terms_changed"


def test_a_product_may_be_taken_out_for_orders_to_come() -> None:
    assert refused(action("take_out_of_offer"), facts=RUNNING) == ""


def test_before_and_after_a_promotion_and_beside_it_prices_may_move() -> None:
    assert refused(action("step_price", {"product_id": "Q"}), facts=RUNNING) == ""
    assert refused(action("step_price"), facts=Facts(day=DAY + timedelta(days=6), offers=RUNNING.offers)) == ""
    assert refused(action("step_price"), facts=Facts(day=DAY - timedelta(days=3), offers=RUNNING.offers)) == ""


# ---- one change at a time


def changed(*what: str, days: int = 5) -> Facts:
    return Facts(day=DAY, changes=[Change("P", each, DAY - timedelta(days=days)) for each in what])


def test_a_second_change_within_two_weeks_cannot_be_read() -> None:
    assert refused(action("change_image"), facts=changed("title")) == "changed_lately"
    assert refused(action("change_image"), facts=changed("title", days=BETWEEN_CHANGES_DAYS)) == ""
    assert refused(action("change_image", {"product_id": "Q"}), facts=changed("title")) == ""


def test_what_leaves_the_page_as_it_is_may_follow_at_once() -> None:
    for kind in ("order_stock", "change_packing", "change_budget", "hold_batch"):
        assert refused(action(kind), facts=changed("title")) == ""
    assert refused(action("change_image"), facts=changed("stock")) == ""


def test_what_the_ledger_did_counts_as_a_change() -> None:
    done = Past("1", "h", "h", "change_title", {"product_id": "P"}, "done", DAY, done_on=DAY - timedelta(days=3))
    assert refused(action("change_image"), facts=Facts(day=DAY, standing=Standing(past=[done]))) == "changed_lately"


def test_a_reason_sets_a_policy_aside_and_never_a_law() -> None:
    facts = changed("title")
    aside = Facts(day=DAY, changes=facts.changes, set_aside="the supplier changed the bottle")
    assert refused(action("change_image"), facts=aside) == ""
    assert refused(action("change_image"), "好評返現", facts=aside) == "review_for_money"
    assert refused(action("step_price"), facts=Facts(day=DAY, offers=RUNNING.offers, set_aside="x")) == "terms_changed"


def test_title_image_price_and_category_together_are_another_listing_whatever_the_reason() -> None:
    facts = changed("title", "image", "category")
    aside = Facts(day=DAY, changes=facts.changes, set_aside="a new look")
    assert refused(action("step_price"), facts=aside) == "all_at_once"
    four = table(*({"product_id": "P", "what": what} for what in ("title", "image", "price", "category")))
    assert refused(action("repeat_change", draft=four), facts=TODAY) == "all_at_once"


def test_two_parts_of_a_page_are_not_changed_in_one_go() -> None:
    two = table({"product_id": "P", "what": "title"}, {"product_id": "P", "what": "image"})
    assert refused(action("repeat_change", draft=two), facts=TODAY) == "one_change"


def test_putting_back_mending_an_untruth_and_ending_a_certain_loss_need_not_wait() -> None:
    facts = changed("title")
    assert refused(action("restore_change"), facts=facts) == ""
    assert refused(action("correct_description"), facts=facts) == ""
    assert refused(action("step_price", gain=Gain(19, 19, 19, 1.0, counted=True)), facts=facts) == ""
    assert refused(action("step_price", gain=Gain(19, 5, 30, 0.9)), facts=facts) == "changed_lately"


def test_the_title_of_what_carries_the_search_is_left_alone() -> None:
    facts = Facts(day=DAY, strong=frozenset({"P"}))
    assert refused(action("change_title"), facts=facts) == "strong_listing"
    assert refused(action("change_image"), facts=facts) == ""
    assert refused(action("change_title", {"product_id": "Q"}), facts=facts) == ""
