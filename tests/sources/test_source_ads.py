"""Google's and Meta's ad reports: periods, totals, currencies, words of other languages, and what no file says."""

import json

import polars as pl
import pytest

from zhanggui.errors import NotUnderstood

GOOGLE = "Campaign report\n{period}\nCampaign status,Campaign,Impr.,Clicks,Cost,Currency code,Conversions,Conv. value\n{rows}"
DAILY = "Campaign report\n\nCampaign,Day,Impr.,Clicks,Cost,Currency code,Device\n{rows}"
META = "Campaign name,Ad set name,Day,Amount spent (EUR),Impressions,Link clicks,Purchases,Purchases conversion value,Age\n{rows}"


@pytest.fixture
def ads(write, read, rows):
    """The reading of a text, and its ad days."""

    def _ads(text, name="report.csv", encoding="utf-8"):
        (reading,) = read(write(name, text, encoding))
        return reading, rows([reading], "ad_days")

    return _ads


def test_a_report_in_utf_16_with_two_lines_above_and_a_totals_row(samples, read, rows):
    (reading,) = read(samples / "google_ads_campaigns.csv")
    assert (reading.recognition.source, reading.sheet.header_row) == ("google_ads", 3)
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("totals", 1, 189.24)]
    assert {key for key, _ in reading.notes} == {"spread"}
    brand = [row for row in rows([reading], "ad_days") if row["campaign"] == "Brand"]
    assert (len(brand), str(brand[0]["day"]), str(brand[-1]["day"])) == (30, "2026-09-01", "2026-09-30")
    assert (round(sum(row["cost"] for row in brand), 2), sum(row["impressions"] for row in brand)) == (189.24, 2140)
    assert round(sum(row["revenue"] for row in brand), 2) == 1640.50


def test_two_dashes_are_nothing_and_not_zero(ads):
    _, days = ads(GOOGLE.format(period='"Sep 1, 2026 - Sep 1, 2026"', rows="Paused,Generic, --,0,0.00,USD, --, --\n"))
    assert [days[0].get(name) for name in ("impressions", "orders", "revenue")] == [None] * 3
    assert (days[0]["clicks"], days[0]["cost"]) == (0, 0)


def test_a_campaign_has_its_days_and_devices_are_added_up(ads):
    reading, days = ads(
        DAILY.format(
            rows='Brand,2026-09-01,"1,000",10,USD 456.78,USD,Mobile\nBrand,2026-09-01,500,5,"2,190.08",USD,Desktop\n'
            "Brand,,1500,15,2646.86,USD, --\nTotal: Account, --,1500,15,2646.86,USD, --\n"
        )
    )
    assert [(str(row["day"]), row["cost"], row["impressions"]) for row in days] == [("2026-09-01", 2646.86, 1500)]
    assert (reading.left_out[0].rows, reading.notes, reading.pieces[0].layout) == (2, [], 30)


def test_a_totals_row_that_the_rows_do_not_reach_is_noted(ads):
    reading, _ = ads(DAILY.format(rows="Brand,2026-09-01,1000,10,100,USD,Mobile\nTotal: Account, --,9,9,999,USD, --\n"))
    assert ("totals_differ", "Cost") in [(key, params["column"]) for key, params in reading.notes]


def test_a_campaign_called_total_is_a_campaign(ads):
    _, days = ads(DAILY.format(rows="Total workout,2026-09-01,10,1,2,USD,Mobile\n"))
    assert [row["campaign"] for row in days] == ["Total workout"]


def test_german_names_days_and_decimal_commas(ads):
    _, days = ads(
        "Kampagnenbericht\n1. September 2026 - 2. September 2026\n"
        "Kampagne;Impr.;Klicks;Kosten;Währungscode;Conversions;Conv.-Wert\nMarke;2.140;498;1.189,24;EUR;41,5;1.640,50\n",
        encoding="cp1252",
    )
    assert [str(row["day"]) for row in days] == ["2026-09-01", "2026-09-02"]
    assert (round(sum(row["cost"] for row in days), 2), sum(row["impressions"] for row in days)) == (1189.24, 2140)
    assert (days[0]["currency"], sum(row["orders"] for row in days)) == ("EUR", 41.5)


def test_millionths_of_the_interface_are_units_of_money(ads):
    _, days = ads(
        "campaign.name,segments.date,metrics.impressions,metrics.clicks,metrics.cost_micros,metrics.conversions\n"
        "Brand,2026-09-01,10,1,12340000,0.5\n"
    )
    assert (days[0]["cost"], days[0]["orders"]) == (12.34, 0.5)


def test_search_terms_are_words_and_their_spend_goes_to_the_ad_group(ads, rows):
    reading, days = ads(
        "Search terms report\n2026-09-01\nSearch term,Match type,Campaign,Ad group,Impr.,Clicks,Cost,Conv. value\n"
        "tea mug,Exact match,Brand,Mugs,100,10,5.00,20\ntea cup,Broad match,Brand,Mugs,50,5,2.50,\n"
    )
    assert [(row["ad_group"], row["keyword"], row["cost"]) for row in days] == [("Mugs", "*", 7.5)]
    words = rows([reading], "keyword_days")
    assert [(row["keyword"], row["impressions"], row["clicks"], row["pay_amount"]) for row in words] == [
        ("tea mug", 100, 10, 20),
        ("tea cup", 50, 5, None),
    ]
    assert json.loads(words[0]["extra"])["ad_cost"] == 5
    assert {piece.table: piece.layout for piece in reading.pieces} == {"ad_days": 15, "keyword_days": 30}


def test_a_report_without_any_day_says_what_is_missing(ads):
    text = DAILY.format(rows="Brand,1000,10,100,USD,Mobile\n").replace("Day,", "")
    reading, days = ads(text)
    assert (days, [key for key, _ in reading.notes], reading.rows_read) == ([], ["no_period"], 1)
    _, named = ads(text, "report_2026-09-03.csv")
    assert [(str(row["day"]), row["cost"]) for row in named] == [("2026-09-03", 100)]


def test_columns_nobody_knows_are_kept_and_missing_ones_named(ads):
    reading, days = ads(DAILY.format(rows="Brand,2026-09-01,1000,10,100,USD,x\n").replace("Device", "Our label"))
    assert json.loads(days[0]["extra"])["Our label"] == "x"
    assert reading.recognition.unknown == ("Ourlabel",)
    assert "Conversions" in reading.recognition.missing


def test_another_platforms_report_is_not_taken_for_googles(write, read):
    with pytest.raises(NotUnderstood):
        read(write("tiktok.csv", "Campaign name,Cost,Impression,Clicks,CTR\nA,1.00,100,10,10%\n"))


def test_metas_currency_stands_in_the_header_and_days_without_spend_are_zero(samples, read, rows):
    (reading,) = read(samples / "meta_ads.csv")
    first, second = rows([reading], "ad_days")
    assert [first[name] for name in ("platform", "campaign", "ad_group", "creative", "cost", "clicks", "orders")] == [
        "meta",
        "Test campaign",
        "Test set",
        "Test ad",
        45.6,
        40,
        3,
    ]
    assert (second["cost"], second["impressions"], second["revenue"]) == (0, None, None)
    assert (reading.pieces[0].currency, json.loads(first["extra"])["Reach"]) == ("USD", "900")


def test_metas_totals_row_has_no_name_and_ages_are_added_up(ads):
    reading, days = ads(
        META.format(
            rows=",,,7.00,300,30,2,50,\nA,S,2026-09-01,3.00,100,10,1,20,18-24\nA,S,2026-09-01,4.00,200,20,1,30,25-34\n"
        )
    )
    assert [(row["cost"], row["clicks"], row["revenue"]) for row in days] == [(7, 30, 50)]
    assert (reading.pieces[0].currency, reading.left_out[0].rows, reading.notes) == ("EUR", 1, [])


def test_metas_french_report_over_a_week(ads):
    reading, days = ads(
        "Nom de la campagne,Montant dépensé (EUR),Impressions,Clics sur un lien,Début du rapport,Fin du rapport\n"
        "Été,70.01,701,7,2026-09-01,2026-09-07\n"
    )
    assert (len(days), round(sum(row["cost"] for row in days), 2), sum(row["impressions"] for row in days)) == (
        7,
        70.01,
        701,
    )
    assert reading.pieces[0].layout == 10


def test_a_report_by_day_goes_before_one_that_was_spread(write, exported):
    month = write(
        "a.csv", GOOGLE.format(period='"Sep 1, 2026 - Sep 2, 2026"', rows="Enabled,Brand,100,10,10.00,GBP,1,20\n")
    )
    days = write("b.csv", DAILY.format(rows="Brand,2026-09-01,80,8,7.00,GBP,x\nBrand,2026-09-02,20,2,3.00,GBP,x\n"))
    both, other_way = exported([month], [days])["ad_days.csv"], exported([days], [month])["ad_days.csv"]
    costs = pl.read_csv(both.encode(), columns=["cost"])["cost"].to_list()
    assert (costs, both) == ([7.0, 3.0], other_way)
