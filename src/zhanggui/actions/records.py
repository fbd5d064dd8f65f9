"""What the shop must tell before more can be said."""

from __future__ import annotations

from zhanggui.actions.kinds import ActionKind

KINDS = (
    ActionKind(
        "enter_data",
        reversible=True,
        approver="operator",
        largest_cost=0.0,
        design="counted",
        metric="contribution_profit",
        days=28,
        targets=("channel", "product_id", "category"),
        changes="data",
        minutes=5,
        draft="checklist",
    ),
    ActionKind(
        "test_first",
        reversible=True,
        approver="operator",
        largest_cost=0.5,
        design="experiment",
        metric="contribution_profit",
        days=14,
        targets=("product_id", "category", "source", "campaign", "creative", "platform", "channel"),
        changes="test",
        minutes=20,
    ),
)
