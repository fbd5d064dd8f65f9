"""Alimama: reports of 万相台, 直通车 and 引力魔方. See docs/sources/alimama.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhanggui.sources import exports, paid_reports
from zhanggui.sources.advertising import Names
from zhanggui.sources.exports import Layout
from zhanggui.sources.matching import words
from zhanggui.sources.paid_reports import Paid
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

CHANNEL = "taobao:main"

_NUMBERS = words(
    """
    展现量 点击量 花费 总成交金额 总成交笔数 直接成交金额 间接成交金额 直接成交笔数 间接成交笔数 净成交金额
    净成交笔数 总购物车数 直接购物车数 间接购物车数 收藏宝贝数 收藏店铺数 总收藏数 总收藏加购数 默认出价 质量分
    """
)
COLUMNS = (
    *words(
        "日期 时间周期 场景ID 场景名字 计划ID 计划名字 单元ID 单元名字 人群名字 关键词 词类型 主体ID 主体类型 主体名称"
    ),
    *_NUMBERS,
    *words(
        """
    点击率 平均点击花费 千次展现花费 点击转化率 投入产出比 含预售投产比 净实际投产比 直接净成交金额 总成交成本
    加购率 宝贝收藏加购数 店铺收藏成本 总收藏加购成本 总预售成交金额 总预售成交笔数 直接预售成交金额
    直接预售成交笔数 间接预售成交金额 间接预售成交笔数 引导访问量 引导访问潜客占比 成交人数 成交新客数
    成交新客占比 会员成交金额 自然流量转化金额 自然流量曝光量 平均展现排名 状态 推广单元类型 创意ID 创意名称
    """
    ),
)

PAID = Paid(
    layout=Layout(
        name="report",
        known=COLUMNS,
        marks=words(
            """
    展现量 点击量 千次展现花费 平均点击花费 总成交金额 总成交笔数 直接成交金额 间接成交金额 净成交金额 投入产出比
    场景ID 场景名字 主体ID 主体类型 收藏宝贝数 总收藏加购数 推广单元类型 平均展现排名
    """
        ),
        needs=(("花费",), ("展现量", "点击量")),
        ids=("计划ID", "单元ID", "主体ID"),
        amounts=_NUMBERS,
        labels=words("日期 时间周期 场景名字 计划名字 主体名称 商品名称 关键词"),
        money="花费",
        renamed={
            "数据日期": "日期",
            "统计日期": "日期",
            "统计时间": "时间周期",
            "统计周期": "时间周期",
            "场景名称": "场景名字",
            "计划名称": "计划名字",
            "推广计划": "计划名字",
            "单元名称": "单元名字",
            "推广单元": "单元名字",
            "人群名称": "人群名字",
            "商品ID": "主体ID",
            "商品id": "主体ID",
            "宝贝ID": "主体ID",
            "宝贝id": "主体ID",
            "商品名称": "主体名称",
            "宝贝名称": "主体名称",
            "实际投产比": "投入产出比",
            "消耗": "花费",
            "展现": "展现量",
            "点击": "点击量",
            "出价": "默认出价",
        },
    ),
    names=Names(
        platform="万相台",
        dimensions={
            "campaign": ("计划名字", "计划ID"),
            "ad_group": ("单元名字", "单元ID"),
            "keyword": ("关键词",),
            "creative": ("创意名称", "创意ID"),
            "product_id": ("主体ID",),
        },
        measures={
            "impressions": ("展现量",),
            "clicks": ("点击量",),
            "cost": ("花费",),
            "orders": ("总成交笔数",),
            "revenue": ("总成交金额",),
            "carts": ("总购物车数",),
            "bid": ("默认出价",),
            "quality_score": ("质量分",),
        },
        dates=frozenset(words("日期 时间周期 场景名字 人群名字")),
    ),
    days=("日期", "时间周期"),
    scene="场景名字",
    platforms=(("关键词推广", "直通车"),),
    subject=("主体ID", "主体类型", "主体名称"),
    audience="人群名字",
)
"""``platforms``: what 生意参谋's shop overview calls the same spending, so that importing both counts it once."""


class Alimama:
    """The source of Alimama's reports."""

    name = "alimama"
    known = frozenset((*COLUMNS, *PAID.layout.renamed)) - {"消耗", "展现", "点击", "出价", "状态"}

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """A report with its cost and what was seen or clicked."""
        return exports.recognised(self.name, sheet, (PAID.layout,))

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Each report by itself."""
        for sheet, recognition in sheets:
            yield paid_reports.read(PAID, sheet, recognition, options, CHANNEL)


SOURCE = Alimama()
