from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from gridgov.access import sessions
from gridgov.access.roles import Identity, Role
from gridgov.access.sessions import SessionStore, bind_state, identity_from_cookies, sign_out
from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.workspace import session as session_table
from gridgov.workspace.audit import SYSTEM, Actor, entries
from gridgov.workspace.engine import writing
from gridgov.workspace.session import create_session, hash_token, live_session, purge_sessions
from gridgov.workspace.user import (
    add_user,
    count_users,
    find_user,
    list_users,
    password_hash_of,
    set_disabled,
    set_password,
    set_roles,
)

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=8)


def log_in(engine: Engine, user_id: int) -> str:
    with writing(engine) as connection:
        return create_session(
            connection, user_id, idle=IDLE, absolute=ABSOLUTE, source="10.0.0.1", agent="test"
        )


@pytest.fixture
def store(engine: Engine) -> SessionStore:
    return SessionStore(engine, IDLE)


def cookies(token: str) -> dict[str, str]:
    return {"gridgov_session": token}


def test_login_names_are_one_spelling_and_unique(engine: Engine, actor: Actor) -> None:
    with pytest.raises(UsageError):
        add_user(engine, SYSTEM, username=" LI ", name="x", roles=["leader"])
    with pytest.raises(UsageError):
        add_user(engine, SYSTEM, username="\u200b\x1b", name="x", roles=["leader"])
    assert find_user(engine, username=" Li") is not None
    assert [user.username for user in list_users(engine)] == ["li"]


def test_names_carry_no_terminal_codes(engine: Engine) -> None:
    added = add_user(
        engine, SYSTEM, username="zhang", name="张\x1b[31m三\u202e<b>", roles=["worker"]
    )
    assert added.name == "张[31m三<b>"


def test_a_token_is_stored_only_as_a_hash(engine: Engine, actor: Actor) -> None:
    token = log_in(engine, actor.user_id or 0)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM session")).all()
    assert token not in str(rows) and hash_token(token) in str(rows)
    assert len(token) == 43


def test_cookie_to_identity(engine: Engine, store: SessionStore) -> None:
    added = add_user(
        engine, SYSTEM, username="wang", name="王", roles=["supervisor", "retired_role"],
        grid_ids=["g2", "g1"], worker_id="w1",
    )  # fmt: skip
    token = log_in(engine, added.id)
    assert identity_from_cookies(cookies(token), store) == Identity(
        added.id, "王", frozenset({Role.SUPERVISOR}), ("g1", "g2"), "w1", username="wang"
    )
    for wrong in ("", token[:-1], token + "x", "A" * 43, "é" * 43, f"{token[:-1]}'"):
        assert identity_from_cookies(cookies(wrong), store) is None
    assert identity_from_cookies({}, store) is None


@pytest.mark.parametrize("end", ["disable", "password", "logout"])
def test_ending_takes_hold_within_a_second(
    engine: Engine, store: SessionStore, actor: Actor, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = log_in(engine, actor.user_id or 0)
    assert store.find(token) is not None
    if end == "disable":
        set_disabled(engine, SYSTEM, "li", disabled=True)
    elif end == "password":
        set_password(engine, SYSTEM, "li", "$argon2id$new")
    else:
        sign_out(cookies(token), store)
    assert store.find(token, fresh=True) is None
    later = sessions.monotonic() + 1.01
    monkeypatch.setattr(sessions, "monotonic", lambda: later)
    assert identity_from_cookies(cookies(token), store) is None


def test_enabling_again_does_not_bring_old_sessions_back(engine: Engine, actor: Actor) -> None:
    token = log_in(engine, actor.user_id or 0)
    set_disabled(engine, SYSTEM, "li", disabled=True)
    assert count_users(engine) == 0
    set_disabled(engine, SYSTEM, "li", disabled=False)
    assert count_users(engine) == 1
    assert live_session(engine, hash_token(token)) is None


def test_idle_and_absolute_limits(
    engine: Engine, store: SessionStore, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, start = log_in(engine, actor.user_id or 0), now()
    at = [start]
    for module in (session_table, sessions):
        monkeypatch.setattr(module, "now", lambda: at[0])

    def alive() -> bool:
        found = store.find(token, fresh=True)
        if found:
            store.touch(found)
        return found is not None

    for minutes in range(20, 8 * 60, 20):
        at[0] = start + timedelta(minutes=minutes)
        assert alive(), minutes
    at[0] = start + timedelta(hours=8, seconds=1)
    assert not alive(), "busy all day and yet over"
    token = log_in(engine, actor.user_id or 0)
    at[0] += timedelta(minutes=31)
    assert not alive(), "left alone"
    at[0] += timedelta(days=40)
    assert purge_sessions(engine) == 2


def test_roles_change_without_a_new_login(
    engine: Engine, store: SessionStore, actor: Actor
) -> None:
    token = log_in(engine, actor.user_id or 0)
    set_roles(engine, SYSTEM, "li", roles=["clerk"], grid_ids=["g9"], worker_id="w2")
    found = identity_from_cookies(cookies(token), store)
    assert found is not None
    assert (found.roles, found.grid_ids, found.worker_id) == ({Role.CLERK}, ("g9",), "w2")
    with pytest.raises(UsageError):
        set_roles(engine, SYSTEM, "li")
    with pytest.raises(UsageError):
        set_roles(engine, SYSTEM, "nobody", roles=["clerk"])


def test_the_last_administrator_stays(engine: Engine) -> None:
    for name in ("one", "two"):
        add_user(engine, SYSTEM, username=name, name=name, roles=["administrator"])
    set_roles(engine, SYSTEM, "two", roles=["leader"])
    with pytest.raises(UsageError):
        set_disabled(engine, SYSTEM, "one", disabled=True)
    with pytest.raises(UsageError):
        set_roles(engine, SYSTEM, "one", roles=["leader"])
    set_roles(engine, SYSTEM, "two", roles=["leader", "administrator"])
    set_disabled(engine, SYSTEM, "one", disabled=True)
    with pytest.raises(UsageError):
        set_disabled(engine, SYSTEM, "two", disabled=True)


def test_changes_are_in_the_log_without_secrets(engine: Engine, actor: Actor) -> None:
    set_password(engine, actor, "li", "$argon2id$secret")
    assert password_hash_of(engine, actor.user_id or 0) == "$argon2id$secret"
    set_roles(engine, actor, "li", roles=["analyst"])
    found = entries(engine)
    assert [entry.action for entry in found] == ["user.roles", "user.password", "user.add"]
    assert "secret" not in str(found)
    assert '"before":{"roles":["leader"]}' in found[0].detail


def test_state_of_another_person_is_dropped() -> None:
    one = Identity(1, "a", frozenset({Role.LEADER}))
    two = Identity(2, "b", frozenset({Role.LEADER}))
    state: dict[str, object] = {}
    assert not bind_state(state, one)
    state["rows"] = [1]
    assert not bind_state(state, one) and state["rows"] == [1]
    assert bind_state(state, two) and "rows" not in state
