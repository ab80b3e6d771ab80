"""Messages and mail, against small servers on this machine."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from gridgov.errors import UsageError
from gridgov.trends.message import form_of, payload, signal_line, subject_of
from gridgov.trends.newest import NewSignal
from gridgov.trends.notify import MailServer, NotSent, post, send_mail

SINCE = date(2026, 10, 1)
SIGNAL = NewSignal(
    metric="C3",
    grid_id="G7",
    grid_name="第7网格",
    level="一般",
    tone="worse",
    signal="outside",
    began_on=date(2026, 10, 1),
    seen_on=date(2026, 10, 31),
    on=date(2026, 10, 1),
    value=0.712,
    numerator=47,
    denominator=66,
    n=66,
    mean=0.9,
    lower=0.83,
    upper=0.97,
)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@dataclass
class Robot:
    """A webhook on loopback: what it was sent, and what it answers."""

    url: str
    paths: list[str] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    location: str = ""


@contextmanager
def robot() -> Iterator[Robot]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            said.paths.append(self.path)
            said.bodies.append(json.loads(self.rfile.read(size)))
            self.send_response(said.status)
            if said.location:
                self.send_header("Location", said.location)
            self.end_headers()
            self.wfile.write(said.answer)

        do_GET = do_POST  # noqa: N815  (the name that http.server wants)

        def log_message(self, *_parts: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    said = Robot(f"http://127.0.0.1:{server.server_port}/cgi-bin/webhook/send?key=abc")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield said
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_a_robot_gets_the_markdown_of_wecom() -> None:
    with robot() as said:
        post(said.url, [SIGNAL], SINCE, "东山社区")
    (body,) = said.bodies
    assert body["msgtype"] == "markdown"
    text = body["markdown"]["content"]  # type: ignore[index]
    assert text.startswith("### 东山社区：2026-10-01 以来 1 个新信号，1 个需要关注")
    assert "- 变差：第7网格 按期办结率 71.2%（正常波动范围 83.0–97.0%，超出正常波动范围）" in text


def test_dingtalk_gets_a_title_and_a_signed_address() -> None:
    with robot() as said:
        post(said.url, [SIGNAL], SINCE, "东山社区", form="dingtalk", secret="SEC1")
    assert set(said.bodies[0]["markdown"]) == {"title", "text"}  # type: ignore[call-overload]
    query = parse_qs(urlsplit(said.paths[0]).query)
    assert query["key"] == ["abc"]
    assert query["timestamp"][0].isdigit()
    assert len(query["sign"][0]) == 44  # base64 of SHA-256


def test_the_host_says_the_form() -> None:
    assert form_of("https://oapi.dingtalk.com/robot/send?access_token=x") == "dingtalk"
    assert form_of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x") == "wecom"
    assert form_of("http://relay.example/hook") == "wecom"
    with pytest.raises(UsageError) as refused:
        form_of("file:///etc/passwd?key=secret")
    assert "secret" not in str(refused.value)


def test_a_refusal_in_the_body_is_an_error() -> None:
    with robot() as said:
        said.answer = b'{"errcode":93000,"errmsg":"invalid webhook url"}'
        with pytest.raises(NotSent, match="invalid webhook url"):
            post(said.url, [SIGNAL], SINCE, "东山社区")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with robot() as other, robot() as said:
        said.status, said.location = status, other.url
        with pytest.raises(NotSent, match=str(status)):
            post(said.url, [SIGNAL], SINCE, "东山社区")
    assert len(said.bodies) == 1
    assert other.bodies == []


def test_nobody_there_is_one_line_without_the_key() -> None:
    with robot() as said:
        gone = said.url
    with pytest.raises(NotSent) as refused:
        post(gone, [SIGNAL], SINCE, "东山社区")
    assert "key=abc" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["http://exa mple/x?key=abc", "http://127.0.0.1:99999/?key=abc"]
)
def test_an_address_that_leads_nowhere_is_one_line(address: str) -> None:
    with pytest.raises(NotSent) as refused:
        post(address, [SIGNAL], SINCE, "东山社区")
    assert "abc" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_address_that_is_none_is_refused() -> None:
    for address in ("http://[::1", "ftp://x", "", "http://"):
        with pytest.raises(UsageError):
            post(address, [SIGNAL], SINCE, "东山社区")


@pytest.mark.parametrize("address", ["localhost:99999", "localhost:²", ":25", "localhost:0"])
def test_a_mail_server_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="GRIDGOV_SMTP"):
        MailServer.from_environment({"GRIDGOV_SMTP": address})


def test_many_signals_stay_within_the_limits_and_say_what_is_left_out() -> None:
    many = [SIGNAL._replace(grid_name=f"第{n}网格") for n in range(300)]
    wecom = payload("wecom", many, SINCE, "东山社区")["markdown"]["content"]  # type: ignore[index]
    dingtalk = payload("dingtalk", many, SINCE, "东山社区")["markdown"]["text"]  # type: ignore[index]
    assert len(wecom.encode()) <= 4096
    assert len(dingtalk.encode()) <= 20_000
    shown = wecom.count("变差：")
    assert f"另有 {300 - shown} 个" in wecom
    assert shown > 20


def test_nothing_new_is_said_so() -> None:
    assert "没有新信号。" in payload("wecom", [], SINCE, "东山社区")["markdown"]["content"]  # type: ignore[index]
    assert subject_of([], SINCE, "东山社区") == "东山社区：2026-10-01 以来 0 个新信号，0 个需要关注"


def test_fewer_than_five_persons_are_not_counted_out() -> None:
    few = SIGNAL._replace(metric="SV2", value=3.0, lower=0.0, upper=2.0)
    assert "少于 5 人" in signal_line(few)
    assert "3\u2009人" not in signal_line(few)
    assert "7\u2009人" in signal_line(few._replace(value=7.0))


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as handing in one mail takes."""

    def handle(self) -> None:
        said: Post = self.server.said  # type: ignore[attr-defined]
        self.wfile.write(b"220 loopback\r\n")
        while line := self.rfile.readline():
            word = line.decode().strip().upper()
            if word.startswith("EHLO"):
                self.wfile.write(b"250-loopback\r\n250 8BITMIME\r\n")
            elif word.startswith("MAIL FROM"):
                said.sender = line.decode().strip()
                self.wfile.write(b"250 ok\r\n")
            elif word.startswith("RCPT TO"):
                said.to.append(line.decode().strip()[8:])
                self.wfile.write(said.recipient_answer)
            elif word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                while (part := self.rfile.readline()) != b".\r\n":
                    said.data += part
                self.wfile.write(b"250 taken\r\n")
            elif word == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                said.other.append(word)
                self.wfile.write(b"250 ok\r\n")


@dataclass
class Post:
    """A mail server on loopback and what was handed in."""

    port: int
    sender: str = ""
    to: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    data: bytes = b""
    recipient_answer: bytes = b"250 ok\r\n"


@contextmanager
def post_office() -> Iterator[Post]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        said = server.said = Post(server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield said
        finally:
            server.shutdown()
            thread.join(5)


def test_mail_goes_to_those_named_and_says_the_signals() -> None:
    from email import message_from_bytes
    from email.policy import default

    with post_office() as said:
        server = MailServer("127.0.0.1", said.port, sender="gridgov@example.org")
        send_mail(server, ["a@example.org", "b@example.org"], [SIGNAL], SINCE, "东山社区")
    assert said.to == ["<a@example.org>", "<b@example.org>"]
    mail = message_from_bytes(said.data, policy=default)
    assert mail["Subject"] == "东山社区：2026-10-01 以来 1 个新信号，1 个需要关注"
    assert mail["From"] == "gridgov@example.org"
    body = mail.get_content()
    assert "变差：第7网格 按期办结率 71.2%" in body


def test_a_password_is_never_sent_in_the_clear() -> None:
    with post_office() as said:
        server = MailServer(
            "127.0.0.1", said.port, sender="g@example.org", user="u", password="geheim"
        )
        with pytest.raises(NotSent, match="未加密"):
            send_mail(server, ["a@example.org"], [SIGNAL], SINCE, "东山社区")
    assert said.data == b""
    assert "geheim" not in repr(server)
    assert not any("AUTH" in word for word in said.other)


def test_a_refused_recipient_is_an_error() -> None:
    with post_office() as said:
        said.recipient_answer = b"550 no such user\r\n"
        server = MailServer("127.0.0.1", said.port, sender="g@example.org")
        with pytest.raises(NotSent):
            send_mail(server, ["a@example.org"], [SIGNAL], SINCE, "东山社区")


@pytest.mark.parametrize("address", ["nobody", "a@example.org\r\nBcc: x@example.org", "a@b, c@d"])
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(UsageError):
        send_mail(MailServer("127.0.0.1", 9, sender="g@example.org"), [address], [], SINCE, "")


def test_the_environment_names_the_server() -> None:
    given = {"GRIDGOV_SMTP": "mail.example.org", "GRIDGOV_SMTP_SECURITY": "tls"}
    server = MailServer.from_environment(given)
    assert (server.host, server.port, server.sender) == (
        "mail.example.org",
        465,
        "gridgov@mail.example.org",
    )
    assert MailServer.from_environment({"GRIDGOV_SMTP": "h:2525"}).port == 2525
    for wrong in ({}, {"GRIDGOV_SMTP": "h:x"}, {**given, "GRIDGOV_SMTP_SECURITY": "yes"}):
        with pytest.raises(UsageError, match="GRIDGOV_SMTP"):
            MailServer.from_environment(wrong)
