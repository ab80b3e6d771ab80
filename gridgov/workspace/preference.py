"""What a user prefers: language, theme and the like. Not worth an audit row."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, insert, select, update

from gridgov.workspace.engine import reading, writing
from gridgov.workspace.tables import preference

__all__ = ["read_preferences", "set_preference"]


def read_preferences(source: Engine | Connection, user_id: int) -> dict[str, str]:
    """All preferences of a user."""
    with reading(source) as connection:
        rows = connection.execute(
            select(preference.c.key, preference.c.value).where(preference.c.user_id == user_id)
        )
        return {row.key: row.value for row in rows}


def set_preference(engine: Engine, user_id: int, key: str, value: str) -> None:
    """Set one preference; `key` up to 64 characters."""
    mine = (preference.c.user_id == user_id) & (preference.c.key == key)
    with writing(engine) as connection:
        if connection.execute(update(preference).where(mine).values(value=value)).rowcount == 0:
            connection.execute(insert(preference).values(user_id=user_id, key=key, value=value))
