"""Runs migrations on the connection that qualcoder.migrations hands over."""

from __future__ import annotations

from alembic import context
from qualcoder.schema import DATA, KEYS

METADATA = {"data": DATA, "keys": KEYS}

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA[context.config.attributes["target"]],
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
