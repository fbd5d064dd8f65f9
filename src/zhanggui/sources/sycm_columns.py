"""The names in 生意参谋's item ranking and shop overview, normalised."""

from __future__ import annotations

from zhanggui.sources.matching import words

ITEMS = words(
    """
    统计日期 商品ID 商品名称 货号 商品状态 商品标签 商品访客数 商品浏览量 平均停留时长 商品详情页跳出率
    商品收藏人数 商品加购件数 商品加购人数 下单买家数 下单件数 下单金额 下单转化率 支付买家数 支付件数
    支付金额 商品支付转化率 支付新买家数 支付老买家数 老买家支付金额 聚划算支付金额 访客平均价值 成功退款金额
    竞争力评分 年累计支付金额 月累计支付金额 月累计支付件数 搜索引导支付转化率 搜索引导访客数
    搜索引导支付买家数 结构化详情引导转化率 结构化详情引导成交占比
    """
)

ITEMS_OTHER = words("总支付商品件数 总支付金额 支付转化率 UV价值 商品类型 终端")

SHOP = words(
    """
    统计日期 访客数 浏览量 商品访客数 商品浏览量 平均停留时长 跳失率 商品收藏买家数 商品收藏次数 加购人数
    支付金额 支付买家数 支付子订单数 支付件数 下单金额 下单买家数 下单件数 人均浏览量 下单转化率 支付转化率
    客单价 UV价值 老访客数 新访客数 加购件数 支付老买家数 老买家支付金额 直通车消耗 钻石展位消耗
    淘宝客佣金 成功退款金额 评价数 有图评价数 正面评价数 负面评价数 老买家正面评价数 老买家负面评价数
    支付父订单数 揽收包裹数 发货包裹数 派送包裹数 签收成功包裹数 平均支付_签收时长(秒) 描述相符评分
    物流服务评分 服务态度评分 下单-支付转化率 支付商品数 店铺收藏买家数
    """
)

RENAMED = {"主商品ID": "商品ID", "商品id": "商品ID", "日期": "统计日期", "跳出率": "跳失率", "UV价值": "访客平均价值"}
"""Rarer name → the name used here, for the item ranking."""

SHOP_RENAMED = {"日期": "统计日期", "跳出率": "跳失率"}
"""The same for the shop overview."""

DEVICES = {"PC端": "pc", "无线端": "mobile", "PC": "pc", "无线": "mobile", "手机端": "mobile", "手机": "mobile"}
"""A prefix of column names, or what the lines above the header say, → the device."""

SHOP_TRAFFIC = {
    "visitors": "访客数",
    "page_views": "浏览量",
    "favourites": "商品收藏买家数",
    "cart_visitors": "加购人数",
    "order_buyers": "下单买家数",
    "pay_buyers": "支付买家数",
    "pay_amount": "支付金额",
}

ITEM_TRAFFIC = {
    "visitors": "商品访客数",
    "page_views": "商品浏览量",
    "favourites": "商品收藏人数",
    "cart_visitors": "商品加购人数",
    "order_buyers": "下单买家数",
    "pay_buyers": "支付买家数",
    "pay_amount": "支付金额",
}

SEARCH_TRAFFIC = {"visitors": "搜索引导访客数", "pay_buyers": "搜索引导支付买家数"}
SEARCH = "手淘搜索"

SCORES = {"description": "描述相符评分", "logistics": "物流服务评分", "service": "服务态度评分"}
AD_PLATFORMS = {"直通车": "直通车消耗", "钻石展位": "钻石展位消耗"}
COMMISSION = "淘宝客佣金"

ADDITIVE = ("商品浏览量", "浏览量", "支付件数", "支付金额", "下单金额")
"""What the rows of one day add up to; visitors and buyers overlap and do not."""

ITEM_STATUS = {
    "当前在线": "active",
    "在线": "active",
    "出售中": "active",
    "已下架": "archived",
    "下架": "archived",
    "已删除": "archived",
}
