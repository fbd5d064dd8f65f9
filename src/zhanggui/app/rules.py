"""The rules of the trade as a page shows them: what each asks, reads and decides, and what came of it in this shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhanggui.actions.kinds import Score
    from zhanggui.app.shop import Shop
    from zhanggui.brief import Brief

MOST_ACTIONS = 50


def rule_chapters(shop: Shop, locale: str) -> list[dict[str, Any]]:
    """Every rule by chapter, with whether this shop's data lets it speak, and its record."""
    from zhanggui.report import rule_cells

    return rule_cells.chapters(shop.warehouse.rows(), _scores(shop), locale)


def rule_sheet(shop: Shop, name: str, locale: str) -> dict[str, Any] | None:
    """One rule with its thresholds, its line of the scorecard and its actions; None for a name that no rule has."""
    from zhanggui.report import outcome_cells, rule_cells

    rule = rule_cells.rule_named(name)
    if rule is None:
        return None
    score = _scores(shop).get(name)
    writer = outcome_cells.writer(locale, shop.config.currency, {})
    cards = [card for card in shop.actions.cards(locale, everything=True) if card.rule == name]
    return {
        **rule_cells.sheet(rule, shop.warehouse.rows(), shop.config, locale),
        "score": outcome_cells.score_cells([score], writer)[0] if score else None,
        "actions": [{"id": card.id, "title": card.title, "status": card.status} for card in cards[:MOST_ACTIONS]],
        "more": max(len(cards) - MOST_ACTIONS, 0),
    }


def rule_link(name: str, locale: str) -> dict[str, str]:
    """What a rule is called and the address of its page, which is empty for what a person entered."""
    from zhanggui.report import outcome_cells

    return {"said": outcome_cells.rule(name, locale), "to_page": outcome_cells.page_of(name)}


def rule_today(brief: Brief, name: str, locale: str) -> list[str]:
    """What a brief says by this rule, in sentences."""
    from zhanggui.report.rule_cells import said_today

    return said_today(brief, name, locale)


def _scores(shop: Shop) -> dict[str, Score]:
    from zhanggui.outcomes import scorecard

    return {score.rule: score for score in scorecard(shop.ledger.standing().past)}
