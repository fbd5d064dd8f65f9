"""Amazon: All Orders, business reports by child item or by date, and reports of sponsored products. See docs/sources/amazon.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhanggui.sources import advertising, amazon_orders, amazon_traffic, reading, reports
from zhanggui.sources.matching import best, by_header, fit, words
from zhanggui.tables.loading import Options, Piece, Reading, Recognition, Sheet

CHANNEL = "amazon:main"
CORE_ID = "amazon-order-id"

AD_NAMES = reports.synonyms(
    {
        "Campaign Name": "Campaign name|Campaign",
        "Ad Group Name": "Ad group name|Ad group",
        "Customer Search Term": "Search term|Customer search term",
        "Currency": "Budget currency|Budget Currency",
        "Spend": "Total cost|Total Cost|Cost",
        "Sales": "7 Day Total Sales|14 Day Total Sales|Total Sales",
        "Orders": "Purchases|7 Day Total Orders (#)|14 Day Total Orders (#)|Total Orders (#)",
        "Date": "Day",
    }
)
ADS = advertising.Names(
    platform="amazon",
    dimensions={
        "campaign": ("CampaignName",),
        "ad_group": ("AdGroupName",),
        "keyword": ("Targeting",),
        "product_id": ("AdvertisedASIN",),
    },
    measures={
        "impressions": ("Impressions",),
        "clicks": ("Clicks",),
        "cost": ("Spend",),
        "orders": ("Orders",),
        "revenue": ("Sales",),
    },
    currency="Currency",
    term=("CustomerSearchTerm",),
    dates=frozenset(words("Date StartDate EndDate Daterange")),
)
AD_COLUMNS = (
    *sorted(ADS.mapped),
    *words(
        """Portfolioname PortfolioID Retailer Country MatchType AdvertiseraccountID Advertiseraccountname CampaignID AdgroupID
        Click-ThruRate(CTR) CTR CostPerClick(CPC) CPC TotalAdvertisingCostofSales(ACOS) TotalAdvertisingCostofSales(ACoS)
        TotalReturnonAdvertisingSpend(ROAS) TotalReturnonAdvertisingSpend(RoAS) 7DayTotalUnits(#) 7DayConversionRate
        7DayAdvertisedSKUUnits(#) 7DayOtherSKUUnits(#) 7DayAdvertisedSKUSales 7DayOtherSKUSales 14DayTotalUnits(#) 14DayConversionRate
        14DayAdvertisedSKUUnits(#) 14DayOtherSKUUnits(#) 14DayAdvertisedSKUSales 14DayOtherSKUSales Unitssold Costperpurchase
        Purchaserate ROAS AdvertisedSKU"""
    ),
)
_AD_NUMBERS = tuple(name for names in ADS.measures.values() for name in names)
_OWN_SIGNS = frozenset(
    words(
        "CustomerSearchTerm Budgetcurrency Advertiseraccountname 7DayTotalSales 14DayTotalSales AdvertisedASIN AdvertisedSKU"
    )
)


class Amazon:
    """The source of Amazon's files."""

    name = "amazon"
    known = frozenset(
        {*amazon_orders.COLUMNS, *amazon_traffic.COLUMNS, *AD_COLUMNS, *AD_NAMES}
        - {
            "Date",
            "Day",
            "Cost",
            "Currency",
            "Campaign",
            "Country",
            "Impressions",
            "Clicks",
            "SKU",
            "Title",
            "Orders",
            "Sales",
        }
    )

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """All Orders, a business report, a report of search terms, targets or advertised products."""
        traffic = amazon_traffic.plain(sheet)
        ads = reports.renamed(sheet, AD_NAMES)
        layout = "search_terms" if "CustomerSearchTerm" in ads.headers else "ads"
        advertised = [
            fit(self.name, layout, ads, core=("CampaignName", "Spend", shown), known=AD_COLUMNS)
            for shown in ("Impressions", "Clicks")
            if _OWN_SIGNS & set(sheet.headers)
        ]
        if CORE_ID in sheet.headers and not set(sheet.headers).issuperset(amazon_orders.CORE):
            lacking = tuple(name for name in amazon_orders.CORE if name not in sheet.headers)
            return Recognition(self.name, "orders", 0.9, lacking=lacking)
        return best(
            fit(self.name, "orders", sheet, core=amazon_orders.CORE, known=amazon_orders.COLUMNS),
            *(
                fit(self.name, "business", traffic, core=core, known=amazon_traffic.COLUMNS)
                for core in amazon_traffic.CORES
            ),
            *advertised,
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Each file by itself."""
        for sheet, recognition in sheets:
            if recognition.layout == "orders":
                table, rejects = reading.unquoted(sheet)
                report = reports.opened(sheet, by_header(table, sheet), rejects)
                made: Sequence[Piece] = amazon_orders.pieces(report, options)
            elif recognition.layout == "business":
                report = _report(amazon_traffic.plain(sheet))
                made = amazon_traffic.pieces(report, options)
            else:
                report = _report(reports.renamed(sheet, AD_NAMES))
                made = _ads(report, options, terms=recognition.layout == "search_terms")
            yield report.reading(sheet, recognition, made, options.channel or CHANNEL)


def _report(sheet: Sheet) -> reports.Report:
    table, rejects = reading.rows(sheet)
    return reports.opened(sheet, by_header(table, sheet), rejects)


def _ads(report: reports.Report, options: Options, *, terms: bool) -> list[Piece]:
    """Ads by campaign, ad group and target; search terms by word. Claimed sales are those of the seven (fourteen) days after a click."""
    report.without_totals(("Spend", "Clicks"), "Spend", first="CampaignName", filled=("CampaignName", "AdGroupName"))
    report.readable(_AD_NUMBERS)
    report.dated(money="Spend", day="Date", first="StartDate", last="EndDate", span="Daterange")
    report.spread_note()
    return advertising.pieces(report, ADS, options.currency, terms=terms)


SOURCE = Amazon()
