"""The names in Pinduoduo's order export, normalised, and what its state texts mean."""

from __future__ import annotations

from zhanggui.sources.exports import Layout
from zhanggui.sources.matching import words

COLUMNS = words(
    """
    商品 订单号 订单状态 商品总价(元) 店铺优惠折扣(元) 平台优惠折扣(元) 多多支付立减金额(元) 邮费(元)
    上门安装费(元) 送货入户费(元) 送货入户并安装费(元) 用户实付金额(元) 商家实收金额(元) 商品数量(件)
    身份证姓名 身份证号码 收货人 手机 是否审核中 省 市 区 街道 支付时间 拼单成功时间 订单确认时间 承诺发货时间
    发货时间 确认收货时间 商品id 商品规格 用户购买手机号 样式ID 商家编码-SKU维度 商家编码-商品维度 快递单号
    快递公司 海淘清关订单号 支付ID 支付方式 是否抽奖或0元试用 是否顺丰加价 商家备注 售后状态 买家留言
    是否门店自提 门店名称 门店自定义编码 是否分期 分期期数 手续费承担方 是否直播间成交 订单来源 集运类型
    关联货品编码 货品名称 货品类型 子货品 仓库名称 仓库所在地址 订单成交时间 下单时间 预约配送时间
    """
)

RENAMED = {
    "商品名称": "商品",
    "是否异常": "是否审核中",
    "商家编码-规格维度": "商家编码-SKU维度",
    "商品ID": "商品id",
    "样式id": "样式ID",
    **{
        f"{name}{bracket}": f"{name}({unit})"
        for name, unit in (
            ("商品总价", "元"),
            ("店铺优惠折扣", "元"),
            ("平台优惠折扣", "元"),
            ("多多支付立减金额", "元"),
            ("邮费", "元"),
            ("用户实付金额", "元"),
            ("商家实收金额", "元"),
            ("商品数量", "件"),
        )
        for bracket in ("", f"[{unit}]", f"【{unit}】")
    },
}
"""Later or rarer name → the name used here. Full-width brackets are half-width already."""

FREIGHT = words("邮费(元) 上门安装费(元) 送货入户费(元) 送货入户并安装费(元)")
PLATFORM_DISCOUNTS = words("平台优惠折扣(元) 多多支付立减金额(元)")
AMOUNTS = (
    *words("商品总价(元) 店铺优惠折扣(元) 用户实付金额(元) 商家实收金额(元) 商品数量(件)"),
    *FREIGHT,
    *PLATFORM_DISCOUNTS,
)

LAYOUT = Layout(
    name="orders",
    known=COLUMNS,
    marks=words(
        """
    商品总价(元) 店铺优惠折扣(元) 平台优惠折扣(元) 多多支付立减金额(元) 用户实付金额(元) 商家实收金额(元)
    拼单成功时间 样式ID 商家编码-SKU维度 商家编码-商品维度 是否抽奖或0元试用 用户购买手机号
    """
    ),
    needs=(("订单号",), ("商家实收金额(元)", "商品总价(元)", "用户实付金额(元)")),
    ids=("订单号", "商品id", "样式ID"),
    key=("订单号",),
    amounts=AMOUNTS,
    labels=("订单号", "商品"),
    money="商家实收金额(元)",
    renamed=RENAMED,
    never_extra=frozenset(
        words(
            """
    身份证姓名 身份证号码 收货人 手机 街道 区 用户购买手机号 快递单号 海淘清关订单号 支付ID 仓库所在地址
    商家备注 买家留言 门店名称
    """
        )
    ),
)

STATUS = {
    "待付款": "placed",
    "待支付": "placed",
    "未支付": "placed",
    "待发货": "paid",
    "未发货": "paid",
    "已发货,待收货": "shipped",
    "已发货,待签收": "shipped",
    "已发货": "shipped",
    "已签收": "delivered",
    "已收货": "completed",
    "交易成功": "completed",
    "已完成": "completed",
    "已取消": "cancelled",
    "交易已取消": "cancelled",
}
"""State without what it says of a refund → canonical status."""

MAPPED = frozenset(
    (
        *AMOUNTS,
        *words(
            """
    商品 订单号 省 市 支付时间 承诺发货时间 发货时间 确认收货时间 商品id 商品规格 样式ID 商家编码-SKU维度
    商家编码-商品维度 快递公司 下单时间 是否直播间成交 订单来源 订单成交时间 订单状态
    """
        ),
    )
)
