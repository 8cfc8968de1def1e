"""Called by Alembic: migrations run on the connection and in the transaction they are handed."""

from __future__ import annotations

from alembic import context

from oitcheck.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
