"""Texts are read for what they say however they are spelt; what only looks alike passes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drawn.practices import REFUSED, USUAL
from zhanggui.actions.guards import LAWS, POLICIES, REASONS
from zhanggui.actions.spelling import listed, read
from zhanggui.actions.wording import boasts, earlier_prices, marks_of_others, practices
from zhanggui.i18n import LOCALES, catalogue, has, text

EVERY = [(reason, said) for reason, texts in REFUSED.items() for said in texts]
BETWEEN = ["", " ", "-", "·", "_", "\u200b", "\ufeff", "🔥", "*", "~", "/", "\u2060", "　", "💰"[:0], "^"]
CHINESE = ["刷单", "刷單", "好评返现", "好評反現", "刷销量", "杀熟", "殺熟", "删差评", "先涨后降"]
LATIN = ["shuadan", "fake reviews", "brushing orders", "review gating", "personalised prices"]


@pytest.mark.parametrize(("reason", "said"), EVERY)
def test_a_refused_practice_is_found_with_its_reason(reason: str, said: str) -> None:
    found = practices(said)
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize("said", USUAL)
def test_what_only_looks_alike_passes(said: str) -> None:
    assert practices(said) is None


def wide(said: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in said)


@given(
    st.sampled_from(CHINESE),
    st.lists(st.sampled_from(BETWEEN), min_size=8, max_size=8),
    st.text("請你我在今日,x ", max_size=6),
)
def test_signs_and_blanks_between_characters_hide_nothing(word: str, between: list[str], before: str) -> None:
    spelt = "".join(c + sign for c, sign in zip(word, between, strict=False))
    assert practices(f"{before} {spelt}") is not None


@given(st.sampled_from(LATIN), st.sampled_from([str.upper, str.title, str.swapcase, wide]))
def test_case_and_width_hide_nothing(said: str, way) -> None:  # type: ignore[no-untyped-def]
    assert practices(way(said)) is not None


@given(
    st.sampled_from(["fake reviews", "shuadan", "brushing orders"]),
    st.sampled_from([".", "-", " ", "_", "\u200b", "*"]),
)
def test_words_spelt_letter_by_letter_are_words(said: str, sign: str) -> None:
    assert practices(sign.join(said.replace(" ", ""))) is not None


@pytest.mark.parametrize(
    "said",
    [
        "刷-單",
        "刷 單",
        "刷。單",
        "刷🔥单",
        "刷\u200b單",
        "shua dan",
        "s.h.u.a.d.a.n",
        "SHUĀ DĀN",
        "shuа dan",  # the third letter is Cyrillic
        "ｓｈｕａｄａｎ",
        "刷dan",
        "shua单",
        "刷丹",
        "刷単",
        "f4ke rev1ews",
        "fаke reviews",
        "好评反現",
        "好平返线",
        "给5⭐领🧧",
        "晒 图 返 5 元",
        "好評 返 💰",
        "Ｖ信",
        "v-信",
        "加 V X",
    ],
)
def test_a_disguise_is_seen_through(said: str) -> None:
    assert practices(said) is not None


@given(st.text(st.characters(codec="utf-8"), max_size=200))
@example("|.|")
@example("。。。")
def test_any_text_can_be_read(said: str) -> None:
    reading = read(said)
    assert "|" not in reading.run
    practices(said)
    boasts(said)


@pytest.mark.parametrize(
    "title",
    [
        "全網最低價保溫杯",
        "銷量第一青瓷杯",
        "國家級工藝",
        "最好用的杯子",
        "頂級手沖壺",
        "行業唯一",
        "No.1 銷售",
        "World's best teapot",
        "the lowest price ever",
    ],
)
def test_absolute_terms_are_stopped_in_what_buyers_read(title: str) -> None:
    found = boasts(title)
    assert found is not None
    assert found.reason == "superlative"


@pytest.mark.parametrize(
    "title",
    [
        "最後一件",
        "最近上新",
        "最多可裝 5 升",
        "最大承重 10kg",
        "最好在陰涼處存放",
        "最佳飲用溫度 60 度",
        "第一次使用前請清洗",
        "第一代青瓷杯",
        "唯一編號 A12",
        "近 30 天最低價 99",
        "best before 2027",
        "手工青瓷蓋碗 150ml",
    ],
)
def test_facts_of_time_size_and_use_are_no_boast(title: str) -> None:
    assert boasts(title) is None


def test_copies_and_ways_around_the_platform_are_stopped_in_what_buyers_read() -> None:
    assert boasts("大牌同款").reason == "others_mark"  # type: ignore[union-attr]
    assert boasts("加微信領券").reason == "hidden_contact"  # type: ignore[union-attr]
    assert practices("發到微信群") is None


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Acme style case", "Acme"),
        ("Case for Acme X2", None),
        ("acmeology", None),
        ("適用於蘋果的殼", None),
        ("蘋果手機殼", "蘋果"),
    ],
)
def test_anothers_mark_may_only_say_what_a_thing_fits(title: str, found: str | None) -> None:
    assert marks_of_others(title, ["Acme", "蘋果"]) == found


@pytest.mark.parametrize(
    ("said", "prices"),
    [
        ("原價 ¥199，今 ¥149", [199.0]),
        ("划线价：1,299.50", [1299.5]),
        ("Was £24.99, now £19", [24.99]),
        ("RRP 30", [30.0]),
        ("售價 149", []),
    ],
)
def test_an_earlier_price_is_read_out_of_a_text(said: str, prices: list[float]) -> None:
    assert earlier_prices(said) == prices


def test_every_reason_says_why_and_what_instead_in_every_language() -> None:
    assert set(REFUSED) <= set(LAWS)
    for reason in REASONS:
        for locale in LOCALES:
            assert has(f"guards.error.{reason}", locale), (reason, locale)
    instead = {"en": ("Instead", "only", "may be shown", "Open", "Take", "use ", "first", "anyway")}
    said = {reason: text_of(reason) for reason in (*LAWS, *POLICIES)}
    assert [reason for reason, words in said.items() if not any(word in words for word in instead["en"])] == []


def text_of(reason: str) -> str:
    return catalogue("en", "guards")[f"error.{reason}"]


def test_the_programs_own_words_for_actions_pass() -> None:
    own = [
        text(f"actions.kind.{name.removeprefix('kind.')}", lang)
        for lang in LOCALES
        for name in catalogue(lang, "actions")
        if name.startswith("kind.")
    ]
    for topic in ("rules_products", "rules_operations"):
        own += [words for lang in LOCALES for words in catalogue(lang, topic).values()]
    assert [(words, found.reason) for words in own if (found := practices(words))] == []


def test_the_list_of_characters_pairs_every_one() -> None:
    spelling = listed("spelling")
    for part in ("characters", "letters", "digits"):
        assert len(spelling[part]["from"].strip()) == len(spelling[part]["to"].strip())
