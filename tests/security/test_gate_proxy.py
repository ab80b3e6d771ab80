"""Who is believed to be asking: forwarded headers, limits on bodies, the demo's neighbourhood."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from gridgov.access.csrf import origin_allowed, safe_next
from gridgov.access.gate import BodyLimit, cookies_of
from gridgov.access.headers import ClientAddress
from gridgov.access.mode import is_local_request, is_loopback

PROXY = (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("127.0.0.1/32"))


async def resolved(
    headers: dict[str, str], client: tuple[str, int] = ("203.0.113.5", 4000), **options: Any
) -> dict[str, Any]:
    """What the application behind the middleware sees."""
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    scope = {
        "type": "http", "scheme": "http", "client": client, "server": ("127.0.0.1", 8501),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    await ClientAddress(app, **options)(scope, None, None)  # type: ignore[arg-type]
    return seen


async def test_strangers_headers_are_not_believed() -> None:
    seen = await resolved(
        {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil",
         "Host": "board"},
        trusted=PROXY,
    )  # fmt: skip
    assert (seen["client"][0], seen["scheme"]) == ("203.0.113.5", "http")
    names = dict(seen["headers"])
    assert names[b"host"] == b"board" and b"x-forwarded-for" not in names


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("evil, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("not an address", "10.1.0.9"),
        ("", "10.1.0.9"),
        ("10.1.2.3", "10.1.2.3"),
    ],
)
async def test_a_trusted_proxy_names_the_last_untrusted_hop(forwarded: str, expected: str) -> None:
    seen = await resolved({"X-Forwarded-For": forwarded}, ("10.1.0.9", 4000), trusted=PROXY)
    assert seen["client"][0] == expected


async def test_what_uvicorn_rewrote_is_taken_back() -> None:
    """uvicorn believes the loopback address by itself and marks what it wrote with port 0."""
    forged = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    seen = await resolved(forged, ("198.51.100.7", 0))
    assert (seen["client"][0], seen["scheme"]) == ("127.0.0.1", "http")
    seen = await resolved(forged, ("198.51.100.7", 0), trusted=PROXY)
    assert (seen["client"][0], seen["scheme"]) == ("198.51.100.7", "https")


async def test_own_certificate_means_https() -> None:
    assert (await resolved({}, tls=True))["scheme"] == "https"


@pytest.mark.parametrize(
    ("server", "client", "headers", "local"),
    [
        ("127.0.0.1", "127.0.0.1", {"host": "localhost:8501"}, True),
        ("127.0.0.1", "127.0.0.1", {"host": "127.0.0.1:8501"}, True),
        ("::1", "::1", {"host": "[::1]:8501"}, True),
        ("127.0.0.1", "127.0.0.1", {"host": "rebound.example:8501"}, False),
        ("127.0.0.1", "127.0.0.1", {}, False),
        ("127.0.0.1", "127.0.0.1", {"host": "localhost", "x-forwarded-for": "1.2.3.4"}, False),
        ("127.0.0.1", "127.0.0.1", {"host": "localhost", "forwarded": "for=1.2.3.4"}, False),
        ("192.168.1.5", "192.168.1.9", {"host": "localhost"}, False),
        ("192.168.1.5", "192.168.1.5", {"host": "192.168.1.5"}, False),
        ("127.0.0.1", "192.168.1.9", {"host": "localhost"}, False),
    ],
)
def test_the_demo_is_for_this_machine(
    server: str, client: str, headers: dict[str, str], local: bool
) -> None:
    scope = {
        "server": (server, 8501), "client": (client, 50000),
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    assert is_local_request(scope) is local


@pytest.mark.parametrize("name", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_loopback_names(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize(
    "name", [None, "", "0.0.0.0", "::", "192.168.0.1", "localhost.evil.example"]
)
def test_other_names(name: str | None) -> None:
    assert not is_loopback(name)


async def _through_limit(chunks: list[bytes], path: str, announced: bool) -> tuple[int, int]:
    """(status, bytes that reached the application)."""
    reached, statuses = 0, []
    messages = [
        {"type": "http.request", "body": chunk, "more_body": n < len(chunks) - 1}
        for n, chunk in enumerate(chunks)
    ]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal reached
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            reached += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    size = str(sum(map(len, chunks))).encode()
    headers = [(b"content-length", size)] if announced else []
    scope = {"type": "http", "method": "PUT", "path": path, "headers": headers}
    await BodyLimit(app, upload_bytes=1000, other_bytes=100)(scope, receive, send)
    return statuses[0], reached


@pytest.mark.parametrize("announced", [True, False])
async def test_bodies_are_cut_off(announced: bool) -> None:
    upload = "/_stcore/upload_file/a/b"
    assert await _through_limit([b"x" * 900], upload, announced) == (200, 900)
    status, reached = await _through_limit([b"x" * 300] * 9, upload, announced)
    assert status == 413 and reached <= 1000
    status, reached = await _through_limit([b"x" * 60] * 2, "/login", announced)
    assert status == 413 and reached <= 100


def test_cookies_are_read_as_browsers_send_them() -> None:
    scope = {"headers": [(b"cookie", b'a=1; b="q"; a=2; =x; c'), (b"cookie", b"d=4")]}
    assert cookies_of(scope) == {"a": "1", "b": "q", "d": "4", "": "x"}


def test_origins_and_targets() -> None:
    assert origin_allowed("https://Board.cn", "board.cn", required=True)
    assert not origin_allowed(None, "board.cn", required=True)
    assert not origin_allowed("https://board.cn", None, required=False)
    assert not origin_allowed("https://board.cn:444", "board.cn", required=False)
    assert not origin_allowed("https://board.cn@evil.example", "board.cn", required=False)
    assert safe_next("/a?b=c#d") == "/a?b=c#d"
    assert safe_next("/\u202e") == "/"
