"""Lines that are no goods: postage, fees, manual bookings, vouchers, told by their code or their title."""

from __future__ import annotations

import polars as pl

_CODES = (
    "post|postage|dot|c2|carriage|shipping|freight|amazonfee|amazon fee|bank charges|bankcharges|cruk|adjust|adjustment|"
    "gift_\\d+_\\d+|fee|fees|discount|manual|donation|tip|tips"
)
_TITLES = (
    "(?:\\w+ )?postage(?: (?:and|&) packing)?|(?:next day |express )?carriage|"
    "shipping(?: cost| fee| charge)?s?|freight|delivery(?: charge| fee)?|"
    "manual|bank charges?|\\w+ fee|fees?|adjust bad debt|bad debt|discount|samples?|\\w+ commission|commission|"
    "donation|tip|gift wrap(?:ping)? charge|rounding|deposit|"
    "(?:.* )?gift (?:voucher|card|certificate)\\W*[^a-z]*|"
    "邮费|郵費|运费|運費|补运费|補運費|邮费补差|补邮费|補郵費|运费补差价|补差价|補差價|差价补拍|补差|差价|差價|邮费链接|运费险|運費險|打赏|手续费|手續費|"
    "frete|porto|versand(?:kosten)?|versandkosten|frais de port|gastos de env[ií]o|env[ií]o|livraison"
)


def is_non_goods_code(code: pl.Expr) -> pl.Expr:
    """Whether a stock code stands for no goods: ``POST``, ``DOT``, ``C2``, ``AMAZONFEE``, ``gift_0001_20``.

    Codes of one letter (``M``, ``D``, ``S``, ``B``) decide nothing alone: elsewhere they are sizes. Their titles do.
    """
    return code.str.strip_chars().str.to_lowercase().str.contains(f"^(?:{_CODES})$").fill_null(value=False)


def is_non_goods_title(title: pl.Expr) -> pl.Expr:
    """Whether the whole title says so (``Manual``, ``Next Day Carriage``, ``补差价``); ``French carriage lantern`` is goods."""
    return title.str.strip_chars().str.to_lowercase().str.contains(f"^(?:{_TITLES})$").fill_null(value=False)
