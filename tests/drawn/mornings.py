"""Two drawn mornings with actions: a small tea shop and a middling shop of shoes and bags, as an owner would read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from drawn.actions import action, counted, plain
from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Draft, Gain, Measure, Outcome, Past, Record
from zhanggui.brief import Brief, Limits, Ranked

START = Record()
KEPT = Record(0.56, 0.08, 31)
FEW = Limits(3, 30.0)
SEVEN = Limits(7, 120.0)


def ranked(action_: Any, shown: tuple[float, float, float] | None, record: Record = START, **more: Any) -> Ranked:
    """An action as the brief shows it, with its profit and interval after the record."""
    profit, low, high = shown or (None, None, None)
    return Ranked(
        action_,
        profit,
        low,
        high,
        record,
        **{"today": True, "floor": 20.0, "reversible": kind_named(action_.kind).reversible, **more},
    )


def tea(brief: Brief) -> Brief:
    """Three small actions of a shop with eight orders a day."""
    leak = action(
        "T1",
        counted(19),
        "take_out_of_offer",
        rule="sells_below_cash",
        words=plain("「青瓷蓋碗」移出滿減"),
        reason=plain("疊券後實收 ¥49.9，每單虧 ¥3.20，近 7 天 6 單。"),
        draft=Draft("table", (plain("滿 99 減 20：去掉「青瓷蓋碗」"),)),
        proved=True,
    )
    stock = action(
        "T2",
        Gain(74, 10, 130, 0.93),
        "order_stock",
        rule="stock_out",
        minutes=5,
        cost=560.0,
        words=plain("補貨「白瓷杯」16 個"),
        reason=plain("剩 9 個，補貨要 10 天，63% 會斷貨。"),
        draft=Draft("table", (plain("「白瓷杯」16 個"),)),
        proved=True,
    )
    packing = action(
        "T3",
        Gain(50, -8, 120, 0.81),
        "change_packing",
        rule="refund_jump",
        words=plain("「玻璃壺」加氣泡袋（每單 +¥0.90）"),
        reason=plain("近 28 天 24 單退 6，5 單寫「碎」；店裡平常 9%。"),
        draft=None,
        measure=Measure("contribution_profit", "before_after", 28, smallest_visible=310.0),
    )
    image = Past(
        "abcd1234",
        "listing",
        "replicate_win",
        "change_image",
        {"product_id": "T4"},
        "done",
        date(2026, 8, 20),
        ("T4",),
        date(2026, 8, 20),
        date(2026, 10, 6),
        words=plain("換主圖「公道杯」"),
    )
    return replace(
        brief,
        findings=(),
        actions=(
            ranked(stock, (37, 5, 80)),
            ranked(packing, (25, -4, 60)),
            ranked(leak, (19, 19, 19)),
        ),
        limits=FEW,
        watching=(image,),
    )


def shoes(brief: Brief) -> Brief:
    """Seven candidates and a test of a shop with nine hundred orders a day, three actions being watched."""
    sizes = action(
        "B200",
        Gain(8750, 3700, 14600, 0.97),
        "order_stock",
        rule="stock_out",
        minutes=30,
        cost=21_300.0,
        words=plain("B200: order 260 pairs 37–39, move its ads to B214 meanwhile"),
        because=("analysis.falling_product[product_id=B200]",),
        proved=True,
        draft=Draft(
            "table", tuple(plain(f"size {size}: {pairs} pairs") for size, pairs in ((37, 90), (38, 110), (39, 60)))
        ),
    )
    title = action(
        "A115",
        Gain(4100, -700, 10_000, 0.86),
        "restore_change",
        rule="falling_conversion",
        words=plain("A115: put the old title back, then 14 days without changes"),
        reason=plain("Search visitors −38% since Monday's title; coincides."),
        draft=Draft("text", (plain("A115 lightweight sneaker, mesh, white"),)),
    )
    event = action(
        "C310",
        Gain(6800, 770, 10_900, 0.94),
        "answer_event",
        rule="event_go_no_go",
        words=plain("Decline the event of 25 Sep"),
        reason=plain("It needs ×3.4 of normal units, your last four made ×2.4 [1.8–3.3]."),
        do_by="2026-09-15T17:00",
        draft=Draft("text", (plain("or answer with ¥139 instead of ¥129: then ×1.9 is enough"),)),
    )
    batch = action(
        "A115",
        Gain(2050, 540, 4100, 0.95),
        "hold_batch",
        rule="refund_jump",
        minutes=15,
        words=plain("A115 batch 0826: hold 48 pairs"),
        reason=plain("開膠 in 5 of 7 bad reviews, quality refunds 31% against 19%."),
        proved=True,
        draft=None,
    )
    image = action(
        "D502",
        Gain(500, -900, 1900, 0.68),
        "change_image",
        rule="replicate_win",
        words=plain("main image of D502"),
        measure=Measure("click_through_rate", "experiment", 11),
    )
    small = [action(f"S{i}", 300, rule="price_step") for i in range(14)]
    twin = action("B200", 400, "hold_batch", rule="refund_jump")
    shown = (
        ranked(sizes, (4900, 2100, 8200), KEPT, floor=400.0),
        ranked(event, (3800, 430, 6100), KEPT, floor=400.0),
        ranked(title, (2300, -400, 5600), KEPT, floor=400.0, together=(batch.id,)),
        ranked(batch, (1150, 300, 2300), KEPT, floor=400.0, together=(title.id,)),
        ranked(image, (280, -500, 1060), KEPT, floor=400.0, today=False, left_out="unsure", test_worth=640.0),
        ranked(twin, (224, 200, 250), KEPT, floor=400.0, today=False, left_out=f"conflict:{sizes.id}"),
        *(ranked(a, (168, 150, 190), KEPT, floor=400.0, today=False, left_out="below_floor") for a in small),
    )
    return replace(brief, findings=(), actions=shown, limits=SEVEN, watching=watched())


def watched() -> tuple[Past, ...]:
    """Three that were read: one worked, one shows nothing, one harmed and was stopped."""

    def past(product: str, words: str, verdict: Any, effect: tuple[float, float, float], **more: Any) -> Past:
        done = action(product)
        outcome = Outcome(
            done.id,
            verdict,
            "synthetic_control",
            "contribution_profit",
            *effect,
            date(2026, 9, 14),
            "observation",
            **more,
        )
        return Past(
            done.id,
            done.playbook,
            done.rule,
            done.kind,
            done.where,
            "measured",
            date(2026, 9, 14),
            (product,),
            date(2026, 8, 17),
            date(2026, 9, 13),
            words=plain(words),
            outcome=outcome,
        )

    return (
        past("E77", "E77 price +4%", "worked", (1040, 120, 1980), placebo_rank=(2, 40)),
        past("M1", "Member day", "no difference shown", (-300, -2100, 1500)),
        past("F1", "Bundle F", "harmed", (-520, -980, -60)),
    )
