"""The names of China's provinces, short to full."""

from __future__ import annotations

MUNICIPALITIES = ("北京市", "上海市", "天津市", "重庆市")
"""Region and city at once."""

_PROVINCES = (
    "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海"
)
REGIONS: dict[str, str] = {
    **{name.removesuffix("市"): name for name in MUNICIPALITIES},
    **{name: f"{name}省" for name in _PROVINCES.split()},
    "内蒙古": "内蒙古自治区",
    "广西": "广西壮族自治区",
    "西藏": "西藏自治区",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
    "香港": "香港特别行政区",
    "澳门": "澳门特别行政区",
    "台湾": "台湾",
}
"""Short name → full name."""
