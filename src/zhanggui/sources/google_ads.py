"""Google Ads: reports of campaigns, ad groups, keywords and search terms as CSV. See docs/sources/google_ads.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from zhanggui.sources import advertising, reading, reports
from zhanggui.sources.matching import best, by_header, fit, words
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

CHANNEL = "google_ads:main"

OTHER_NAMES = reports.synonyms(
    {
        "Campaign": "Campaign name|campaign.name|Kampagne|Campagne|Campaña|Campagna|Campanha|广告系列|廣告活動|キャンペーン",
        "Campaign status": "Campaign state|campaign.status|Kampagnenstatus",
        "Ad group": "Ad group name|ad_group.name|Anzeigengruppe|Groupe d'annonces|Grupo de anuncios"
        "|Gruppo di annunci|广告组|廣告群組|広告グループ",
        "Keyword": "Search keyword|ad_group_criterion.keyword.text|Keyword text|Mot clé|Palabra clave|关键字|關鍵字|キーワード",
        "Search term": "search_term_view.search_term|Suchbegriff|Terme de recherche|Término de búsqueda|搜索字词|搜尋字詞|検索語句",
        "Day": "Date|segments.date|Tag|Jour|Día|Giorno|Dia|日期|天|日",
        "Week": "segments.week|Woche|Semaine|Semana|Settimana|周|週",
        "Month": "segments.month|Monat|Mois|Mes|Mese|Mês|月份|月",
        "Impr.": "Impressions|metrics.impressions|Impressionen|Impresiones|Impressioni|Impressões|展示次数|曝光|表示回数",
        "Clicks": "metrics.clicks|Klicks|Clics|Clic|Cliques|点击次数|點擊|クリック数",
        "Cost": "Kosten|Coût|Coste|Costo|Custo|费用|費用",
        "Cost micros": "cost_micros|metrics.cost_micros",
        "Currency code": "Currency|customer.currency_code|Währungscode|Code de devise|Código de moneda|货币代码|貨幣代碼|通貨コード",
        "Conversions": "metrics.conversions|Conversiones|Conversioni|Conversões|转化次数|轉換|コンバージョン",
        "Conv. value": "Conversion value|Total conv. value|metrics.conversions_value|Conv.-Wert|Valeur de conv."
        "|Valor de conv.|转化价值|轉換價值|コンバージョン値",
    }
)
NAMES = advertising.Names(
    platform="google",
    dimensions={"campaign": ("Campaign",), "ad_group": ("Adgroup",), "keyword": ("Keyword",), "creative": ("AdID",)},
    measures={
        "impressions": ("Impr.",),
        "clicks": ("Clicks", "Interactions"),
        "cost": ("Cost",),
        "orders": ("Conversions", "Conversions(byconv.time)"),
        "revenue": ("Conv.value", "Conv.value(byconv.time)"),
        "daily_budget": ("Budget",),
        "bid": ("Max.CPC", "DefaultmaxCPC"),
        "quality_score": ("QualityScore",),
    },
    currency="Currencycode",
    term=("Searchterm",),
    dates=frozenset(words("Day Week Month")),
)
BESIDE = words(
    """Campaignstatus Campaigntype Matchtype Added/Excluded Keywordstatus Adgroupstatus CTR Avg.CPC Avg.cost Cost/conv. Conv.rate
    Conv.value/cost Searchimpr.share Searchlostis(budget) Searchlostis(rank) Impr.(Top)% Impr.(Abs.Top)% Interactionrate
    Bidstrategytype Budgettype Optimizationscore Account Customerid Device Network"""
)
"""Columns that are known and kept as they stand."""
_KNOWN = (*sorted(NAMES.mapped - {""}), "Costmicros", *BESIDE)
_SIGNS = frozenset(
    words(
        """Impr. Costmicros cost_micros metrics.cost_micros Conv.value Conv.-Wert Valeurdeconv. Valordeconv. 转化价值 轉換價值
        コンバージョン値
        Campaignstatus Campaignstate Campaigntype Currencycode Währungscode Codededevise Códigodemoneda 货币代码 貨幣代碼 通貨コード"""
    )
)
"""Names that other platforms with a campaign, a cost and clicks do not use."""
_NUMBERS = tuple(name for names in NAMES.measures.values() for name in names)


class GoogleAds:
    """The source of Google Ads' reports."""

    name = "google_ads"
    known = frozenset(
        {*_KNOWN, *OTHER_NAMES} - {"Day", "Date", "Currency", "Impressions", "Clicks", "日", "天", "月", "周", "週"}
    )

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """A report of what was spent, seen or clicked, by campaign, ad group, keyword or search term. Missing measures are named."""
        if not _SIGNS & set(sheet.headers):
            return None
        seen = reports.renamed(sheet, OTHER_NAMES)
        cores = [
            (shown, by)
            for shown in ("Cost", "Costmicros", "Impr.", "Clicks", "Interactions")
            for by in ("Campaign", "Adgroup", "Keyword", "Searchterm")
        ]
        layout = "search_terms" if "Searchterm" in seen.headers else "report"
        return best(*(fit(self.name, layout, seen, core=core, known=_KNOWN) for core in cores))

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Each report by itself."""
        for sheet, recognition in sheets:
            seen = reports.renamed(sheet, OTHER_NAMES)
            table, rejects = reading.rows(sheet)
            report = reports.opened(seen, _in_units(by_header(table, seen)), rejects)
            first = seen.headers[0]
            report.without_totals(("Cost", "Clicks"), "Cost", first=first, filled=("Day",))
            report.readable(_NUMBERS)
            report.dated(money="Cost", day="Day", week="Week", month="Month")
            report.spread_note()
            terms = recognition.layout == "search_terms"
            made = advertising.pieces(report, NAMES, options.currency, terms=terms)
            yield report.reading(sheet, recognition, made, options.channel or CHANNEL)


def _in_units(frame: pl.DataFrame) -> pl.DataFrame:
    """The programming interface states cost in millionths of the currency."""
    if "Costmicros" not in frame.columns or "Cost" in frame.columns:
        return frame
    cost = (pl.col("Costmicros").cast(pl.Float64, strict=False) / 1_000_000).round(4).cast(pl.String)
    return frame.with_columns(cost.alias("Cost")).drop("Costmicros")


SOURCE = GoogleAds()
