"""Chinese addresses: the names of provinces, short to full, and the region and city an address names."""

from __future__ import annotations

import polars as pl

from zhanggui.sources.blanks import filled, whole

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

_PLACE = pl.Struct({"region": pl.String, "city": pl.String})
_REGION = r"[^\s省市区县0-9]{2,8}?(?:省|自治区|特别行政区)|(?:北京|上海|天津|重庆)市"


def region_parts(address: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Region and city of a Chinese address ``省 市 区 rest``, with or without blanks; never the rest.

    The four municipalities are region and city at once, and short names become full ones (``上海`` → ``上海市``).
    """
    places = whole(address, lambda column: _places(column).to_struct(), _PLACE)
    return places.struct.field("region"), places.struct.field("city")


def _places(address: pl.Series) -> pl.DataFrame:
    text = filled(address).str.replace(r"^中国\s*(?:大陆)?\s*", "")
    short = f"^({'|'.join(REGIONS)})"
    return (
        pl.DataFrame({"text": text})
        .with_columns(
            pl.col("text").str.extract(f"^({_REGION})", 1).alias("named"),
            pl.col("text").str.extract(short, 1).alias("short"),
        )
        .with_columns(
            pl.coalesce("named", "short").replace(REGIONS).alias("region"),
            pl.when(pl.col("named").is_not_null())
            .then(pl.col("text").str.replace(f"^(?:{_REGION})\\s*", ""))
            .otherwise(pl.col("text").str.replace(short + r"\s*", ""))
            .str.extract(r"^([^\s*＊0-9]{1,10}?(?:自治州|地区|盟|市))", 1)
            .alias("rest"),
        )
        .select(
            "region",
            pl.when(pl.col("region").is_in(list(MUNICIPALITIES)))
            .then("region")
            .when(pl.col("region").is_not_null())
            .then("rest")
            .alias("city"),
        )
    )
