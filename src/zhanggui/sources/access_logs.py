"""Logs of nginx and Apache in the combined format: bots out, pages counted, sessions made. See docs/sources/access_logs.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import unquote_plus

import polars as pl

from zhanggui.sources import visits, weblogs
from zhanggui.sources.matching import fit
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "web:main"
NOT_A_LINE = "sources.reject.not_a_log_line"
MOST_REJECTS = 10_000

BOT = (
    r"(?i)bot\b|bot[/;)_\- ]|crawl|spider|slurp|facebookexternalhit|whatsapp|telegram|preview|monitor|uptime|pingdom|lighthouse|headless"
    r"|phantom|python|curl|wget|libwww|httpclient|http-client|go-http|java/|okhttp|axios|node-fetch|scrapy|ruby|perl|php/|archive|validator"
    r"|scan|feed|rss|googleother|google-extended|apis-google|mediapartners|gptbot|ccbot|bytespider|semrush|ahrefs|mj12|dotbot|petal|yandex|baiduspider"
)
_FILES = (
    r"(?i)\.(?:css|js|mjs|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp4|webm|mp3|pdf|zip|gz|xml|txt|json"
    r"|webmanifest)$"
)
_INSIDE = (
    r"(?i)^/(?:wp-(?:admin|json|cron|login|content|includes)|admin|api|graphql|_next|static|assets|cdn-cgi|\.well-known|xmlrpc"
    r"|health)"
)
_CART = r"(?i)/(?:cart|basket|warenkorb)/(?:add|items)|add-to-cart|add_to_cart|/cart/add|wc-ajax=add_to_cart"
_TABLET = r"(?i)ipad|tablet|kindle|silk"
_MOBILE = r"(?i)mobile|iphone|android|windows phone"
_DEVICES = pl.Enum(["desktop", "mobile", "tablet"])
_OFTEN = 0.3
"""A referring host that stands on this share of the hits within sessions is the shop's own."""


class AccessLogs:
    """The source of web servers' logs."""

    name = "access_logs"

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Lines of the combined format."""
        return (
            fit(self.name, "combined", sheet, core=weblogs.COLUMNS, known=weblogs.COLUMNS)
            if sheet.kind == weblogs.KIND
            else None
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """All logs together: a day lies in a log and in the one rotated before it."""
        hits: list[pl.DataFrame] = []
        counted = [_Count(sheet) for sheet, _ in sheets]
        for count in counted:
            hits += count.hits(options.timezone)
        traffic = _traffic(hits)
        for at, ((sheet, recognition), count) in enumerate(zip(sheets, counted, strict=True)):
            pieces = (
                [Piece("traffic_days", traffic, sheet.name, 20, rows_read=sum(one.rows for one in counted))]
                if at == 0 and len(traffic)
                else []
            )
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=pieces,
                channel=options.channel or CHANNEL,
                rows_read=count.rows,
                left_out=[LeftOut(reason, rows) for reason, rows in count.left_out.items() if rows],
                rejects=count.rejects,
                notes=visits.notes(sheet.name, CHANNEL, options.channel) if pieces else (),
            )


class _Count:
    """One log, read block by block, and what became of its lines."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = 0
        self.left_out = {"bots": 0, "no_pages": 0, "not_a_log_line": 0}
        self.rejects: list[tuple[int, str, str, str]] = []

    def hits(self, zone: str) -> list[pl.DataFrame]:
        """The pages that people looked at, and what they put into carts."""
        return [_hits(self._kept(before, lines), zone) for before, lines in weblogs.blocks(self.sheet.path)]

    def _kept(self, before: int, lines: pl.Series) -> pl.DataFrame:
        parts = weblogs.split(lines).with_row_index("_row", offset=before + 1)
        blank = lines.str.strip_chars() == ""
        self.rows += len(lines) - int(blank.sum())
        unread = parts.filter(pl.col("time").is_null() & ~blank)["_row"].to_list()
        room = MOST_REJECTS - len(self.rejects)
        self.rejects += [(row, "line", "***", NOT_A_LINE) for row in unread[:room]]
        self.left_out["not_a_log_line"] += max(len(unread) - max(room, 0), 0)
        read = parts.filter(pl.col("time").is_not_null())
        bot = (pl.col("agent").is_in(["", "-"]) | pl.col("agent").str.contains(BOT)).fill_null(value=False)
        people = read.filter(~bot)
        self.left_out["bots"] += len(read) - len(people)
        request = people.with_columns(
            pl.col("request").str.extract(r"^([A-Z]+) ", 1).alias("method"),
            pl.col("request").str.extract(r"^[A-Z]+ (?:https?://[^/ ]+)?(/[^? ]*)", 1).alias("path"),
            pl.col("request").str.extract(r"\?(\S*)", 1).alias("query"),
        )
        cart = pl.col("request").str.contains(_CART) & pl.col("status").is_in(["200", "201", "302", "303"])
        page = (
            (pl.col("method") == "GET")
            & pl.col("status").is_in(["200", "304"])
            & pl.col("path").is_not_null()
            & ~pl.col("path").str.contains(_FILES)
            & ~pl.col("path").str.contains(_INSIDE)
        )
        kept = request.with_columns(cart.fill_null(value=False).alias("cart")).filter(
            page.fill_null(value=False) | pl.col("cart")
        )
        self.left_out["no_pages"] += len(request) - len(kept)
        return kept


def _hits(lines: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Lines as hits without anything that names a person: who it was is a number made of address, browser and day."""
    at = pl.col("time").str.to_datetime("%d/%b/%Y:%H:%M:%S %z", strict=False, time_zone="UTC")
    forwarded = pl.col("rest").str.extract(r'"\s*([0-9a-fA-F:.]+)', 1)
    address = pl.when(forwarded.str.contains(r"^\d+\.\d+\.\d+\.\d+$|:.*:")).then(forwarded).otherwise(pl.col("host"))
    dated = lines.with_columns(at.alias("_at")).with_columns(
        pl.col("_at").dt.convert_time_zone(zone).dt.date().alias("day")
    )
    return dated.select(
        "day",
        pl.col("_at").dt.replace_time_zone(None).alias("at"),
        pl.concat_str([address, pl.col("agent").fill_null(""), pl.col("day").cast(pl.String)], separator="\x1f")
        .hash(seed=7)
        .alias("visitor"),
        "cart",
        _campaign(pl.col("query")).cast(pl.Categorical).alias("source"),
        pl.when(pl.col("agent").str.contains(_TABLET))
        .then(pl.lit("tablet"))
        .when(pl.col("agent").str.contains(_MOBILE))
        .then(pl.lit("mobile"))
        .when(pl.col("agent").is_null())
        .then(None)
        .otherwise(pl.lit("desktop"))
        .cast(_DEVICES)
        .alias("device"),
        pl.col("referer")
        .str.extract(r"^https?://(?:www\.)?([^/:?#]+)", 1)
        .str.to_lowercase()
        .cast(pl.Categorical)
        .alias("referer"),
    ).filter(pl.col("at").is_not_null())


def _campaign(query: pl.Expr) -> pl.Expr:
    """``utm_source / utm_medium`` of an address."""

    def told(name: str) -> pl.Expr:
        raw = query.str.extract(rf"(?:^|&){name}=([^&]*)", 1)
        return (
            pl.when(raw.str.contains(r"[%+]"))
            .then(raw.map_elements(unquote_plus, return_dtype=pl.String))
            .otherwise(raw)
        )

    return pl.concat_str([told("utm_source"), told("utm_medium")], separator=" / ", ignore_nulls=True).replace("", None)


def _traffic(hits: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Visits of all hits, a day at a time: a visitor is one of a day, so days have nothing to do with each other."""
    days = [visits.sessions(day) for day in pl.concat(hits).partition_by("day")] if hits else []
    mine = _own_host(days)
    made = [visits.traffic(_sourced(day, mine)) for day in days]
    return pl.concat(made, how="diagonal") if made else pl.DataFrame()


def _own_host(days: Sequence[pl.DataFrame]) -> str:
    """The shop's own host: the one most hits within sessions come from; empty where none stands out."""
    within = [day.filter(pl.col("session") == pl.col("session").shift())["referer"].cast(pl.String) for day in days]
    counts = pl.concat(within).drop_nulls().value_counts(sort=True) if within else pl.DataFrame()
    return str(counts[0, 0]) if len(counts) and counts[0, 1] >= _OFTEN * sum(map(len, within)) else ""


def _sourced(hits: pl.DataFrame, mine: str) -> pl.DataFrame:
    """Hits in full, with the source of their session: the campaign, else the host that referred, unless it is the shop's own."""
    hits = hits.with_columns(
        pl.col("source", "device", "referer").cast(pl.String),
        pl.when("cart").then(pl.lit("cart")).otherwise(pl.lit("view")).alias("kind"),
        pl.when("cart").then(0).otherwise(1).cast(pl.UInt32).alias("views"),
        pl.lit(None, pl.String).alias("product_id"),
        pl.lit(None, pl.Float64).alias("amount"),
    )
    referred = pl.when(pl.col("referer") != mine).then(pl.col("referer"))
    first = pl.col("session") != pl.col("session").shift().fill_null(0)
    source = pl.when(first).then(pl.coalesce("source", referred, pl.lit(visits.DIRECT))).otherwise("source")
    return hits.with_columns(source.alias("source")).select(list(visits.SCHEMA))


SOURCE = AccessLogs()
