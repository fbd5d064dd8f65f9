"""Actions are carried out in live shops: the ledger knows what that is called, and takes no word that this version does not know.

No table changes. A program of the version before would not understand such an event, and now sees that by the version.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

VERBS = (
    "proposed",
    "added",
    "approved",
    "dismissed",
    "snoozed",
    "done",
    "undone",
    "stopped",
    "assigned",
    "noted",
    "measured",
    "found",
    "applying",
    "broke_off",
    "put_back",
)


def upgrade() -> None:
    """Let nothing into the events that this version cannot read back."""
    if op.get_bind().dialect.name == "sqlite":
        known = ", ".join(f"'{verb}'" for verb in VERBS)
        op.execute(
            f"CREATE TRIGGER events_known_verb BEFORE INSERT ON events WHEN NEW.verb NOT IN ({known})"
            " BEGIN SELECT RAISE(ABORT, 'events: a verb that this version does not know'); END"
        )
