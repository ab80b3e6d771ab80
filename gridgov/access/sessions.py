"""From a cookie to an identity, and back to nobody at once when a session ends.

The gate asks at every request and WebSocket message, the application at every script run.
Answers are kept for one second, so a hundred busy sessions cost about a hundred look-ups a
second at most and a revoked one is out within a second.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import Engine

from gridgov.access.roles import Identity, Role
from gridgov.clock import now
from gridgov.settings import Settings
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import shared_workspace, writing
from gridgov.workspace.session import (
    LiveSession,
    hash_token,
    live_session,
    revoke_sessions,
    touch_session,
)

__all__ = [
    "COOKIE",
    "SECURE_COOKIE",
    "SessionStore",
    "actor_of",
    "bind_state",
    "identity_from_cookies",
    "session_token",
    "shared_sessions",
    "sign_out",
]

COOKIE = "gridgov_session"
# The prefix makes browsers refuse the cookie unless it is Secure, of this host alone and path /.
SECURE_COOKIE = "__Host-gridgov_session"
_CACHE_SECONDS = 1.0
_TOUCH_EVERY = timedelta(minutes=1)
_TOKEN_LENGTH = 43
_STATE_KEY = "_gridgov_user_id"


@dataclass(frozen=True)
class _Answer:
    asked_at: float
    session: LiveSession | None


class SessionStore:
    """Look-ups of live sessions with a cache of one second; safe to use from many threads."""

    def __init__(self, engine: Engine, idle: timedelta) -> None:
        self.engine = engine
        self.idle = idle
        self._answers: dict[str, _Answer] = {}
        self._lock = Lock()

    def find(self, token: str, *, fresh: bool = False) -> LiveSession | None:
        """The session of this token if it stands; `fresh` asks the database in any case."""
        if len(token) != _TOKEN_LENGTH or not token.isascii():
            return None
        key = hash_token(token)
        with self._lock:
            answer = self._answers.get(key)
        if answer is not None and not fresh and monotonic() - answer.asked_at < _CACHE_SECONDS:
            return answer.session
        asked_at = monotonic()
        found = live_session(self.engine, key)
        with self._lock:
            if len(self._answers) > 10_000:
                # Strangers can send any number of well-formed tokens.
                self._answers.clear()
            self._answers[key] = _Answer(asked_at, found)
        return found

    def touch(self, found: LiveSession) -> None:
        """Push the idle limit on, at most once a minute."""
        if now() - found.seen_at >= _TOUCH_EVERY:
            touch_session(self.engine, found.token_hash, self.idle)
            self.forget(found.token_hash)

    def end(self, token: str, *, reason: str, source: str = "") -> None:
        """Revoke the session of this token and write it to the log."""
        key = hash_token(token)
        found = live_session(self.engine, key)
        if found is None:
            return
        with writing(self.engine) as connection:
            revoke_sessions(connection, token_hash=key, reason=reason)
            actor = Actor(found.user_id, found.username, source)
            audit.record(connection, actor, "logout", found.username)
        self.forget(key)

    def forget(self, token_hash: str) -> None:
        """Drop a cached answer."""
        with self._lock:
            self._answers.pop(token_hash, None)


_stores: dict[str, SessionStore] = {}
_stores_lock = Lock()


def shared_sessions(settings: Settings | None = None) -> SessionStore:
    """The one store of this process for the configured workspace."""
    chosen = settings or Settings.from_environment()
    with _stores_lock:
        store = _stores.get(chosen.workspace_url)
        if store is None:
            engine = shared_workspace(chosen.workspace_url)
            store = _stores[chosen.workspace_url] = SessionStore(engine, chosen.session_idle)
        return store


def session_token(cookies: Mapping[str, str]) -> str:
    """The session's token among a request's cookies, or an empty text."""
    return cookies.get(SECURE_COOKIE) or cookies.get(COOKIE) or ""


def identity_from_cookies(
    cookies: Mapping[str, str], store: SessionStore | None = None
) -> Identity | None:
    """Who sent these cookies, as of now; None for nobody. Ask at every script run."""
    token = session_token(cookies)
    if not token:
        return None
    found = (store or shared_sessions()).find(token)
    return None if found is None else _identity(found)


def actor_of(identity: Identity, source: str = "") -> Actor:
    """The identity as the workspace's functions want it."""
    name = identity.username or identity.name
    return Actor(None if identity.demo else identity.user_id, name, source)


def bind_state(state: MutableMapping[Any, Any], identity: Identity) -> bool:
    """Empty a script's session state that belongs to someone else; True if it was emptied.

    Streamlit lets a browser take up an earlier state by its id within two minutes of losing the
    connection; this keeps one person's filters and results from the next person on the machine.
    """
    owner = (identity.user_id, identity.demo)
    stale = _STATE_KEY in state and state[_STATE_KEY] != owner
    if stale:
        for key in list(state):
            del state[key]
    state[_STATE_KEY] = owner
    return stale


def sign_out(cookies: Mapping[str, str], store: SessionStore | None = None) -> None:
    """End the session of these cookies; the gate then closes its pages within two seconds."""
    token = session_token(cookies)
    if token:
        (store or shared_sessions()).end(token, reason="logout")


def _identity(found: LiveSession) -> Identity:
    known = {role.value for role in Role}
    return Identity(
        user_id=found.user_id,
        name=found.name,
        # A role that a newer program stored and this one does not know gives nothing.
        roles=frozenset(Role(name) for name in found.roles if name in known),
        grid_ids=found.grid_ids,
        worker_id=found.worker_id,
        username=found.username,
    )
