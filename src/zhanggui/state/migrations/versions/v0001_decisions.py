"""Actions, the events about them, freezes, hand-over notes and marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ADDED_TO_ONLY = ("actions", "events", "freezes", "handovers")


def upgrade() -> None:
    """Make the tables, and forbid to change or delete what is written."""
    op.create_table(
        "actions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
        sa.UniqueConstraint("base", "round", name="uq_actions_base_round"),
    )
    op.create_table(
        "events",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
        sa.ForeignKeyConstraint(["action"], ["actions.id"], name="fk_events_action_actions"),
        sa.UniqueConstraint("action", "step", name="uq_events_action_step"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "freezes",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("lifts", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_freezes"),
        sa.ForeignKeyConstraint(["lifts"], ["freezes.number"], name="fk_freezes_lifts_freezes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "handovers",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("on_duty", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_handovers"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in ADDED_TO_ONLY:
            for deed in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table}: rows are added, never changed'); END"
                )
