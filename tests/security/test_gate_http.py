"""Every kind of address without a session, and tricks to look like a public one."""

from __future__ import annotations

import re
import socket

import httpx
import pytest

from .conftest import PASSWORD, Server, csrf_of

PAGES = ["/", "/complaints", "/explore?metric=C3", "/login/", "//login", "/LOGIN", "/login;x=1"]
FETCHED = [
    "/static/js/index.js",
    "/app/static/fonts/x.woff2",
    "/media/0123456789abcdef.csv",
    "/component/x/index.html",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/allowed-message-origins",
    "/_stcore/agent/openapi.json",
    "/_stcore/stream",
    "/_stcore/bidi-components/x/y.js",
    "/_stcore/upload_file/a/b",
]
TRICKS = [
    b"/login/../_stcore/metrics",
    b"/login/%2e%2e/_stcore/metrics",
    b"/login%2f..%2f_stcore/metrics",
    b"/healthz/../_stcore/metrics",
    b"/healthz/..%2f_stcore/metrics",
    b"/healthz%00/_stcore/metrics",
    b"/login.css/../static/js/index.js",
    b"/./_stcore/metrics",
    b"//_stcore/metrics",
    b"/_stcore//metrics",
    b"/_stcore/metrics?/login",
    b"/_stcore/metrics#/login",
    b"http://127.0.0.1/_stcore/metrics",
    b"/\\login",
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_lead_to_the_login(server: Server, address: str) -> None:
    answer = server.client().get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("address", FETCHED)
def test_everything_that_pages_fetch_is_refused(server: Server, address: str) -> None:
    for accept in ("*/*", "text/html"):
        answer = server.client().get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.text) == (401, "请先登录")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PURGE"])
@pytest.mark.parametrize("address", ["/", "/_stcore/upload_file/a/b", "/_stcore/agent/interact"])
def test_every_method_is_refused(server: Server, method: str, address: str) -> None:
    answer = server.client().request(method, address, headers={"Accept": "*/*"})
    assert answer.status_code == 401


@pytest.mark.parametrize("target", TRICKS)
def test_paths_that_pretend(server: Server, target: bytes) -> None:
    """Sent byte by byte: a client library would tidy them up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while block := line.recv(65536):
            answer += block
    status = int(answer.split()[1])
    assert status in {303, 400, 401, 404}, answer[:200]
    assert b"process_" not in answer and b"# TYPE" not in answer and b"import" not in answer


def test_the_public_addresses_give_nothing_away(server: Server) -> None:
    client = server.client()
    assert client.get("/healthz").text == "ok"
    page = client.get("/login").text
    assert "streamlit" not in page.lower() and "<script" not in page
    assert "@import" not in client.get("/login.css").text
    assert client.get("/logout").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-User": "admin", "Remote-User": "admin", "X-Remote-User": "admin"},
        {"X-Original-URL": "/login", "X-Rewrite-URL": "/login"},
        {"X-Forwarded-Prefix": "/login", "X-Script-Name": "/login", "Script-Name": "/login"},
        {"X-HTTP-Method-Override": "GET"},
        {"Authorization": "Basic YWRtaW46YSBnb29kIGxvbmcgcGFzcw=="},
        {"Cookie": "gridgov_session=" + "A" * 43},
        {"Cookie": "gridgov_session=' OR 1=1 --; gridgov_device=x.y"},
        {"Cookie": 'gridgov_session="\\101"; ='},
        {"Cookie": "_streamlit_user=forged; _streamlit_xsrf=x"},
    ],
)
def test_forged_headers_open_nothing(server: Server, headers: dict[str, str]) -> None:
    assert server.client().get("/_stcore/metrics", headers=headers).status_code == 401


def test_the_login_form_needs_its_own_token(server: Server) -> None:
    client = server.client()
    token = csrf_of(client.get("/login").text)
    fields = {"username": "li", "password": PASSWORD}
    for wrong in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}):
        assert client.post("/login", data={**fields, **wrong}).status_code == 403
    # A token of one browser is worth nothing in another.
    other = server.client()
    other.get("/login")
    assert other.post("/login", data={**fields, "csrf": token}).status_code == 403
    assert server.client().post("/login", data={**fields, "csrf": token}).status_code == 403
    body = {"Content-Type": "text/plain"}
    assert client.post("/login", content=f"csrf={token}", headers=body).status_code == 403
    assert client.post("/login", data={**fields, "csrf": token}).status_code == 303


def test_foreign_pages_cannot_post(server: Server) -> None:
    client = server.client()
    fields = {"username": "li", "password": PASSWORD, "csrf": csrf_of(client.get("/login").text)}
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{server.port}.evil.example"):
        answer = client.post("/login", data=fields, headers={"Origin": origin})
        assert answer.status_code == 403
    assert client.post("/login", data=fields, headers={"Origin": server.base}).status_code == 303


def test_wrong_passwords_and_unknown_names_get_the_same_answer(server: Server) -> None:
    answers = []
    for name in ("wang", "nobody"):
        client = server.client()
        token = csrf_of(client.get("/login").text)
        answer = client.post("/login", data={"username": name, "password": "x", "csrf": token})
        answers.append((answer.status_code, answer.text.replace(name, "")[-400:]))
        assert "gridgov_session" not in client.cookies
    assert answers[0][0] == answers[1][0] == 401
    assert "用户名或密码不对" in answer.text


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/complaints?grid=g1", "/complaints?grid=g1"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/logout", "/"),
        ("", "/"),
        ("/" + "x" * 3000, "/"),
    ],
)
def test_after_the_login_only_to_a_page_of_ours(server: Server, wanted: str, given: str) -> None:
    client = server.client()
    fields = {
        "username": "li", "password": PASSWORD, "next": wanted,
        "csrf": csrf_of(client.get("/login").text),
    }  # fmt: skip
    assert client.post("/login", data=fields).headers["location"] == given


def test_typed_text_is_escaped_on_the_page(server: Server) -> None:
    client = server.client()
    attack = '"><script>alert(1)</script>'
    page = client.get("/login", params={"next": "/" + attack}).text
    token = csrf_of(page)
    page += client.post(
        "/login", data={"username": attack, "password": "x", "csrf": token, "next": "/" + attack}
    ).text
    assert "<script" not in page and "&lt;script&gt;" in page


def test_headers_on_every_answer(server: Server) -> None:
    client = server.client()
    server.log_in("li", client)
    script = re.findall(r'src="(/static/js/[^"]+)"', client.get("/").text)[0]
    answers = [
        client.get(path)
        for path in (
            "/",
            "/login",
            "/healthz",
            "/_stcore/health",
            script,
            "/no",
        )
    ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "http" not in policy and "unsafe-eval" not in policy and "*" not in policy
        assert "'unsafe-inline'" not in policy.split("script-src")[-1].split(";")[0]
        assert "access-control-allow-origin" not in answer.headers
    assert answers[0].headers["cache-control"] == "no-store"
    assert answers[4].headers["content-encoding"] == "gzip"
    assert "immutable" in answers[4].headers["cache-control"]
    assert "private" in answers[4].headers["cache-control"]


def test_cookies_are_for_the_server_alone(server: Server) -> None:
    client = server.client()
    form = client.get("/login")
    fields = {"username": "li", "password": PASSWORD, "csrf": csrf_of(form.text)}
    answer = client.post("/login", data=fields)
    cookies = [*form.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
    for cookie in cookies:
        if "Max-Age=0" not in cookie:
            assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    assert any(cookie.startswith("gridgov_session=") for cookie in cookies)


def test_uploads_are_limited_announced_or_not(server: Server) -> None:
    client = server.client()
    server.log_in("li", client)
    client.headers["Origin"] = server.base
    big = b"x" * (3 * 1024 * 1024)

    def chunks():  # type: ignore[no-untyped-def]
        for _ in range(48):
            yield big[:65536]

    address = "/_stcore/upload_file/session/file"
    assert client.put(address, files={"f": ("a.csv", big)}).status_code == 413
    for path in (address, "/login", "/_stcore/agent/interact"):
        try:
            answer = client.request("PUT" if "upload" in path else "POST", path, content=chunks())
        except httpx.HTTPError:
            continue
        # 403: Streamlit's own check of the form token came before it read the body.
        assert answer.status_code in {400, 403, 404, 413}, path
    assert client.post("/login", content=b"x" * 70_000).status_code == 413
    assert client.get("/healthz").text == "ok"
