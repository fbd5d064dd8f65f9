"""生意参谋's search words, those that led to the shop and those of the market, and its page analysis."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import exports, reports, sycm_sources
from zhanggui.sources import values as v
from zhanggui.sources.exports import Layout
from zhanggui.sources.matching import words
from zhanggui.sources.reports import Report
from zhanggui.tables.loading import LeftOut, Options, Reading, Recognition, Sheet

_DAYS = (*sycm_sources.DAYS, "周期")
_MEASURES = {
    "visitors": "带来的访客数",
    "impressions": "曝光量",
    "pay_buyers": "引导支付买家数",
    "pay_amount": "引导支付金额",
    "competition": "全网商品数",
}
_EVERY_DEVICE = ("所有终端", "全部终端", "全部", "不限")

LAYOUT = Layout(
    name="search_words",
    known=words(
        """
    关键词 带来的访客数 带来的浏览量 引导入店人均浏览量 引导到店铺内的浏览量 跳失率 引导下单买家数 引导下单转化率
    引导支付买家数 引导支付金额 引导支付商品数 全网搜索人气 全网搜索热度 全网点击率 全网商品数 全网下单转化率
    商城点击占比 直通车平均点击单价 曝光量 终端 周期 统计日期 搜索人气 点击人气 点击率 支付转化率 相关搜索词数
    直通车参考价 商品ID
    """
    ),
    marks=words(
        """
    带来的访客数 带来的浏览量 引导入店人均浏览量 引导到店铺内的浏览量 全网搜索人气 全网搜索热度 全网点击率
    全网商品数 商城点击占比 直通车平均点击单价 搜索人气 点击人气 相关搜索词数 直通车参考价
    """
    ),
    needs=(("关键词",),),
    ids=("商品ID",),
    amounts=words("带来的访客数 曝光量 引导支付买家数 引导支付金额"),
    money="引导支付金额",
    renamed={"搜索词": "关键词", "关键词(搜索词)": "关键词", "日期": "统计日期", "商品id": "商品ID"},
)
PAGES = Layout(
    name="pages",
    known=words(
        """
    统计时段 浏览量 访客数 点击次数 点击人数 点击率 跳失率 平均停留时长(秒) 引导下单金额 引导下单买家数 引导下单转化率
    引导支付金额 引导支付买家数 引导支付转化率 引导商品详情次数 引导商品详情人数 引导加购人数 引导加购件数 页面名称
    """
    ),
    marks=words("统计时段 点击人数 引导下单金额 引导支付转化率 引导商品详情次数 引导商品详情人数 引导加购人数"),
    needs=(("统计时段",), ("点击次数", "点击人数")),
)


def read(sheet: Sheet, recognition: Recognition, options: Options, channel: str) -> Reading:
    """Search words by day. Indices (搜索人气 …) are no counts: they stay beside the word and are never added."""
    report = sycm_sources.opened(sheet, LAYOUT)
    report.without_totals((), LAYOUT.money, first="关键词")
    exports.date(report, _DAYS, LAYOUT.money)
    report.only_days(LAYOUT.money)
    exports.without_name(report, "关键词", LAYOUT.money)
    exports.without_name(report, "商品ID", LAYOUT.money)
    _one_device(report)
    key = [name for name in ("_first", "关键词", "商品ID") if name in report.frame.columns]
    report.frame, repeated = exports.without_repeats(report.frame, key, LAYOUT.money)
    report.left_out += repeated
    frame = report.frame
    product = v.identifier(pl.col("商品ID")) if "商品ID" in frame.columns else pl.lit("*")
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        v.missing(pl.col("关键词")).alias("keyword"),
        product.alias("product_id"),
        *(v.money(pl.col(name)).alias(measure) for measure, name in _MEASURES.items() if name in frame.columns),
        reports.beside(frame, report.sheet, {*_MEASURES.values(), *_DAYS, "关键词", "商品ID"}).alias("extra"),
    )
    money = v.total(frame, LAYOUT.money) if LAYOUT.money in frame.columns else None
    piece = report.piece("keyword_days", rows, layout=30, currency=None, money=money)
    return report.reading(sheet, recognition, [piece], options.channel or channel)


def _one_device(report: Report) -> None:
    """One row a word and day: that of all devices, else that with most visitors. Visitors of devices overlap and are not added."""
    if "终端" not in report.frame.columns or report.frame.is_empty():
        return
    visitors = v.number(pl.col("带来的访客数")) if "带来的访客数" in report.frame.columns else pl.lit(0.0)
    ranked = report.frame.with_columns(
        v.missing(pl.col("终端")).is_in(_EVERY_DEVICE).fill_null(False).alias("_every"),
        visitors.fill_null(0).alias("_visitors"),
    ).sort("_every", "_visitors", "_row", descending=[True, True, False])
    key = [name for name in ("_first", "关键词", "商品ID") if name in ranked.columns]
    stays = ranked.select(pl.struct(key).is_first_distinct()).to_series()
    others = ranked.filter(~stays)
    if len(others):
        report.left_out.append(LeftOut("other_devices", len(others), v.total(others, LAYOUT.money), exports.CURRENCY))
    report.frame = ranked.filter(stays).drop("_every", "_visitors").sort("_row")


def not_used(sheet: Sheet, recognition: Recognition, options: Options, channel: str) -> Reading:
    """The page analysis is known, and nothing is read from it: no number speaks of parts of a page."""
    report = sycm_sources.opened(sheet, PAGES)
    report.left_out.append(LeftOut("not_used", len(report.frame)))
    report.notes.append(("pages_not_used", {"file": sheet.name, "rows": len(report.frame)}))
    return report.reading(sheet, recognition, [], options.channel or channel)
