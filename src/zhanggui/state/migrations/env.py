"""Runs the steps on the connection that ``state.database`` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from zhanggui.state.base import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
