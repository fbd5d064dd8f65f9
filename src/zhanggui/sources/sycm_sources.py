"""生意参谋's traffic sources of the shop or of its products: a tree of sources, of which one level is read.

Visitors of a source and of its parts are de-duplicated each for itself, so a parent is not the sum of its children and both together
would count twice. The second level (手淘搜索, 直通车 …) is the one that other files and the trade speak of.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from zhanggui.sources import exports, reading, reports
from zhanggui.sources import values as v
from zhanggui.sources.exports import Layout
from zhanggui.sources.matching import by_header, words
from zhanggui.sources.reports import Report
from zhanggui.sources.sycm_columns import DEVICES
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

DAYS = words("统计日期 日期 统计时间 统计周期")
_LEVELS = words("一级来源 二级来源 三级来源")
_SUBTOTAL = ("汇总", "合计", "总计", "全部", "小计")
_TRAFFIC = {
    "visitors": "访客数",
    "page_views": "浏览量",
    "favourites": "收藏商品买家数",
    "cart_visitors": "加购人数",
    "order_buyers": "下单买家数",
    "pay_buyers": "支付买家数",
    "pay_amount": "支付金额",
}
_CHANGE = r"^较(?:前|上|同)|(?:变化|环比|同比)(?:\(\d+\))?$|^column_\d+$"
"""Changes against an earlier period: they follow from the days themselves."""

LAYOUT = Layout(
    name="sources",
    known=(
        *_LEVELS,
        *_TRAFFIC.values(),
        *words(
            """
    统计日期 商品ID 商品名称 终端 下单金额 下单转化率 支付转化率 客单价 UV价值 关注店铺人数 新访客 直接支付买家数
    收藏商品-支付买家数 粉丝支付买家数 加购商品-支付买家数 支付件数 支付商品数 跳失率 人均浏览量
    """
        ),
    ),
    marks=(
        *_LEVELS,
        *words("流量来源 来源名称 流量来源名称 来源明细 一级流量来源 二级流量来源 三级流量来源"),
        *words("收藏商品-支付买家数 加购商品-支付买家数 粉丝支付买家数 直接支付买家数"),
    ),
    needs=(_LEVELS, ("访客数",)),
    ids=("商品ID",),
    amounts=tuple(_TRAFFIC.values()),
    money="支付金额",
    renamed={
        "一级流量来源": "一级来源",
        "二级流量来源": "二级来源",
        "三级流量来源": "三级来源",
        "流量来源": "二级来源",
        "来源名称": "二级来源",
        "流量来源名称": "二级来源",
        "来源明细": "三级来源",
        "日期": "统计日期",
        "商品id": "商品ID",
        "商品收藏人数": "收藏商品买家数",
        "商品加购人数": "加购人数",
        "新访客数": "新访客",
    },
)


def read(sheet: Sheet, recognition: Recognition, options: Options, channel: str) -> Reading:
    """Traffic by source and day."""
    report = opened(sheet, LAYOUT)
    exports.date(report, DAYS, LAYOUT.money)
    report.only_days(LAYOUT.money)
    exports.without_name(report, "商品ID", LAYOUT.money)
    _one_level(report)
    return report.reading(sheet, recognition, [_traffic(report)], options.channel or channel)


def opened(sheet: Sheet, layout: Layout) -> Report:
    """The rows under the layout's names. Lines above the header that speak of the period go before others that name a day."""
    seen = exports.renamed(sheet, layout)
    above = sorted(sheet.above, key=lambda line: not any(word in line for word in ("统计", "日期范围", "周期")))
    rows, rejects = reading.rows(sheet)
    frame = by_header(rows, seen)
    v.check_ids(frame, layout.ids, sheet)
    report = reports.opened(replace(seen, above=tuple(above)), frame, rejects)
    report.readable(layout.amounts)
    return report


def _one_level(report: Report) -> None:
    """Keep of each source the second level, else what there is: the first where nothing lies below, the third where nothing lies
    above. The others are left out with their money, for their visitors are among those that stay."""
    frame = report.frame.with_columns(
        _named(report.frame, "一级来源").alias("_one"),
        _named(report.frame, "二级来源").alias("_two"),
        _named(report.frame, "三级来源").alias("_three"),
        (v.identifier(pl.col("商品ID")) if "商品ID" in report.frame.columns else pl.lit("*")).alias("_product"),
        _device(report).alias("_device"),
    )
    place = ("_first", "_product", "_device")
    depth = (
        pl.when(pl.col("_three").is_not_null())
        .then(3)
        .when(pl.col("_two").is_not_null())
        .then(2)
        .when(pl.col("_one").is_not_null())
        .then(1)
        .otherwise(0)
    )
    frame = frame.with_columns(depth.alias("_depth"))
    one, two = (*place, "_one"), (*place, "_one", "_two")
    has_below = (pl.col("_depth") > 1).any().over(one)
    has_above = (pl.col("_depth") == 2).any().over(two)
    stays = (
        pl.when(pl.col("_depth") == 1)
        .then(~has_below)
        .when(pl.col("_depth") == 3)
        .then(~has_above)
        .otherwise(pl.col("_depth") == 2)
    )
    frame = frame.with_columns(stays.alias("_stays"))
    _leave_out(report, "source_totals", frame.filter(~pl.col("_stays") & (pl.col("_depth") < 2)))
    _leave_out(report, "finer_sources", frame.filter(~pl.col("_stays") & (pl.col("_depth") == 3)))
    kept = frame.filter("_stays")
    several = pl.col("_one").n_unique().over(*place, "_two") > 1
    second = pl.when(several).then(pl.concat_str("_one", "_two", separator=">", ignore_nulls=True)).otherwise("_two")
    name = (
        pl.when(pl.col("_depth") == 3)
        .then(pl.concat_str(second, "_three", separator=">", ignore_nulls=True))
        .when(pl.col("_depth") == 2)
        .then(second)
        .otherwise("_one")
    )
    named = kept.with_columns(name.alias("_source"))
    twice = ~named.select(pl.struct(*place, "_source").is_first_distinct()).to_series()
    _leave_out(report, "repeated_sources", named.filter(twice))
    report.frame = named.filter(~twice)


def _named(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A level's name, NULL where it is blank or says that the row is the sum of what lies below."""
    if column not in frame.columns:
        return pl.lit(None, dtype=pl.String)
    name = v.missing(pl.col(column))
    return pl.when(~name.is_in(_SUBTOTAL)).then(name)


def _device(report: Report) -> pl.Expr:
    """The device of a row: its column 终端, else the line above the header that names one, else all."""
    if "终端" in report.frame.columns:
        return v.missing(pl.col("终端")).replace_strict(DEVICES, default="*", return_dtype=pl.String).fill_null("*")
    line = next((line for line in report.sheet.above if "终端" in line), "")
    known = next((device for name, device in DEVICES.items() if name in line), "*")
    return pl.lit(known)


def _leave_out(report: Report, reason: str, rows: pl.DataFrame) -> None:
    if len(rows):
        report.left_out.append(LeftOut(reason, len(rows), v.total(rows, "支付金额"), exports.CURRENCY))


def _traffic(report: Report) -> Piece:
    frame = report.frame
    mapped = {*_TRAFFIC.values(), *_LEVELS, *DAYS, "商品ID", "商品名称", "终端"}
    rest = frame.select(pl.exclude(_CHANGE))
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        pl.col("_source").alias("source"),
        pl.col("_product").alias("product_id"),
        pl.col("_device").alias("device"),
        *(v.money(pl.col(name)).alias(measure) for measure, name in _TRAFFIC.items() if name in frame.columns),
        reports.beside(rest, report.sheet, mapped).alias("extra"),
    )
    money = v.total(frame, "支付金额") if "支付金额" in frame.columns else None
    return report.piece("traffic_days", rows, layout=30, currency=None, money=money)
