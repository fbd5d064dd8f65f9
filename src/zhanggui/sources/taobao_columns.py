"""The names in Taobao's and Tmall's exports, normalised, and what their status texts mean.

Six of the order list's headers end with a blank in the file; several were renamed over the years and stand here under one name.
"""

from __future__ import annotations

from zhanggui.sources.matching import words

RENAMED = {
    "买家实付金额": "买家实际支付金额",
    "商家备忘": "订单备注",
    "商家备注": "订单备注",
    "确认收货打款金额": "打款商家金额",
    "买家会员名称": "买家会员名",
    "买家昵称": "买家会员名",
    "收货地址(省市区)": "收货地址",
    "商品id": "商品ID",
    "是否需要退货": "售后类型",
    "完结时间": "退款完结时间",
    "退款申请时间": "退款的申请时间",
    "申请时间": "退款的申请时间",
}
"""Later or rarer name → the name used here."""

ORDERS = words(
    """
    订单编号 买家会员名 买家支付宝账号 买家应付货款 买家应付邮费 买家支付积分 总金额 返点积分
    买家实际支付金额 买家实际支付积分 订单状态 买家留言 收货人姓名 收货地址 运送方式 联系电话 联系手机
    订单创建时间 订单付款时间 宝贝标题 宝贝种类 物流单号 物流公司 订单备注 宝贝总数量 店铺Id 店铺名称
    订单关闭原因 卖家服务费 买家服务费 发票抬头 是否手机订单 分阶段订单信息 特权订金订单id
    是否上传合同照片 是否上传小票 是否代付 定金排名 修改后的sku 修改后的收货地址 异常信息 天猫卡券抵扣
    集分宝抵扣 是否是O2O交易 新零售交易类型 新零售导购门店名称 新零售导购门店id 新零售发货门店名称
    新零售发货门店id 退款金额 预约门店 确认收货时间 打款商家金额 含应开票给个人的个人红包
    """
)
"""The order list's 54 columns of 2019."""

ORDERS_LATER = words(
    """
    支付单号 支付详情 直播返现状态 返现金额 延迟发货自动赔付金额 预售订单 发货时间 主订单编号
    """
)

ITEMS = words(
    """
    订单编号 标题 价格 购买数量 外部系统编号 商品属性 套餐信息 备注 订单状态 商家编码
    """
)

SUBORDERS = words(
    """
    子订单编号 主订单编号 商品标题 商品价格 购买数量 外部系统编号 商品属性 套餐信息 备注 订单状态
    商家编码 支付单号 买家应付货款 买家实际支付金额 退款状态 退款金额 订单创建时间 订单付款时间 发货时间
    商品ID 订单备注
    """
)

REFUNDS = words(
    """
    订单编号 退款编号 支付单号 支付宝交易号 订单付款时间 商品ID 商品编码 退款完结时间 买家会员名
    买家实际支付金额 宝贝标题 买家退款金额 手工退款/系统退款 售后类型 退款的申请时间 超时时间 退款状态
    货物状态 退货物流信息 发货物流信息 客服介入状态 卖家真实姓名 卖家退货地址 卖家邮编 卖家电话 卖家手机
    退货物流单号 退货物流公司 买家退款原因 买家退款说明 买家退货时间 责任方 售中或售后 订单备注
    部分退款/全部退款 审核操作人 举证超时 是否零秒响应 退款操作人 退款原因标签 业务类型 是否帮他退款
    小额收款
    """
)

MONEY = words(
    "买家应付货款 买家应付邮费 总金额 买家实际支付金额 打款商家金额 退款金额 价格 商品价格 买家退款金额 购买数量"
)
"""Columns that must be numbers wherever they are filled."""

CORE = {
    "orders": (
        ("订单编号", "总金额", "买家实际支付金额", "订单创建时间"),
        ("订单编号", "买家应付货款", "订单状态", "订单创建时间"),
    ),
    "items": (("订单编号", "标题", "价格", "购买数量"),),
    "suborders": (("子订单编号", "主订单编号", "商品标题", "购买数量"),),
    "refunds": (("退款编号", "订单编号", "买家退款金额"),),
}
"""Layout → sets of columns any one of which it needs."""

KNOWN = {
    "orders": (*ORDERS, *ORDERS_LATER),
    "items": ITEMS,
    "suborders": SUBORDERS,
    "refunds": REFUNDS,
}

NEVER_EXTRA = frozenset(
    words(
        """
    买家会员名 买家支付宝账号 支付宝交易号 收货人姓名 收货地址 联系电话 联系手机 发票抬头
    修改后的收货地址 物流单号 退货物流单号 退货物流信息 发货物流信息 买家留言 买家退款说明 卖家真实姓名
    卖家退货地址 卖家邮编 卖家电话 卖家手机 支付详情 审核操作人 退款操作人
    """
    )
)
"""Names, addresses, accounts and free text about people: these never reach ``extra``."""

STATUS = {
    "等待买家付款": "placed",
    "定金已付,尾款未付": "placed",
    "等待买家付尾款": "placed",
    "付款确认中": "placed",
    "买家已付款,等待卖家发货": "paid",
    "买家已付款": "paid",
    "等待卖家发货": "paid",
    "卖家部分发货": "paid",
    "部分发货": "paid",
    "卖家已发货,等待买家确认": "shipped",
    "卖家已发货": "shipped",
    "等待买家确认收货": "shipped",
    "交易成功": "completed",
    "交易关闭": "closed",
}
"""Status text (its comma made ASCII) → canonical status; ``closed`` depends on whether the order was paid."""

REFUND_STATUS = {
    "退款成功": "finished",
    "退款关闭": "refused",
    "退款取消": "refused",
    "拒绝退款": "refused",
    "卖家拒绝退款": "refused",
}

REFUND_KIND = {
    "仅退款": "refund_only",
    "退款": "refund_only",
    "不需要退货": "refund_only",
    "无需退货": "refund_only",
    "否": "refund_only",
    "退货退款": "return",
    "退货": "return",
    "需要退货": "return",
    "是": "return",
    "换货": "exchange",
    "补寄": "exchange",
}

NO = ("否", "无", "0", "不是", "非预售", "非预售订单", "普通订单", "false", "no")
"""Texts that say a column does not apply."""
