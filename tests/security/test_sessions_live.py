"""Open pages: who gets a WebSocket, and what becomes of it when the session ends."""

from __future__ import annotations

import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from gridgov.clock import now
from gridgov.workspace.audit import SYSTEM, entries, verify
from gridgov.workspace.engine import writing
from gridgov.workspace.session import hash_token, live_session
from gridgov.workspace.tables import session
from gridgov.workspace.user import set_disabled, set_password, set_roles

from .conftest import PASSWORD, Server, csrf_of


def rerun(line: ClientConnection) -> None:
    message = BackMsg()
    message.rerun_script.query_string = ""
    line.send(message.SerializeToString())


def text_until_finished(line: ClientConnection, seconds: float = 20) -> str:
    """Everything that one run of the script wrote."""
    found, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        message = ForwardMsg()
        message.ParseFromString(line.recv(timeout=seconds))  # type: ignore[arg-type]
        found.append(str(message))
        if message.WhichOneof("type") == "script_finished":
            return "\n".join(found)
    raise TimeoutError


def test_a_logged_in_page_knows_who_it_is(server: Server) -> None:
    with server.socket(server.log_in("li")) as line:
        rerun(line)
        shown = text_until_finished(line)
    assert "signed in as [li]" in shown and "leader" in shown


@pytest.mark.parametrize(
    "token",
    ["", "A" * 43, "x", "' OR ''='", "A" * 5000],
)
def test_no_session_no_socket(server: Server, token: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        server.socket(token)
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["", "https://evil.example", "null", "http://localhost.evil.example", "ftp://127.0.0.1"],
)
def test_a_foreign_page_gets_no_socket_with_a_good_cookie(server: Server, origin: str) -> None:
    token = server.log_in("li")
    with pytest.raises(InvalidStatus) as caught:
        server.socket(token, Origin=origin)
    assert caught.value.response.status_code == 403


def test_a_token_in_the_address_or_protocol_is_not_a_cookie(server: Server) -> None:
    token = server.log_in("li")
    assert server.client().get(f"/_stcore/health?gridgov_session={token}").status_code == 401
    with pytest.raises(InvalidStatus):
        server.socket("", Authorization=f"Bearer {token}")


@pytest.mark.parametrize("end", ["logout", "password", "disable", "idle", "absolute"])
def test_an_open_page_closes_when_its_session_ends(server: Server, end: str) -> None:
    client = server.client()
    token = server.log_in("wang", client)
    with server.socket(token) as line:
        rerun(line)
        assert "signed in as [wang]" in text_until_finished(line)
        _end(server, client, token, end)
        started, farewell, code = time.monotonic(), "", None
        try:
            while time.monotonic() - started < 15:
                message = ForwardMsg()
                message.ParseFromString(line.recv(timeout=15))  # type: ignore[arg-type]
                farewell = message.auth_redirect.url or farewell
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else None
    assert (code, farewell) == (4401, "/login")
    assert time.monotonic() - started < 8, "two seconds, and some for a busy machine"
    with pytest.raises(InvalidStatus):
        server.socket(token)
    assert server.client().get("/_stcore/health", headers=_cookie(token)).status_code == 401
    set_disabled(server.engine, SYSTEM, "wang", disabled=False)
    from gridgov.access.passwords import hash_password

    set_password(server.engine, SYSTEM, "wang", hash_password(PASSWORD))


def _cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"gridgov_session={token}"}


def _end(server: Server, client: httpx.Client, token: str, how: str) -> None:
    if how == "logout":
        page = client.get("/logout").text
        assert client.post("/logout", data={"csrf": csrf_of(page)}).status_code == 303
    elif how == "password":
        set_password(server.engine, SYSTEM, "wang", "$argon2id$other")
    elif how == "disable":
        set_disabled(server.engine, SYSTEM, "wang", disabled=True)
    else:
        column = session.c.idle_expires_at if how == "idle" else session.c.absolute_expires_at
        with writing(server.engine) as connection:
            connection.execute(
                update(session)
                .where(session.c.token_hash == hash_token(token))
                .values({column: now() - timedelta(seconds=1)})
            )


def test_nothing_runs_for_a_message_sent_after_the_end(server: Server) -> None:
    token = server.log_in("mallory")
    with server.socket(token) as line:
        rerun(line)
        text_until_finished(line)
        set_disabled(server.engine, SYSTEM, "mallory", disabled=True)
        time.sleep(1.1)
        rerun(line)
        shown = []
        try:
            while True:
                message = ForwardMsg()
                message.ParseFromString(line.recv(timeout=15))  # type: ignore[arg-type]
                shown.append(str(message))
        except ConnectionClosed:
            pass
    assert "signed in as" not in "".join(shown)
    set_disabled(server.engine, SYSTEM, "mallory", disabled=False)


def test_roles_change_in_an_open_page(server: Server) -> None:
    with server.socket(server.log_in("li")) as line:
        rerun(line)
        assert "leader" in text_until_finished(line)
        set_roles(server.engine, SYSTEM, "li", roles=["analyst"], grid_ids=["g7"])
        time.sleep(1.1)
        rerun(line)
        shown = text_until_finished(line)
    set_roles(server.engine, SYSTEM, "li", roles=["leader"], grid_ids=[])
    assert "analyst" in shown and "g7" in shown and "leader" not in shown


def test_a_link_or_foreign_form_logs_nobody_out(server: Server) -> None:
    client = server.client()
    token = server.log_in("li", client)
    assert "csrf" in client.get("/logout").text
    for fields in ({}, {"csrf": "0" * 64}):
        assert client.post("/logout", data=fields).status_code == 403
    other = server.client()
    server.log_in("admin", other)
    stolen = csrf_of(other.get("/logout").text)
    assert client.post("/logout", data={"csrf": stolen}).status_code == 403
    assert live_session(server.engine, hash_token(token)) is not None


def test_a_new_login_makes_a_new_token_and_ends_the_old_one(server: Server) -> None:
    client = server.client()
    first = server.log_in("li", client)
    client.cookies.set("gridgov_form", "planted-before-login")
    fields = {"username": "li", "password": PASSWORD}
    form = _form_of(server, client)
    answer = client.post("/login", data={**fields, "csrf": form})
    assert answer.status_code == 303
    assert live_session(server.engine, hash_token(first)) is None


def _form_of(server: Server, client: httpx.Client) -> str:
    """The form as someone without a session in this browser would get it."""
    cookies = "; ".join(
        f"{cookie.name}={cookie.value}"
        for cookie in client.cookies.jar
        if cookie.name != "gridgov_session"
    )
    return csrf_of(server.client().get("/login", headers={"Cookie": cookies}).text)


def test_a_planted_session_is_not_taken_over(server: Server) -> None:
    """Fixation: an attacker's own token in the victim's browser does not become the victim's."""
    planted = "B" * 43
    client = server.client(cookies={"gridgov_session": planted})
    fields = {
        "username": "li", "password": PASSWORD, "csrf": csrf_of(client.get("/login").text),
    }  # fmt: skip
    answer = client.post("/login", data=fields)
    given = [c for c in answer.headers.get_list("set-cookie") if c.startswith("gridgov_session=")]
    assert planted not in given[-1]
    assert server.client().get("/_stcore/health", headers=_cookie(planted)).status_code == 401


def test_the_log_holds_the_logins_and_verifies(server: Server) -> None:
    server.log_in("admin")
    found = entries(server.engine, user="admin", action="login")
    assert found and found[0].source == "127.0.0.1"
    assert verify(server.engine).ok
    with server.engine.connect() as connection:
        agents = connection.execute(select(session.c.agent)).scalars().all()
    assert any("python-httpx" in agent for agent in agents)
