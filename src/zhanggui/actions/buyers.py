"""Reaching buyers: all of them alike, or those who agreed to be reached."""

from __future__ import annotations

from zhanggui.actions.kinds import ActionKind

KINDS = (
    ActionKind(
        "invite_reviews_from_all",
        reversible=True,
        approver="operator",
        largest_cost=0.5,
        design="experiment",
        metric="review_count",
        days=28,
        targets=("product_id", "category", "channel"),
        changes="contact",
        minutes=15,
        draft="text",
        public=True,
    ),
    ActionKind(
        "contact_consented_customers",
        reversible=False,
        approver="owner",
        largest_cost=0.5,
        design="experiment",
        metric="contribution_profit",
        days=28,
        settle_days=14,
        targets=("segment", "new_or_returning", "product_id", "category", "brand", "country", "region", "channel"),
        changes="contact",
        minutes=30,
        draft="text",
        public=True,
    ),
    ActionKind(
        "record_positioning",
        reversible=True,
        approver="owner",
        largest_cost=0.0,
        design="before_after",
        metric="contribution_profit",
        days=90,
        targets=("segment", "category", "brand", "country", "region", "city", "source", "keyword", "channel"),
        changes="positioning",
        minutes=20,
        draft="text",
    ),
)
