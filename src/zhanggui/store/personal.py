"""What looks personal and therefore never reaches the warehouse: headers, contents, and what is masked in free text."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADERS = re.compile(
    r"e-?mail|phone|mobile|\btel\b|address|street|zip|postal|postcode|passport|\bip\b|ip_|_ip$|"
    r"(?:first|last|full|customer|buyer|receiver|recipient|consignee|billing|shipping|card)[ _]?name|^name$|"
    r"收货人|收貨人|姓名|电话|電話|手机|手機|手提|地址|邮箱|郵箱|邮件|郵件|邮编|郵編|郵遞區號|支付宝|支付寶|身份证|身份證|"
    r"会员名|會員名|昵称|暱稱|旺旺|微信|银行|銀行|证件|證件",
    re.IGNORECASE,
)
EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
PHONE = (
    r"\+\d{1,3}[ \-]?\(?\d{1,4}\)?(?:[ \-]?\d{2,4}){2,4}\b"
    r"|\b(?:86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}\b"
    r"|\b09\d{2}[ \-]?\d{3}[ \-]?\d{3}\b"
)
KEY_EMAIL = r"^\S+@\S+\.\S+$"
KEY_PHONE = (
    r"^(\+\d[\d \-()]{7,18}|(86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}"
    r"|09\d{2}[ \-]?\d{3}[ \-]?\d{3}|\(?0\d{1,3}[)\-]\d[\d \-]{5,12})$"
)
_IP = r"^\d{1,3}(\.\d{1,3}){3}$"
CONTENT = f"{EMAIL}|^(?:{PHONE})$|{_IP}"
"""A value that looks personal, for this program's and the engine's regular expressions alike."""
_CONTENT = re.compile(CONTENT)
_SUSPECT_SHARE = 0.2


def personal_header(header: str) -> bool:
    """Whether a column's name says that it holds names, phones, addresses, accounts or the like.

    >>> personal_header("收货人姓名"), personal_header("Billing Name"), personal_header("colour")
    (True, True, False)
    """
    return bool(_HEADERS.search(header))


def personal_value(value: str) -> bool:
    """Whether a value looks like an e-mail, a phone or an IP address."""
    return bool(_CONTENT.search(value.strip()))


def personal_content(values: Sequence[str]) -> bool:
    """Whether so many of a column's values look personal that the column must not be kept."""
    return bool(values) and sum(map(personal_value, values)) / len(values) >= _SUSPECT_SHARE


def masked(expression: str) -> str:
    """The engine's expression that replaces e-mails and phones inside free text."""
    without_mails = f"regexp_replace({expression}, '{EMAIL}', '[email]', 'g')"
    return f"regexp_replace({without_mails}, '{PHONE}', '[phone]', 'g')"
