"""Values that all servers of one workspace share, such as the key that signs forms."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError

from gridgov.workspace.engine import reading, writing
from gridgov.workspace.tables import setting

__all__ = ["read_setting", "server_key"]

_SERVER_KEY = "server_key"


def read_setting(source: Engine | Connection, key: str) -> str | None:
    """The value under `key`, or None."""
    with reading(source) as connection:
        return connection.execute(
            select(setting.c.value).where(setting.c.key == key)
        ).scalar_one_or_none()


def server_key(engine: Engine) -> bytes:
    """32 random bytes, made once per workspace: signs forms, device and OIDC cookies."""
    found = read_setting(engine, _SERVER_KEY)
    if found is None:
        try:
            with writing(engine) as connection:
                connection.execute(
                    setting.insert().values(key=_SERVER_KEY, value=secrets.token_hex(32))
                )
        except IntegrityError:
            # Another server made it between our look and our write; theirs stands.
            pass
        found = read_setting(engine, _SERVER_KEY)
    assert found is not None
    return bytes.fromhex(found)
