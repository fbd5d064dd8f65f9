"""商智: days of the shop and of its SKUs, and the lists of search words; 京准通: days of advertising."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from zhanggui.sources import exports, reading, reports
from zhanggui.sources import values as v
from zhanggui.sources.advertising import Names
from zhanggui.sources.exports import CURRENCY, Layout
from zhanggui.sources.matching import by_header, words
from zhanggui.sources.paid_reports import Paid
from zhanggui.sources.reports import Report
from zhanggui.tables.loading import Options, Piece, Reading, Recognition, Sheet

_DAYS = ("时间", "日期", "统计日期")

SHOP = words(
    """
    时间 成交金额 成交商品件数 成交客户数 成交单量 店铺成交转化率 客单价 店铺浏览量 店铺访客数 平均停留时长
    加购客户数 加购商品件数 加购转化率 商品成交转化率 件单价 UV价值 店铺人均浏览量 商品浏览量 商品访客数
    商品人均浏览量 商详平均停留时长 加购商品件数(正向) 加购商品件数(负向) 下单金额 下单商品件数 下单单量 下单客户数
    下单转化率 下单成交转化率 退款金额
    """
)
_SHOP_TRAFFIC = {
    "visitors": "店铺访客数",
    "page_views": "店铺浏览量",
    "cart_visitors": "加购客户数",
    "order_buyers": "下单客户数",
    "pay_buyers": "成交客户数",
    "pay_amount": "成交金额",
}
_ITEM_TRAFFIC = {**_SHOP_TRAFFIC, "visitors": "商品访客数", "page_views": "商品浏览量", "favourites": "商品关注数"}
_AMOUNTS = tuple({**_SHOP_TRAFFIC, **_ITEM_TRAFFIC}.values()) + words("店铺访客数 店铺浏览量")

SHOP_LAYOUT = Layout(
    name="shop_days",
    known=SHOP,
    marks=words(
        "店铺浏览量 店铺访客数 店铺成交转化率 店铺人均浏览量 成交客户数 成交单量 下单单量 下单客户数 商详平均停留时长"
    ),
    needs=(("店铺访客数", "店铺浏览量"),),
    amounts=_AMOUNTS,
    labels=("时间",),
    money="成交金额",
    renamed={"日期": "时间", "统计日期": "时间"},
)
ITEM_LAYOUT = Layout(
    name="sku_days",
    known=("时间", "SPU", "SKU", "商品名称", "商品关注数", "货号", *SHOP),
    marks=words("SKU SPU 商品访客数 成交客户数 成交单量 成交商品件数 加购客户数 商品成交转化率"),
    needs=(("SKU", "SPU"), ("商品访客数", "商品浏览量")),
    ids=("SKU", "SPU"),
    key=("SKU", "SPU"),
    amounts=_AMOUNTS,
    labels=words("SKU SPU 时间"),
    money="成交金额",
    renamed={
        "日期": "时间",
        "统计日期": "时间",
        "SKUID": "SKU",
        "SKUId": "SKU",
        "SKU编号": "SKU",
        "商品SKU": "SKU",
        "商品编号": "SKU",
        "SPUID": "SPU",
        "SPU编号": "SPU",
    },
)
WORD_LAYOUT = Layout(
    name="search_words",
    known=words(
        """
    时间 关键词 搜索增长幅度 搜索人数 搜索次数 点击人数 点击次数 点击率 成交金额 成交单量 成交转化率 在线商品数
    快车参考价 最优品类 排名
    """
    ),
    marks=words("搜索人数 搜索次数 搜索增长幅度 在线商品数 快车参考价 最优品类"),
    needs=(("关键词",),),
    key=("关键词",),
    labels=("关键词",),
    renamed={"搜索词": "关键词", "日期": "时间", "统计日期": "时间"},
)
ADS = Paid(
    layout=Layout(
        name="ads",
        known=words(
            """
    日期 计划名称 计划ID 单元名称 单元ID 关键词 SKU 展现数 点击数 点击率 总费用 平均点击成本 总订单行 总订单金额
    直接订单行 直接订单金额 间接订单行 间接订单金额 总购物车数 直接购物车数 总收藏数 ROI 投产比 千次展现成本
    """
        ),
        marks=words("展现数 总费用 总订单行 总订单金额 直接订单行 直接订单金额 间接订单行 总收藏数"),
        needs=(("总费用",), ("展现数", "点击数")),
        ids=("计划ID", "单元ID", "SKU"),
        amounts=words("展现数 点击数 总费用 总订单行 总订单金额 直接订单行 直接订单金额 总购物车数 总收藏数"),
        labels=words("日期 计划名称 单元名称 关键词 SKU"),
        money="总费用",
        renamed={
            "时间": "日期",
            "推广计划": "计划名称",
            "推广计划名称": "计划名称",
            "推广单元": "单元名称",
            "推广单元名称": "单元名称",
            "SKUID": "SKU",
            "商品SKU": "SKU",
            "商品编号": "SKU",
        },
    ),
    names=Names(
        platform="京准通",
        dimensions={
            "campaign": ("计划名称", "计划ID"),
            "ad_group": ("单元名称", "单元ID"),
            "keyword": ("关键词",),
            "product_id": ("SKU",),
        },
        measures={
            "impressions": ("展现数",),
            "clicks": ("点击数",),
            "cost": ("总费用",),
            "orders": ("总订单行",),
            "revenue": ("总订单金额",),
            "carts": ("总购物车数",),
        },
        dates=frozenset(("日期",)),
    ),
    days=("日期",),
)


def read(layout: Layout, sheet: Sheet, recognition: Recognition, options: Options, channel: str) -> Reading:
    """A report of days: of the shop, of SKUs or of search words."""
    report = _report(layout, sheet)
    made = {SHOP_LAYOUT.name: _shop, ITEM_LAYOUT.name: _items}.get(layout.name, _words)(report)
    return report.reading(sheet, recognition, made, options.channel or channel)


def _report(layout: Layout, sheet: Sheet) -> Report:
    """The rows of single days: visitors of several days are not the sum of the days'."""
    seen = exports.renamed(sheet, layout)
    rows, rejects = reading.rows(sheet)
    frame = by_header(rows, seen)
    v.check_ids(frame, layout.ids, sheet)
    report = reports.opened(seen, frame, rejects)
    for label in (name for name in layout.labels if name in frame.columns):
        report.without_totals((layout.money,), layout.money, first=label)
    report.readable(layout.amounts)
    exports.date(report, _DAYS, layout.money)
    report.only_days(layout.money)
    key = ["_first"]
    if layout.key:
        key.append(_named_by(layout, report))
        exports.without_name(report, key[-1], layout.money)
    report.frame, repeated = exports.without_repeats(report.frame, key, layout.money)
    report.left_out += repeated
    return report


def _named_by(layout: Layout, report: Report) -> str:
    """The column that says what a row is about."""
    return next(name for name in layout.key if name in report.frame.columns)


def _traffic(report: Report, product: pl.Expr, columns: Mapping[str, str], beside: tuple[str, ...]) -> Piece:
    frame = report.frame
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        pl.lit("*").alias("source"),
        product.alias("product_id"),
        pl.lit("*").alias("device"),
        *(v.money(pl.col(name)).alias(measure) for measure, name in columns.items() if name in frame.columns),
        reports.beside(frame, report.sheet, {*columns.values(), *_DAYS, *beside}).alias("extra"),
    )
    money = v.total(frame, "成交金额") if "成交金额" in frame.columns else None
    return report.piece("traffic_days", rows, layout=30, currency=None, money=money)


def _shop(report: Report) -> list[Piece]:
    return [_traffic(report, pl.lit("*"), _SHOP_TRAFFIC, ())]


def _items(report: Report) -> list[Piece]:
    """Traffic by SKU (else SPU): the number that JD's orders call 商品ID."""
    frame = report.frame
    product = v.identifier(pl.col(_named_by(ITEM_LAYOUT, report)))
    title = v.safe_text(pl.col("商品名称")) if "商品名称" in frame.columns else pl.lit(None, pl.String)
    products = frame.select(
        "_row",
        pl.concat_str(pl.col("_first").cast(pl.String), pl.lit(" 00:00:00")).alias("_time"),
        product.alias("product_id"),
        title.alias("title"),
        pl.lit(CURRENCY).alias("currency"),
    ).unique("product_id", keep="last", maintain_order=True)
    return [
        _traffic(report, product, _ITEM_TRAFFIC, ("SKU", "SPU", "商品名称")),
        report.piece("products", products, layout=10, currency=CURRENCY, money=None),
    ]


def _words(report: Report) -> list[Piece]:
    """Search words of the whole market. Most figures are ranges (``1万-2万``): they stay beside the word as they are, and only plain
    numbers are taken over."""
    frame = report.frame

    def plain(name: str) -> pl.Expr:
        return v.number(pl.col(name)) if name in frame.columns else pl.lit(None, pl.Float64)

    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        v.missing(pl.col("关键词")).alias("keyword"),
        pl.lit("*").alias("product_id"),
        plain("搜索次数").round(0).cast(pl.Int64).alias("market_searches"),
        plain("在线商品数").alias("competition"),
        reports.beside(frame, report.sheet, {"关键词", *_DAYS}).alias("extra"),
    )
    return [report.piece("keyword_days", rows, layout=20, currency=None, money=None)]
