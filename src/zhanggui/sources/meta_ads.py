"""Meta Ads Manager (Facebook, Instagram): its table exported as CSV or workbook. See docs/sources/meta_ads.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from zhanggui.sources import advertising, reading, reports
from zhanggui.sources.matching import best, by_header, fit, words
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

CHANNEL = "meta_ads:main"

OTHER_NAMES = reports.synonyms(
    {
        "Campaign name": "Kampagnenname|Nom de la campagne|Nombre de la campaña|Nome da campanha|Nome della campagna"
        "|广告系列名称|行銷活動名稱",
        "Ad set name": "Ad Set Name|Anzeigengruppenname|Nom de l'ensemble de publicités|Nombre del conjunto de anuncios"
        "|Nome do conjunto de anúncios|广告组名称|廣告組合名稱",
        "Ad name": "Ad Name|Name der Werbeanzeige|Nom de la publicité|Nombre del anuncio|Nome do anúncio|广告名称|廣告名稱",
        "Day": "Date|Tag|Jour|Día|Dia|Giorno|单日|天",
        "Reporting starts": "Reporting start|Berichtsbeginn|Début des rapports|Début du rapport|Inicio del informe"
        "|Início dos relatórios|报告开始日期|分析報告開始",
        "Reporting ends": "Reporting end|Berichtsende|Fin des rapports|Fin du rapport|Fin del informe"
        "|Término dos relatórios|报告结束日期|分析報告結束",
        "Impressions": "Impressionen|Impresiones|Impressões|展示次数|曝光次數",
        "Link clicks": "Link-Klicks|Clics sur un lien|Clics en el enlace|Cliques no link|链接点击量|連結點擊次數",
        "Clicks (all)": "Klicks (alle)|Clics (tous)|Clics (todos)|Cliques (todos)|点击量（全部）|點擊次數（全部）",
        "Purchases": "Website purchases|Käufe|Achats|Compras|购物次数|購買次數",
        "Purchases conversion value": "Purchase value|Purchase conversion value|Website purchases conversion value"
        "|Conversion-Wert für Käufe|Valeur de conversion des achats|Valor de conversión de compras|购物转化价值|購買轉換值",
        "Adds to cart": "Website adds to cart|加入购物车次数|加到購物車次數",
    }
)
_SPENT = re.compile(
    r"(?:Amountspent|Spend|AusgegebenerBetrag|Montantdépensé|Importegastado|Valorusado|Importospeso|Importospesa|已花费金额|花费金额|花費金額|消費金額)"
    r"(?:\(([A-Z]{3})\))?"
)
NAMES = advertising.Names(
    platform="meta",
    dimensions={"campaign": ("Campaignname",), "ad_group": ("Adsetname",), "creative": ("Adname",)},
    measures={
        "impressions": ("Impressions",),
        "clicks": ("Linkclicks", "Clicks(all)"),
        "cost": ("Amountspent",),
        "orders": ("Purchases",),
        "revenue": ("Purchasesconversionvalue",),
        "carts": ("Addstocart",),
    },
    currency="Currency",
    dates=frozenset(words("Day Reportingstarts Reportingends")),
)
BESIDE = words(
    """CampaignID AdsetID AdID Reach Frequency Results Resultindicator Resulttype Costperresult Campaigndelivery Adsetdelivery
    Addelivery Attributionsetting CPC(costperlinkclick) CPC(all) CPM(costper1,000impressions) CTR(all) CTR(linkclick-throughrate)
    PurchaseROAS(returnonadspend) Leads Landingpageviews Checkoutsinitiated Accountname AccountID Age Gender Country Platform Placement"""
)
_KNOWN = (*sorted(NAMES.mapped), *BESIDE)
_NUMBERS = tuple(name for names in NAMES.measures.values() for name in names)


class MetaAds:
    """The source of Meta's ad reports."""

    name = "meta_ads"
    known = frozenset(
        {*_KNOWN, *OTHER_NAMES} - {"Day", "Date", "Currency", "Country", "Age", "Gender", "Impressions", "天", "Tag"}
    )

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """A report of what was spent, or seen in a period, by campaign, ad set or ad."""
        seen, _ = _plain(sheet)
        told = ("Amountspent",), ("Reportingstarts", "Impressions"), ("Reportingstarts", "Linkclicks")
        cores = [(*by, name) for by in told for name in ("Campaignname", "Adsetname", "Adname")]
        return best(*(fit(self.name, "report", seen, core=core, known=_KNOWN) for core in cores))

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Each report by itself. The currency stands in the header of what was spent."""
        for sheet, recognition in sheets:
            seen, currency = _plain(sheet)
            table, rejects = reading.rows(sheet)
            report = reports.opened(seen, by_header(table, seen), rejects)
            named = [name for name in ("Campaignname", "Adsetname", "Adname") if name in report.frame.columns]
            report.without_totals(("Amountspent", "Impressions"), "Amountspent", first=named[0], filled=named)
            report.readable(_NUMBERS)
            report.dated(money="Amountspent", day="Day", first="Reportingstarts", last="Reportingends")
            report.spread_note()
            yield report.reading(
                sheet,
                recognition,
                advertising.pieces(report, NAMES, currency or options.currency),
                options.channel or CHANNEL,
            )


def _plain(sheet: Sheet) -> tuple[Sheet, str]:
    """The sheet under the names used here, and the currency that its header of the amount spent names."""
    seen = reports.renamed(sheet, OTHER_NAMES)
    for at, header in enumerate(seen.headers):
        found = _SPENT.fullmatch(header)
        if found:
            headers = (*seen.headers[:at], "Amountspent", *seen.headers[at + 1 :])
            return replace(seen, headers=headers), found[1] or ""
    return seen, ""


SOURCE = MetaAds()
