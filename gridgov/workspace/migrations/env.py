"""Alembic's entry: works in the transaction that `gridgov.workspace.migrate` opened."""

from __future__ import annotations

from alembic import context

from gridgov.workspace.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite can roll DDL back, alembic does not know it by itself.
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
